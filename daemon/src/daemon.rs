//! The wiring and the loop: one event in, the core's effects out, until the daemon ends. Every effect is a few lines that
//! hand work to an adapter; nothing here waits for anything but the next event.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use hob_models::Store;
use hob_protocol::daemon::{Engine, State, WatchReply};
use hob_protocol::{Error, Request};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use crate::adapters::Adapters;
use crate::config::{self, Config};
use crate::core::{Core, Effect, Event, Finality, JobId, MicrophoneUse, Reply, Report, RequestId, Samples, Settings};
use crate::engine::{Builds, Engines};
use crate::ipc::Connections;
use crate::journal::{Journal, Retention};
use crate::models::Shelf;
use crate::requests::{Answer, Farewell, Inbox, Input, Requests};
use crate::sources::Sources;
use crate::state::{Surroundings, resident_bytes};
use crate::{audio, models, noise, settings};

/// What the daemon is given to start with.
#[derive(Debug)]
pub struct Setup {
    pub config: Config,
    pub config_path: PathBuf,
    pub socket: PathBuf,
    pub store: Store,
    pub builds: Builds,
    /// For what is remembered across restarts.
    pub state_folder: Option<PathBuf>,
    pub connections: Arc<Connections>,
}

#[derive(Debug)]
pub struct Daemon {
    core: Core,
    requests: Requests,
    inbox: Inbox,
    clients: HashMap<RequestId, mpsc::Sender<Answer>>,
    engines: Engines,
    sources: Sources,
    adapters: Adapters,
    state_folder: Option<PathBuf>,
    journal: Journal,
    shelf: Arc<Shelf>,
    /// Files being read, to be told when nobody wants them any more.
    reading: HashMap<JobId, Arc<AtomicBool>>,
    config: Config,
    surroundings: Surroundings,
    ended: bool,
}

impl Daemon {
    pub fn new(setup: Setup) -> (Self, Requests) {
        let (requests, inbox) = Requests::channel();
        let retention = Retention::from(&setup.config.history);
        let (journal, first) = Journal::open(setup.state_folder.clone(), retention, requests.clone());
        let mut engines = Engines::new(requests.clone(), setup.builds, setup.state_folder.clone());
        engines.forbid(setup.config.engines.forbid_builds.clone());
        let daemon = Self {
            core: Core::new(Settings::from(&setup.config), first, noise::load(setup.state_folder.as_deref())),
            adapters: Adapters::new(&requests, &setup.config),
            inbox,
            clients: HashMap::new(),
            engines,
            state_folder: setup.state_folder,
            sources: Sources::new(
                requests.clone(),
                settings::microphone(&setup.config.dictation, MicrophoneUse::AsConfigured),
            ),
            journal,
            reading: HashMap::new(),
            surroundings: Surroundings::new(setup.socket, setup.config_path, &setup.store, setup.connections),
            shelf: Arc::new(Shelf::new(setup.store)),
            config: setup.config,
            requests: requests.clone(),
            ended: false,
        };
        (daemon, requests)
    }

    /// Runs until a client asks for the end or `stop` says so.
    pub async fn run(mut self, stop: watch::Receiver<bool>) {
        self.serve(stop).await;
        while let Ok(farewell) = self.inbox.farewells.try_recv() {
            let event = self.part(farewell);
            self.react(event);
        }
        self.journal.settle().await;
    }

    async fn serve(&mut self, mut stop: watch::Receiver<bool>) {
        while !self.ended {
            let deadline = self.core.next_deadline();
            let event = tokio::select! {
                // In this order: what a client has got is noted before its next request, and no flood of requests delays the end.
                biased;
                Some(farewell) = self.inbox.farewells.recv() => self.part(farewell),
                _ = stop.wait_for(|stop| *stop) => return,
                () = until(deadline) => Event::Deadline,
                Some(input) = self.inbox.inputs.recv() => self.take_in(input),
            };
            self.react(event);
        }
    }

    fn react(&mut self, event: Event) {
        for effect in self.core.handle(Instant::now(), event) {
            self.perform(effect);
        }
    }

    fn take_in(&mut self, input: Input) -> Event {
        match input {
            Input::Asked { id, request, more, answers } => {
                if is_deed(&request) {
                    tracing::info!("{}", request.name());
                }
                self.clients.insert(id, answers);
                Event::Asked { id, request, more }
            }
            Input::EngineDied { kind, generation, build, death, cause } => {
                let next = self.engines.buried(kind, generation, &build, death);
                Event::EngineDied { kind, generation, cause, next }
            }
            Input::Event(event) => {
                if let Event::AudioRead { job, .. } = &event {
                    self.reading.remove(job);
                }
                event
            }
        }
    }

    fn part(&mut self, farewell: Farewell) -> Event {
        match farewell {
            Farewell::Delivered(id) => Event::Delivered { id },
            Farewell::HungUp(id) => {
                self.clients.remove(&id);
                Event::HungUp { id }
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Reply { id, reply } => self.reply(id, reply),
            Effect::TellWatchers { ids, change } => self.tell_watchers(&ids, *change),
            Effect::ReplyState { id, finality } => self.reply_state(id, finality),
            Effect::FindModel { job, kind, name, adapter } => self.in_background(move |shelf| {
                let result = models::find(shelf, kind, (name.as_deref(), adapter.as_deref()));
                Event::ModelFound { job, result }
            }),
            Effect::ReadAudio { job, path } => {
                let unwanted = Arc::new(AtomicBool::new(false));
                self.reading.insert(job, unwanted.clone());
                self.in_background(move |_| {
                    let read = audio::read_file(&path, audio::Limits::default(), &unwanted);
                    let result = read.map(|recording| Samples::from(recording.samples));
                    Event::AudioRead { job, result: result.map_err(|problem| problem.into_error(&path)) }
                });
            }
            Effect::StopReading { job } => {
                if let Some(unwanted) = self.reading.remove(&job) {
                    unwanted.store(true, std::sync::atomic::Ordering::Relaxed);
                }
            }
            Effect::AskStore { id, question } => self.in_background(move |shelf| {
                let result = models::answer(shelf, question);
                Event::StoreAnswered { id, result }
            }),
            Effect::RememberNoise(noise) => {
                let folder = self.state_folder.clone();
                tokio::task::spawn_blocking(move || noise::store(folder, &noise));
            }
            Effect::ListMicrophones { id } => {
                let list = self.sources.microphones();
                self.in_background(move |_| Event::StoreAnswered { id, result: list() });
            }
            Effect::UseMicrophone(microphone_use) => {
                self.sources.configure(settings::microphone(&self.config.dictation, microphone_use));
            }
            Effect::ReadConfig { id } => self.read_config(id),
            Effect::WriteConfig { id, key, value } => self.write_config(id, &key, &value),
            Effect::StartSource { dictation, source, wish } => {
                let recording = self.journal.record(dictation, &source, wish);
                self.sources.start(dictation, source, recording);
            }
            Effect::StopSource { dictation, tail } => self.sources.stop(dictation, tail),
            Effect::Report { dictation, report } => match report {
                Report::Text(timings) => tracing::info!("dictation {}: {timings}", dictation.0),
                Report::NoText { audio_ms, why } => {
                    tracing::info!("dictation {}: no text after {:.1} s: {why}", dictation.0, audio_ms / 1000.0);
                }
            },
            Effect::WriteJournal { dictation, note } => self.journal.write(dictation, note),
            Effect::ReadRecording { job, dictation, running } => self.journal.read_recording(job, dictation, running),
            Effect::AskJournal { id, question } => self.journal.ask(id, question),
            Effect::LookAtWindow { id } => self.adapters.inserter.look(id),
            Effect::ReadSelection { id } => self.adapters.inserter.read_selection(id),
            Effect::ReadClipboard { id } => self.adapters.inserter.read_clipboard(id),
            Effect::Insert { id, text, manner, window } => self.adapters.inserter.insert(id, text, manner, window),
            Effect::TakeBack { id, receipt } => self.adapters.inserter.take_back(id, receipt),
            Effect::CopyText { id, text } => self.adapters.inserter.copy(id, text),
            Effect::Notify(notice) => self.adapters.feedback.notifier.show(&notice),
            Effect::Chime(chime) => self.adapters.feedback.chimes.play(chime),
            Effect::ShowMenu { actions } => self.adapters.feedback.notifier.offer(&actions),
            Effect::TellDesktop { ids } => {
                let change = WatchReply { desktop: Some(self.adapters.parts()), ..WatchReply::default() };
                self.tell_watchers(&ids, change);
            }
            Effect::StartEngine { kind, generation } => self.engines.start(kind, generation),
            Effect::Tell { kind, generation, message } => self.engines.send(kind, generation, message),
            Effect::TellAudio { kind, generation, job, samples } => {
                self.engines.send_audio(kind, generation, job, samples);
            }
            Effect::KillEngine { kind, generation } => self.engines.kill(kind, generation),
            Effect::ReadyToSleep => self.adapters.machine.ready_to_sleep(),
            Effect::Shutdown => self.ended = true,
        }
    }

    fn reply(&mut self, id: RequestId, reply: Reply) {
        let answer = match reply {
            Reply::More(news) => Answer::More(news),
            Reply::Last(result) => Answer::Last(result),
        };
        let last = matches!(answer, Answer::Last(_));
        let Some(client) = self.clients.get(&id) else { return };
        if let Err(TrySendError::Full(_)) = client.try_send(answer) {
            tracing::warn!("a client does not read its replies and is cut off");
            self.clients.remove(&id);
            let requests = self.requests.clone();
            tokio::spawn(async move { requests.tell(Event::HungUp { id }).await });
        } else if last {
            self.clients.remove(&id);
        }
    }

    fn reply_state(&mut self, id: RequestId, finality: Finality) {
        let engines = self.core.engines().into_iter().map(|engine| self.complete(engine)).collect();
        let (dictation, microphone) = (self.core.dictation(), self.sources.microphone());
        let state = self.surroundings.state(engines, dictation, microphone, self.core.queued());
        let (journal, last_dictation) = (self.journal.view(), self.core.last_timings());
        let (paused, language) = (self.core.is_paused(), self.core.language());
        let state = State { journal, last_dictation, desktop: self.adapters.parts(), paused, language, ..state };
        // The one field means the same in the reply of Status and in the first one of Watch.
        let state = serde_json::json!({ "state": state });
        self.reply(
            id,
            match finality {
                Finality::Last => Reply::Last(Ok(state)),
                Finality::More => Reply::More(state),
            },
        );
    }

    fn tell_watchers(&mut self, ids: &[RequestId], change: WatchReply) {
        let change = WatchReply { engine: change.engine.map(|engine| self.complete(engine)), ..change };
        let change = serde_json::to_value(change).expect("replies hold strings and finite numbers");
        for &id in ids {
            self.reply(id, Reply::More(change.clone()));
        }
    }

    /// Adds what the core does not know of an engine.
    fn complete(&self, engine: Engine) -> Engine {
        let refused_builds = self.engines.refused(engine.name);
        Engine { refused_builds, resident_bytes: engine.pid.and_then(resident_bytes), ..engine }
    }

    fn write_config(&mut self, id: RequestId, key: &str, value: &str) {
        match config::set(self.surroundings.config_path(), key, value) {
            Ok(()) => self.read_config(id),
            Err(error) => {
                let requests = self.requests.clone();
                tokio::spawn(async move { requests.tell(Event::ConfigRead { id, result: Err(error.into()) }).await });
            }
        }
    }

    fn read_config(&mut self, id: RequestId) {
        let result = config::load(self.surroundings.config_path()).map_err(Error::from).map(|fresh| {
            let changed = config::changes(&self.config, &fresh);
            self.engines.forbid(fresh.engines.forbid_builds.clone());
            self.adapters.configure(&fresh);
            self.journal.set_retention(Retention::from(&fresh.history));
            self.surroundings.connections().set_limit(fresh.limits.connections);
            self.config = fresh;
            (Settings::from(&self.config), changed)
        });
        let requests = self.requests.clone();
        tokio::spawn(async move { requests.tell(Event::ConfigRead { id, result }).await });
    }

    /// Runs what may wait for the disk on a thread of its own, and tells its result.
    fn in_background(&self, work: impl FnOnce(&Shelf) -> Event + Send + 'static) {
        let requests = self.requests.clone();
        let folder = self.shelf.clone();
        tokio::spawn(async move {
            match tokio::task::spawn_blocking(move || work(&folder)).await {
                Ok(event) => requests.tell(event).await,
                Err(error) => tracing::error!("a background task failed: {error}"),
            }
        });
    }
}

/// Whether somebody does something by this, or only looks.
fn is_deed(request: &Request) -> bool {
    !matches!(
        request,
        Request::GetInfo(_)
            | Request::GetInterfaceDescription(_)
            | Request::Status(_)
            | Request::Watch(_)
            | Request::Keys(_)
            | Request::Actions(_)
            | Request::Polish(_)
            | Request::List(_)
            | Request::Info(_)
            | Request::History(_)
    )
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
