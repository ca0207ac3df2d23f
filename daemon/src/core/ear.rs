//! Whether somebody speaks, as the engine hears it, and when a dictation has been silent for long enough to end by itself. All
//! times are places in the recording.

use std::time::Duration;

/// News of the engine may be of sound from long ago: it hears all of it in one go after it has been loaded, or has died and come
/// back. Silence that it tells of counts from this long before the news at the earliest.
const LATE_AT_MOST: Duration = Duration::from_millis(500);
/// Before the first word silence may last so many times longer: whoever has not begun yet is thinking.
const PATIENCE_BEFORE: u32 = 3;
const LEAST_PATIENCE_BEFORE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Ear {
    /// The engine does not listen yet: nobody knows whether somebody speaks.
    #[default]
    Deaf,
    /// Nobody has spoken since the engine listens.
    Waiting {
        since: Duration,
    },
    Speaking,
    Silent {
        since: Duration,
    },
}

impl Ear {
    /// The engine has the recording, whose length is `heard` by now.
    pub(super) fn listens(&mut self, heard: Duration) {
        if *self == Self::Deaf {
            *self = Self::Waiting { since: heard };
        }
    }

    /// Somebody begins or ends speaking at a place of the recording, whose length is `heard` by now.
    pub(super) fn voice(&mut self, voice: Voice, at: Duration, heard: Duration) {
        *self = match voice {
            Voice::Begins => Self::Speaking,
            Voice::Ends => Self::Silent { since: at.max(heard.saturating_sub(LATE_AT_MOST)) },
        };
    }

    /// Nobody speaks, nor has until just now. The engine must listen, to know.
    pub(super) fn is_silent(self, heard: Duration) -> bool {
        /// A pause within a word is shorter.
        const WITHIN_A_WORD: Duration = Duration::from_millis(100);
        match self {
            Self::Deaf | Self::Speaking => false,
            Self::Waiting { .. } => true,
            Self::Silent { since } => heard.saturating_sub(since) >= WITHIN_A_WORD,
        }
    }

    /// Whether a dictation that ends after `silence` has ended, when so much was heard.
    pub(super) fn is_silent_for(self, silence: Duration, heard: Duration) -> bool {
        match self {
            Self::Deaf | Self::Speaking => false,
            Self::Waiting { since } => {
                heard.saturating_sub(since) >= (silence * PATIENCE_BEFORE).max(LEAST_PATIENCE_BEFORE)
            }
            Self::Silent { since } => heard.saturating_sub(since) >= silence,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Begins,
    Ends,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Duration = Duration::from_secs(2);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn silence_counts_from_the_end_of_the_last_word() {
        let mut ear = Ear::default();
        ear.listens(ms(100));
        ear.voice(Voice::Begins, ms(500), ms(600));
        assert!(!ear.is_silent_for(TWO, ms(60_000)), "while somebody speaks");
        ear.voice(Voice::Ends, ms(3_000), ms(3_200));
        assert!(!ear.is_silent_for(TWO, ms(4_999)));
        assert!(ear.is_silent_for(TWO, ms(5_000)));
        ear.voice(Voice::Begins, ms(5_100), ms(5_200));
        assert!(!ear.is_silent_for(TWO, ms(9_000)));
    }

    #[test]
    fn it_knows_silence_from_a_pause_within_a_word() {
        let mut ear = Ear::default();
        assert!(!ear.is_silent(ms(0)), "a model that is still loaded hears nothing");
        ear.listens(ms(100));
        assert!(ear.is_silent(ms(100)));
        ear.voice(Voice::Begins, ms(500), ms(600));
        assert!(!ear.is_silent(ms(900)));
        ear.voice(Voice::Ends, ms(1_000), ms(1_050));
        assert!(!ear.is_silent(ms(1_050)));
        assert!(ear.is_silent(ms(1_100)));
    }

    #[test]
    fn before_the_first_word_it_is_more_patient() {
        let mut ear = Ear::default();
        assert!(!ear.is_silent_for(TWO, ms(60_000)), "a model that is still loaded hears nothing");
        ear.listens(ms(1_000));
        ear.listens(ms(5_000));
        assert!(!ear.is_silent_for(TWO, ms(6_999)));
        assert!(ear.is_silent_for(TWO, ms(7_000)));
        assert!(!ear.is_silent_for(ms(1_000), ms(5_999)), "five seconds at least");
    }

    #[test]
    fn an_engine_that_catches_up_ends_nothing() {
        let mut ear = Ear::default();
        ear.listens(ms(20_000));
        ear.voice(Voice::Begins, ms(500), ms(20_000));
        ear.voice(Voice::Ends, ms(3_000), ms(20_000));
        assert!(!ear.is_silent_for(TWO, ms(20_020)));
        ear.voice(Voice::Begins, ms(15_000), ms(20_040));
        assert!(!ear.is_silent_for(TWO, ms(25_000)));
    }
}
