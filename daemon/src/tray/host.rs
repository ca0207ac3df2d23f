//! The tray's library on a thread of its own: it waits for the desktop's panel, which may hang. The thread shows the newest scene it
//! has been given; those in between that it had no time for are left out.

use std::thread;

use tokio::sync::{mpsc, watch};
use tray_icon::menu::{CheckMenuItem, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tray_icon::{Icon, MouseButton, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::choice::Choice;
use super::icon;
use super::scene::{Entry, Scene, Tick};
use crate::newest::{self, Newest, Seen};

/// Clicks that may wait for the daemon. A person cannot fill it; what finds no room is left out.
pub(super) const CLICKS: usize = 16;

/// What the person does with the icon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Click {
    Chosen(Choice),
    /// The icon itself.
    Icon,
}

/// What has become of the icon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Outcome {
    #[default]
    Hidden,
    Shown,
    Failed(String),
}

/// The thread, seen from the daemon.
#[derive(Debug)]
pub(super) struct Host {
    scenes: Newest<Scene>,
    pub(super) outcome: watch::Receiver<Outcome>,
}

impl Host {
    /// Clicks arrive from all hosts of the process at one place: there is one tray.
    pub(super) fn start(clicks: mpsc::Sender<Click>) -> Self {
        listen(clicks);
        let (scenes, seen) = newest::channel();
        let (told, outcome) = watch::channel(Outcome::Hidden);
        let thread = thread::Builder::new().name("hob-tray".into()).spawn(move || run(&seen, &told));
        thread.expect("the system has room for a thread");
        Self { scenes, outcome }
    }

    pub(super) fn show(&self, scene: Scene) {
        self.scenes.put(scene);
    }
}

/// The library's handlers are set once for the whole process, and are called on its own thread.
fn listen(clicks: mpsc::Sender<Click>) {
    let of_menu = clicks.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        if let Some(choice) = Choice::of_id(event.id().as_ref()) {
            send(&of_menu, Click::Chosen(choice));
        }
    }));
    TrayIconEvent::set_event_handler(Some(move |event| {
        if let TrayIconEvent::Click { button: MouseButton::Left | MouseButton::Middle, .. } = event {
            send(&clicks, Click::Icon);
        }
    }));
}

fn send(clicks: &mpsc::Sender<Click>, click: Click) {
    if clicks.try_send(click).is_err() {
        tracing::debug!("a click on the tray is left out");
    }
}

fn run(scenes: &Seen<Scene>, told: &watch::Sender<Outcome>) {
    let mut shown: Option<(TrayIcon, Scene)> = None;
    while let Some(scene) = scenes.next() {
        let result = match &mut shown {
            Some((icon, before)) => change(icon, before, &scene),
            None => build(&scene).map(|icon| shown = Some((icon, scene.clone()))),
        };
        let outcome = match result {
            Ok(()) => {
                shown = shown.map(|(icon, _)| (icon, scene));
                Outcome::Shown
            }
            Err(error) => {
                shown = None;
                Outcome::Failed(error.to_string())
            }
        };
        told.send_if_modified(|known| std::mem::replace(known, outcome.clone()) != outcome);
    }
}

fn build(scene: &Scene) -> tray_icon::Result<TrayIcon> {
    let menu = Box::new(menu(&scene.menu));
    let builder = TrayIconBuilder::new().with_id("hob").with_title("hob").with_tooltip(&scene.tooltip);
    builder.with_menu(menu).with_icon(picture(scene)).build()
}

fn change(icon: &mut TrayIcon, before: &Scene, scene: &Scene) -> tray_icon::Result<()> {
    if before.face != scene.face {
        icon.set_icon(Some(picture(scene)))?;
    }
    if before.tooltip != scene.tooltip {
        icon.set_tooltip(Some(&scene.tooltip))?;
    }
    if before.menu != scene.menu || before.clicks != scene.clicks {
        icon.set_menu(Some(Box::new(menu(&scene.menu))));
    }
    Ok(())
}

fn picture(scene: &Scene) -> Icon {
    Icon::from_rgba(icon::draw(scene.face, icon::SIZE), icon::SIZE, icon::SIZE).expect("four bytes a pixel")
}

fn menu(entries: &[Entry]) -> Menu {
    let menu = Menu::new();
    for entry in entries {
        menu.append(&*item(entry)).expect("an entry fits every menu");
    }
    menu
}

fn item(entry: &Entry) -> Box<dyn IsMenuItem> {
    match entry {
        Entry::Item(choice, label) => Box::new(MenuItem::with_id(choice.id(), written(label), true, None)),
        Entry::Check(choice, label, tick) => {
            Box::new(CheckMenuItem::with_id(choice.id(), written(label), true, *tick == Tick::On, None))
        }
        Entry::Note(label) => Box::new(MenuItem::new(written(label), false, None)),
        Entry::Menu(label, entries) => {
            let menu = Submenu::new(written(label), !entries.is_empty());
            for entry in entries {
                menu.append(&*item(entry)).expect("an entry fits every menu");
            }
            Box::new(menu)
        }
        Entry::Line => Box::new(PredefinedMenuItem::separator()),
    }
}

/// The library takes a single `&` for the mark of a shortcut.
fn written(label: &str) -> String {
    label.replace('&', "&&")
}
