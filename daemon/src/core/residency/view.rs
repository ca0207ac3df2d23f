//! What can be seen of an engine from outside, and what must always be true of it.

use hob_protocol::daemon::{Engine, EngineState};

use super::super::jobs::Job;
use super::{Process, Residency, Rest};

impl Residency {
    pub fn loaded_model(&self) -> Option<&str> {
        match &self.process {
            Process::Loading { model, .. } | Process::Ready { model, .. } => Some(&model.name),
            _ => None,
        }
    }

    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.running.iter().chain(&self.beneath).map(|running| &running.job).chain(self.queue.iter())
    }

    /// The jobs that somebody still waits for.
    pub fn wanted_jobs(&self) -> impl Iterator<Item = &Job> {
        let with_engine = self.running.iter().chain(&self.beneath);
        let wanted = with_engine.filter(|running| !running.is_forgotten()).map(|running| &running.job);
        wanted.chain(self.queue.iter())
    }

    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    pub fn view(&self) -> Engine {
        let (state, build, pid, model, load_ms) = match &self.process {
            Process::Stopped if self.deaths > 0 => (EngineState::Failed, None, None, None, None),
            Process::Stopped | Process::Ending => (EngineState::Stopped, None, None, None, None),
            Process::Starting { model, .. } => (EngineState::Starting, None, None, Some(model), None),
            Process::Loading { model, build, pid, .. } => {
                (EngineState::Loading, Some(build), Some(*pid), Some(model), None)
            }
            Process::Ready { model, build, pid, load_ms, .. } => {
                let state = if self.running.is_some() { EngineState::Busy } else { EngineState::Ready };
                (state, Some(build), Some(*pid), Some(model), Some(*load_ms))
            }
        };
        Engine {
            name: self.kind,
            state,
            build: build.cloned(),
            refused_builds: Vec::new(),
            pid,
            model: model.map(|model| model.name.clone()),
            resident_bytes: None,
            load_ms,
            restarts: self.restarts,
            last_death: self.last_death.clone(),
            sequences: self.sequences.filter(|_| matches!(self.process, Process::Ready { .. })),
        }
    }

    /// A job runs only in a process that is ready; what waits has a reason to.
    pub fn verify_invariants(&self) {
        assert!(
            self.running.is_none() || matches!(self.process, Process::Ready { .. }),
            "{} runs a job without a ready process: {:?}",
            self.kind,
            self.process
        );
        let beneath = self.beneath.iter().map(|running| running.job.priority());
        let most_urgent_last =
            beneath.clone().zip(beneath.chain(self.running.iter().map(|running| running.job.priority())).skip(1));
        assert!(most_urgent_last.into_iter().all(|(a, b)| a > b), "{} interrupted what was as urgent", self.kind);
        assert!(self.beneath.is_empty() || self.running.is_some(), "{} forgot what it interrupted", self.kind);
        if let (Process::Ready { .. }, None) = (&self.process, &self.running) {
            assert!(self.queue.is_empty(), "{} idles while jobs wait", self.kind);
        }
        if let Process::Stopped = self.process {
            let waits = self.not_before.is_some() || self.rest == Rest::Resting;
            assert!(self.queue.is_empty() || waits, "{} never starts for its jobs", self.kind);
        }
        let ordered = self.queue.iter().zip(self.queue.iter().skip(1)).all(|(a, b)| a.priority() <= b.priority());
        assert!(ordered, "{} has a queue out of order", self.kind);
    }
}
