//! Requests between the reading thread and the main thread: those that wait, the one that runs, and those it interrupted. Cancels
//! find all of them here, and a pause holds them up.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use hob_protocol::engine::{Listening, LoadOptions, RecognitionMode, Urgency};

use crate::audio::{AudioIn, AudioQueue};
use crate::job::Job;
use crate::text::TextWork;

/// Requests that may wait behind the running one. The daemon sends one at a time, so that more is its defect.
pub const MAX_WAITING_REQUESTS: usize = 16;

pub(crate) struct Request {
    pub(crate) job: Job,
    pub(crate) work: Work,
    /// Where the reading thread puts the audio of a recognition.
    pub(crate) feed: Option<Arc<AudioQueue>>,
}

pub(crate) enum Work {
    Load { model: PathBuf, options: LoadOptions },
    Recognize { mode: RecognitionMode, listening: Listening, audio: AudioIn },
    Text(TextWork),
}

#[derive(Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Request>,
    /// The last one works; those before it were interrupted.
    running: Vec<Running>,
    pace: Pace,
    closed: bool,
}

/// Whether work on texts may go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Pace {
    #[default]
    Working,
    Paused,
}

struct Running {
    job: Job,
    feed: Option<Arc<AudioQueue>>,
}

impl Running {
    fn stop(&self) {
        self.job.cancel_flag().store(true, Ordering::Relaxed);
        if let Some(feed) = &self.feed {
            feed.wake();
        }
    }
}

fn is_more_urgent(request: &Request, than: Urgency) -> bool {
    matches!(&request.work, Work::Text(text) if text.urgency() < than)
}

/// What a cancel found.
pub(crate) enum Cancelled {
    /// Told to stop; it answers itself.
    Running,
    /// Taken out of the line; the caller answers.
    Waiting,
    Unknown,
}

impl Inbox {
    /// Gives the request back if too many wait.
    pub(crate) fn push(&self, request: Request) -> Result<(), Box<Request>> {
        let mut state = self.lock();
        if state.waiting.len() >= MAX_WAITING_REQUESTS {
            return Err(Box::new(request));
        }
        state.waiting.push_back(request);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for the next request, which then is the running one; `None` once closed.
    pub(crate) fn next(&self) -> Option<(Job, Work)> {
        let mut state = self.lock();
        state.running.clear();
        loop {
            if state.closed {
                return None;
            }
            if let Some(Request { job, work, feed }) = state.waiting.pop_front() {
                state.running.push(Running { job: job.clone(), feed });
                return Some((job, work));
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The first work on a text that goes before one of this urgency; it then runs.
    pub(crate) fn next_more_urgent(&self, than: Urgency) -> Option<(Job, TextWork)> {
        let mut state = self.lock();
        let place = state.waiting.iter().position(|request| is_more_urgent(request, than))?;
        let Request { job, work: Work::Text(work), feed } = state.waiting.remove(place)? else { return None };
        state.running.push(Running { job: job.clone(), feed });
        Some((job, work))
    }

    pub(crate) fn has_more_urgent(&self, than: Urgency) -> bool {
        self.lock().waiting.iter().any(|request| is_more_urgent(request, than))
    }

    /// Nothing is asked for, and nobody wants silence.
    pub(crate) fn has_leisure(&self) -> bool {
        let state = self.lock();
        state.waiting.is_empty() && state.pace == Pace::Working && !state.closed
    }

    /// This one has ended, and the one it interrupted goes on.
    pub(crate) fn leave(&self, id: u64) {
        self.lock().running.retain(|running| running.job.id() != id);
    }

    pub(crate) fn pause(&self, pace: Pace) {
        self.lock().pace = pace;
        self.arrived.notify_one();
    }

    /// Returns at once unless paused; then when the pause ends, or nobody wants the result any more.
    pub(crate) fn wait_while_paused(&self, cancelled: &AtomicBool) {
        let mut state = self.lock();
        while state.pace == Pace::Paused && !state.closed && !cancelled.load(Ordering::Relaxed) {
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) fn cancel(&self, id: u64) -> Cancelled {
        let mut state = self.lock();
        if let Some(running) = state.running.iter().find(|running| running.job.id() == id) {
            running.stop();
            self.arrived.notify_one();
            return Cancelled::Running;
        }
        let position = state.waiting.iter().position(|request| request.job.id() == id);
        match position.and_then(|position| state.waiting.remove(position)) {
            Some(_request) => Cancelled::Waiting,
            None => Cancelled::Unknown,
        }
    }

    /// Where audio for a request goes; `None` if no such recognition waits or runs.
    pub(crate) fn feed(&self, id: u64) -> Option<Arc<AudioQueue>> {
        let state = self.lock();
        let running = state.running.iter().map(|running| (&running.job, &running.feed));
        let mut all = running.chain(state.waiting.iter().map(|request| (&request.job, &request.feed)));
        all.find(|(job, _)| job.id() == id).and_then(|(_, feed)| feed.clone())
    }

    /// Lets the main thread end, and tells the running request to stop.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.running.iter().for_each(Running::stop);
        self.arrived.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
