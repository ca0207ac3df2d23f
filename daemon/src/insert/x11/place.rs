//! Whether the X server that the environment names is where the person works.

use std::ffi::OsStr;

use super::problem::Problem;
use crate::graphical_session::Variables;

/// The display that is worth a connection. In a Wayland session the X server is a guest: it must not even be woken.
pub fn display(session: &Variables) -> Result<String, Problem> {
    let kind = session.kind.as_deref().and_then(OsStr::to_str).unwrap_or_default();
    if kind == "wayland" || (kind != "x11" && session.wayland.is_some()) {
        return Err(Problem::Wayland);
    }
    let display = session.display.as_ref().ok_or(Problem::NoDisplay)?;
    Ok(display.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_x_session_counts() {
        let looked = |display_name: &str, wayland: &str, kind: &str| {
            let variables = [("DISPLAY", display_name), ("WAYLAND_DISPLAY", wayland), ("XDG_SESSION_TYPE", kind)];
            let session = Variables::of(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
            });
            display(&session).map_err(|problem| problem.to_string())
        };
        assert_eq!(looked(":0", "", "x11"), Ok(":0".to_owned()));
        assert_eq!(looked(":0", "", "tty"), Ok(":0".to_owned()), "as startx leaves it");
        assert_eq!(looked(":1", "wayland-1", "x11"), Ok(":1".to_owned()), "a compositor in a window");
        for (display, wayland, kind) in [(":0", "wayland-0", ""), (":0", "", "wayland"), ("", "", "x11")] {
            assert!(looked(display, wayland, kind).is_err(), "{display} {wayland} {kind}");
        }
    }
}
