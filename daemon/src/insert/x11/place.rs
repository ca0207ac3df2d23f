//! Where the X server is: what the environment names, and only on this machine, because hob opens no connection to another.

use std::ffi::{OsStr, OsString};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::Screen;
use x11rb::reexports::x11rb_protocol::parse_display::{ConnectAddress, parse_display};
use x11rb::reexports::x11rb_protocol::xauth::get_auth;
use x11rb::rust_connection::{DefaultStream, RustConnection};

use super::problem::Problem;

/// What the environment says of the session.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `DISPLAY`.
    pub display: Option<OsString>,
    /// `WAYLAND_DISPLAY`.
    pub wayland: Option<OsString>,
    /// `XDG_SESSION_TYPE`.
    pub kind: Option<OsString>,
}

impl Surroundings {
    pub fn from_environment() -> Self {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self { display: named("DISPLAY"), wayland: named("WAYLAND_DISPLAY"), kind: named("XDG_SESSION_TYPE") }
    }

    /// The display that is worth a connection. In a Wayland session the X server is a guest: it must not even be woken.
    pub fn display(&self) -> Result<String, Problem> {
        let kind = self.kind.as_deref().and_then(OsStr::to_str).unwrap_or_default();
        if kind == "wayland" || (kind != "x11" && self.wayland.is_some()) {
            return Err(Problem::Wayland);
        }
        let display = self.display.as_ref().ok_or(Problem::NoDisplay)?;
        Ok(display.to_string_lossy().into_owned())
    }
}

/// Connects by a socket in the file system, and gives the screen as well.
pub fn connect(display: &str) -> Result<(RustConnection, Screen), Problem> {
    let unreachable = |why: String| Problem::Unreachable { display: display.to_owned(), why };
    let parsed = parse_display(Some(display)).map_err(|error| unreachable(error.to_string()))?;
    let mut last = Problem::Remote(display.to_owned());
    for address in parsed.connect_instruction() {
        let ConnectAddress::Socket(_) = address else { continue };
        match DefaultStream::connect(&address) {
            Ok((stream, (family, peer))) => {
                // Without a cookie the server may still let us in.
                let (name, data) = get_auth(family, &peer, parsed.display).ok().flatten().unwrap_or_default();
                let screen = usize::from(parsed.screen);
                let server = RustConnection::connect_to_stream_with_auth_info(stream, screen, name, data)
                    .map_err(|error| unreachable(error.to_string()))?;
                let screen = server.setup().roots[screen].clone();
                return Ok((server, screen));
            }
            Err(error) => last = unreachable(error.to_string()),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_x_session_on_this_machine_counts() {
        let looked = |display: &str, wayland: &str, kind: &str| {
            let named = |value: &str| (!value.is_empty()).then(|| OsString::from(value));
            let surroundings = Surroundings { display: named(display), wayland: named(wayland), kind: named(kind) };
            surroundings.display().map_err(|problem| problem.to_string())
        };
        assert_eq!(looked(":0", "", "x11"), Ok(":0".to_owned()));
        assert_eq!(looked(":0", "", "tty"), Ok(":0".to_owned()), "as startx leaves it");
        assert_eq!(looked(":1", "wayland-1", "x11"), Ok(":1".to_owned()), "a compositor in a window");
        for (display, wayland, kind) in [(":0", "wayland-0", ""), (":0", "", "wayland"), ("", "", "x11")] {
            assert!(looked(display, wayland, kind).is_err(), "{display} {wayland} {kind}");
        }
        assert!(matches!(connect("elsewhere:0").map(drop), Err(Problem::Remote(_))));
        assert!(matches!(connect(":4711").map(drop), Err(Problem::Unreachable { .. })));
    }
}
