//! What to recognise when, while somebody speaks: segments between pauses, speculation in every short silence, partials when there is
//! nothing better to do. Pure: it knows frames and positions, no audio, no clock and no Whisper.
//!
//! A *segment* opens with voice and closes with a pause, sooner after a whole sentence, or before it outgrows Whisper's window. Its text is
//! committed when a result covers all its speech. A *speculation* recognises the open segment as if it had ended; if nothing but silence follows, that is the
//! result. A doubtful result of a closed segment is looked at again with more care (a *review*), unless there is something better to do or
//! somebody waits for the text. Whoever runs the work asks [`Live::next`] after every event, runs one piece of work at a time and reports it to
//! [`Live::done`].

mod pace;
mod segment;

use std::collections::VecDeque;
use std::time::Duration;

pub(crate) use self::pace::Pace;
use self::segment::{Closed, Known, Open};
use crate::vad::{FRAME, Heard, PRE_ROLL, Presence, Voice};

/// A place in the recording, in samples.
pub(crate) type Position = usize;

const MILLISECOND: usize = 16;
/// Silence that a result must have heard to count as having heard the end of the speech.
const LEAST_TAIL: usize = 4 * FRAME;
/// Silence after the speech that is recognised with it, if it is there.
const TAIL: usize = 300 * MILLISECOND;
/// Silence before a speculation once too much was recognised in vain: longer than most gaps of somebody who reads aloud. Counted over half an
/// hour of reading, with real results and a clock that is simulated, recognition then takes four fifths of the time.
const PATIENCE: usize = 40 * FRAME;
/// So much recognition may be in vain, and more of it as more is of use.
const WASTE: Duration = Duration::from_millis(500);
const WASTE_PER_USE: f64 = 0.1;
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

impl Work {
    pub(crate) fn is_same_stretch(&self, other: &Self) -> bool {
        (self.from, self.to) == (other.from, other.to)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Segment,
    Speculation,
    /// Goes on with what is doubtful of a result for the same stretch.
    Review,
    Partial,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) text: String,
    /// A review might find a better one.
    pub(crate) doubtful: bool,
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
    /// What recognition took, and how much of that found text that was committed.
    spent: Duration,
    used: Duration,
}

impl Live {
    pub(crate) fn new(pace: Pace, partials: Partials) -> Self {
        Self { pace, partials, ..Self::default() }
    }

    /// The next frame. Says whether the running work is still wanted.
    pub(crate) fn hear(&mut self, heard: Heard) -> (Running, Vec<Commit>) {
        self.now += FRAME;
        match (&mut self.open, heard.voice) {
            (None, Voice::Silent) => {}
            (None, Voice::Speaking) => {
                let from = (self.now - FRAME).saturating_sub(PRE_ROLL).max(self.closed_until);
                self.open = Some(Open::new(from, self.now, heard.level));
            }
            (Some(open), Voice::Speaking) => open.speak(self.now, heard.level),
            (Some(open), Voice::Silent) => {
                if open.has_ended(self.now, &self.pace) {
                    self.close();
                }
            }
        }
        if let Some(closed) = self.open.as_mut().and_then(|open| open.cut(self.now, &self.pace)) {
            self.take(closed);
        }
        let commits = self.commits();
        (self.running(), commits)
    }

    /// No more frames will come. What is open is closed.
    pub(crate) fn end(&mut self) -> (Running, Vec<Commit>) {
        self.ended = true;
        self.close();
        let commits = self.commits();
        (self.running(), commits)
    }

    /// Takes what it returns for begun.
    pub(crate) fn next(&mut self) -> Next {
        if self.running.is_some() {
            return Next::Wait;
        }
        let due = match (self.closed.front(), &self.open) {
            (Some(closed), _) => Some(closed.next()),
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
    pub(crate) fn done(&mut self, found: Option<Found>, took: Duration) -> Vec<Commit> {
        self.spent += took;
        let work = self.running.take().expect("only running work is done");
        if let Some(Found { text, doubtful }) = found {
            let known = Known { work, text, doubtful, took };
            match (self.closed.front_mut(), &mut self.open) {
                (Some(closed), _) if closed.is_covered_by(&work) => {
                    closed.known = Some(known.after(closed.known.as_ref()));
                }
                (_, Some(open)) if open.from == work.from => {
                    open.latest = Some(known);
                    if let Some(closed) = open.end_sentence(self.now, &self.pace) {
                        self.take(closed);
                    }
                }
                _ => {}
            }
        }
        self.commits()
    }

    /// The text of the open segment as far as it is known.
    pub(crate) fn unstable(&self) -> &str {
        self.open.as_ref().and_then(|open| open.latest.as_ref()).map_or("", |known| &known.text)
    }

    /// Samples before this place are not needed any more.
    pub(crate) fn needed_from(&self) -> Position {
        let closed = self.closed.front().map(|closed| closed.work.from);
        let open = self.open.as_ref().map(|open| open.from);
        closed.or(open).unwrap_or_else(|| self.now.saturating_sub(PRE_ROLL).max(self.closed_until.min(self.now)))
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let to = self.now.min(open.speech_end + TAIL);
        self.take(open.close(to, self.now));
    }

    fn take(&mut self, closed: Closed) {
        self.closed_until = closed.work.to;
        self.closed.push_back(closed);
    }

    /// Takes the closed segments whose text is there, from the first one on.
    fn commits(&mut self) -> Vec<Commit> {
        let mut commits = Vec::new();
        while self.closed.front().is_some_and(|closed| closed.is_settled(self.is_pressed())) {
            let Some(Closed { work, known: Some(known), .. }) = self.closed.pop_front() else { break };
            self.used += known.took;
            commits.push(Commit { from: work.from, to: work.to, text: known.text, purpose: known.work.purpose });
        }
        commits
    }

    /// There is something better to do than a review of a closed segment: somebody waits, or will at any moment.
    fn is_pressed(&self) -> bool {
        let is_due = |open: &Open| self.pauses(open) && open.known().is_none();
        self.ended || self.closed.len() > 1 || self.open.as_ref().is_some_and(is_due)
    }

    fn work_on(&self, open: &Open) -> Option<Work> {
        if self.pauses(open) {
            // A doubtful one stays as it is until the segment is closed: speech that goes on, or the end, would make a review vain.
            let is_new = open.known().is_none();
            is_new.then(|| open.work(self.now.min(open.speech_end + TAIL), Purpose::Speculation))
        } else {
            let room = self.partials == Partials::Wanted
                && self.spent.as_secs_f64() < BUSY_FOR_PARTIALS * crate::clip::seconds(self.now);
            (room && self.now >= open.tried_until + self.pace.partial_every)
                .then(|| open.work(self.now, Purpose::Partial))
        }
    }

    /// Nobody has spoken for long enough to try what is open.
    fn pauses(&self, open: &Open) -> bool {
        let speech = open.speech_end - open.from;
        let usual = self.pace.speculate_after(speech);
        let patience = PATIENCE.min(self.pace.sentence_pause(speech));
        let silence = if self.has_wasted_much() { usual.max(patience) } else { usual };
        self.now - open.speech_end >= silence
    }

    /// Too much of what was found was thrown away, because speech went on.
    fn has_wasted_much(&self) -> bool {
        let wasted = self.spent.saturating_sub(self.used);
        wasted > WASTE + self.used.mul_f64(WASTE_PER_USE)
    }

    fn running(&self) -> Running {
        let Some(work) = &self.running else { return Running::Wanted };
        let wanted = match (self.closed.front(), &self.open) {
            (Some(closed), _) => closed.is_covered_by(work),
            (None, Some(open)) => {
                open.from == work.from
                    && match work.purpose {
                        Purpose::Partial => !self.pauses(open) || open.is_covered_by(work),
                        Purpose::Speculation => open.is_covered_by(work) || open.may_have_ended(work, &self.pace),
                        Purpose::Review | Purpose::Segment => open.is_covered_by(work),
                    }
            }
            (None, None) => false,
        };
        if wanted { Running::Wanted } else { Running::Stale }
    }
}

#[cfg(test)]
mod tests;
