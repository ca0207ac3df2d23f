//! Tells adapters of the desktop when a display comes or goes: displays are sockets in known folders. Nothing is asked for in between.

use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify;

const X11_SOCKETS: &str = "/tmp/.X11-unix";

/// Starts a thread that waits, if there is something to wait for, and calls `tell` at each change until that wants no more.
pub fn watch(tell: impl FnMut() -> ControlFlow<()> + Send + 'static) {
    let thread = std::thread::Builder::new().name("displays".to_owned());
    let started = thread.spawn(move || {
        if let Err(error) = wait(tell) {
            tracing::debug!("displays that come and go are seen only when they are used: {error}");
        }
    });
    if let Err(error) = started {
        tracing::debug!("displays that come and go are seen only when they are used: {error}");
    }
}

fn wait(mut tell: impl FnMut() -> ControlFlow<()>) -> io::Result<()> {
    let fd = inotify::init(inotify::CreateFlags::CLOEXEC)?;
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let flags = inotify::WatchFlags::CREATE | inotify::WatchFlags::DELETE;
    let folders = [Some(PathBuf::from(X11_SOCKETS)), runtime];
    let watched = folders.iter().flatten().filter(|folder| inotify::add_watch(&fd, folder.as_path(), flags).is_ok());
    if watched.count() == 0 {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut buffer = [MaybeUninit::uninit(); 1024];
    let mut events = inotify::Reader::new(&fd, &mut buffer);
    loop {
        let event = events.next()?;
        let name = event.file_name().map(|name| Path::new(OsStr::from_bytes(name.to_bytes())).to_owned());
        if name.is_some_and(|name| is_display(&name)) && tell().is_break() {
            return Ok(());
        }
    }
}

/// By the names that servers give their sockets; the folder of the session holds others as well.
fn is_display(name: &Path) -> bool {
    let name = name.as_os_str().as_bytes();
    let number = name.strip_prefix(b"X").or_else(|| name.strip_prefix(b"wayland-"));
    number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_are_told_by_the_names_of_their_sockets() {
        for (name, expected) in
            [("X0", true), ("X104", true), ("wayland-1", true), ("wayland-1.lock", false), ("bus", false), ("X", false)]
        {
            assert_eq!(is_display(Path::new(name)), expected, "{name}");
        }
    }
}
