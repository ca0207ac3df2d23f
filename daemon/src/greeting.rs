//! The first words between hob and a display, with a limit: one that lets programs connect and then says nothing has stopped, and
//! nobody must wait for it for ever.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Displays answer within milliseconds, also under load.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// One conversation. Sockets may block or not: each is asked only when it is ready.
#[derive(Debug, Clone, Copy)]
pub struct Greeting {
    until: Instant,
}

impl Greeting {
    pub fn within(patience: Duration) -> Self {
        Self { until: Instant::now() + patience }
    }

    /// All of it; `write` takes as much as there is room for, and says how much.
    pub fn send(
        self,
        socket: BorrowedFd,
        bytes: &[u8],
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = self.once_ready(socket, PollFlags::OUT, || write(rest))?;
            rest = &rest[written..];
        }
        Ok(())
    }

    /// As much as has come, but something; how much it is.
    pub fn receive(
        self,
        socket: BorrowedFd,
        buffer: &mut [u8],
        mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.once_ready(socket, PollFlags::IN, || read(buffer))
    }

    fn once_ready(
        self,
        socket: BorrowedFd,
        wanted: PollFlags,
        mut act: impl FnMut() -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            let limit = Timespec::try_from(left).map_err(io::Error::other)?;
            match poll(&mut [PollFd::from_borrowed_fd(socket, wanted)], Some(&limit)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(errno) => return Err(errno.into()),
            }
            match act() {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                done => return done,
            }
        }
    }
}
