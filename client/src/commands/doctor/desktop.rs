//! The desktop: what the daemon says of its keys, of the cursor and of what it shows. Without a daemon, whether there is a desktop at all.

use std::env;
use std::ffi::OsString;
use std::fs;

use hob_protocol::daemon::{Part, PartState, State};

use super::{Check, Level};

const NAME: &str = "desktop";
/// What tells a program where the desktop is.
const PLACES: [&str; 2] = ["WAYLAND_DISPLAY", "DISPLAY"];
/// Without it there is no dictation at the cursor.
const CURSOR: &str = "insertion";

pub(super) fn check(state: Option<&State>) -> Vec<Check> {
    let own = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let Some(state) = state else { return vec![without_daemon(own)] };
    let daemons = environment(state.pid);
    // It may have learned of the display from the user manager.
    let found = state.desktop.iter().any(|part| part.name == "selection" && part.state != PartState::Missing);
    let mut checks: Vec<_> = daemons.iter().filter(|_| !found).filter_map(|daemons| left_out(daemons, own)).collect();
    if !is_looked_at(state) {
        let advice = "is the desktop stopped, or was it locked up? log in again, then `hob reload`";
        checks.push(Check::fail(CURSOR, "the desktop does not answer", advice));
    }
    checks.extend(state.desktop.iter().map(part));
    checks
}

/// A daemon says nothing of the cursor before it has looked.
pub(super) fn is_looked_at(state: &State) -> bool {
    state.desktop.iter().any(|part| part.name == CURSOR)
}

fn part(part: &Part) -> Check {
    let using = |why: &str| if part.using.is_empty() { why.to_owned() } else { format!("{}: {why}", part.using) };
    let (level, finding) = match part.state {
        PartState::Works => (Level::Ok, using(&part.why)),
        PartState::Off => (Level::Ok, format!("off: {}", part.why)),
        PartState::Missing if part.name == CURSOR => (Level::Fail, using(&part.why)),
        PartState::Limited | PartState::Missing => (Level::Warn, using(&part.why)),
    };
    Check { name: part.name.clone().into(), level, finding, advice: part.hint.clone() }
}

fn without_daemon(own: impl Fn(&str) -> Option<OsString>) -> Check {
    match PLACES.iter().find_map(|place| Some((place, own(place)?))) {
        Some((place, value)) => Check::ok(NAME, format!("{place} is {}; a daemon would use it", value.display())),
        None => Check::warn(
            NAME,
            "none: neither WAYLAND_DISPLAY nor DISPLAY is set",
            "start hobd inside a graphical session for keys and for text at the cursor",
        ),
    }
}

/// A daemon that was started before the desktop does not know where it is.
fn left_out(daemons: &[u8], own: impl Fn(&str) -> Option<OsString>) -> Option<Check> {
    let knows = |place: &str| {
        let prefix = format!("{place}=");
        daemons.split(|&byte| byte == 0).any(|variable| variable.starts_with(prefix.as_bytes()))
    };
    let unknown: Vec<_> = PLACES.into_iter().filter(|place| own(place).is_some()).collect();
    if unknown.is_empty() || unknown.iter().any(|place| knows(place)) {
        return None;
    }
    let names = unknown.join(" ");
    Some(Check::warn(
        NAME,
        format!("hobd was started without {names}, so it does not know this desktop"),
        format!(
            "systemctl --user import-environment {names} XAUTHORITY XDG_SESSION_TYPE XDG_CURRENT_DESKTOP && hob reload"
        ),
    ))
}

fn environment(pid: u32) -> Option<Vec<u8>> {
    fs::read(format!("/proc/{pid}/environ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &'static [&'static str]) -> impl Fn(&str) -> Option<OsString> {
        move |name| set.contains(&name).then(|| ":0".into())
    }

    #[test]
    fn a_daemon_that_was_started_too_early_is_found() {
        for (daemons, own, left) in [
            (&b"HOME=/\0DISPLAY=:0\0"[..], &["DISPLAY"][..], false),
            (b"HOME=/\0XDISPLAY=:0\0", &["DISPLAY"], true),
            (b"", &["DISPLAY", "WAYLAND_DISPLAY"], true),
            (b"WAYLAND_DISPLAY=wayland-1\0", &["DISPLAY", "WAYLAND_DISPLAY"], false),
            (b"", &[], false),
        ] {
            assert_eq!(left_out(daemons, with(own)).is_some(), left, "{own:?}");
        }
    }

    #[test]
    fn without_a_daemon_the_desktop_itself_is_looked_for() {
        assert_eq!(without_daemon(with(&["DISPLAY"])).finding, "DISPLAY is :0; a daemon would use it");
        assert_eq!(without_daemon(with(&[])).level, Level::Warn);
    }

    #[test]
    fn only_what_dictation_needs_fails() {
        let check = |name: &str, state| {
            let (name, why) = (name.to_owned(), "no display".to_owned());
            part(&Part { name, state, using: String::new(), why, hint: None }).level
        };
        for (name, state, level) in [
            ("insertion", PartState::Missing, Level::Fail),
            ("insertion", PartState::Limited, Level::Warn),
            ("tray", PartState::Missing, Level::Warn),
            ("tray", PartState::Off, Level::Ok),
            ("hotkeys", PartState::Works, Level::Ok),
        ] {
            assert_eq!(check(name, state), level, "{name} {state:?}");
        }
    }
}
