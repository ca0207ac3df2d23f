//! A value that another thread changes, and that a test waits for.

use std::fmt::Debug;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::PATIENCE;

#[derive(Debug, Default)]
pub(crate) struct Told<T>(Arc<(Mutex<T>, Condvar)>);

impl<T> Clone for Told<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone + Debug> Told<T> {
    pub(crate) fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    pub(crate) fn now(&self) -> T {
        self.0.0.lock().unwrap().clone()
    }

    /// Whether the value fits, now or soon.
    pub(crate) fn comes_within(&self, time: Duration, fits: impl Fn(&T) -> bool) -> bool {
        let (value, changed) = &*self.0;
        let (guard, _) = changed.wait_timeout_while(value.lock().unwrap(), time, |value| !fits(value)).unwrap();
        fits(&guard)
    }

    /// Waits until the value fits, and gives it.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, fits: impl Fn(&T) -> bool) -> T {
        let (value, changed) = &*self.0;
        let guard = value.lock().unwrap();
        let (guard, waited) = changed.wait_timeout_while(guard, PATIENCE, |value| !fits(value)).unwrap();
        let (value, timed_out) = (guard.clone(), waited.timed_out());
        drop(guard);
        assert!(!timed_out, "{what} did not come; there is {value:#?}");
        value
    }
}
