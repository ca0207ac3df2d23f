//! One desktop at a time: tests that share a processor would wait for each other's windows, and measure each other's work.

use std::sync::{Mutex, MutexGuard, PoisonError};

static TURNS: Mutex<()> = Mutex::new(());

#[derive(Debug)]
pub(crate) struct Turn {
    _guard: MutexGuard<'static, ()>,
}

impl Turn {
    pub(crate) fn take() -> Self {
        // A test that failed has left nothing behind.
        Self { _guard: TURNS.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}
