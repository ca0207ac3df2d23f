//! The window's own thread, because a display may hang. It sleeps until there is another scene, shows the newest, and holds a connection
//! only while there is something to show.

use std::error::Error;
use std::thread;

use tokio::sync::watch;

use super::card::Pen;
use super::layer::Layer;
use super::scene::Scene;
use super::x11::Card;
use crate::graphical_session::{Kind, Variables};
use crate::newest::{self, Newest, Seen};

/// Between the window and the lower edge of the monitor.
pub(super) const BELOW: i32 = 96;

/// A window on some display. Dropped, it is gone.
pub(super) trait Screen {
    /// For people.
    fn name(&self) -> &'static str;

    /// Pixels as [`Pen::draw`] gives them.
    fn paint(&mut self, pixels: &[u8]) -> Result<(), Box<dyn Error>>;
}

/// Whether there is a display that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// By what.
    Works(&'static str),
    Failed(String),
}

impl Outcome {
    /// What the environment promises; nothing is connected.
    pub(super) fn of(session: &Variables) -> Self {
        match session.kind() {
            Kind::X11 => Self::Works("X11"),
            Kind::Wayland => Self::Works("Wayland"),
            Kind::None => Self::Failed("there is no display".to_owned()),
        }
    }
}

/// The thread, seen from the daemon.
#[derive(Debug)]
pub(super) struct Pane {
    scenes: Newest<Option<Scene>>,
    pub(super) outcome: watch::Receiver<Outcome>,
}

impl Pane {
    pub(super) fn start(session: watch::Receiver<Variables>) -> Self {
        let (scenes, seen) = newest::channel();
        let (told, outcome) = watch::channel(Outcome::of(&session.borrow()));
        let thread = thread::Builder::new().name("hob-indicator".into()).spawn(move || run(&seen, &session, &told));
        thread.expect("the system has room for a thread");
        Self { scenes, outcome }
    }

    /// `None` hides it.
    pub(super) fn show(&self, scene: Option<Scene>) {
        self.scenes.put(scene);
    }
}

fn run(scenes: &Seen<Option<Scene>>, session: &watch::Receiver<Variables>, told: &watch::Sender<Outcome>) {
    let mut shown: Option<(Box<dyn Screen>, Pen, Scene)> = None;
    while let Some(scene) = scenes.next() {
        let Some(scene) = scene else {
            shown = None;
            continue;
        };
        if shown.as_ref().is_some_and(|(.., before)| *before == scene) {
            continue;
        }
        let result = match shown.take() {
            Some((screen, pen, _)) => Ok((screen, pen)),
            None => open(&session.borrow().clone()).map(|screen| (screen, Pen::new())),
        };
        let result = result.and_then(|(mut screen, mut pen)| {
            screen.paint(&pen.draw(&scene))?;
            Ok((screen, pen))
        });
        let outcome = match result {
            Ok((screen, pen)) => {
                let by = screen.name();
                shown = Some((screen, pen, scene));
                Outcome::Works(by)
            }
            Err(error) => Outcome::Failed(format!("the display does not show it: {error}")),
        };
        told.send_if_modified(|known| std::mem::replace(known, outcome.clone()) != outcome);
    }
}

/// In a Wayland session by the compositor itself, else, where that has no layers, by its X server for programs that know no better.
fn open(session: &Variables) -> Result<Box<dyn Screen>, Box<dyn Error>> {
    if session.kind() == Kind::Wayland {
        match Layer::open(session) {
            Ok(layer) => return Ok(Box::new(layer)),
            Err(error) if session.display.is_none() => return Err(error),
            Err(error) => tracing::debug!("the indicator goes by X11: {error}"),
        }
    }
    Ok(Box::new(Card::open(session)?))
}
