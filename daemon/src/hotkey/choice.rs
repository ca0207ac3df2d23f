//! Which source of keys suits this desktop, and why. Pure: what was found comes in.

use super::Wanted;

/// What is there to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `DISPLAY`: an X server, on Wayland the one for programs that know no better.
    pub display: Option<String>,
    pub session: Session,
    /// `XDG_CURRENT_DESKTOP`.
    pub desktop: Option<String>,
    pub portal: Portal,
}

/// Whether anybody on the session bus asks the person on behalf of programs. What it can do shows when it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Portal {
    #[default]
    Absent,
    There,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Session {
    #[default]
    None,
    X11,
    Wayland,
}

/// A source that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    X11 { display: String },
    GlobalHotkey { display: String },
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

impl Surroundings {
    /// `variable`: of the environment.
    pub fn of(variable: impl Fn(&str) -> Option<String>, portal: Portal) -> Self {
        let named = |name: &str| variable(name).filter(|value| !value.is_empty());
        let display = named("DISPLAY");
        let session = match named("XDG_SESSION_TYPE").as_deref() {
            Some("wayland") => Session::Wayland,
            Some("x11") if display.is_some() => Session::X11,
            _ if named("WAYLAND_DISPLAY").is_some() => Session::Wayland,
            _ if display.is_some() => Session::X11,
            _ => Session::None,
        };
        Self { display, session, desktop: named("XDG_CURRENT_DESKTOP"), portal }
    }
}

impl Kind {
    /// As the configuration calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::X11 { .. } => "x11",
            Self::GlobalHotkey { .. } => "global-hotkey",
            Self::Portal => "portal",
            Self::Evdev => "evdev",
        }
    }
}

pub fn choose(wanted: Wanted, surroundings: &Surroundings) -> Choice {
    match wanted {
        Wanted::Auto => choose_for(surroundings),
        Wanted::X11 => on_x11(surroundings, ASKED_FOR, |display| Kind::X11 { display }),
        Wanted::GlobalHotkey => on_x11(surroundings, ASKED_FOR, |display| Kind::GlobalHotkey { display }),
        Wanted::Portal => through_portal(surroundings, ASKED_FOR),
        Wanted::Evdev => {
            let way_out = "this system shows programs no input devices".to_owned();
            Choice::Use { kind: Kind::Evdev, why: ASKED_FOR.to_owned(), limit: None, way_out }
        }
        Wanted::None => Choice::Off,
    }
}

fn choose_for(surroundings: &Surroundings) -> Choice {
    match surroundings.session {
        Session::X11 => on_x11(surroundings, "this is an X11 session", |display| Kind::X11 { display }),
        Session::Wayland => through_portal(surroundings, "this is a Wayland session"),
        Session::None => no_display(),
    }
}

/// Without a display, `global-hotkey` says that all is well and never tells of a key.
fn on_x11(surroundings: &Surroundings, why: &str, kind: impl Fn(String) -> Kind) -> Choice {
    const ONLY_THERE: &str = "on Wayland these keys arrive only while an X11 program has the keyboard";
    let Some(display) = surroundings.display.clone() else { return no_display() };
    let limit = (surroundings.session == Session::Wayland).then_some(ONLY_THERE);
    let way_out = "it is tried again when an X server starts; `hob reload` tries it now".to_owned();
    Choice::Use { kind: kind(display), why: why.to_owned(), limit, way_out }
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
                WAYLAND_DISPLAY XDG_SESSION_TYPE XDG_CURRENT_DESKTOP`, then restart hobd";
    Choice::Nothing { why: "there is no display".to_owned(), hint: hint.to_owned() }
}

fn bind_it(surroundings: &Surroundings) -> String {
    let place = surroundings.desktop.as_deref().map_or_else(|| "your desktop".to_owned(), str::to_owned);
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
            found.map(|(_, value)| (*value).to_owned())
        };
        Surroundings::of(variable, portal)
    }

    const X11: &[(&str, &str)] = &[("DISPLAY", ":1")];
    const WAYLAND: &[(&str, &str)] =
        &[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-1"), ("XDG_CURRENT_DESKTOP", "sway")];

    #[test]
    fn the_session_is_told_by_the_environment() {
        for (variables, session) in [
            (X11, Session::X11),
            (WAYLAND, Session::Wayland),
            (&[("XDG_SESSION_TYPE", "x11"), ("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "nested")], Session::X11),
            (&[("XDG_SESSION_TYPE", "wayland"), ("DISPLAY", ":0")], Session::Wayland),
            (&[("XDG_SESSION_TYPE", "tty")], Session::None),
            (&[("DISPLAY", "")], Session::None),
            (&[], Session::None),
        ] {
            assert_eq!(surroundings(variables, Portal::There).session, session, "{variables:?}");
        }
    }

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
