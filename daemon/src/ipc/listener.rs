//! Takes the socket's place in the file system, or the one systemd hands over, and accepts connections of this user.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hob_protocol::Error;
use interprocess::local_socket::tokio::{Listener as Socket, Stream, prelude::*};
use interprocess::local_socket::{GenericFilePath, ListenerOptions};
use interprocess::os::unix::local_socket::ListenerOptionsExt;
use rustix::fs::{FlockOperation, flock};
use tokio::sync::Notify;

use super::connection;
use crate::requests::Requests;

#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("another hobd serves {}", path.display())]
    AlreadyRunning { path: PathBuf },
    #[error("cannot listen on {}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot use the socket that systemd passed")]
    Activation(#[source] io::Error),
}

impl BindError {
    pub fn hint(&self) -> &'static str {
        match self {
            Self::AlreadyRunning { .. } => "`hob status` shows it, `hob shutdown` ends it",
            Self::Io { .. } => "the folder must be yours and writable; HOB_SOCKET names another place",
            Self::Activation(_) => "hobd.socket must have one ListenStream= and no Accept=",
        }
    }
}

#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    /// Held as long as the daemon lives: whoever has it may replace the socket file. The kernel drops it at every death.
    _lock: Option<File>,
}

impl Listener {
    /// Listens at `path`, with a folder and a socket that only this user can enter. A socket file that a dead daemon left
    /// behind is replaced; a living daemon is not disturbed.
    pub fn bind(path: &Path) -> Result<Self, BindError> {
        let failed = |source| BindError::Io { path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let lock = lock(&path.with_extension("lock")).map_err(failed)?;
        let lock = lock.ok_or_else(|| BindError::AlreadyRunning { path: path.to_owned() })?;
        // With the lock in hand the file can only be a dead daemon's, or that of something else that listens there.
        match std::os::unix::net::UnixStream::connect(path) {
            Ok(_) => return Err(BindError::AlreadyRunning { path: path.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                std::fs::remove_file(path).map_err(failed)?;
            }
            Err(_) => {}
        }
        let name = path.to_fs_name::<GenericFilePath>().map_err(failed)?;
        let socket = ListenerOptions::new().name(name).mode(0o600).create_tokio().map_err(failed)?;
        Ok(Self { socket, _lock: Some(lock) })
    }

    /// Takes over the socket that systemd opened for us.
    pub fn adopt(listener: UnixListener) -> Result<Self, BindError> {
        listener.set_nonblocking(true).map_err(BindError::Activation)?;
        let socket = interprocess::os::unix::uds_local_socket::tokio::Listener::try_from(OwnedFd::from(listener));
        Ok(Self { socket: Socket::from(socket.map_err(BindError::Activation)?), _lock: None })
    }

    /// Accepts for ever; each connection becomes a task. Ends with the listener's task.
    pub async fn serve(self, requests: Requests, connections: Arc<Connections>) {
        let our_uid = rustix::process::geteuid().as_raw();
        loop {
            let stream = match self.socket.accept().await {
                Ok(stream) => stream,
                Err(error) => {
                    // Mostly too many open files: the connections there are will end and make room.
                    tracing::warn!("cannot accept a connection: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                }
            };
            match admit(peer_uid(&stream), our_uid, &connections) {
                Ok(seat) => tokio::spawn(connection::serve(stream, requests.clone(), seat)),
                Err(refusal) => tokio::spawn(connection::refuse(stream, refusal)),
            };
        }
    }
}

/// A place for a client of this user; a client whose user the kernel does not tell is a stranger.
fn admit(peer: Option<u32>, ours: u32, connections: &Arc<Connections>) -> Result<Seat, Error> {
    if peer != Some(ours) {
        return Err(Error::PermissionDenied {});
    }
    let full = || Error::Busy { what: "connections".to_owned(), limit: u64::from(connections.limit()) };
    connections.enter().ok_or_else(full)
}

fn peer_uid(stream: &Stream) -> Option<u32> {
    stream.peer_creds().ok()?.euid()
}

/// The lock, or nothing if another process has it.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Counts the connections there are.
#[derive(Debug)]
pub struct Connections {
    open: AtomicU32,
    limit: AtomicU32,
    closed: Notify,
}

/// One connection's place; dropping it gives it back.
#[derive(Debug)]
pub struct Seat(Arc<Connections>);

impl Connections {
    pub fn new(limit: u32) -> Arc<Self> {
        Arc::new(Self { open: AtomicU32::new(0), limit: AtomicU32::new(limit), closed: Notify::new() })
    }

    pub fn open(&self) -> u32 {
        self.open.load(Ordering::Relaxed)
    }

    pub fn limit(&self) -> u32 {
        self.limit.load(Ordering::Relaxed)
    }

    pub fn set_limit(&self, limit: u32) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Waits until the last connection is closed.
    pub async fn all_closed(&self) {
        loop {
            // Registered before the count is read, so that no closing in between is missed.
            let closed = self.closed.notified();
            if self.open() == 0 {
                return;
            }
            closed.await;
        }
    }

    fn enter(self: &Arc<Self>) -> Option<Seat> {
        let limit = self.limit();
        let more = |open| (open < limit).then_some(open + 1);
        self.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Seat(self.clone()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.closed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use hob_protocol::Error;

    use super::{Connections, admit};

    #[test]
    fn only_this_user_gets_a_place_and_strangers_take_none() {
        let connections = Connections::new(1);
        for stranger in [Some(0), Some(1001), None] {
            assert_eq!(admit(stranger, 1000, &connections).err(), Some(Error::PermissionDenied {}));
        }
        let seat = admit(Some(1000), 1000, &connections).unwrap();
        let full = Error::Busy { what: "connections".to_owned(), limit: 1 };
        assert_eq!(admit(Some(1000), 1000, &connections).err(), Some(full));
        drop(seat);
        assert!(admit(Some(1000), 1000, &connections).is_ok());
    }
}
