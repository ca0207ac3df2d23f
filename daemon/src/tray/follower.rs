//! One icon while it is shown: what the daemon tells goes into the scene, and what the person chooses becomes a request.

use std::path::Path;

use hob_protocol::daemon::{Phase, State, WatchReply};
use hob_protocol::dictation::{Entry, Microphone, MicrophonesReply};
use hob_protocol::method::Nothing;
use hob_protocol::models::{ListReply, Model};
use hob_protocol::text::{Action, ActionsReply};
use hob_protocol::{Error, Request, dictation};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::choice::Choice;
use super::deeds::{self, Places};
use super::host::{self, Click, Host, Outcome};
use super::scene::{Known, Scene};
use super::{Settings, menu};
use crate::graphical_session::Variables;
use crate::requests::{Answer, Answers, Requests};

/// Results of choices that may wait. When it is full, a choice that is done waits.
const DONE: usize = 16;

/// What the menu lists, besides the daemon's state.
#[derive(Debug)]
enum Found {
    Models(Vec<Model>),
    Microphones(Vec<Microphone>),
    Actions(Vec<Action>),
    Recent(Vec<Entry>),
}

/// The news of a choice that has been carried out.
type Done = Result<(), Error>;

pub(super) struct Follower {
    requests: Requests,
    news: Answers,
    known: Known,
    host: Host,
    session: watch::Receiver<Variables>,
    clicks: mpsc::Receiver<Click>,
    /// Lists that are being asked for.
    searches: JoinSet<Option<Found>>,
    done: (mpsc::Sender<Done>, mpsc::Receiver<Done>),
}

impl Follower {
    /// `None` if the daemon has ended already.
    pub(super) async fn begin(
        requests: Requests,
        settings: Settings,
        session: watch::Receiver<Variables>,
    ) -> Option<Self> {
        let mut news = requests.stream(Request::Watch(Nothing {})).await;
        let Some(Answer::More(first)) = news.next().await else { return None };
        let state = read::<WatchReply>(first)?.state?;
        let known = Known {
            state,
            settings,
            models: Vec::new(),
            microphones: Vec::new(),
            actions: Vec::new(),
            recent: Vec::new(),
            trouble: None,
            clicks: 0,
        };
        let (clicked, clicks) = mpsc::channel(host::CLICKS);
        let host = Host::start(clicked);
        let mut follower =
            Self { requests, news, known, host, session, clicks, searches: JoinSet::new(), done: mpsc::channel(DONE) };
        follower.search_all();
        follower.show();
        Some(follower)
    }

    pub(super) fn outcome(&self) -> watch::Receiver<Outcome> {
        self.host.outcome.clone()
    }

    pub(super) fn configure(&mut self, settings: Settings) {
        self.known.settings = settings;
        self.search_all();
        self.show();
    }

    /// Until the daemon ends. May be dropped and called again at any time.
    pub(super) async fn run(&mut self) {
        loop {
            tokio::select! {
                answer = self.news.next() => match answer {
                    Some(Answer::More(change)) => self.changed(change),
                    Some(Answer::Last(_)) | None => return,
                },
                Some(click) = self.clicks.recv() => self.clicked(click),
                Some(found) = self.searches.join_next() => self.found(found.ok().flatten()),
                Some(done) = self.done.1.recv() => self.done(done),
            }
        }
    }

    fn changed(&mut self, change: Value) {
        let Some(change) = read::<WatchReply>(change) else { return };
        let before = self.known.phase();
        let models = self.models_in_use();
        self.known.state.apply(change);
        if before != Phase::Idle && self.known.phase() == Phase::Idle {
            // Whatever was said is in the history now, and the sound server has been asked for its devices anyway.
            self.search_recent();
            self.search_microphones();
            self.search_models();
        }
        if models != self.models_in_use() {
            // One that was loaded may have been installed just now.
            self.search_models();
        }
        self.show();
    }

    fn clicked(&mut self, click: Click) {
        let choice = match click {
            Click::Chosen(choice) => choice,
            // As the key does.
            Click::Icon => match self.known.phase() {
                Phase::Idle => Choice::Dictate,
                Phase::Opening | Phase::Recording => Choice::Stop,
                Phase::Finishing => return,
            },
        };
        tracing::info!("tray: {choice:?}");
        self.known.trouble = None;
        self.known.clicks += 1;
        let deed =
            deeds::perform(choice, Places::of(&self.known.state, self.session.borrow().clone()), self.requests.clone());
        let done = self.done.0.clone();
        // On its own: what was begun goes on when the panel is gone.
        tokio::spawn(async move {
            let _nobody_shows_it = done.send(deed.await).await;
        });
        self.show();
    }

    fn done(&mut self, result: Done) {
        match result {
            // That somebody threw it away is no trouble, and what was silent has been told of.
            Ok(()) | Err(Error::Cancelled { .. } | Error::NoSpeech { .. }) => {}
            Err(error) => {
                tracing::info!("tray: {error}");
                self.known.trouble = Some(error.to_string());
            }
        }
        self.search_all();
        self.show();
    }

    fn found(&mut self, found: Option<Found>) {
        match found {
            Some(Found::Models(models)) => self.known.models = models,
            Some(Found::Microphones(microphones)) => self.known.microphones = microphones,
            Some(Found::Actions(actions)) => self.known.actions = actions,
            Some(Found::Recent(recent)) => self.known.recent = recent,
            None => {}
        }
        self.show();
    }

    fn models_in_use(&self) -> Vec<Option<String>> {
        self.known.state.engines.iter().map(|engine| engine.model.clone()).collect()
    }

    fn show(&self) {
        self.host.show(Scene::of(&self.known));
    }

    fn search_all(&mut self) {
        self.search(Request::Actions(Nothing {}), |ActionsReply { actions }| Found::Actions(actions));
        self.search_models();
        self.search_microphones();
        self.search_recent();
    }

    fn search_models(&mut self) {
        self.search(Request::List(Nothing {}), |ListReply { models }| Found::Models(models));
    }

    fn search_microphones(&mut self) {
        let found = |MicrophonesReply { microphones }| Found::Microphones(microphones);
        self.search(Request::Microphones(Nothing {}), found);
    }

    fn search_recent(&mut self) {
        let limit = self.known.settings.recent_texts.min(menu::RECENT) as u64;
        if limit == 0 {
            return;
        }
        let requests = self.requests.clone();
        self.searches.spawn(async move {
            let newest = dictation::History { limit: Some(limit), ..dictation::History::default() };
            deeds::kept(newest, &requests).await.ok().map(Found::Recent)
        });
    }

    fn search<R: DeserializeOwned + Send + 'static>(&mut self, request: Request, found: fn(R) -> Found) {
        let requests = self.requests.clone();
        self.searches.spawn(async move { Some(found(read(requests.call(request).await.ok()?)?)) });
    }
}

impl Places {
    fn of(state: &State, session: Variables) -> Self {
        let runtime = Path::new(&state.socket).parent().map(Path::to_owned).unwrap_or_default();
        Self { config: state.config.clone().into(), runtime, session }
    }
}

fn read<T: DeserializeOwned>(reply: Value) -> Option<T> {
    serde_json::from_value(reply).inspect_err(|error| tracing::error!("the tray cannot read a reply: {error}")).ok()
}
