//! Frames to the daemon. Any thread may send; frames never mix.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

use hob_protocol::engine::{FromEngine, encode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::ending::{End, Ending};

pub(crate) struct Outbox {
    socket: Mutex<UnixStream>,
    end: End,
}

impl Outbox {
    pub(crate) fn new(socket: UnixStream, end: End) -> Self {
        Self { socket: Mutex::new(socket), end }
    }

    /// Waits for room in the socket.
    pub(crate) fn send(&self, event: &FromEngine) {
        let bytes = encode(event, &[]);
        let written = self.lock().write_all(&bytes);
        if written.is_err() {
            self.end(Ending::DaemonGone);
        }
    }

    /// Left out if the socket has no room now: for events that the next one replaces.
    pub(crate) fn send_if_room(&self, event: &FromEngine) {
        let bytes = encode(event, &[]);
        let mut socket = self.lock();
        // A writable Unix socket has at least three quarters of its buffer left, far more than such an event.
        let room = poll(&mut [PollFd::new(&*socket, PollFlags::OUT)], Some(&Timespec::default()));
        let written = if room.is_ok_and(|ready| ready > 0) { socket.write_all(&bytes) } else { Ok(()) };
        drop(socket);
        if written.is_err() {
            self.end(Ending::DaemonGone);
        }
    }

    pub(crate) fn end(&self, ending: Ending) {
        (self.end)(ending);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, UnixStream> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
