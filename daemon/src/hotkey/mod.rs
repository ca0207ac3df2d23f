//! Keys that work whatever window has the keyboard: picks where they come from on this desktop, and tells the core which went down or
//! up. Never decides what a key means.

mod choice;
mod evdev;
mod global;
mod keeper;
mod key;
mod names;
mod part;
mod portal;
mod source;
mod thread;
mod x11;

use std::ops::ControlFlow;

use hob_protocol::daemon::Part;
use tokio::sync::watch;

use crate::core::{Binding, Event};
use crate::displays;
use crate::graphical_session::Variables;
use crate::requests::Requests;
use crate::session_bus::Owner;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub source: Wanted,
    /// As people write them, such as `ctrl+alt+space`; empty for none.
    pub keys: Vec<(Binding, String)>,
}

/// Where keys are to come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The best that this desktop has.
    Auto,
    X11,
    /// X11 through the crate of this name.
    GlobalHotkey,
    Portal,
    Evdev,
    None,
}

/// A handle on the task that keeps the keys.
#[derive(Debug)]
pub struct Hotkeys {
    settings: watch::Sender<Settings>,
    part: watch::Receiver<Part>,
}

impl Hotkeys {
    /// Asks for the keys in the background. `portal`: who has the portal's name on the session bus.
    pub fn new(
        requests: Requests,
        settings: Settings,
        portal: watch::Receiver<Owner>,
        session: watch::Receiver<Variables>,
    ) -> Self {
        let settings = watch::Sender::new(settings);
        let (tell_part, part) = watch::channel(part::at_first());
        tokio::spawn(tell_changes(requests.clone(), part.clone()));
        let around = keeper::Around { settings: settings.subscribe(), displays: follow_displays(), session, portal };
        tokio::spawn(keeper::keep(requests, around, tell_part));
        Self { settings, part }
    }

    /// A key that is down stays so, and its release still comes. Keys that could not be had are asked for again, even if these are the
    /// same settings.
    pub fn configure(&self, settings: Settings) {
        self.settings.send_replace(settings);
    }

    pub fn parts(&self) -> Vec<Part> {
        vec![self.part.borrow().clone()]
    }
}

fn follow_displays() -> watch::Receiver<()> {
    let (changed, displays) = watch::channel(());
    displays::watch(move || match changed.send(()) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    });
    displays
}

async fn tell_changes(requests: Requests, mut part: watch::Receiver<Part>) {
    while part.changed().await.is_ok() {
        requests.tell(Event::DesktopChanged).await;
    }
}
