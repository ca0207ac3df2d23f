//! Hands over what we have put on the clipboard to whoever asks for it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Content;

/// Writes on a thread of its own: whoever pastes may take its time.
pub fn serve(content: &Arc<Content>, format: &str, by: OwnedFd) {
    let Some(index) = content.iter().position(|(known, _)| known == format) else { return };
    let content = content.clone();
    let thread = std::thread::Builder::new().name("clipboard".to_owned());
    let started = thread.spawn(move || {
        if let Err(error) = write(&content[index].1, &by) {
            tracing::debug!("the clipboard was not read to its end: {error}");
        }
    });
    if let Err(error) = started {
        tracing::warn!("nobody can paste: {error}");
    }
}

fn write(mut bytes: &[u8], by: &OwnedFd) -> io::Result<()> {
    rustix::io::ioctl_fionbio(by, true)?;
    while !bytes.is_empty() {
        let mut fds = [PollFd::new(by, PollFlags::OUT)];
        let limit = Timespec { tv_sec: 10, tv_nsec: 0 };
        if poll(&mut fds, Some(&limit))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match rustix::io::write(by, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}
