//! When what was on a clipboard before a paste comes back. Pure.
//!
//! Browsers ask for the text more than once: Chromium looks at it, asks many times which formats there are, and then takes it. If another
//! content is there by then, that is what it pastes.

use std::time::{Duration, Instant};

/// A window that has asked for nothing for so long has what it wants.
const QUIET: Duration = Duration::from_millis(400);

/// One that was slow to ask for the first time is slow between its questions as well: by so much more is waited.
const SLOWNESS: u32 = 10;

/// A window that goes on asking does not paste.
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy)]
pub struct Grace {
    quiet: Duration,
    end: Instant,
}

impl Grace {
    /// From the time when a window was told to paste that has just asked for the text.
    pub fn since(told: Instant, asked: Instant) -> Self {
        let quiet = asked.saturating_duration_since(told) * SLOWNESS;
        Self { quiet: quiet.clamp(QUIET, LONGEST), end: asked + LONGEST }
    }

    /// When it is over, if the window asks for nothing more after this time.
    pub fn is_over_at(self, asked: Instant) -> Instant {
        (asked + self.quiet).min(self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_window_has_more_time() {
        let told = Instant::now();
        let after = |milliseconds| told + Duration::from_millis(milliseconds);
        let quick = Grace::since(told, after(2));
        assert_eq!(quick.is_over_at(after(2)), after(402));
        assert_eq!(quick.is_over_at(after(300)), after(700));
        assert_eq!(quick.is_over_at(after(4900)), after(5002));
        let slow = Grace::since(told, after(200));
        assert_eq!(slow.is_over_at(after(200)), after(2200));
        assert_eq!(Grace::since(told, after(1500)).is_over_at(after(1500)), after(6500));
    }
}
