//! One engine's life: when its process starts, which model it holds, what it works on, when it ends. A death is a state to go
//! on from, never an error of the daemon. Knows nothing of what a job is for.

mod course;
mod ending;
mod line;
mod running;
mod said;
mod view;

use std::time::{Duration, Instant};

use hob_protocol::Error;
use hob_protocol::daemon::{EngineKind, Sequences};
use hob_protocol::engine::{Adapter, ToEngine};
use hob_protocol::speech::Transcript;
use hob_protocol::text::{Completion, Embeddings};

use super::effect::Effect;
use super::event::{Generation, ModelFile, NextBuild, Samples};
use super::jobs::{Job, Purpose, Queue, Work};
use super::settings::Settings;
use course::pause_after;
pub use ending::needed_bytes;
use running::{Afterwards, Running, Stopping};

#[derive(Debug)]
pub struct Residency {
    kind: EngineKind,
    generation: Generation,
    process: Process,
    running: Option<Running>,
    /// Generations that more urgent ones interrupted, the most urgent last. The engine keeps their states and goes on with them.
    beneath: Vec<Running>,
    pace: Pace,
    queue: Queue,
    restarts: u32,
    /// Deaths since the last job that ended well.
    deaths: u32,
    last_death: Option<String>,
    /// No new process before this.
    not_before: Option<Instant>,
    rest: Rest,
    /// Of the process that runs; 0 for the engine's own choice.
    threads: u16,
    /// What the process that runs said last.
    sequences: Option<Sequences>,
    /// Those that it has loaded, the one that was used last at the end. None is let go of before the process ends.
    adapters: Vec<Adapter>,
}

/// Whether an engine may work on texts, or somebody speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    #[default]
    Working,
    Paused,
}

#[derive(Debug)]
enum Process {
    Stopped,
    Starting {
        model: ModelFile,
        since: Instant,
    },
    Loading {
        model: ModelFile,
        since: Instant,
        build: String,
        pid: u32,
    },
    Ready {
        model: ModelFile,
        build: String,
        pid: u32,
        load_ms: f64,
        idle_since: Instant,
    },
    /// Told to end; its death is awaited and is no failure.
    Ending,
}

/// Whether new processes may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Awake,
    /// The machine sleeps, or is about to.
    Resting,
}

/// What a step brings about.
#[derive(Debug, Default)]
pub struct Step {
    pub effects: Vec<Effect>,
    pub finished: Vec<Finished>,
}

/// A job that left the engine for good.
#[derive(Debug)]
pub struct Finished {
    pub job: Job,
    /// How long it waited before it began.
    pub waited: Duration,
    pub end: End,
}

#[derive(Debug)]
pub enum End {
    Loaded { load_ms: f64 },
    Recognized(Transcript),
    Generated(Completion),
    Prepared,
    Embedded(Embeddings),
    Failed(Error),
}

impl Residency {
    pub fn new(kind: EngineKind) -> Self {
        Self {
            kind,
            generation: Generation(0),
            process: Process::Stopped,
            running: None,
            beneath: Vec::new(),
            pace: Pace::Working,
            queue: Queue::default(),
            restarts: 0,
            deaths: 0,
            last_death: None,
            not_before: None,
            rest: Rest::Awake,
            threads: 0,
            sequences: None,
            adapters: Vec::new(),
        }
    }

    pub fn enqueue(&mut self, now: Instant, job: Job, step: &mut Step) {
        self.queue.push(job);
        self.go_on(now, step);
    }

    /// A job that goes on with what has just ended.
    pub fn enqueue_first(&mut self, now: Instant, job: Job, step: &mut Step) {
        self.queue.push_again(job);
        self.go_on(now, step);
    }

    /// Takes a job back: at once if it waits, as soon as the engine lets go of it if it runs.
    pub fn cancel(&mut self, now: Instant, matches: impl Fn(&Job) -> bool, step: &mut Step) {
        if self.queue.remove(&matches).is_some() {
            return;
        }
        if self.running.as_ref().is_some_and(|running| matches(&running.job)) {
            return self.stop_running(now, Afterwards::Forget, step);
        }
        if let Some(interrupted) = self.beneath.iter_mut().find(|running| matches(&running.job)) {
            interrupted.stopping = Some(Stopping { since: now, afterwards: Afterwards::Forget });
            let id = interrupted.job.id.0;
            self.tell(ToEngine::Cancel { id }, step);
        }
    }

    /// Generations stop between two tokens, or go on.
    pub fn keep_pace(&mut self, now: Instant, pace: Pace, step: &mut Step) {
        if self.pace == pace {
            return;
        }
        self.pace = pace;
        if let Some(running) = &mut self.running {
            running.heard = now;
        }
        if matches!(self.process, Process::Loading { .. } | Process::Ready { .. }) {
            self.tell(pace_message(pace), step);
        }
    }

    /// More samples of a live job, or their end.
    pub fn live_audio(
        &mut self,
        now: Instant,
        matches: impl Fn(&Job) -> bool,
        more: Option<Vec<f32>>,
        step: &mut Step,
    ) {
        // What is not live, or has ended, takes no more.
        let takes = |job: &Job| matches(job) && !job.owes_an_answer();
        let add = |job: &mut Job| {
            if let Work::Live(live) = &mut job.work {
                live.take(more.as_deref());
            }
        };
        if let Some(waiting) = self.queue.iter_mut().find(|job| takes(job)) {
            add(waiting);
            return;
        }
        let Some(running) = self.running.as_mut().filter(|running| takes(&running.job)) else { return };
        add(&mut running.job);
        running.heard = now;
        if running.stopping.is_some() {
            return;
        }
        let job = running.job.id;
        match more {
            Some(more) => {
                let samples = Samples::from(more);
                step.effects.push(Effect::TellAudio { kind: self.kind, generation: self.generation, job, samples });
            }
            None => self.tell(ToEngine::EndOfAudio { id: job.0 }, step),
        }
    }

    /// Ends the process. Jobs that wait start another one.
    pub fn unload(&mut self, now: Instant, step: &mut Step) -> bool {
        match self.process {
            Process::Stopped | Process::Ending => false,
            _ => {
                self.kill(step);
                for running in self.running.take().into_iter().chain(self.beneath.drain(..)) {
                    if !running.is_forgotten() {
                        self.queue.push_again(running.job);
                    }
                }
                self.go_on(now, step);
                true
            }
        }
    }

    pub fn started(
        &mut self,
        now: Instant,
        generation: Generation,
        pid: u32,
        build: String,
        settings: &Settings,
        step: &mut Step,
    ) {
        if generation != self.generation {
            return;
        }
        if let Process::Starting { model, .. } = &self.process {
            let model = model.clone();
            let options = self.load_options(settings);
            self.threads = options.threads;
            let message = ToEngine::Load { id: 0, model: model.path.clone(), options };
            self.process = Process::Loading { model, since: now, build, pid };
            self.tell(message, step);
            if self.pace == Pace::Paused {
                self.tell(pace_message(self.pace), step);
            }
        }
    }

    pub fn unstartable(&mut self, generation: Generation, cause: String, hint: &str, step: &mut Step) {
        if generation != self.generation {
            return;
        }
        self.process = Process::Stopped;
        let error = Error::EngineUnavailable { engine: self.kind, cause: cause.clone(), hint: hint.to_owned() };
        self.last_death = Some(cause);
        for job in self.queue.drain(|_| true) {
            step.finished.push(Finished { job, waited: Duration::ZERO, end: End::Failed(error.clone()) });
        }
    }

    /// A job of this purpose is with the process, which works on it.
    pub fn works_for(&self, purpose: Purpose) -> bool {
        let mut with_engine = self.running.iter().chain(&self.beneath);
        with_engine.any(|running| running.stopping.is_none() && running.job.purpose == purpose)
    }

    pub fn died(&mut self, now: Instant, generation: Generation, cause: &str, next: NextBuild, step: &mut Step) {
        if generation != self.generation {
            return;
        }
        let expected = matches!(self.process, Process::Ending);
        self.process = Process::Stopped;
        if !expected {
            self.restarts += 1;
            self.last_death = Some(cause.to_owned());
            if next == NextBuild::Same {
                self.deaths += 1;
                self.not_before = Some(now + pause_after(self.deaths));
            }
            self.blame(now, cause, next, step);
        }
        self.go_on(now, step);
    }

    pub fn deadline(&mut self, now: Instant, settings: &Settings, step: &mut Step) {
        if self.deadline_of_process(settings).is_some_and(|deadline| deadline <= now) {
            match (&self.process, &self.running) {
                (Process::Ready { .. }, None) => self.kill(step),
                (Process::Starting { .. }, _) => self.give_up(now, "it did not say hello", step),
                (Process::Loading { .. }, _) => self.give_up(now, "it did not finish loading", step),
                (_, Some(Running { stopping: Some(_), .. })) => self.give_up(now, "it did not stop when told to", step),
                _ => self.give_up(now, "it said nothing for too long", step),
            }
        }
        self.go_on(now, step);
    }

    /// When something has to be done although nothing happened.
    pub fn next_deadline(&self, settings: &Settings) -> Option<Instant> {
        let restart = match &self.process {
            Process::Stopped if !self.queue.is_empty() => self.not_before,
            _ => None,
        };
        let restart = restart.filter(|_| self.rest == Rest::Awake);
        [self.deadline_of_process(settings), restart].into_iter().flatten().min()
    }
}

fn pace_message(pace: Pace) -> ToEngine {
    match pace {
        Pace::Working => ToEngine::Resume,
        Pace::Paused => ToEngine::Pause,
    }
}
