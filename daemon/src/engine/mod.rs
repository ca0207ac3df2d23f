//! Engine processes: which build to run, starting it, talking to it, noticing its death. Decides nothing about work; the core
//! does, and gets every death as plain news.

mod builds;
mod process;
mod refusals;

use std::collections::BTreeMap;
use std::path::PathBuf;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::ToEngine;

pub use builds::{Builds, ENGINES_VARIABLE};
use process::{Outgoing, Process};
pub use refusals::Refusals;

use crate::core::{Event, Generation, JobId, NextBuild, Samples};
use crate::requests::Requests;

/// Both engines' processes.
#[derive(Debug)]
pub struct Engines {
    requests: Requests,
    builds: Builds,
    refusals: Refusals,
    processes: BTreeMap<EngineKind, Process>,
}

impl Engines {
    pub fn new(requests: Requests, builds: Builds, state_folder: Option<PathBuf>) -> Self {
        let refusals = Refusals::load(state_folder, builds.machine());
        Self { requests, builds, refusals, processes: BTreeMap::new() }
    }

    pub fn forbid(&mut self, builds: Vec<String>) {
        self.builds.forbid(builds);
    }

    /// Starts the best build this machine runs. What comes of it is told as an event.
    pub fn start(&mut self, kind: EngineKind, generation: Generation) {
        let started = self.builds.best(kind, self.refusals.of(kind)).map(|build| (build, process::spawn(kind, build)));
        match started {
            Ok((build, Ok(child))) => {
                let build = build.name.clone();
                self.processes.insert(kind, Process::watch(kind, generation, build, child, self.requests.clone()));
            }
            Ok((build, Err(error))) => {
                let cause = format!("cannot start {}: {error}", build.program(kind).display());
                self.tell(Event::EngineUnstartable { kind, generation, cause, hint: REINSTALL.to_owned() });
            }
            Err(missing) => {
                let cause = missing.to_string();
                self.tell(Event::EngineUnstartable { kind, generation, cause, hint: missing.hint() });
            }
        }
    }

    pub fn send(&mut self, kind: EngineKind, generation: Generation, message: ToEngine) {
        self.queue(kind, generation, Outgoing::Message(message));
    }

    pub fn send_audio(&mut self, kind: EngineKind, generation: Generation, job: JobId, samples: Samples) {
        self.queue(kind, generation, Outgoing::Audio { job, samples });
    }

    pub fn kill(&mut self, kind: EngineKind, generation: Generation) {
        if let Some(process) = self.process(kind, generation) {
            process.kill();
        }
    }

    /// To be called for every death before the core hears of it: a build whose instructions the machine refuses is
    /// remembered, and the next process will be of another one.
    pub fn buried(&mut self, kind: EngineKind, generation: Generation, build: &str, death: Death) -> NextBuild {
        if self.process(kind, generation).is_some() {
            self.processes.remove(&kind);
        }
        if death != Death::IllegalInstruction {
            return NextBuild::Same;
        }
        tracing::warn!(
            "this machine refuses instructions of the {kind} engine's build {build}, which is not used again"
        );
        self.refusals.add(kind, build);
        if self.builds.best(kind, self.refusals.of(kind)).is_ok() { NextBuild::Another } else { NextBuild::Same }
    }

    pub fn refused(&self, kind: EngineKind) -> Vec<String> {
        self.refusals.of(kind).iter().cloned().collect()
    }

    fn process(&mut self, kind: EngineKind, generation: Generation) -> Option<&mut Process> {
        self.processes.get_mut(&kind).filter(|process| process.generation() == generation)
    }

    fn queue(&mut self, kind: EngineKind, generation: Generation, outgoing: Outgoing) {
        if let Some(process) = self.process(kind, generation) {
            process.queue(outgoing);
        }
    }

    /// The loop calls in here, so it must not wait for itself.
    fn tell(&self, event: Event) {
        let requests = self.requests.clone();
        tokio::spawn(async move { requests.tell(event).await });
    }
}

/// How a process ended, as far as the choice of builds is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// SIGILL.
    IllegalInstruction,
    Other,
}

const REINSTALL: &str = "install hob's engines again (`make build` in a checkout)";
