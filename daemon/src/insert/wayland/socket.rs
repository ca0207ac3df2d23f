//! Where the compositor's socket is: what the environment names, or what lies in the session's folder when hobd was started before
//! the compositor and its environment knows nothing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use super::problem::Problem;

/// What the environment says of the session.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `WAYLAND_DISPLAY`: a name in the session's folder, or a whole path.
    pub display: Option<OsString>,
    /// `XDG_RUNTIME_DIR`.
    pub folder: Option<PathBuf>,
    /// `XDG_SESSION_TYPE`.
    pub kind: Option<OsString>,
}

impl Surroundings {
    pub fn from_environment() -> Self {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            display: named("WAYLAND_DISPLAY"),
            folder: named("XDG_RUNTIME_DIR").map(PathBuf::from),
            kind: named("XDG_SESSION_TYPE"),
        }
    }

    /// Connects to the compositor that the environment names, else to the first in the session's folder that answers: a compositor
    /// that was started anew may have another number.
    pub fn connect(&self) -> Result<(UnixStream, PathBuf), Problem> {
        let mut first = None;
        for socket in self.candidates() {
            match UnixStream::connect(&socket) {
                Ok(stream) => return Ok((stream, socket)),
                Err(source) => first = first.or(Some(Problem::Unreachable { socket, source })),
            }
        }
        Err(first.unwrap_or(Problem::NoCompositor))
    }

    fn candidates(&self) -> Vec<PathBuf> {
        let named = self.display.as_ref().and_then(|display| {
            let path = PathBuf::from(display);
            if path.is_absolute() { Some(path) } else { Some(self.folder.as_ref()?.join(path)) }
        });
        // A compositor in a window of an X session is not where the person works.
        let search = named.is_some() || self.kind.as_deref() != Some(OsStr::new("x11"));
        let mut candidates: Vec<PathBuf> = named.into_iter().collect();
        for found in self.folder.iter().filter(|_| search).flat_map(sockets) {
            if !candidates.contains(&found) {
                candidates.push(found);
            }
        }
        candidates
    }
}

/// The sockets called `wayland-` and a number, in order.
fn sockets(folder: &PathBuf) -> Vec<PathBuf> {
    let mut sockets: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_socket()))
        .filter(|entry| {
            let name = entry.file_name();
            let number = name.as_bytes().strip_prefix(b"wayland-");
            number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
        })
        .map(|entry| entry.path())
        .collect();
    sockets.sort();
    sockets
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn the_named_socket_comes_first_and_the_folder_is_searched() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let listeners = ["wayland-0", "wayland-3", "bus"].map(|name| UnixListener::bind(at(name)).unwrap());
        fs::write(at("wayland-0.lock"), "").unwrap();
        let found = |display: Option<&str>, kind: Option<&str>| {
            let surroundings = Surroundings {
                display: display.map(OsString::from),
                folder: Some(folder.path().to_owned()),
                kind: kind.map(OsString::from),
            };
            surroundings.connect().map(|(_, socket)| socket)
        };
        assert_eq!(found(Some("wayland-3"), None).unwrap(), at("wayland-3"));
        assert_eq!(found(None, None).unwrap(), at("wayland-0"));
        assert_eq!(found(Some("wayland-9"), None).unwrap(), at("wayland-0"), "it came back by another name");
        assert!(matches!(found(None, Some("x11")), Err(Problem::NoCompositor)));
        drop(listeners);
        assert!(matches!(found(None, None), Err(Problem::Unreachable { .. })));
    }
}
