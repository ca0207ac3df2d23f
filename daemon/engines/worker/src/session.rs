//! The main thread: greets the daemon, then runs one request after another and sends exactly one final answer for each.

use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use hob_protocol::engine::{Failure, FromEngine, LoadOptions, build_id};

use crate::ending::End;
use crate::inbox::{Inbox, Work};
use crate::job::Job;
use crate::leisure::Leisure;
use crate::outbox::Outbox;
use crate::{Engine, reader};

/// The socket that the daemon gave as standard input.
pub(crate) fn stdin_socket() -> io::Result<UnixStream> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Fails for anything but a Unix socket.
    socket.local_addr()?;
    // The daemon may have made its pair for an event loop.
    socket.set_nonblocking(false)?;
    Ok(socket)
}

/// Serves until the session ends, which ends the process; returns only if it could not begin, or if `end` returns (in tests).
pub(crate) fn serve<E: Engine>(mut engine: E, socket: &UnixStream, end: End) -> io::Result<()> {
    let outbox = Arc::new(Outbox::new(socket.try_clone()?, end));
    let inbox = Arc::new(Inbox::default());
    outbox.send(&FromEngine::Hello { build_id: build_id(), engine: E::KIND });
    thread::Builder::new().name("frames".to_owned()).spawn({
        let (socket, inbox, outbox) = (socket.try_clone()?, Arc::clone(&inbox), Arc::clone(&outbox));
        move || reader::read(socket, &inbox, &outbox)
    })?;

    let mut model = Model::None;
    while let Some((job, work)) = inbox.next() {
        let id = job.id();
        let answer = match answer(&mut engine, &mut model, &job, work) {
            Ok(event) => event,
            Err(failure) => FromEngine::Failed { id, failure },
        };
        outbox.send(&answer);
        let leisure = Leisure::new(&inbox);
        if leisure.lasts() {
            engine.use_leisure(&leisure);
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Model {
    None,
    Failed,
    Loaded,
}

fn answer<E: Engine>(engine: &mut E, model: &mut Model, job: &Job, work: Work) -> Result<FromEngine, Failure> {
    let id = job.id();
    match (work, *model) {
        (Work::Load { model: path, options }, Model::None) => {
            *model = Model::Failed;
            let loaded = load(engine, job, &path, options)?;
            *model = Model::Loaded;
            Ok(loaded)
        }
        (Work::Recognize { mode, listening, audio }, Model::Loaded) => {
            let transcript = engine.recognize(job, mode, listening, audio)?;
            Ok(FromEngine::Recognized { id, transcript })
        }
        (Work::Text(work), Model::Loaded) => Ok(engine.work_on_text(job, work)?.event(id)),
        (Work::Load { .. }, Model::Failed | Model::Loaded) => {
            Err(Failure::OutOfPlace { problem: "a second model for the same process".to_owned() })
        }
        (Work::Recognize { .. } | Work::Text(_), Model::None | Model::Failed) => {
            Err(Failure::OutOfPlace { problem: "no model is loaded".to_owned() })
        }
    }
}

fn load<E: Engine>(engine: &mut E, job: &Job, path: &Path, options: LoadOptions) -> Result<FromEngine, Failure> {
    let start = Instant::now();
    let context_tokens = engine.load(job, path, options)?;
    let load_ms = start.elapsed().as_secs_f64() * 1000.0;
    Ok(FromEngine::Loaded { id: job.id(), load_ms, context_tokens })
}

#[cfg(test)]
mod tests;
