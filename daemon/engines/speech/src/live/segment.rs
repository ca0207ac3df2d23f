//! Segments: the one that is open, and those that are closed and wait for their text. Pure.

use std::time::Duration;

use super::{LEAST_TAIL, MILLISECOND, Position, Purpose, Work};
use crate::vad::{FRAME, Presence};

/// No segment grows longer, gap or not: Whisper wants some silence within its 30 s.
pub(super) const LONGEST: usize = 28_000 * MILLISECOND;
/// Silence between words where a long segment may be cut.
const LEAST_GAP: usize = 6 * FRAME;

/// What came of a piece of work.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) work: Work,
    pub(super) text: String,
    /// With more time a better text might be found.
    pub(super) doubtful: bool,
    pub(super) took: Duration,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) from: Position,
    /// The end of the last frame with voice.
    pub(super) speech_end: Position,
    voiced: usize,
    level: f32,
    /// Short silences in the segment, where it may be cut.
    gaps: Vec<Gap>,
    pub(super) latest: Option<Known>,
    /// Recognition was tried up to here, if in vain.
    pub(super) tried_until: Position,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Gap {
    from: Position,
    to: Position,
}

impl Gap {
    fn length(self) -> usize {
        self.to - self.from
    }
}

#[derive(Debug)]
pub(super) struct Closed {
    pub(super) work: Work,
    speech_end: Position,
    /// Silence follows the speech until here; a result that heard more heard other speech.
    silent_until: Position,
    pub(super) known: Option<Known>,
}

impl Open {
    pub(super) fn new(from: Position, now: Position, level: f32) -> Self {
        Self { from, speech_end: now, voiced: FRAME, level, gaps: Vec::new(), latest: None, tried_until: from }
    }

    pub(super) fn speak(&mut self, now: Position, level: f32) {
        let silence = Gap { from: self.speech_end, to: now - FRAME };
        if silence.to > silence.from {
            self.gaps.push(silence);
        }
        self.speech_end = now;
        self.voiced += FRAME;
        self.level = self.level.max(level);
    }

    pub(super) fn work(&self, to: Position, purpose: Purpose) -> Work {
        Work { from: self.from, to, purpose, voiced: self.voiced, presence: Presence::of(self.level) }
    }

    pub(super) fn is_covered_by(&self, work: &Work) -> bool {
        work.from == self.from && work.to >= self.speech_end + LEAST_TAIL
    }

    /// The text of all that was said, if it was found.
    pub(super) fn known(&self) -> Option<&Known> {
        self.latest.as_ref().filter(|known| self.is_covered_by(&known.work))
    }

    /// Nothing but silence follows until `now`. The segment ends at `to`.
    pub(super) fn close(self, to: Position, now: Position) -> Closed {
        let work = self.work(to, Purpose::Segment);
        Closed { work, speech_end: self.speech_end, silent_until: now, known: None }.knowing(self.latest)
    }

    /// Closes the front part if the segment has grown too long: in a gap up to which the text is known, else in the longest one. Neither
    /// must be too early. The rest stays open.
    pub(super) fn cut(&mut self, now: Position, long: usize) -> Option<Closed> {
        let length = now - self.from;
        if length < long {
            return None;
        }
        let late = self.gaps.iter().filter(|gap| gap.from >= self.from + length / 3 && gap.length() >= LEAST_GAP);
        let is_known =
            |gap: &Gap| self.latest.as_ref().is_some_and(|known| self.front(*gap, now).is_covered_by(&known.work));
        let gap = late.max_by_key(|gap| (is_known(gap), gap.length())).copied();
        let gap = gap.or_else(|| (length >= LONGEST).then_some(Gap { from: now, to: now }))?;
        let closed = self.front(gap, now);
        self.voiced -= closed.work.voiced;
        self.from = closed.work.to;
        self.gaps.retain(|later| later.from >= gap.to);
        Some(closed.knowing(self.latest.take()))
    }

    /// What lies before a gap.
    fn front(&self, gap: Gap, now: Position) -> Closed {
        let at = usize::midpoint(gap.from, gap.to);
        let voiced = self.voiced * (at - self.from) / (now - self.from).max(1);
        let work = Work { voiced, ..self.work(at, Purpose::Segment) };
        Closed { work, speech_end: gap.from, silent_until: gap.to, known: None }
    }
}

impl Closed {
    pub(super) fn is_covered_by(&self, work: &Work) -> bool {
        let heard_the_end = work.to >= self.work.to.min(self.speech_end + LEAST_TAIL);
        work.from == self.work.from && heard_the_end && work.to <= self.silent_until
    }

    /// With the text, if it is that of this segment.
    fn knowing(mut self, latest: Option<Known>) -> Self {
        self.known = latest.filter(|known| self.is_covered_by(&known.work));
        self
    }

    /// What is to be done for it next.
    pub(super) fn next(&self) -> Work {
        self.known.as_ref().map_or(self.work, Known::review)
    }

    /// Its text is known, and need not be better or cannot wait.
    pub(super) fn is_settled(&self, cannot_wait: bool) -> bool {
        self.known.as_ref().is_some_and(|known| !known.doubtful || cannot_wait)
    }
}

impl Known {
    /// The same stretch again, with more care.
    pub(super) fn review(&self) -> Work {
        Work { purpose: Purpose::Review, ..self.work }
    }

    /// What a review has found takes the place of what it looked at, which is what it was found for.
    pub(super) fn after(self, before: Option<&Known>) -> Self {
        match (self.work.purpose, before) {
            (Purpose::Review, Some(before)) => {
                Self { work: before.work, doubtful: false, took: before.took + self.took, ..self }
            }
            _ => self,
        }
    }
}
