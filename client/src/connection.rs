//! The way to the daemon: where its socket is, and waiting until it answers.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use hob_protocol::client::{CallError, Client};
use hob_protocol::daemon::StatusReply;
use hob_protocol::method::{Nothing, Status};
use hob_protocol::socket;

use crate::failure::Failure;

pub(crate) fn socket_path() -> Result<PathBuf, Failure> {
    Ok(socket::path(|variable| std::env::var_os(variable))?)
}

pub(crate) fn connect() -> Result<Client, Failure> {
    Ok(Client::connect(&socket_path()?)?)
}

/// The status, asked for again and again until a daemon answers or the time is over.
///
/// This is the one place that sleeps to notice a change. A watch on the folder would not do: a socket file appears before anybody
/// listens on it, a stale one is there already, and the folder itself may still be missing. So it asks, at first often, because
/// a daemon takes milliseconds to start, then less and less.
pub(crate) fn status_within(limit: Duration) -> Result<StatusReply, Failure> {
    const LONGEST_PAUSE: Duration = Duration::from_millis(250);
    let path = socket_path()?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        let answer = Client::connect(&path).and_then(|mut client| {
            client.wait_at_most(limit.saturating_sub(started.elapsed()))?;
            client.call(Status, &Nothing {})
        });
        match answer {
            Err(CallError::NotRunning { .. } | CallError::HungUp(_)) if started.elapsed() < limit => {
                thread::sleep(pause.min(limit.saturating_sub(started.elapsed())));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return Ok(answer?),
        }
    }
}
