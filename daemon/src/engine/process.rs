//! One engine process: a socketpair as its standard input, its standard error in the log, its death as an event.

use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{self, FrameDecoder, FromEngine, MAX_AUDIO_SAMPLES, ToEngine};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::{mpsc, watch};

use super::Death;
use super::builds::Build;
use crate::core::{Event, Generation, JobId, Samples};
use crate::requests::{Input, Requests};

/// Messages that may wait for an engine to read them. It always reads, also while it works, so a full queue means that it
/// is stuck; it is then killed, and its job goes to the next process.
const OUTGOING_CAPACITY: usize = 4096;
/// A longer line of an engine's standard error is cut.
const MAX_LOG_LINE: u64 = 4096;
const SIGILL: i32 = 4;

#[derive(Debug)]
pub enum Outgoing {
    Message(ToEngine),
    Audio { job: JobId, samples: Samples },
}

/// The daemon's end.
#[derive(Debug)]
pub struct Process {
    kind: EngineKind,
    generation: Generation,
    outgoing: mpsc::Sender<Outgoing>,
    end: watch::Sender<bool>,
}

/// A process just started, and our end of its socketpair.
#[derive(Debug)]
pub struct Started {
    child: Child,
    socket: UnixStream,
}

pub fn spawn(kind: EngineKind, build: &Build) -> std::io::Result<Started> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let child = Command::new(build.program(kind))
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        // Native libraries print on standard output whatever they like.
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    Ok(Started { child, socket: UnixStream::from_std(ours)? })
}

impl Process {
    /// Lets the process run by itself; it tells `requests` what it says and how it ends.
    pub fn watch(
        kind: EngineKind,
        generation: Generation,
        build: String,
        started: Started,
        requests: Requests,
    ) -> Self {
        let (outgoing, queue) = mpsc::channel(OUTGOING_CAPACITY);
        let (end, ending) = watch::channel(false);
        let Started { mut child, socket } = started;
        let pid = child.id().unwrap_or_default();
        tracing::info!("{kind} engine started: build {build}, pid {pid}");
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(log_lines(kind, stderr));
        }
        let (reader, writer) = socket.into_split();
        tokio::spawn(write_frames(queue, writer));
        let listener = Listener { kind, generation, build, pid, requests };
        tokio::spawn(listener.run(child, reader, ending));
        Self { kind, generation, outgoing, end }
    }

    pub fn generation(&self) -> Generation {
        self.generation
    }

    pub fn queue(&self, outgoing: Outgoing) {
        match self.outgoing.try_send(outgoing) {
            // A writer that is gone means that the process is dying, which is told elsewhere.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                tracing::warn!("the {} engine reads nothing and is killed", self.kind);
                self.kill();
            }
        }
    }

    pub fn kill(&self) {
        self.end.send_replace(true);
    }
}

struct Listener {
    kind: EngineKind,
    generation: Generation,
    build: String,
    pid: u32,
    requests: Requests,
}

impl Listener {
    async fn run(self, mut child: Child, reader: OwnedReadHalf, mut ending: watch::Receiver<bool>) {
        let complaint = tokio::select! {
            complaint = self.listen(reader) => complaint,
            _ = ending.wait_for(|end| *end) => Some("ended by the daemon".to_owned()),
        };
        // Whatever made us stop listening, the process is of no use any more. One that is already dying keeps its status.
        let _ = child.start_kill();
        let status = match child.wait().await {
            Ok(status) => status,
            Err(error) => {
                tracing::error!("cannot wait for the {} engine: {error}", self.kind);
                ExitStatus::from_raw(0)
            }
        };
        let death = if status.signal() == Some(SIGILL) { Death::IllegalInstruction } else { Death::Other };
        let cause = complaint.unwrap_or_else(|| describe(status));
        tracing::info!("{} engine ended, pid {}: {cause}", self.kind, self.pid);
        let Self { kind, generation, build, requests, .. } = self;
        requests.send(Input::EngineDied { kind, generation, build, death, cause }).await;
    }

    /// Passes on what the engine says. Returns when the engine has closed its end (`None`), or with what it did wrong.
    async fn listen(&self, mut reader: OwnedReadHalf) -> Option<String> {
        let mut decoder = FrameDecoder::default();
        let mut chunk = vec![0; 64 * 1024];
        let mut greeted = false;
        loop {
            let message = match decoder.next_frame().and_then(|frame| frame.map(|frame| frame.read()).transpose()) {
                Ok(Some(message)) => message,
                Ok(None) => match reader.read(&mut chunk).await {
                    Ok(0) | Err(_) => return None,
                    Ok(count) => {
                        decoder.feed(&chunk[..count]);
                        continue;
                    }
                },
                Err(error) => return Some(format!("it sent something else than frames: {error}")),
            };
            match (message, greeted) {
                (FromEngine::Hello { build_id, engine }, false) => {
                    if build_id != engine::build_id() || engine != self.kind {
                        return Some(format!("it is {engine} {build_id}, and this daemon is {}", engine::build_id()));
                    }
                    greeted = true;
                    let Self { kind, generation, pid, ref build, .. } = *self;
                    self.requests.tell(Event::EngineStarted { kind, generation, pid, build: build.clone() }).await;
                }
                (_, false) => return Some("it spoke before it said hello".to_owned()),
                (message, true) => {
                    let Self { kind, generation, .. } = *self;
                    self.requests.tell(Event::EngineSaid { kind, generation, message }).await;
                }
            }
        }
    }
}

async fn write_frames(mut queue: mpsc::Receiver<Outgoing>, mut writer: OwnedWriteHalf) {
    while let Some(outgoing) = queue.recv().await {
        let written = match outgoing {
            Outgoing::Message(message) => writer.write_all(&engine::encode(&message, &[])).await,
            Outgoing::Audio { job, samples } => write_audio(&mut writer, job, &samples).await,
        };
        // The process is gone; the listener tells.
        if written.is_err() {
            return;
        }
    }
}

async fn write_audio(writer: &mut OwnedWriteHalf, job: JobId, samples: &[f32]) -> std::io::Result<()> {
    for part in samples.chunks(MAX_AUDIO_SAMPLES) {
        let frame = engine::encode(&ToEngine::Audio { id: job.0 }, &engine::samples_to_bytes(part));
        writer.write_all(&frame).await?;
    }
    Ok(())
}

async fn log_lines(kind: EngineKind, stderr: ChildStderr) {
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut stderr).take(MAX_LOG_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => tracing::debug!("{kind} engine says: {}", String::from_utf8_lossy(&line).trim_end()),
        }
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => {
            let name = match signal {
                4 => "SIGILL, an instruction this machine refuses",
                6 => "SIGABRT, an assertion of its own",
                7 => "SIGBUS, a file that shrank under it",
                9 => "SIGKILL, perhaps for want of memory",
                11 => "SIGSEGV, a memory fault",
                15 => "SIGTERM",
                _ => return format!("signal {signal}"),
            };
            name.to_owned()
        }
        (None, Some(code)) => format!("it exited with status {code}"),
        (None, None) => "it ended".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::describe;

    #[test]
    fn deaths_are_told_in_words() {
        assert_eq!(describe(ExitStatus::from_raw(11)), "SIGSEGV, a memory fault");
        assert_eq!(describe(ExitStatus::from_raw(35)), "signal 35");
        assert_eq!(describe(ExitStatus::from_raw(3 << 8)), "it exited with status 3");
    }
}
