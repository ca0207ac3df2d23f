//! The icon in the panel, with what hob does just now and a menu for what can be done. A client of the daemon like any other: it
//! follows `Watch`, and each choice is a request. Where no panel shows icons nothing happens, and a panel that comes later gets it.

mod choice;
mod deeds;
mod host;
mod icon;
mod menu;
mod page;
mod scene;
#[cfg(test)]
mod tests;

use std::path::Path;

use hob_protocol::daemon::{Part, PartState, Phase, State, WatchReply};
use hob_protocol::dictation::{Entry, Microphone, MicrophonesReply};
use hob_protocol::method::Nothing;
use hob_protocol::models::{ListReply, Model};
use hob_protocol::text::{Action, ActionsReply};
use hob_protocol::{Error, Request, dictation};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::core::Event;
use crate::requests::{Answer, Answers, Requests};
use crate::session_bus::Owner;
use choice::Choice;
use deeds::Places;
use host::{Click, Host, Outcome};
use scene::{Known, Scene};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub tray: Shown,
    /// The configured microphone; else the system's choice is followed.
    pub microphone: Option<String>,
    /// How many texts the history keeps.
    pub recent_texts: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    Yes,
    #[default]
    No,
}

#[derive(Debug)]
pub struct Tray {
    settings: watch::Sender<Settings>,
    part: watch::Receiver<Part>,
}

/// Shows the icon as long as the daemon runs and the settings want it.
pub fn start(requests: Requests, settings: Settings, panel: watch::Receiver<Owner>) -> Tray {
    let (told, part) = watch::channel(part_of(&settings, Owner::NoBus, &Outcome::Hidden));
    let (settings, wanted) = watch::channel(settings);
    tokio::spawn(async move {
        let news = requests.stream(Request::Watch(Nothing {})).await;
        if let Some((follower, news)) = Follower::new(requests, wanted, panel, told, news).await {
            follower.run(news).await;
        }
    });
    Tray { settings, part }
}

impl Tray {
    pub fn configure(&self, settings: Settings) {
        self.settings.send_if_modified(|known| std::mem::replace(known, settings.clone()) != settings);
    }

    pub fn parts(&self) -> Vec<Part> {
        vec![self.part.borrow().clone()]
    }
}

/// What the menu lists, besides the daemon's state.
#[derive(Debug)]
enum Found {
    Models(Vec<Model>),
    Microphones(Vec<Microphone>),
    Actions(Vec<Action>),
    Recent(Vec<Entry>),
}

struct Follower {
    requests: Requests,
    known: Known,
    settings: watch::Receiver<Settings>,
    panel: watch::Receiver<Owner>,
    told: watch::Sender<Part>,
    /// Only while an icon is wanted: no tray, no thread.
    host: Option<Host>,
    clicks: (mpsc::Sender<Click>, mpsc::Receiver<Click>),
    /// Lists that are being asked for.
    searches: JoinSet<Option<Found>>,
    /// Choices that are being carried out.
    deeds: JoinSet<Result<(), Error>>,
}

impl Follower {
    /// `None` if the daemon has ended already.
    async fn new(
        requests: Requests,
        mut settings: watch::Receiver<Settings>,
        panel: watch::Receiver<Owner>,
        told: watch::Sender<Part>,
        mut news: Answers,
    ) -> Option<(Self, Answers)> {
        let Some(Answer::More(first)) = news.next().await else { return None };
        let state = read::<WatchReply>(first)?.state?;
        let known = Known {
            state,
            settings: settings.borrow_and_update().clone(),
            models: Vec::new(),
            microphones: Vec::new(),
            actions: Vec::new(),
            recent: Vec::new(),
            trouble: None,
        };
        let (searches, deeds) = (JoinSet::new(), JoinSet::new());
        let clicks = mpsc::channel(host::CLICKS);
        Some((Self { requests, known, settings, panel, told, host: None, clicks, searches, deeds }, news))
    }

    async fn run(mut self, mut news: Answers) {
        self.follow_settings();
        loop {
            let outcome = self.outcome();
            tokio::select! {
                answer = news.next() => match answer {
                    Some(Answer::More(change)) => self.changed(change),
                    // The daemon ends.
                    Some(Answer::Last(_)) | None => return,
                },
                Some(click) = self.clicks.1.recv() => self.clicked(click),
                Some(found) = self.searches.join_next() => self.found(found.ok().flatten()),
                Some(done) = self.deeds.join_next() => self.done(done.unwrap_or(Ok(()))),
                Ok(()) = self.settings.changed() => self.follow_settings(),
                Ok(()) = self.panel.changed() => self.look_at_panel(),
                Ok(()) = told_outcome(outcome) => self.tell_part(),
            }
        }
    }

    fn changed(&mut self, change: Value) {
        let Some(change) = read::<WatchReply>(change) else { return };
        let before = self.known.phase();
        let models_change = change.engine.is_some();
        self.known.state.apply(change);
        let has_ended = before != Phase::Idle && self.known.phase() == Phase::Idle;
        if has_ended {
            // Whatever was said is in the history now, and the sound server has been asked for its devices anyway.
            self.search_recent();
            self.search_microphones();
        }
        if models_change {
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
        let places = Places::of(&self.known.state);
        self.deeds.spawn(deeds::perform(choice, places, self.requests.clone()));
        self.show();
    }

    fn done(&mut self, result: Result<(), Error>) {
        match result {
            // That somebody threw it away is no trouble, and what was silent has been told of.
            Ok(()) | Err(Error::Cancelled { .. } | Error::NoSpeech { .. }) => {}
            Err(error) => {
                tracing::info!("tray: {error}");
                self.known.trouble = Some(error.to_string());
            }
        }
        self.search_models();
        self.search_microphones();
        self.search_recent();
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

    fn follow_settings(&mut self) {
        self.known.settings = self.settings.borrow_and_update().clone();
        match (self.known.settings.tray, &self.host) {
            (Shown::Yes, None) => {
                self.host = Some(Host::start(self.clicks.0.clone()));
                self.search_actions();
                self.search_models();
                self.search_microphones();
                self.search_recent();
            }
            (Shown::No, Some(_)) => self.host = None,
            (Shown::Yes, Some(_)) => {
                self.search_microphones();
                self.search_recent();
            }
            (Shown::No, None) => {}
        }
        self.look_at_panel();
    }

    /// The library finds a new panel by itself, but neither the end of the bus nor the next one.
    fn look_at_panel(&mut self) {
        let owner = *self.panel.borrow_and_update();
        if let (Owner::NoBus, Some(host)) = (owner, &self.host) {
            host.hide();
        }
        self.show();
        self.tell_part();
    }

    fn show(&self) {
        if let Some(host) = &self.host
            && *self.panel.borrow() != Owner::NoBus
        {
            host.show(Scene::of(&self.known));
        }
    }

    fn outcome(&self) -> Option<watch::Receiver<Outcome>> {
        self.host.as_ref().map(|host| host.outcome.clone())
    }

    fn tell_part(&mut self) {
        let outcome = match &mut self.host {
            Some(host) => host.outcome.borrow_and_update().clone(),
            None => Outcome::Hidden,
        };
        let part = part_of(&self.known.settings, *self.panel.borrow(), &outcome);
        if self.told.send_if_modified(|known| std::mem::replace(known, part.clone()) != part) {
            let requests = self.requests.clone();
            tokio::spawn(async move { requests.tell(Event::DesktopChanged).await });
        }
    }

    fn search_models(&mut self) {
        self.search(Request::List(Nothing {}), |ListReply { models }| Found::Models(models));
    }

    fn search_microphones(&mut self) {
        let found = |MicrophonesReply { microphones }| Found::Microphones(microphones);
        self.search(Request::Microphones(Nothing {}), found);
    }

    fn search_actions(&mut self) {
        self.search(Request::Actions(Nothing {}), |ActionsReply { actions }| Found::Actions(actions));
    }

    fn search_recent(&mut self) {
        if self.host.is_none() || self.known.settings.recent_texts == 0 {
            return;
        }
        let limit = self.known.settings.recent_texts.min(menu::RECENT) as u64;
        let requests = self.requests.clone();
        self.searches.spawn(async move {
            let newest = dictation::History { limit: Some(limit), ..dictation::History::default() };
            deeds::kept(newest, &requests).await.ok().map(Found::Recent)
        });
    }

    /// Nobody looks at a list without an icon.
    fn search<R: DeserializeOwned + Send + 'static>(&mut self, request: Request, found: fn(R) -> Found) {
        if self.host.is_none() {
            return;
        }
        let requests = self.requests.clone();
        self.searches.spawn(async move { Some(found(read(requests.call(request).await.ok()?)?)) });
    }
}

async fn told_outcome(outcome: Option<watch::Receiver<Outcome>>) -> Result<(), watch::error::RecvError> {
    match outcome {
        Some(mut outcome) => outcome.changed().await,
        None => std::future::pending().await,
    }
}

impl Places {
    fn of(state: &State) -> Self {
        let runtime = Path::new(&state.socket).parent().map(Path::to_owned).unwrap_or_default();
        Self { config: state.config.clone().into(), runtime }
    }
}

fn read<T: DeserializeOwned>(reply: Value) -> Option<T> {
    serde_json::from_value(reply).inspect_err(|error| tracing::error!("the tray cannot read a reply: {error}")).ok()
}

fn part_of(settings: &Settings, panel: Owner, outcome: &Outcome) -> Part {
    let part = |state, why: &str, hint: Option<&str>| Part {
        name: "tray".to_owned(),
        state,
        using: if state == PartState::Works { "StatusNotifierItem".to_owned() } else { String::new() },
        why: why.to_owned(),
        hint: hint.map(str::to_owned),
    };
    match (settings.tray, panel, outcome) {
        (Shown::No, ..) => part(PartState::Off, "feedback.tray is off", None),
        (_, Owner::NoBus, _) => {
            part(PartState::Missing, "there is no session bus", Some("start hobd in a desktop session"))
        }
        (_, _, Outcome::Failed(error)) => part(PartState::Missing, error, None),
        (_, Owner::Nobody | Owner::OnDemand, _) => part(
            PartState::Missing,
            "no panel shows tray icons; the icon appears as soon as one does",
            Some("use a panel with a tray; GNOME needs the extension AppIndicator"),
        ),
        (_, Owner::Somebody(_), _) => part(PartState::Works, "a panel shows tray icons", None),
    }
}
