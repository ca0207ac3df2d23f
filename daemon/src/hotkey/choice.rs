//! Which source of keys suits this desktop, and why. Pure: what was found comes in.

use super::Wanted;
use crate::graphical_session::{Kind as Session, Variables};

/// What is there to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    pub session: Variables,
    pub portal: Portal,
}

/// Whether anybody on the session bus asks the person on behalf of programs. What it can do shows when it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Portal {
    #[default]
    Absent,
    There,
}

/// A source that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    X11(Variables),
    GlobalHotkey(Variables),
    Portal,
    Evdev,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Use {
        kind: Kind,
        why: String,
        /// What cannot be expected of it here.
        limit: Option<&'static str>,
        /// What to do if it cannot be had.
        way_out: String,
    },
    /// The configuration asks for that.
    Off,
    Nothing {
        why: String,
        hint: String,
    },
}

const ASKED_FOR: &str = "keys.source asks for it";

impl Kind {
    /// As the configuration calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::X11(_) => "x11",
            Self::GlobalHotkey(_) => "global-hotkey",
            Self::Portal => "portal",
            Self::Evdev => "evdev",
        }
    }
}

pub fn choose(wanted: Wanted, surroundings: &Surroundings) -> Choice {
    match wanted {
        Wanted::Auto => choose_for(surroundings),
        Wanted::X11 => on_x11(surroundings, ASKED_FOR, Kind::X11),
        Wanted::GlobalHotkey => on_x11(surroundings, ASKED_FOR, Kind::GlobalHotkey),
        Wanted::Portal => through_portal(surroundings, ASKED_FOR),
        Wanted::Evdev => {
            let way_out = "this system shows programs no input devices".to_owned();
            Choice::Use { kind: Kind::Evdev, why: ASKED_FOR.to_owned(), limit: None, way_out }
        }
        Wanted::None => Choice::Off,
    }
}

fn choose_for(surroundings: &Surroundings) -> Choice {
    match surroundings.session.kind() {
        Session::X11 => on_x11(surroundings, "this is an X11 session", Kind::X11),
        Session::Wayland => through_portal(surroundings, "this is a Wayland session"),
        Session::None => no_display(),
    }
}

/// Without a display, `global-hotkey` says that all is well and never tells of a key.
fn on_x11(surroundings: &Surroundings, why: &str, kind: impl Fn(Variables) -> Kind) -> Choice {
    const ONLY_THERE: &str = "on Wayland these keys arrive only while an X11 program has the keyboard";
    let session = surroundings.session.clone();
    if session.display.is_none() {
        return no_display();
    }
    let limit = (session.kind() == Session::Wayland).then_some(ONLY_THERE);
    let way_out = "it is tried again when an X server starts; `hob reload` tries it now".to_owned();
    Choice::Use { kind: kind(session), why: why.to_owned(), limit, way_out }
}

fn through_portal(surroundings: &Surroundings, why: &str) -> Choice {
    let way_out = bind_it(surroundings);
    match surroundings.portal {
        Portal::There => Choice::Use { kind: Kind::Portal, why: why.to_owned(), limit: None, way_out },
        Portal::Absent => {
            let why = "Wayland gives programs no keys but through a portal, and there is none".to_owned();
            Choice::Nothing { why, hint: way_out }
        }
    }
}

fn no_display() -> Choice {
    let hint = "start hobd in a graphical session, or import its variables: `systemctl --user import-environment DISPLAY \
                WAYLAND_DISPLAY XAUTHORITY XDG_SESSION_TYPE XDG_CURRENT_DESKTOP`, then `hob reload`";
    Choice::Nothing { why: "there is no display".to_owned(), hint: hint.to_owned() }
}

fn bind_it(surroundings: &Surroundings) -> String {
    let desktop = surroundings.session.desktop.as_deref();
    let place = desktop.map_or_else(|| "your desktop".into(), |desktop| desktop.to_string_lossy());
    format!(
        "bind `hob dictate start`, `stop` or `toggle` in the settings of {place}: `hob doctor hotkeys --snippets` has the lines"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(variables: &[(&str, &str)], portal: Portal) -> Surroundings {
        let variable = |name: &str| {
            let found = variables.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| (*value).into())
        };
        Surroundings { session: Variables::of(variable), portal }
    }

    const X11: &[(&str, &str)] = &[("DISPLAY", ":1")];
    const WAYLAND: &[(&str, &str)] =
        &[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-1"), ("XDG_CURRENT_DESKTOP", "sway")];

    #[test]
    fn each_desktop_has_its_source() {
        use Portal::{Absent, There};
        const NO_PORTAL: &str = "Wayland gives programs no keys but through a portal, and there is none";
        let used = |wanted, variables: &[(&str, &str)], portal| match choose(wanted, &surroundings(variables, portal)) {
            Choice::Use { kind, limit, why, .. } => {
                format!("{}, {why}{}", kind.name(), limit.map_or("", |_| ", limited"))
            }
            Choice::Off => "off".to_owned(),
            Choice::Nothing { why, .. } => why,
        };
        for (wanted, variables, portal, expected) in [
            (Wanted::Auto, X11, There, "x11, this is an X11 session"),
            (Wanted::Auto, X11, Absent, "x11, this is an X11 session"),
            (Wanted::Auto, WAYLAND, There, "portal, this is a Wayland session"),
            (Wanted::Auto, WAYLAND, Absent, NO_PORTAL),
            (Wanted::Auto, &[], There, "there is no display"),
            (Wanted::X11, WAYLAND, There, "x11, keys.source asks for it, limited"),
            (Wanted::X11, &[], There, "there is no display"),
            (Wanted::GlobalHotkey, X11, Absent, "global-hotkey, keys.source asks for it"),
            (Wanted::GlobalHotkey, &[], Absent, "there is no display"),
            (Wanted::Portal, X11, There, "portal, keys.source asks for it"),
            (Wanted::Portal, WAYLAND, Absent, NO_PORTAL),
            (Wanted::Evdev, &[], Absent, "evdev, keys.source asks for it"),
            (Wanted::None, X11, There, "off"),
        ] {
            assert_eq!(used(wanted, variables, portal), expected, "{wanted:?} {variables:?} {portal:?}");
        }
    }

    #[test]
    fn where_there_is_none_the_compositor_is_named() {
        let choice = choose(Wanted::Auto, &surroundings(WAYLAND, Portal::Absent));
        let Choice::Nothing { hint, .. } = choice else { panic!("there is no portal") };
        assert!(hint.contains("in the settings of sway"), "{hint}");
    }
}
