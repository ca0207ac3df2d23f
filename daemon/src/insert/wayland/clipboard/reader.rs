//! Who reads what is handed over: a compositor does not say who asks for what lies on the clipboard, but the kernel shows in whose hands
//! the other end of the pipe is. Programs that watch the clipboard ask as well, and that says nothing of the window that was told to paste.

use std::fs;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Processes that matter.
#[derive(Debug, Clone, Copy)]
pub struct Pasting {
    /// Of the window that is told to paste.
    pub window: u32,
    /// It reads for programs behind Xwayland, whichever of them asks.
    pub compositor: Option<u32>,
}

/// A reader that hands the pipe on to a process that it has just started can be missed by one look.
const LOOKS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Window,
    Another,
    /// Nobody lets us see.
    Unknown,
}

/// Who reads from this pipe, of which we have the end for writing.
pub fn of(pipe: impl AsFd, pasting: Pasting) -> Reader {
    let Some(pipe) = link(format!("/proc/self/fd/{}", pipe.as_fd().as_raw_fd())) else { return Reader::Unknown };
    match holds(pasting.window, &pipe) {
        Some(true) => return Reader::Window,
        Some(false) => {}
        None => return Reader::Unknown,
    }
    for _ in 0..LOOKS {
        let readers = others(&pipe, pasting);
        // A program of several processes may leave the reading to one of them.
        let window = program(pasting.window);
        if readers.iter().any(|process| program(*process) == window) {
            return Reader::Window;
        }
        if !readers.is_empty() {
            return Reader::Another;
        }
    }
    Reader::Unknown
}

/// Who else can read from it.
fn others(pipe: &Path, pasting: Pasting) -> Vec<u32> {
    let is_beside = |process: &u32| Some(*process) == pasting.compositor || *process == std::process::id();
    let others = processes().filter(|process| !is_beside(process));
    others.filter(|process| holds(*process, pipe) == Some(true)).collect()
}

/// Whether a process can read from it; `None` if it may not be looked into.
fn holds(process: u32, pipe: &Path) -> Option<bool> {
    let mut descriptors = fs::read_dir(format!("/proc/{process}/fd")).ok()?.flatten();
    Some(descriptors.any(|descriptor| {
        let is_it = link(descriptor.path()).is_some_and(|target| target == pipe);
        // The link's own permissions say for what it is open.
        is_it && fs::symlink_metadata(descriptor.path()).is_ok_and(|link| link.mode() & 0o400 != 0)
    }))
}

fn link(path: impl AsRef<Path>) -> Option<PathBuf> {
    fs::read_link(path).ok()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn program(process: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{process}/comm")).ok()
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn reading(program: &str) -> Child {
        Command::new(program).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    }

    #[test]
    fn who_reads_is_the_window_or_another() {
        let (mut window, mut watcher, mut second) = (reading("cat"), reading("tee"), reading("cat"));
        let pasting = Pasting { window: window.id(), compositor: None };
        let read_by = |child: &Child| of(child.stdin.as_ref().unwrap(), pasting);
        assert_eq!(read_by(&window), Reader::Window);
        assert_eq!(read_by(&watcher), Reader::Another);
        assert_eq!(read_by(&second), Reader::Window, "another process of its program");
        let compositor = Pasting { compositor: Some(watcher.id()), ..pasting };
        assert_eq!(of(watcher.stdin.as_ref().unwrap(), compositor), Reader::Unknown);
        let gone = Pasting { window: u32::MAX, compositor: None };
        assert_eq!(of(watcher.stdin.as_ref().unwrap(), gone), Reader::Unknown);
        for child in [&mut window, &mut watcher, &mut second] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}
