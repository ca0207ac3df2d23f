//! A small window near the lower edge of the screen while somebody dictates: how loud they are, and the words so far. It never takes
//! the keyboard, clicks go through it, and there is nothing, not even a connection, while nobody dictates. On request only.
//!
//! A client of the daemon like any other: it follows `Watch`. On Wayland it is a layer of the compositor's, else shown by Xwayland, where
//! the desktop has that.

mod card;
mod layer;
mod pane;
mod scene;
mod x11;

use hob_protocol::Request;
use hob_protocol::daemon::{Part, PartState, WatchReply};
use hob_protocol::method::Nothing;
use tokio::sync::watch;

use crate::core::Event;
use crate::graphical_session::Variables;
use crate::requests::{Answer, Requests};
use crate::shown::Shown;
use pane::{Outcome, Pane};
use scene::Scene;

#[derive(Debug)]
pub struct Indicator {
    wanted: watch::Sender<Shown>,
    part: watch::Receiver<Part>,
}

impl Indicator {
    /// For as long as the daemon runs.
    pub fn start(requests: Requests, shown: Shown, session: watch::Receiver<Variables>) -> Self {
        let (told, part) = watch::channel(part_of(shown, &Outcome::of(&session.borrow())));
        let (wanted, settings) = watch::channel(shown);
        tokio::spawn(Follower { requests, settings, session, told }.run());
        Self { wanted, part }
    }

    pub fn configure(&self, shown: Shown) {
        self.wanted.send_if_modified(|known| std::mem::replace(known, shown) != shown);
    }

    pub fn parts(&self) -> Vec<Part> {
        vec![self.part.borrow().clone()]
    }
}

struct Follower {
    requests: Requests,
    settings: watch::Receiver<Shown>,
    session: watch::Receiver<Variables>,
    told: watch::Sender<Part>,
}

impl Follower {
    async fn run(mut self) {
        loop {
            let shown = *self.settings.borrow_and_update();
            let promised = Outcome::of(&self.session.borrow_and_update());
            self.tell(shown, &promised);
            let goes_on = match shown {
                Shown::Yes => self.show().await,
                Shown::No => self.settings.changed().await.ok(),
            };
            if goes_on.is_none() {
                return;
            }
        }
    }

    /// Until the settings change; `None` if the daemon ends.
    async fn show(&mut self) -> Option<()> {
        let mut news = self.requests.stream(Request::Watch(Nothing {})).await;
        let Some(Answer::More(first)) = news.next().await else { return None };
        let mut state = read(first)?.state?;
        let pane = Pane::start(self.session.clone());
        let mut has_session = true;
        let mut outcome = pane.outcome.clone();
        loop {
            tokio::select! {
                answer = news.next() => {
                    let Some(Answer::More(change)) = answer else { return None };
                    state.apply(read(change)?);
                    pane.show(Scene::of(&state.dictation));
                }
                changed = self.settings.changed() => {
                    return changed.ok();
                }
                changed = self.session.changed(), if has_session => {
                    has_session = changed.is_ok();
                    let promised = Outcome::of(&self.session.borrow_and_update());
                    self.tell(Shown::Yes, &promised);
                }
                Ok(()) = outcome.changed() => self.tell(Shown::Yes, &outcome.borrow_and_update()),
            }
        }
    }

    fn tell(&self, shown: Shown, outcome: &Outcome) {
        let part = part_of(shown, outcome);
        if self.told.send_if_modified(|known| std::mem::replace(known, part.clone()) != part) {
            let requests = self.requests.clone();
            tokio::spawn(async move { requests.tell(Event::DesktopChanged).await });
        }
    }
}

fn read(reply: serde_json::Value) -> Option<WatchReply> {
    let reply = serde_json::from_value(reply);
    reply.inspect_err(|error| tracing::error!("the indicator cannot read a reply: {error}")).ok()
}

fn part_of(shown: Shown, outcome: &Outcome) -> Part {
    let part = |state, using: &str, why: &str, hint: Option<&str>| Part {
        name: "indicator".to_owned(),
        state,
        using: using.to_owned(),
        why: why.to_owned(),
        hint: hint.map(str::to_owned),
    };
    match (shown, outcome) {
        (Shown::No, _) => part(PartState::Off, "", "feedback.indicator is off", None),
        (_, Outcome::Works(by)) => part(PartState::Works, by, "the display shows the window", None),
        (_, Outcome::Failed(why)) => {
            const HINT: &str =
                "start hobd in a desktop session on X11, or on a compositor with wlr-layer-shell or Xwayland";
            part(PartState::Missing, "", why, Some(HINT))
        }
    }
}
