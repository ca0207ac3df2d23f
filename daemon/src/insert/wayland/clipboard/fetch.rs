//! Fetches what other programs have put on the clipboard or selected, and never waits for ever.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use wayland_client::backend::ObjectId;

use super::Content;
use crate::insert::wayland::problem::Problem;
use crate::insert::wayland::wire::Wire;

/// Whoever owns the clipboard has so long to hand over all of it.
const HAND_OVER: Duration = Duration::from_secs(2);

/// More than this is not kept: it would be the memory of a picture of 16 million pixels.
const LARGEST: usize = 64 << 20;

/// Asks the owner for these formats, all at once. What is too slow or too large cannot be kept.
pub fn read(wire: &mut Wire, offer: Option<&ObjectId>, formats: &[String]) -> Result<Content, Problem> {
    let Some(offer) = offer.and_then(|id| wire.state.clipboard.offer(id)).cloned() else { return Ok(Vec::new()) };
    let mut coming = Vec::new();
    for format in formats {
        let (from, into) = pipe_with(PipeFlags::CLOEXEC).map_err(Problem::system("no pipe to read the clipboard"))?;
        rustix::io::ioctl_fionbio(&from, true).map_err(Problem::system("no pipe to read the clipboard"))?;
        offer.receive(format, into.as_fd());
        coming.push(Coming { format: format.clone(), from, bytes: Vec::new(), done: false });
    }
    // What is sent to the compositor has left by then, and our ends for writing are closed.
    wire.sync()?;
    let deadline = Instant::now() + HAND_OVER;
    while coming.iter().any(|coming| !coming.done) {
        let left = deadline.saturating_duration_since(Instant::now());
        let total: usize = coming.iter().map(|coming| coming.bytes.len()).sum();
        if left.is_zero() || total > LARGEST {
            return Err(Problem::Refused("what is on the clipboard is too slow or too large to be kept".to_owned()));
        }
        wait_for_any(&coming, left)?;
        coming.iter_mut().filter(|coming| !coming.done).for_each(Coming::read_on);
    }
    let done = coming.into_iter().filter(|coming| coming.done && !coming.bytes.is_empty());
    Ok(done.map(|coming| (coming.format, coming.bytes)).collect())
}

/// One format on its way to us.
struct Coming {
    format: String,
    from: OwnedFd,
    bytes: Vec<u8>,
    done: bool,
}

impl Coming {
    fn read_on(&mut self) {
        let mut chunk = [0; 1 << 14];
        match rustix::io::read(&self.from, &mut chunk) {
            Ok(0) => self.done = true,
            Ok(count) => self.bytes.extend_from_slice(&chunk[..count]),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(_) => {
                self.bytes.clear();
                self.done = true;
            }
        }
    }
}

fn wait_for_any(coming: &[Coming], limit: Duration) -> Result<(), Problem> {
    let waiting = coming.iter().filter(|coming| !coming.done);
    let mut fds: Vec<_> = waiting.map(|coming| PollFd::new(&coming.from, PollFlags::IN)).collect();
    match poll(&mut fds, Timespec::try_from(limit).ok().as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(Problem::System { what: "cannot wait for the clipboard", source: errno.into() }),
    }
}
