//! What to recognise when, while somebody speaks: segments between pauses, speculation in every short silence, partials when there is
//! nothing better to do. Pure: it knows frames and positions, no audio, no clock and no Whisper.
//!
//! A *segment* opens with voice and closes with a pause, or before it outgrows Whisper's window. Its text is committed when a result
//! covers all its speech. A *speculation* recognises the open segment as if it had ended; if nothing but silence follows, that is the
//! result. Whoever runs the work asks [`Live::next`] after every event, runs one piece of work at a time and reports it to
//! [`Live::done`].

use std::collections::VecDeque;
use std::time::Duration;

use crate::vad::{FRAME, Heard, PRE_ROLL, Presence, Voice};

/// A place in the recording, in samples.
pub(crate) type Position = usize;

const MILLISECOND: usize = 16;
/// Silence that a result must have heard to count as having heard the end of the speech.
const LEAST_TAIL: usize = 4 * FRAME;
/// Silence after the speech that is recognised with it, if it is there.
const TAIL: usize = 300 * MILLISECOND;
/// No segment grows longer, gap or not: Whisper wants some silence within its 30 s.
const LONGEST: usize = 28_000 * MILLISECOND;
/// Silence between words where a long segment may be cut.
const LEAST_GAP: usize = 6 * FRAME;
/// The share of the time that recognition may take for partials to be worth it. Final results come first, and the fan should stay off.
const BUSY_FOR_PARTIALS: f64 = 0.1;

/// A stretch to recognise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Work {
    pub(crate) from: Position,
    pub(crate) to: Position,
    pub(crate) purpose: Purpose,
    pub(crate) voiced: usize,
    pub(crate) presence: Presence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Segment,
    Speculation,
    Partial,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    Work(Work),
    /// Until more is heard, or the running work is done.
    Wait,
    /// Everything is committed and no more will come.
    Finished,
}

/// What the running work is still good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Running {
    Wanted,
    /// Speech went on, or better work is due: it should be stopped, and reported all the same.
    Stale,
}

/// A segment's text for good.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Commit {
    pub(crate) from: Position,
    pub(crate) to: Position,
    pub(crate) text: String,
    /// What the work that found it was done for.
    pub(crate) purpose: Purpose,
}

/// What goes with the speed of a model: the smaller it is, the more it gains from hearing whole sentences, and the less that costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// Silence before a speculation: shorter ones are within words. After long speech it takes more, for each attempt costs more.
    speculate_after: usize,
    /// The silence that closes a segment, for speech of up to so many milliseconds. A few words alone are recognised worse than in their
    /// sentence, and a window has its least cost up to 5 s of speech.
    closing_pauses: [(usize, usize); 4],
    /// A segment that grows longer is cut in its longest gap, if it has one: what is open is what is left to recognise at the end.
    long: usize,
    /// New speech before the next partial: each one costs about half as much as the final result.
    partial_every: usize,
}

impl Pace {
    /// For tiny models.
    pub(crate) const QUICK: Self = Self {
        speculate_after: 10 * FRAME,
        closing_pauses: [(5_000, 1_200), (8_000, 1_200), (14_000, 1_200), (usize::MAX, 1_000)],
        long: 26_000 * MILLISECOND,
        partial_every: 2_000 * MILLISECOND,
    };
    /// For all others, as measured with base: each second of an open segment costs a twentieth of one at the end.
    pub(crate) const USUAL: Self = Self {
        speculate_after: 7 * FRAME,
        closing_pauses: [(3_000, 2_000), (5_000, 1_400), (8_000, 1_000), (usize::MAX, 250)],
        long: 10_000 * MILLISECOND,
        partial_every: 5_000 * MILLISECOND,
    };

    /// After so much speech.
    fn speculate_after(&self, speech: usize) -> usize {
        const SHARE: usize = 60;
        self.speculate_after.max(speech / SHARE)
    }

    fn closing_pause(&self, speech: usize) -> usize {
        let pause = self.closing_pauses.iter().find(|(up_to, _)| speech / MILLISECOND <= *up_to);
        pause.map_or(0, |(_, pause)| pause * MILLISECOND)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Whether somebody reads along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Partials {
    Wanted,
    #[default]
    Unwanted,
}

#[derive(Debug, Default)]
pub(crate) struct Live {
    pace: Pace,
    partials: Partials,
    now: Position,
    /// The end of the last closed segment.
    closed_until: Position,
    open: Option<Open>,
    /// Oldest first. Grows without bound only if recognition is slower than speech; then nothing may be dropped.
    closed: VecDeque<Closed>,
    running: Option<Work>,
    ended: bool,
    busy: Duration,
}

#[derive(Debug)]
struct Open {
    from: Position,
    /// The end of the last frame with voice.
    speech_end: Position,
    voiced: usize,
    level: f32,
    /// Short silences in the segment, where it may be cut.
    gaps: Vec<Gap>,
    latest: Option<(Work, String)>,
    /// Recognition was tried up to here, if in vain.
    tried_until: Position,
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
struct Closed {
    work: Work,
    speech_end: Position,
    /// Silence follows the speech until here; a result that heard more heard other speech.
    silent_until: Position,
}

impl Live {
    pub(crate) fn new(pace: Pace, partials: Partials) -> Self {
        Self { pace, partials, ..Self::default() }
    }

    /// The next frame. Says whether the running work is still wanted.
    pub(crate) fn hear(&mut self, heard: Heard) -> (Running, Vec<Commit>) {
        self.now += FRAME;
        let mut commits = Vec::new();
        match (&mut self.open, heard.voice) {
            (None, Voice::Silent) => {}
            (None, Voice::Speaking) => {
                let from = (self.now - FRAME).saturating_sub(PRE_ROLL).max(self.closed_until);
                self.open = Some(Open::new(from, self.now, heard.level));
            }
            (Some(open), Voice::Speaking) => open.speak(self.now, heard.level),
            (Some(open), Voice::Silent) => {
                if self.now - open.speech_end >= self.pace.closing_pause(open.speech_end - open.from) {
                    commits.extend(self.close());
                }
            }
        }
        if let Some((closed, latest)) = self.open.as_mut().and_then(|open| open.cut(self.now, self.pace.long)) {
            self.closed_until = closed.work.to;
            commits.extend(self.commit(closed, latest));
        }
        (self.running(), commits)
    }

    /// No more frames will come. What is open is closed.
    pub(crate) fn end(&mut self) -> (Running, Vec<Commit>) {
        self.ended = true;
        let commits = self.close().into_iter().collect();
        (self.running(), commits)
    }

    /// Takes what it returns for begun.
    pub(crate) fn next(&mut self) -> Next {
        if self.running.is_some() {
            return Next::Wait;
        }
        let due = match (self.closed.front(), &self.open) {
            (Some(closed), _) => Some(closed.work),
            (None, Some(open)) => self.work_on(open),
            (None, None) if self.ended => return Next::Finished,
            (None, None) => None,
        };
        self.running = due;
        if let (Some(open), Some(work)) = (&mut self.open, due) {
            open.tried_until = open.tried_until.max(work.to);
        }
        due.map_or(Next::Wait, Next::Work)
    }

    /// The running work has ended: with a text, or stopped without one.
    pub(crate) fn done(&mut self, text: Option<String>, took: Duration) -> Option<Commit> {
        self.busy += took;
        let work = self.running.take().expect("only running work is done");
        let text = text?;
        if self.closed.front().is_some_and(|closed| closed.is_covered_by(&work)) {
            let closed = self.closed.pop_front()?;
            return Some(Commit { from: closed.work.from, to: closed.work.to, text, purpose: work.purpose });
        }
        if let Some(open) = self.open.as_mut().filter(|open| open.from == work.from) {
            open.latest = Some((work, text));
        }
        None
    }

    /// The text of the open segment as far as it is known.
    pub(crate) fn unstable(&self) -> &str {
        self.open.as_ref().and_then(|open| open.latest.as_ref()).map_or("", |(_, text)| text)
    }

    /// Samples before this place are not needed any more.
    pub(crate) fn needed_from(&self) -> Position {
        let closed = self.closed.front().map(|closed| closed.work.from);
        let open = self.open.as_ref().map(|open| open.from);
        closed.or(open).unwrap_or_else(|| self.now.saturating_sub(PRE_ROLL).max(self.closed_until.min(self.now)))
    }

    fn close(&mut self) -> Option<Commit> {
        let open = self.open.take()?;
        let to = self.now.min(open.speech_end + TAIL);
        self.closed_until = to;
        let work = open.work(to, Purpose::Segment);
        let closed = Closed { work, speech_end: open.speech_end, silent_until: self.now };
        self.commit(closed, open.latest)
    }

    /// At once if its text is known, else when it is.
    fn commit(&mut self, closed: Closed, latest: Option<(Work, String)>) -> Option<Commit> {
        match latest {
            Some((done, text)) if self.closed.is_empty() && closed.is_covered_by(&done) => {
                Some(Commit { from: closed.work.from, to: closed.work.to, text, purpose: done.purpose })
            }
            _ => {
                self.closed.push_back(closed);
                None
            }
        }
    }

    fn work_on(&self, open: &Open) -> Option<Work> {
        if self.pauses(open) {
            let known = open.latest.as_ref().is_some_and(|(work, _)| open.is_covered_by(work));
            (!known).then(|| open.work(self.now.min(open.speech_end + TAIL), Purpose::Speculation))
        } else {
            let room = self.partials == Partials::Wanted
                && self.busy.as_secs_f64() < BUSY_FOR_PARTIALS * crate::clip::seconds(self.now);
            (room && self.now >= open.tried_until + self.pace.partial_every)
                .then(|| open.work(self.now, Purpose::Partial))
        }
    }

    /// Nobody has spoken for long enough to try what is open.
    fn pauses(&self, open: &Open) -> bool {
        self.now - open.speech_end >= self.pace.speculate_after(open.speech_end - open.from)
    }

    fn running(&self) -> Running {
        let Some(work) = &self.running else { return Running::Wanted };
        let wanted = match (self.closed.front(), &self.open) {
            (Some(closed), _) => closed.is_covered_by(work),
            (None, Some(open)) => {
                open.from == work.from
                    && match work.purpose {
                        Purpose::Partial => !self.pauses(open) || open.is_covered_by(work),
                        Purpose::Speculation | Purpose::Segment => open.is_covered_by(work),
                    }
            }
            (None, None) => false,
        };
        if wanted { Running::Wanted } else { Running::Stale }
    }
}

impl Open {
    fn new(from: Position, now: Position, level: f32) -> Self {
        Self { from, speech_end: now, voiced: FRAME, level, gaps: Vec::new(), latest: None, tried_until: from }
    }

    fn speak(&mut self, now: Position, level: f32) {
        let silence = Gap { from: self.speech_end, to: now - FRAME };
        if silence.to > silence.from {
            self.gaps.push(silence);
        }
        self.speech_end = now;
        self.voiced += FRAME;
        self.level = self.level.max(level);
    }

    fn work(&self, to: Position, purpose: Purpose) -> Work {
        Work { from: self.from, to, purpose, voiced: self.voiced, presence: Presence::of(self.level) }
    }

    fn is_covered_by(&self, work: &Work) -> bool {
        work.from == self.from && work.to >= self.speech_end + LEAST_TAIL
    }

    /// Closes the front part if the segment has grown too long, and gives the latest result with it: in a gap up to which the text is known,
    /// else in the longest one. Neither must be too early. The rest stays open.
    fn cut(&mut self, now: Position, long: usize) -> Option<(Closed, Option<(Work, String)>)> {
        let length = now - self.from;
        if length < long {
            return None;
        }
        let late = self.gaps.iter().filter(|gap| gap.from >= self.from + length / 3 && gap.length() >= LEAST_GAP);
        let is_known =
            |gap: &Gap| self.latest.as_ref().is_some_and(|(work, _)| self.front(*gap, now).is_covered_by(work));
        let gap = late.max_by_key(|gap| (is_known(gap), gap.length())).copied();
        let gap = gap.or_else(|| (length >= LONGEST).then_some(Gap { from: now, to: now }))?;
        let closed = self.front(gap, now);
        self.voiced -= closed.work.voiced;
        self.from = closed.work.to;
        self.gaps.retain(|later| later.from >= gap.to);
        Some((closed, self.latest.take()))
    }

    /// What lies before a gap.
    fn front(&self, gap: Gap, now: Position) -> Closed {
        let at = usize::midpoint(gap.from, gap.to);
        let voiced = self.voiced * (at - self.from) / (now - self.from).max(1);
        let work = Work { voiced, ..self.work(at, Purpose::Segment) };
        Closed { work, speech_end: gap.from, silent_until: gap.to }
    }
}

impl Closed {
    fn is_covered_by(&self, work: &Work) -> bool {
        let heard_the_end = work.to >= self.work.to.min(self.speech_end + LEAST_TAIL);
        work.from == self.work.from && heard_the_end && work.to <= self.silent_until
    }
}

#[cfg(test)]
mod tests;
