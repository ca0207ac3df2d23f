//! Ends that somebody else wants: for want of memory, before the machine sleeps.

use std::time::Instant;

use hob_protocol::engine::Adapter;

use super::super::event::ModelFile;
use super::super::jobs::Work;
use super::super::settings::Settings;
use super::{Process, Residency, Rest, Step};

/// What an engine takes beside its weights: its code, caches and work space, in bytes.
const BESIDE_WEIGHTS: u64 = 200 << 20;

impl Residency {
    /// The model of the process, also of one that only just starts.
    pub fn model(&self) -> Option<&ModelFile> {
        match &self.process {
            Process::Starting { model, .. } | Process::Loading { model, .. } | Process::Ready { model, .. } => {
                Some(model)
            }
            Process::Stopped | Process::Ending => None,
        }
    }

    /// Since when it works for nobody; `None` if it does, or does not run.
    pub fn idle_since(&self) -> Option<Instant> {
        match (&self.process, &self.running) {
            (Process::Ready { idle_since, .. }, None) if self.queue.is_empty() => Some(*idle_since),
            _ => None,
        }
    }

    /// What its process will take at most, estimated from the files of its model and its adapters.
    pub fn needed_bytes(&self) -> Option<u64> {
        self.model().map(|model| needed_bytes(model, &self.adapters))
    }

    /// It holds adapters that its last work did not need.
    pub fn has_adapters_to_spare(&self) -> bool {
        self.model().is_some() && self.adapters.len() > 1
    }

    /// It does nothing else, and was interrupted in nothing else.
    pub fn only_prepares(&self) -> bool {
        let prepares = self.running.as_ref().is_some_and(|running| matches!(running.job.work, Work::Prepare { .. }));
        prepares && self.beneath.is_empty()
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.process, Process::Stopped)
    }

    pub fn end_if_idle(&mut self, step: &mut Step) {
        if self.idle_since().is_some() {
            self.kill(step);
        }
    }

    pub fn end_if_threads_changed(&mut self, settings: &Settings, step: &mut Step) {
        if self.load_options(settings).threads != self.threads {
            self.end_if_idle(step);
        }
    }

    /// Ends the process, and starts none before [`Residency::wake`]. What it worked on is begun again then.
    pub fn rest(&mut self, now: Instant, step: &mut Step) {
        self.rest = Rest::Resting;
        self.unload(now, step);
    }

    pub fn wake(&mut self, now: Instant, step: &mut Step) {
        self.rest = Rest::Awake;
        self.go_on(now, step);
    }
}

/// What a process with this model takes at most.
pub fn needed_bytes<'a>(model: &ModelFile, adapters: impl IntoIterator<Item = &'a Adapter>) -> u64 {
    model.bytes + adapters.into_iter().map(|adapter| adapter.bytes).sum::<u64>() + BESIDE_WEIGHTS
}
