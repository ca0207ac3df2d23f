//! One engine's life: when its process starts, which model it holds, what it works on, when it ends. A death is a state to go
//! on from, never an error of the daemon. Knows nothing of what a job is for.

use std::time::{Duration, Instant};

use hob_protocol::Error;
use hob_protocol::daemon::{Engine, EngineKind, EngineState};
use hob_protocol::engine::{Failure, FromEngine, LoadOptions, ToEngine};
use hob_protocol::speech::Transcript;
use hob_protocol::text::Completion;

use super::event::{Effect, Generation, ModelFile, NextBuild, Samples};
use super::jobs::{Job, LiveAudio, Opening, Priority, Queue, Work};
use super::settings::Settings;

/// A process that has not said hello by then never will: it only has to be mapped into memory.
const HELLO_LIMIT: Duration = Duration::from_secs(30);
/// An engine looks at its cancel flag many times a second; one that does not is stuck.
const CANCEL_LIMIT: Duration = Duration::from_secs(5);
/// A job that engines died of twice would kill the third as well.
const DEATHS_OF_A_JOB: u8 = 2;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Residency {
    kind: EngineKind,
    generation: Generation,
    process: Process,
    running: Option<Running>,
    queue: Queue,
    restarts: u32,
    /// Deaths since the last job that ended well.
    deaths: u32,
    last_death: Option<String>,
    /// No new process before this.
    not_before: Option<Instant>,
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

#[derive(Debug)]
struct Running {
    job: Job,
    since: Instant,
    heard: Instant,
    stopping: Option<Stopping>,
}

impl Running {
    fn is_forgotten(&self) -> bool {
        self.stopping.is_some_and(|stopping| stopping.afterwards == Afterwards::Forget)
    }
}

#[derive(Debug, Clone, Copy)]
struct Stopping {
    since: Instant,
    afterwards: Afterwards,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    Forget,
    /// It made room for a dictation, and begins again after it.
    BeginAgain,
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
    Failed(Error),
}

impl Residency {
    pub fn new(kind: EngineKind) -> Self {
        Self {
            kind,
            generation: Generation(0),
            process: Process::Stopped,
            running: None,
            queue: Queue::default(),
            restarts: 0,
            deaths: 0,
            last_death: None,
            not_before: None,
        }
    }

    pub fn enqueue(&mut self, now: Instant, job: Job, step: &mut Step) {
        self.queue.push(job);
        self.go_on(now, step);
    }

    /// Takes a job back: at once if it waits, as soon as the engine lets go of it if it runs.
    pub fn cancel(&mut self, now: Instant, matches: impl Fn(&Job) -> bool, step: &mut Step) {
        if self.queue.remove(&matches).is_some() {
            return;
        }
        if self.running.as_ref().is_some_and(|running| matches(&running.job)) {
            self.stop_running(now, Afterwards::Forget, step);
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
        let takes = |job: &Job| matches(job) && matches!(job.work, Work::Live { audio: LiveAudio::Coming, .. });
        let add = |job: &mut Job| {
            let Work::Live { samples, audio, .. } = &mut job.work else { return };
            match &more {
                Some(more) => samples.extend_from_slice(more),
                None => *audio = LiveAudio::Ended,
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
                if let Some(running) = self.running.take().filter(|running| !running.is_forgotten()) {
                    self.queue.push_again(running.job);
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
            let message = ToEngine::Load { id: 0, model: model.path.clone(), options: self.load_options(settings) };
            self.process = Process::Loading { model, since: now, build, pid };
            self.tell(message, step);
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

    /// The running job a message belongs to, if it still wants to hear.
    pub fn hears(&mut self, now: Instant, generation: Generation, id: u64) -> Option<&mut Job> {
        let running = self.running.as_mut()?;
        if generation != self.generation || running.job.id.0 != id {
            return None;
        }
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
            // Hello is for the adapter, the rest for whoever asked.
            _ => {}
        }
        self.go_on(now, step);
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
        [self.deadline_of_process(settings), restart].into_iter().flatten().min()
    }

    pub fn loaded_model(&self) -> Option<&str> {
        match &self.process {
            Process::Loading { model, .. } | Process::Ready { model, .. } => Some(&model.name),
            _ => None,
        }
    }

    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.running.iter().map(|running| &running.job).chain(self.queue.iter())
    }

    /// The jobs that somebody still waits for.
    pub fn wanted_jobs(&self) -> impl Iterator<Item = &Job> {
        let running = self.running.iter().filter(|running| !running.is_forgotten()).map(|running| &running.job);
        running.chain(self.queue.iter())
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
        if let (Process::Ready { .. }, None) = (&self.process, &self.running) {
            assert!(self.queue.is_empty(), "{} idles while jobs wait", self.kind);
        }
        if let Process::Stopped = self.process {
            assert!(self.queue.is_empty() || self.not_before.is_some(), "{} never starts for its jobs", self.kind);
        }
        let ordered = self.queue.iter().zip(self.queue.iter().skip(1)).all(|(a, b)| a.priority() <= b.priority());
        assert!(ordered, "{} has a queue out of order", self.kind);
    }

    fn go_on(&mut self, now: Instant, step: &mut Step) {
        loop {
            let Some(first) = self.queue.first() else { return };
            match &self.process {
                Process::Stopped if self.not_before.is_some_and(|moment| now < moment) => return,
                Process::Stopped => {
                    self.generation.0 += 1;
                    self.not_before = None;
                    self.process = Process::Starting { model: first.model.clone(), since: now };
                    step.effects.push(Effect::StartEngine { kind: self.kind, generation: self.generation });
                    return;
                }
                Process::Starting { .. } | Process::Loading { .. } | Process::Ending => return,
                Process::Ready { .. } if self.running.is_some() => return self.make_room(now, step),
                Process::Ready { model, .. } if *model != first.model => {
                    self.kill(step);
                    return;
                }
                Process::Ready { load_ms, .. } => {
                    let load_ms = *load_ms;
                    let job = self.queue.pop().expect("there is a first job");
                    if matches!(job.work, Work::Load) {
                        let waited = now - job.queued_at;
                        step.finished.push(Finished { job, waited, end: End::Loaded { load_ms } });
                    } else {
                        self.begin(now, job, step);
                    }
                }
            }
        }
    }

    fn begin(&mut self, now: Instant, mut job: Job, step: &mut Step) {
        job.rewind();
        for opening in job.opening() {
            match opening {
                Opening::Message(message) => self.tell(message, step),
                Opening::Audio(samples) => step.effects.push(Effect::TellAudio {
                    kind: self.kind,
                    generation: self.generation,
                    job: job.id,
                    samples,
                }),
            }
        }
        self.running = Some(Running { job, since: now, heard: now, stopping: None });
    }

    /// A dictation does not wait for a clip or a generation.
    fn make_room(&mut self, now: Instant, step: &mut Step) {
        let dictation_waits = self.queue.first().is_some_and(|job| job.priority() == Priority::Dictation);
        let may_begin_again = self
            .running
            .as_ref()
            .is_some_and(|running| running.job.priority() > Priority::Dictation && !running.job.spoke);
        if dictation_waits && may_begin_again {
            self.stop_running(now, Afterwards::BeginAgain, step);
        }
    }

    fn stop_running(&mut self, now: Instant, afterwards: Afterwards, step: &mut Step) {
        let Some(running) = &mut self.running else { return };
        let id = running.job.id.0;
        match &mut running.stopping {
            // Whoever made room and is then cancelled must not begin again.
            Some(stopping) if afterwards == Afterwards::Forget => stopping.afterwards = Afterwards::Forget,
            Some(_) => {}
            None => {
                running.stopping = Some(Stopping { since: now, afterwards });
                self.tell(ToEngine::Cancel { id }, step);
            }
        }
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
        let stopping = self.running.as_ref().filter(|running| running.job.id.0 == id).map(|running| running.stopping);
        match (stopping, failure) {
            (Some(Some(Stopping { afterwards: Afterwards::BeginAgain, .. })), Failure::Cancelled) => {
                if let Some(job) = self.let_go(now) {
                    self.queue.push_again(job);
                }
            }
            (Some(None), failure) => self.ended(now, id, End::Failed(self.error_of(failure)), step),
            (Some(Some(_)), _) => {
                self.let_go(now);
            }
            (None, _) => {}
        }
    }

    fn ended(&mut self, now: Instant, id: u64, end: End, step: &mut Step) {
        let Some(running) = self.running.as_ref().filter(|running| running.job.id.0 == id) else { return };
        let waited = running.since - running.job.queued_at;
        let forgotten = running.is_forgotten();
        if !matches!(end, End::Failed(_)) {
            self.deaths = 0;
        }
        if let Some(job) = self.let_go(now)
            && !forgotten
        {
            step.finished.push(Finished { job, waited, end });
        }
    }

    fn let_go(&mut self, now: Instant) -> Option<Job> {
        if let Process::Ready { idle_since, .. } = &mut self.process {
            *idle_since = now;
        }
        self.running.take().map(|running| running.job)
    }

    fn error_of(&self, failure: Failure) -> Error {
        match failure {
            Failure::ContextExceeded { tokens, limit } => Error::ContextExceeded {
                tokens,
                limit,
                hint: "send less, or let it be shortened: `--truncate`".to_owned(),
            },
            Failure::UnknownLanguage { .. } => {
                Error::OptionInvalid { option: "language".to_owned(), problem: failure.to_string() }
            }
            Failure::Cancelled => Error::Cancelled { reason: "the engine stopped".to_owned() },
            other => Error::Internal { problem: format!("{} engine: {other}", self.kind) },
        }
    }

    /// The job that ran, or the one the process was started for, has one more death on its account.
    fn blame(&mut self, now: Instant, cause: &str, next: NextBuild, step: &mut Step) {
        let blamed = match self.running.take() {
            Some(running) if running.is_forgotten() => None,
            Some(running) => Some(running.job),
            None => self.queue.pop(),
        };
        let Some(mut job) = blamed else { return };
        if next == NextBuild::Same {
            job.deaths += 1;
        }
        if job.deaths < DEATHS_OF_A_JOB && !job.spoke {
            return self.queue.push_again(job);
        }
        let error = Error::EngineDied {
            engine: self.kind,
            cause: cause.to_owned(),
            hint: "try again; `hob status` shows the engines, the log (`journalctl --user -u hobd`) says more"
                .to_owned(),
        };
        let waited = now - job.queued_at;
        step.finished.push(Finished { job, waited, end: End::Failed(error) });
    }

    fn give_up(&mut self, now: Instant, cause: &str, step: &mut Step) {
        step.effects.push(Effect::KillEngine { kind: self.kind, generation: self.generation });
        self.restarts += 1;
        self.last_death = Some(cause.to_owned());
        self.deaths += 1;
        self.not_before = Some(now + pause_after(self.deaths));
        self.process = Process::Ending;
        self.blame(now, cause, NextBuild::Same, step);
    }

    fn kill(&mut self, step: &mut Step) {
        step.effects.push(Effect::KillEngine { kind: self.kind, generation: self.generation });
        self.process = Process::Ending;
        self.not_before = None;
    }

    fn deadline_of_process(&self, settings: &Settings) -> Option<Instant> {
        match (&self.process, &self.running) {
            (Process::Stopped | Process::Ending, _) => None,
            (Process::Starting { since, .. }, _) => Some(*since + HELLO_LIMIT),
            (Process::Loading { since, .. }, _) => Some(*since + settings.silence),
            (Process::Ready { idle_since, .. }, None) => settings.idle.map(|idle| *idle_since + idle),
            (Process::Ready { .. }, Some(running)) => match running.stopping {
                Some(stopping) => Some(stopping.since + CANCEL_LIMIT),
                None => running.job.owes_an_answer().then(|| running.heard + settings.silence),
            },
        }
    }

    fn load_options(&self, settings: &Settings) -> LoadOptions {
        match self.kind {
            EngineKind::Speech => LoadOptions { threads: settings.speech.threads, context_tokens: 0 },
            EngineKind::Text => {
                LoadOptions { threads: settings.text.threads, context_tokens: settings.text.context_tokens }
            }
        }
    }

    fn tell(&self, message: ToEngine, step: &mut Step) {
        step.effects.push(Effect::Tell { kind: self.kind, generation: self.generation, message });
    }
}

/// Nothing after the first death, then half a second, doubling.
fn pause_after(deaths: u32) -> Duration {
    match deaths {
        0 | 1 => Duration::ZERO,
        _ => LONGEST_PAUSE.min(Duration::from_millis(250) * 2u32.saturating_pow((deaths - 1).min(16))),
    }
}
