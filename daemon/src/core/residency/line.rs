//! The line before an engine: who stands in it, what for, and at which place.

use hob_protocol::daemon::{WaitReason, Waiting};

use super::super::jobs::{Job, Purpose};
use super::running::Running;
use super::{Pace, Process, Residency};

impl Residency {
    /// The jobs that do not work just now, and what keeps each of them. Also those that had begun and were interrupted.
    pub fn line(&self) -> impl Iterator<Item = (&Job, Waiting)> {
        let works = self.running.as_ref().filter(|running| !running.is_forgotten()).map(|running| &running.job);
        let works_now = if self.pace == Pace::Paused { 0 } else { works.iter().count() };
        let line = works.into_iter().chain(self.in_order()).enumerate().skip(works_now);
        let waiting = move |position: usize| Waiting {
            reason: self.reason(),
            position: u32::try_from(position + 1).unwrap_or(u32::MAX),
        };
        line.map(move |(before, job)| (job, waiting(before)))
    }

    /// Those that wait for the running one, in the order in which they will work.
    fn in_order(&self) -> impl Iterator<Item = &Job> {
        let wanted = |running: &&Running| !running.is_forgotten();
        let mut interrupted = self.beneath.iter().rev().filter(wanted).map(|running| &running.job).peekable();
        let mut queued = self.queue.iter().peekable();
        std::iter::from_fn(move || match (interrupted.peek(), queued.peek()) {
            (Some(begun), Some(queued_job)) if queued_job.priority() < begun.priority() => queued.next(),
            (Some(_), _) => interrupted.next(),
            (None, _) => queued.next(),
        })
    }

    fn reason(&self) -> WaitReason {
        if !matches!(self.process, Process::Ready { .. }) {
            return WaitReason::Loading;
        }
        let speaks = self.running.as_ref().is_some_and(|running| running.job.purpose == Purpose::Dictation);
        if speaks || self.pace == Pace::Paused { WaitReason::Dictation } else { WaitReason::Requests }
    }
}
