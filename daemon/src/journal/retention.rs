//! What is kept for how long. Pure: it is told what there is and says what goes.

use hob_protocol::dictation::EntryState;

/// The section `[history]` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Recordings stay as long as their texts.
    pub audio: bool,
    /// Delivered texts that are kept.
    pub texts: u32,
    /// Age at which a text goes.
    pub days: u32,
}

/// What matters of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub id: u64,
    pub began: i64,
    pub state: EntryState,
    pub has_text: bool,
    pub has_audio: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Everything(u64),
    Audio(u64),
}

impl Retention {
    /// `now` in seconds since 1970. A recording without a text is all there is of somebody's words, and never goes by itself.
    pub fn removals(self, now: i64, entries: &[Kept]) -> Vec<Removal> {
        let mut newest_first = entries.to_vec();
        newest_first.sort_by_key(|entry| std::cmp::Reverse(entry.id));
        let mut texts = 0;
        newest_first.into_iter().filter_map(|entry| self.removal(now, entry, &mut texts)).collect()
    }

    fn removal(self, now: i64, entry: Kept, texts: &mut u32) -> Option<Removal> {
        let delivered = entry.state == EntryState::Delivered;
        *texts += u32::from(delivered);
        let precious = entry.has_audio && !entry.has_text && !delivered;
        let old = now.saturating_sub(entry.began) > i64::from(self.days) * 86_400;
        match entry.state {
            EntryState::Recording => None,
            _ if precious => None,
            _ if old || (delivered && *texts > self.texts) => Some(Removal::Everything(entry.id)),
            _ if delivered && entry.has_audio && !self.audio => Some(Removal::Audio(entry.id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const NOW: i64 = 1_000 * DAY;
    const USUAL: Retention = Retention { audio: false, texts: 2, days: 30 };

    fn entry(id: u64, state: EntryState, days_ago: i64) -> Kept {
        let has_text = matches!(state, EntryState::Delivered | EntryState::Transcribed);
        Kept { id, began: NOW - days_ago * DAY, state, has_text, has_audio: true }
    }

    #[test]
    fn the_newest_texts_stay_without_their_recordings() {
        use EntryState::Delivered;
        let entries = [entry(1, Delivered, 3), entry(2, Delivered, 2), entry(3, Delivered, 1)];
        let audio = [Removal::Audio(3), Removal::Audio(2), Removal::Everything(1)];
        assert_eq!(USUAL.removals(NOW, &entries), audio);
        assert_eq!(Retention { audio: true, ..USUAL }.removals(NOW, &entries), [Removal::Everything(1)]);
        let none = Retention { texts: 0, audio: true, ..USUAL };
        assert_eq!(none.removals(NOW, &entries), [3, 2, 1].map(Removal::Everything));
    }

    #[test]
    fn texts_go_with_age_and_recordings_without_a_text_never() {
        use EntryState::{Delivered, Failed, Interrupted, Recording, Transcribed};
        let all = [Recording, Interrupted, Failed, Transcribed, Delivered];
        let aged = |days| (1..).zip(all).map(|(id, state)| entry(id, state, days)).collect::<Vec<_>>();
        assert_eq!(USUAL.removals(NOW, &aged(31)), [Removal::Everything(5), Removal::Everything(4)]);
        assert_eq!(USUAL.removals(NOW, &aged(30)), [Removal::Audio(5)]);
        assert_eq!(USUAL.removals(NOW, &aged(-5_000)), [Removal::Audio(5)], "a clock that was wrong");
    }

    #[test]
    fn texts_that_nobody_got_are_not_counted() {
        let none = Retention { texts: 0, ..USUAL };
        assert_eq!(none.removals(NOW, &[entry(1, EntryState::Transcribed, 1)]), []);
    }

    #[test]
    fn a_failure_of_which_nothing_is_left_goes_with_age() {
        let failed = Kept { has_audio: false, ..entry(1, EntryState::Failed, 31) };
        assert_eq!(USUAL.removals(NOW, &[failed]), [Removal::Everything(1)]);
    }
}
