//! Where the compositor's socket is: what the environment names, or what lies in the session's folder when hobd was started before
//! the compositor and its environment knows nothing.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::graphical_session::Variables;
use crate::greeting::{self, Greeting};

#[derive(Debug, thiserror::Error)]
pub enum NoCompositor {
    #[error("there is no Wayland compositor: neither WAYLAND_DISPLAY nor the folder XDG_RUNTIME_DIR names one")]
    Unnamed,
    #[error("the compositor behind {} cannot be reached: {source}", socket.display())]
    Unreachable { socket: PathBuf, source: io::Error },
    #[error("the compositor behind {} does not answer", socket.display())]
    Silent { socket: PathBuf },
}

/// Connects to the compositor that the environment names, else to the first in the session's folder that answers: a compositor that was
/// started anew may have another number. One that lets us in and then says nothing is given up.
pub fn connect(session: &Variables) -> Result<(UnixStream, PathBuf), NoCompositor> {
    connect_within(session, greeting::PATIENCE)
}

fn connect_within(session: &Variables, patience: Duration) -> Result<(UnixStream, PathBuf), NoCompositor> {
    let mut first = None;
    for socket in candidates(session) {
        match UnixStream::connect(&socket).and_then(|stream| greet(stream, patience)) {
            Ok(stream) => return Ok((stream, socket)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                first = first.or(Some(NoCompositor::Silent { socket }));
            }
            Err(source) => first = first.or(Some(NoCompositor::Unreachable { socket, source })),
        }
    }
    Err(first.unwrap_or(NoCompositor::Unnamed))
}

/// Asks the plainest question there is, `wl_display.sync` of version 1, and takes the answer away, so that whoever uses the stream then
/// finds it as new: its library would wait for a first answer without a limit.
fn greet(stream: UnixStream, patience: Duration) -> io::Result<UnixStream> {
    const DISPLAY: u32 = 1;
    /// The first object of a client, which the answer also ends.
    const CALLBACK: u32 = 2;
    /// Both events have one argument, like the request.
    const LENGTH: u32 = 12;
    let message = |object: u32, opcode: u32| [object.to_ne_bytes(), (LENGTH << 16 | opcode).to_ne_bytes()].concat();
    let (sync, done, delete_id) = (message(DISPLAY, 0), message(CALLBACK, 0), message(DISPLAY, 1));
    let id = CALLBACK.to_ne_bytes();
    let greeting = Greeting::within(patience);
    greeting.send(stream.as_fd(), &[&sync[..], &id].concat(), |rest| (&stream).write(rest))?;
    let mut answer = [0; 2 * LENGTH as usize];
    let mut length = 0;
    while length < answer.len() {
        length += greeting.receive(stream.as_fd(), &mut answer[length..], |buffer| (&stream).read(buffer))?;
    }
    let (first, second) = answer.split_at(LENGTH as usize);
    if first.starts_with(&done) && *second == [&delete_id[..], &id].concat() {
        Ok(stream)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "what it answers is no Wayland"))
    }
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
    use std::thread;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    /// Answers the first question of everybody, as a compositor does on machines whose numbers begin with the small end.
    fn compose(listener: UnixListener) {
        thread::spawn(move || {
            for mut client in listener.incoming().map_while(Result::ok) {
                let mut question = [0; 12];
                if client.read_exact(&mut question).is_ok() {
                    assert_eq!(question, *b"\x01\0\0\0\0\0\x0c\0\x02\0\0\0");
                    let answer = b"\x02\0\0\0\0\0\x0c\0\x07\0\0\0\x01\0\0\0\x01\0\x0c\0\x02\0\0\0";
                    client.write_all(answer).unwrap();
                }
            }
        });
    }

    fn named(socket: &std::path::Path) -> Variables {
        Variables { wayland: Some(socket.into()), ..Variables::default() }
    }

    #[test]
    fn a_compositor_that_says_nothing_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("wayland-0");
        let _silent = UnixListener::bind(&socket).unwrap();
        let error = connect_within(&named(&socket), SOON).unwrap_err();
        assert!(matches!(error, NoCompositor::Silent { .. }), "{error}");
    }

    #[test]
    fn what_is_no_compositor_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("wayland-0");
        let listener = UnixListener::bind(&socket).unwrap();
        thread::spawn(move || listener.accept().unwrap().0.write_all(b"220 what else may listen here\r\n"));
        let error = connect(&named(&socket)).unwrap_err();
        assert!(error.to_string().ends_with("what it answers is no Wayland"), "{error}");
    }

    #[test]
    fn the_named_socket_comes_first_and_the_folder_is_searched() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["wayland-0", "wayland-3", "bus"] {
            compose(UnixListener::bind(at(name)).unwrap());
        }
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
        for socket in ["wayland-0", "wayland-3"] {
            // A compositor that was killed leaves it behind.
            fs::remove_file(at(socket)).unwrap();
            drop(UnixListener::bind(at(socket)).unwrap());
        }
        assert!(matches!(found(None, None), Err(NoCompositor::Unreachable { .. })));
    }
}
