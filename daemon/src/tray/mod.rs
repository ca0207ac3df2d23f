//! The icon in the panel, with what hob does just now and a menu for what can be done. A client of the daemon like any other: it
//! follows `Watch`, and each choice is a request. As long as no panel shows icons there is nothing: no thread, no connection, no
//! request. A panel that comes later gets its icon, and so does one that comes back.

mod choice;
mod deeds;
mod follower;
mod host;
mod icon;
mod menu;
mod page;
mod scene;
#[cfg(test)]
mod tests;

use hob_protocol::daemon::{Part, PartState};
use tokio::sync::watch;

use crate::core::Event;
use crate::graphical_session::Variables;
use crate::requests::Requests;
use crate::session_bus::Owner;
use crate::shown::Shown;
use follower::Follower;
use host::Outcome;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub tray: Shown,
    /// The configured microphone; else the system's choice is followed.
    pub microphone: Option<String>,
    /// How many texts the history keeps.
    pub recent_texts: usize,
}

#[derive(Debug)]
pub struct Tray {
    settings: watch::Sender<Settings>,
    part: watch::Receiver<Part>,
}

impl Tray {
    /// Shows the icon as long as the daemon runs, the settings want it and there is a panel.
    pub fn start(
        requests: Requests,
        settings: Settings,
        panel: watch::Receiver<Owner>,
        session: watch::Receiver<Variables>,
    ) -> Self {
        let (told, part) = watch::channel(part_of(&settings, Owner::NoBus, &Outcome::Hidden));
        let (settings, wanted) = watch::channel(settings);
        tokio::spawn(Stage { requests, settings: wanted, panel, session, told }.run());
        Self { settings, part }
    }

    pub fn configure(&self, settings: Settings) {
        self.settings.send_if_modified(move |known| {
            let is_new = *known != settings;
            *known = settings;
            is_new
        });
    }

    pub fn parts(&self) -> Vec<Part> {
        vec![self.part.borrow().clone()]
    }
}

/// Whether there is to be an icon, and what has become of it.
struct Stage {
    requests: Requests,
    settings: watch::Receiver<Settings>,
    panel: watch::Receiver<Owner>,
    session: watch::Receiver<Variables>,
    told: watch::Sender<Part>,
}

/// Why an icon is shown no more.
enum Ending {
    /// No panel, or nobody wants it.
    NotWanted,
    Daemon,
}

impl Stage {
    async fn run(mut self) {
        loop {
            self.tell(&Outcome::Hidden);
            if self.is_wanted() {
                match self.show().await {
                    Ending::NotWanted => continue,
                    Ending::Daemon => return,
                }
            }
            if !self.has_changed().await {
                return;
            }
        }
    }

    /// Shows it until something is different.
    async fn show(&mut self) -> Ending {
        let settings = self.settings.borrow().clone();
        let begun = Follower::begin(self.requests.clone(), settings, self.session.clone()).await;
        let Some(mut follower) = begun else { return Ending::Daemon };
        let mut outcome = follower.outcome();
        loop {
            tokio::select! {
                () = follower.run() => return Ending::Daemon,
                is_there = self.has_changed() => {
                    if !is_there {
                        return Ending::Daemon;
                    }
                    if !self.is_wanted() {
                        return Ending::NotWanted;
                    }
                    follower.configure(self.settings.borrow().clone());
                }
                Ok(()) = outcome.changed() => {}
            }
            self.tell(&outcome.borrow_and_update());
        }
    }

    fn is_wanted(&self) -> bool {
        self.settings.borrow().tray == Shown::Yes && matches!(*self.panel.borrow(), Owner::Somebody(_))
    }

    /// Waits for other settings or another panel; whether the daemon is there yet.
    async fn has_changed(&mut self) -> bool {
        tokio::select! {
            settings = self.settings.changed() => settings.is_ok(),
            panel = self.panel.changed() => panel.is_ok(),
        }
    }

    fn tell(&self, outcome: &Outcome) {
        let part = part_of(&self.settings.borrow(), *self.panel.borrow(), outcome);
        if self.told.send_if_modified(|known| std::mem::replace(known, part.clone()) != part) {
            let requests = self.requests.clone();
            tokio::spawn(async move { requests.tell(Event::DesktopChanged).await });
        }
    }
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
            Some(
                "use a panel with a tray of StatusNotifierItems; GNOME needs the extension AppIndicator, and panels with the older kind \
                 of tray (tint2, trayer, i3bar, polybar) the program snixembed",
            ),
        ),
        (_, Owner::Somebody(_), _) => part(PartState::Works, "a panel shows tray icons", None),
    }
}
