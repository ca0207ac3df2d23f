//! The job an engine works on, and whether it is to stop.

use std::time::Instant;

use super::super::jobs::Job;

#[derive(Debug)]
pub(super) struct Running {
    pub job: Job,
    pub since: Instant,
    pub heard: Instant,
    pub stopping: Option<Stopping>,
}

impl Running {
    pub fn is_forgotten(&self) -> bool {
        self.stopping.is_some_and(|stopping| stopping.afterwards == Afterwards::Forget)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Stopping {
    pub since: Instant,
    pub afterwards: Afterwards,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Afterwards {
    Forget,
    /// It made room for a dictation, and begins again after it.
    BeginAgain,
}
