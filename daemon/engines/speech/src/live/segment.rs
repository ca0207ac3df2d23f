//! Segments: the one that is open, and those that are closed and wait for their text. Pure.

use std::time::Duration;

use super::{LEAST_TAIL, MILLISECOND, Pace, Position, Purpose, Work};
use crate::context::ends_sentence;
use crate::vad::{FRAME, Presence};

/// No segment grows longer, gap or not: Whisper wants some silence within its 30 s.
pub(super) const LONGEST: usize = 28_000 * MILLISECOND;
/// Silence between words where a segment that is too long may be cut.
const LEAST_GAP: usize = 6 * FRAME;
/// Silence where a long one may be cut, wherever its sentences end.
const CLEAR_GAP: usize = 16 * FRAME;

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

    /// Nobody has spoken for long enough to close it, or it could not hear much more speech.
    pub(super) fn has_ended(&self, now: Position, pace: &Pace) -> bool {
        let speech = self.speech_end - self.from;
        let is_sentence = self.known().is_some_and(Known::ends_sentence);
        let pause = if is_sentence { pace.sentence_pause(speech) } else { pace.closing_pause(speech) };
        now - self.speech_end >= pause || now - self.from >= LONGEST
    }

    /// Speech has gone on since, but after a pause that would have closed the segment if the work had found the end of a sentence in time.
    pub(super) fn may_have_ended(&self, work: &Work, pace: &Pace) -> bool {
        self.gap_after(work).is_some_and(|gap| gap.length() >= pace.sentence_pause(gap.from - self.from))
    }

    /// Closes the front part if that is what the latest result has found.
    pub(super) fn end_sentence(&mut self, now: Position, pace: &Pace) -> Option<Closed> {
        let latest = self.latest.as_ref()?;
        let has_ended = latest.ends_sentence() && self.may_have_ended(&latest.work, pace);
        let gap = self.gap_after(&latest.work).filter(|_| has_ended)?;
        Some(self.divide(gap, now))
    }

    /// Closes the front part if the segment has grown long: after the last sentence whose text is known, else in the longest gap. Neither
    /// must be too early. The rest stays open.
    pub(super) fn cut(&mut self, now: Position, pace: &Pace) -> Option<Closed> {
        let length = now - self.from;
        if length < pace.long {
            return None;
        }
        let sentence_end = self.latest.as_ref().filter(|known| known.ends_sentence());
        let sentence_end = sentence_end.and_then(|known| self.gap_after(&known.work));
        let least = if length < pace.too_long { CLEAR_GAP } else { LEAST_GAP };
        let may_cut = |gap: &&Gap| {
            let least = if sentence_end == Some(**gap) { LEAST_GAP } else { least };
            gap.from >= self.from + length / 3 && gap.length() >= least
        };
        let gaps = self.gaps.iter().filter(may_cut).copied();
        let gap = gaps.max_by_key(|gap| (sentence_end == Some(*gap), gap.length()));
        let gap = gap.or_else(|| (length >= LONGEST).then_some(Gap { from: now, to: now }))?;
        Some(self.divide(gap, now))
    }

    /// The gap after all that some work recognises.
    fn gap_after(&self, work: &Work) -> Option<Gap> {
        let is_after = |gap: &&Gap| work.from == self.from && work.to >= gap.from + LEAST_TAIL && work.to <= gap.to;
        self.gaps.iter().rfind(is_after).copied()
    }

    /// Closes what lies before a gap.
    fn divide(&mut self, gap: Gap, now: Position) -> Closed {
        let closed = self.front(gap, now);
        self.voiced -= closed.work.voiced;
        self.from = closed.work.to;
        self.gaps.retain(|later| later.from >= gap.to);
        closed.knowing(self.latest.take())
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
    pub(super) fn ends_sentence(&self) -> bool {
        ends_sentence(&self.text)
    }

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
