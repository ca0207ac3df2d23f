//! A small window near the lower edge of the screen while somebody dictates: how loud they are, and the words so far. It never takes
//! the keyboard, clicks go through it, and there is nothing, not even a connection, while nobody dictates. On request only.
//!
//! A client of the daemon like any other: it follows `Watch`. On Wayland it is shown by Xwayland, where the desktop has that.

mod card;
mod scene;
mod window;

use hob_protocol::Request;
use hob_protocol::daemon::{Part, PartState, WatchReply};
use hob_protocol::method::Nothing;
use tokio::sync::watch;

use crate::core::Event;
use crate::requests::{Answer, Requests};
use scene::Scene;
use window::{Outcome, Pane};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    Yes,
    #[default]
    No,
}

#[derive(Debug)]
pub struct Indicator {
    wanted: watch::Sender<Shown>,
    part: watch::Receiver<Part>,
}

impl Indicator {
    /// For as long as the daemon runs.
    pub fn start(requests: Requests, shown: Shown) -> Self {
        let (told, part) = watch::channel(part_of(shown, &Outcome::look()));
        let (wanted, settings) = watch::channel(shown);
        tokio::spawn(Follower { requests, settings, told }.run());
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
    told: watch::Sender<Part>,
}

impl Follower {
    async fn run(mut self) {
        loop {
            let shown = *self.settings.borrow_and_update();
            self.tell(shown, &Outcome::look());
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
        let pane = Pane::start();
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
        (_, Outcome::Works) => part(PartState::Works, "X11", "an X server shows the window", None),
        (_, Outcome::Failed(why)) => {
            part(PartState::Missing, "", why, Some("start hobd in a desktop session on X11, or with Xwayland"))
        }
    }
}
