//! When a microphone can be spoken into: pure. A Bluetooth headset gives zeros while it switches to its microphone, for up to three
//! seconds, and whoever speaks then speaks in vain.

use std::time::{Duration, Instant};

/// A device that gives nothing but zeros may be one that is silent while nobody speaks.
const ZEROS_FOR: Duration = Duration::from_millis(600);
/// The same for a Bluetooth device.
const BLUETOOTH_ZEROS_FOR: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    /// No sample yet.
    Waiting,
    /// Nothing but zeros since then.
    Zeros(Instant),
    Given,
}

impl Go {
    /// Looks at new samples; true once, when it is time.
    pub(super) fn hears(&mut self, now: Instant, samples: &[f32], bluetooth: bool) -> bool {
        let due = match self {
            Self::Given => return false,
            _ if samples.iter().any(|sample| *sample != 0.0) => true,
            Self::Waiting if samples.is_empty() => false,
            Self::Waiting => {
                *self = Self::Zeros(now);
                false
            }
            Self::Zeros(_) => self.deadline(bluetooth).is_some_and(|deadline| deadline <= now),
        };
        if due {
            *self = Self::Given;
        }
        due
    }

    pub(super) fn deadline(self, bluetooth: bool) -> Option<Instant> {
        match self {
            Self::Zeros(since) => Some(since + if bluetooth { BLUETOOTH_ZEROS_FOR } else { ZEROS_FOR }),
            Self::Waiting | Self::Given => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sample_that_is_not_zero_is_it() {
        let now = Instant::now();
        let mut go = Go::Waiting;
        assert!(!go.hears(now, &[], false));
        assert!(!go.hears(now, &[0.0, 0.0], false));
        assert!(go.hears(now, &[0.0, 1e-6], false));
        assert!(!go.hears(now, &[0.5], false), "once only");
        assert!(Go::Waiting.hears(now, &[0.5], true));
    }

    #[test]
    fn zeros_are_waited_out_for_a_while_and_longer_with_bluetooth() {
        for (bluetooth, limit) in [(false, ZEROS_FOR), (true, BLUETOOTH_ZEROS_FOR)] {
            let now = Instant::now();
            let mut go = Go::Waiting;
            assert!(!go.hears(now, &[0.0], bluetooth));
            assert_eq!(go.deadline(bluetooth), Some(now + limit));
            assert!(!go.hears(now + limit * 99 / 100, &[0.0], bluetooth));
            assert!(go.hears(now + limit, &[], bluetooth));
            assert_eq!(go.deadline(bluetooth), None);
        }
    }
}
