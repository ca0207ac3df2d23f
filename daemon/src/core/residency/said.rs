//! What an engine says, and what that makes of its jobs and of itself.

use std::time::{Duration, Instant};

use hob_protocol::Error;
use hob_protocol::engine::{Failure, FromEngine};

use super::running::{Afterwards, Running, Stopping};
use super::{End, Finished, Process, Residency, Step};
use crate::core::event::Generation;
use crate::core::jobs::Job;

impl Residency {
    /// The running job a message belongs to, if it still wants to hear.
    pub fn hears(&mut self, now: Instant, generation: Generation, id: u64) -> Option<&mut Job> {
        if generation != self.generation {
            return None;
        }
        // An interrupted one may have been faster than the interruption.
        let mut with_engine = self.running.iter_mut().chain(&mut self.beneath);
        let running = with_engine.find(|running| running.job.id.0 == id)?;
        running.heard = now;
        running.stopping.is_none().then_some(&mut running.job)
    }

    /// A message that ends a request, or the loading.
    pub fn said(&mut self, now: Instant, generation: Generation, message: FromEngine, step: &mut Step) {
        if generation != self.generation {
            return;
        }
        match message {
            FromEngine::Loaded { load_ms, .. } => self.loaded(now, load_ms),
            FromEngine::Failed { failure, .. } if matches!(self.process, Process::Loading { .. }) => {
                self.load_failed(&failure, step);
            }
            FromEngine::Failed { id, failure } => self.failed(now, id, failure, step),
            FromEngine::Recognized { id, transcript } => self.ended(now, id, End::Recognized(transcript), step),
            FromEngine::Generated { id, completion } => self.ended(now, id, End::Generated(completion), step),
            FromEngine::Prepared { id, .. } => self.ended(now, id, End::Prepared, step),
            FromEngine::Embedded { id, embeddings } => self.ended(now, id, End::Embedded(embeddings), step),
            FromEngine::Sequences { sequences } => self.sequences = Some(sequences),
            // Hello is for the adapter, the rest for whoever asked.
            _ => {}
        }
        self.go_on(now, step);
    }

    fn loaded(&mut self, now: Instant, load_ms: f64) {
        if let Process::Loading { model, build, pid, .. } = &self.process {
            self.process =
                Process::Ready { model: model.clone(), build: build.clone(), pid: *pid, load_ms, idle_since: now };
        }
    }

    fn load_failed(&mut self, failure: &Failure, step: &mut Step) {
        let Process::Loading { model, .. } = &self.process else { return };
        let model = model.clone();
        let error = Error::ModelInvalid {
            name: model.name.clone(),
            path: model.path.display().to_string(),
            problem: failure.to_string(),
            hint: format!("fetch it again: `hob models remove {0}`, then `hob models pull {0}`", model.name),
        };
        for job in self.queue.drain(|job| job.model == model) {
            step.finished.push(Finished { job, waited: Duration::ZERO, end: End::Failed(error.clone()) });
        }
        self.kill(step);
    }

    fn failed(&mut self, now: Instant, id: u64, failure: Failure, step: &mut Step) {
        if let Failure::AdapterUnusable { name, .. } = &failure {
            self.adapters.retain(|adapter| adapter.name != *name);
        }
        let stopping = self.with_engine(id).map(|running| running.stopping);
        match (stopping, failure) {
            (Some(Some(Stopping { afterwards: Afterwards::BeginAgain, .. })), Failure::Cancelled) => {
                if let Some(job) = self.let_go(now, id) {
                    self.queue.push_again(job);
                }
            }
            (Some(None), failure) => self.ended(now, id, End::Failed(self.error_of(failure)), step),
            (Some(Some(_)), _) => {
                self.let_go(now, id);
            }
            (None, _) => {}
        }
    }

    fn ended(&mut self, now: Instant, id: u64, end: End, step: &mut Step) {
        let Some(running) = self.with_engine(id) else { return };
        let waited = running.since - running.job.queued_at;
        let forgotten = running.is_forgotten();
        if !matches!(end, End::Failed(_)) {
            self.deaths = 0;
        }
        if let Some(job) = self.let_go(now, id)
            && !forgotten
        {
            step.finished.push(Finished { job, waited, end });
        }
    }

    fn with_engine(&self, id: u64) -> Option<&Running> {
        self.running.iter().chain(&self.beneath).find(|running| running.job.id.0 == id)
    }

    fn error_of(&self, failure: Failure) -> Error {
        match failure {
            Failure::ContextExceeded { tokens, limit } => Error::ContextExceeded {
                tokens,
                limit,
                hint: "send less, or let it be shortened: `--truncate`".to_owned(),
            },
            Failure::TextTooLong { text, tokens, limit } => Error::ContextExceeded {
                tokens,
                limit,
                hint: format!("text {text} is the one: send it in parts, or let it be shortened: `--truncate`"),
            },
            Failure::AdapterUnusable { name, problem } => Error::AdapterMisfit {
                name,
                model: self.model().map(|model| model.name.clone()).unwrap_or_default(),
                problem,
                hint: "add it anew: `hob models adapters remove`, then `add`".to_owned(),
            },
            Failure::SchemaInvalid { problem } => Error::SchemaInvalid { problem },
            Failure::SchemaUnfinished { tokens } => Error::SchemaUnfinished {
                tokens,
                hint: "allow more: `max_tokens`; or bound the texts and lists of the schema: `maxLength`, `maxItems`"
                    .to_owned(),
            },
            Failure::UnknownLanguage { .. } => {
                Error::OptionInvalid { option: "language".to_owned(), problem: failure.to_string() }
            }
            Failure::Cancelled => Error::Cancelled { reason: "the engine stopped".to_owned() },
            other => Error::Internal { problem: format!("{} engine: {other}", self.kind) },
        }
    }
}
