//! Where the compositor's socket is: what the environment names, or what lies in the session's folder when hobd was started before
//! the compositor and its environment knows nothing.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use crate::graphical_session::Variables;

#[derive(Debug, thiserror::Error)]
pub enum NoCompositor {
    #[error("there is no Wayland compositor: neither WAYLAND_DISPLAY nor the folder XDG_RUNTIME_DIR names one")]
    Unnamed,
    #[error("the compositor behind {} cannot be reached: {source}", socket.display())]
    Unreachable { socket: PathBuf, source: io::Error },
}

/// Connects to the compositor that the environment names, else to the first in the session's folder that answers: a compositor that was
/// started anew may have another number.
pub fn connect(session: &Variables) -> Result<(UnixStream, PathBuf), NoCompositor> {
    let mut first = None;
    for socket in candidates(session) {
        match UnixStream::connect(&socket) {
            Ok(stream) => return Ok((stream, socket)),
            Err(source) => first = first.or(Some(NoCompositor::Unreachable { socket, source })),
        }
    }
    Err(first.unwrap_or(NoCompositor::Unnamed))
}

fn candidates(session: &Variables) -> Vec<PathBuf> {
    let named = session.wayland.as_ref().and_then(|display| {
        let path = PathBuf::from(display);
        if path.is_absolute() { Some(path) } else { Some(session.folder.as_ref()?.join(path)) }
    });
    // A compositor in a window of an X session is not where the person works.
    let search = named.is_some() || session.kind.as_deref() != Some(OsStr::new("x11"));
    let mut candidates: Vec<PathBuf> = named.into_iter().collect();
    for found in session.folder.iter().filter(|_| search).flat_map(sockets) {
        if !candidates.contains(&found) {
            candidates.push(found);
        }
    }
    candidates
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
    use std::ffi::OsString;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn the_named_socket_comes_first_and_the_folder_is_searched() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let listeners = ["wayland-0", "wayland-3", "bus"].map(|name| UnixListener::bind(at(name)).unwrap());
        fs::write(at("wayland-0.lock"), "").unwrap();
        let found = |display: Option<&str>, kind: Option<&str>| {
            let session = Variables {
                wayland: display.map(OsString::from),
                folder: Some(folder.path().to_owned()),
                kind: kind.map(OsString::from),
                ..Variables::default()
            };
            connect(&session).map(|(_, socket)| socket)
        };
        assert_eq!(found(Some("wayland-3"), None).unwrap(), at("wayland-3"));
        assert_eq!(found(None, None).unwrap(), at("wayland-0"));
        assert_eq!(found(Some("wayland-9"), None).unwrap(), at("wayland-0"), "it came back by another name");
        assert!(matches!(found(None, Some("x11")), Err(NoCompositor::Unnamed)));
        drop(listeners);
        assert!(matches!(found(None, None), Err(NoCompositor::Unreachable { .. })));
    }
}
