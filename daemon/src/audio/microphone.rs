//! The microphone: open only while a source runs, and never in the way of the thread that serves the sound card.
//!
//! Three threads, which live as long as one recording: the sound card's (cpal's) mixes each block to mono into a ring and
//! does nothing else; the *device* thread opens the stream, keeps it and closes it, because streams need not be `Send` and
//! opening may hang; the *capture* thread sleeps until one of them, or [`Handle::stop`], wakes it, and resamples, cuts and
//! sends. When nothing records there is no thread, no connection to a sound server and no wake-up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cpal::ErrorKind;
use tokio::sync::mpsc;

use super::ring::Reader;
use super::source::{CHUNK_SAMPLES, Captured};
use crate::pcm::Resampler;

mod device;

/// Sound that waits for a capture thread that gets no processor, or whose receiver is slow.
pub(super) const RING_SECONDS: u32 = 3;
/// From the start to the first sample. A Bluetooth headset takes seconds to switch to its microphone.
const FIRST_SAMPLE_WITHIN: Duration = Duration::from_secs(8);
/// Between two blocks while recording.
const NEXT_SAMPLE_WITHIN: Duration = Duration::from_secs(3);
/// Closing takes milliseconds; a sound server that hangs must not keep the dictation's end back.
const CLOSED_WITHIN: Duration = Duration::from_secs(1);

/// Stops a running microphone.
pub(super) struct Handle {
    stop: Arc<AtomicBool>,
    capture: Thread,
}

impl Handle {
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.capture.unpark();
    }
}

/// Starts the capture thread. `out` gets everything, also the failure to open.
pub(super) fn start(device: Option<String>, out: mpsc::Sender<Captured>) -> Handle {
    let stop = Arc::new(AtomicBool::new(false));
    let capture = Capture {
        began: Instant::now(),
        stop: stop.clone(),
        raw: Vec::new(),
        pending: Vec::new(),
        out,
        stream: Stream::Opening,
    };
    let thread = thread::Builder::new()
        .name("hob-capture".into())
        .spawn(move || capture.run(device))
        .expect("the system has room for a thread");
    Handle { stop, capture: thread.thread().clone() }
}

/// From the device thread and the stream's error callback; each is followed by an unpark of the capture thread.
enum Report {
    /// The stream exists and is about to start.
    Opened {
        rate: u32,
        reader: Reader,
    },
    Failed(Failure),
}

/// Why there is no sound, or no more.
struct Failure {
    problem: String,
    hint: String,
}

impl Failure {
    fn new(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: hint.into() }
    }

    /// Of a stream that ran.
    fn broken_off(error: &cpal::Error) -> Self {
        const AGAIN: &str = "plug the microphone in again, or restart the sound server, and dictate the rest";
        match error.kind() {
            ErrorKind::DeviceNotAvailable => Self::new("it was unplugged", AGAIN),
            _ => Self::new(format!("the recording broke off ({error})"), AGAIN),
        }
    }

    /// Of a stream that does not start.
    fn not_opened(error: &cpal::Error) -> Self {
        const LIST: &str = "`pactl list short sources` and `arecord -l` show which microphones there are";
        let problem = match error.kind() {
            ErrorKind::DeviceNotAvailable => "no microphone is connected".into(),
            ErrorKind::HostUnavailable => "no sound server is running, and no sound card was found".into(),
            ErrorKind::DeviceBusy => "another program uses it".into(),
            ErrorKind::PermissionDenied => "no permission to use it".into(),
            ErrorKind::StreamInvalidated => "the sound server broke the connection off".into(),
            ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation => {
                format!("it offers no format hob can record ({error})")
            }
            _ => error.to_string(),
        };
        let hint = match error.kind() {
            ErrorKind::DeviceBusy => "end the program that records, or choose another microphone in the configuration",
            ErrorKind::PermissionDenied => {
                "start a sound server (PipeWire or PulseAudio), or add yourself to the group `audio` and log in again"
            }
            ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => {
                "start PipeWire or PulseAudio (`systemctl --user start pipewire-pulse` or `pulseaudio --start`)"
            }
            _ => LIST,
        };
        Self::new(problem, hint)
    }
}

/// The receiver of the samples is gone.
struct NobodyListens;

enum Stream {
    Opening,
    /// No sample yet.
    Open(Reader, Resampler),
    Running {
        reader: Reader,
        resampler: Resampler,
        last: Instant,
    },
}

struct Capture {
    began: Instant,
    stop: Arc<AtomicBool>,
    /// What was just read, at the device's rate.
    raw: Vec<f32>,
    /// At 16 kHz, less than a chunk.
    pending: Vec<f32>,
    out: mpsc::Sender<Captured>,
    stream: Stream,
}

impl Capture {
    fn run(mut self, device: Option<String>) {
        let reports = sync_channel(8);
        let device = DeviceThread::start(device, reports.0);
        let outcome = match self.listen(&reports.1) {
            Ok(outcome) => outcome,
            Err(NobodyListens) => return,
        };
        match &outcome {
            None => device.close(),
            // A server that died can keep ALSA's plugin waiting for ever; the words must not wait with it.
            Some(_) => drop(device),
        }
        // What the sound card gave until it was closed belongs to the recording too.
        let _ = self.read().and_then(|()| self.end(outcome));
    }

    /// Until the stop (`None`) or a failure.
    fn listen(&mut self, reports: &Receiver<Report>) -> Result<Option<Failure>, NobodyListens> {
        loop {
            for report in reports.try_iter() {
                match report {
                    Report::Opened { rate, reader } => match Resampler::new(rate) {
                        Ok(resampler) => self.stream = Stream::Open(reader, resampler),
                        Err(error) => {
                            return Ok(Some(Failure::new(error.to_string(), "choose another microphone")));
                        }
                    },
                    Report::Failed(failure) => {
                        self.read()?;
                        return Ok(Some(failure));
                    }
                }
            }
            self.read()?;
            if self.stop.load(Ordering::Acquire) {
                return Ok(None);
            }
            if self.out.is_closed() {
                return Err(NobodyListens);
            }
            let now = Instant::now();
            let deadline = self.deadline();
            if deadline <= now {
                return Ok(Some(self.silent()));
            }
            thread::park_timeout(deadline - now);
        }
    }

    /// Takes what is in the ring, and sends the chunks that are whole.
    fn read(&mut self) -> Result<(), NobodyListens> {
        self.raw.clear();
        self.stream = match std::mem::replace(&mut self.stream, Stream::Opening) {
            Stream::Opening => return Ok(()),
            Stream::Open(mut reader, resampler) => {
                reader.read(&mut self.raw);
                if self.raw.is_empty() {
                    self.stream = Stream::Open(reader, resampler);
                    return Ok(());
                }
                let latency = self.began.elapsed();
                tracing::debug!(?latency, "the microphone's first samples");
                self.send(Captured::Started { latency })?;
                Stream::Running { reader, resampler, last: Instant::now() }
            }
            Stream::Running { mut reader, resampler, last } => {
                reader.read(&mut self.raw);
                let last = if self.raw.is_empty() { last } else { Instant::now() };
                Stream::Running { reader, resampler, last }
            }
        };
        if let Stream::Running { resampler, .. } = &mut self.stream {
            resampler.push(&self.raw, &mut self.pending);
        }
        self.send_chunks()
    }

    fn send_chunks(&mut self) -> Result<(), NobodyListens> {
        while self.pending.len() >= CHUNK_SAMPLES {
            let rest = self.pending.split_off(CHUNK_SAMPLES);
            let chunk = std::mem::replace(&mut self.pending, rest);
            self.send(Captured::Samples(chunk))?;
        }
        Ok(())
    }

    fn end(mut self, failure: Option<Failure>) -> Result<(), NobodyListens> {
        if let Stream::Running { reader, resampler, .. } = std::mem::replace(&mut self.stream, Stream::Opening) {
            if reader.lost() > 0 {
                tracing::warn!(samples = reader.lost(), "the microphone was faster than hob; samples are missing");
            }
            resampler.finish(&mut self.pending);
            self.send_chunks()?;
            if !self.pending.is_empty() {
                let tail = std::mem::take(&mut self.pending);
                self.send(Captured::Samples(tail))?;
            }
        }
        self.send(match failure {
            None => Captured::Ended,
            Some(Failure { problem, hint }) => Captured::Failed { problem, hint },
        })
    }

    fn send(&self, captured: Captured) -> Result<(), NobodyListens> {
        self.out.blocking_send(captured).map_err(|_| NobodyListens)
    }

    fn deadline(&self) -> Instant {
        match &self.stream {
            Stream::Opening | Stream::Open(..) => self.began + FIRST_SAMPLE_WITHIN,
            Stream::Running { last, .. } => *last + NEXT_SAMPLE_WITHIN,
        }
    }

    /// The words for a deadline that has passed.
    fn silent(&self) -> Failure {
        const RESTART: &str = "restart the sound server (`systemctl --user restart pipewire pipewire-pulse` or `pulseaudio -k`), or choose another microphone in the configuration";
        match self.stream {
            Stream::Opening => Failure::new("the sound server does not answer", RESTART),
            Stream::Open(..) => Failure::new("it gives no sound", RESTART),
            Stream::Running { .. } => Failure::new("it stopped giving sound", RESTART),
        }
    }
}

/// The thread that owns the stream, seen from the capture thread.
struct DeviceThread {
    /// Dropped to ask for the close.
    close: SyncSender<()>,
    /// Disconnected once it is closed.
    closed: Receiver<()>,
}

impl DeviceThread {
    fn start(device: Option<String>, reports: SyncSender<Report>) -> Self {
        let (close, close_asked) = sync_channel::<()>(0);
        let (closing, closed) = sync_channel::<()>(0);
        let reporter = Reporter { reports, capture: thread::current() };
        thread::Builder::new()
            .name("hob-device".into())
            .spawn(move || {
                match device::open(device.as_deref(), &reporter) {
                    // Nothing is ever sent: this waits for the other side to be dropped.
                    Ok(stream) => drop((close_asked.recv(), stream)),
                    Err(failure) => reporter.report(Report::Failed(failure)),
                }
                drop(closing);
            })
            .expect("the system has room for a thread");
        Self { close, closed }
    }

    fn close(self) {
        drop(self.close);
        if self.closed.recv_timeout(CLOSED_WITHIN) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the microphone takes long to close");
        }
    }
}

/// Tells the capture thread something and wakes it.
#[derive(Clone)]
struct Reporter {
    reports: SyncSender<Report>,
    capture: Thread,
}

impl Reporter {
    /// A full channel holds a failure already, which ends the recording: what comes after it says nothing new.
    fn report(&self, report: Report) {
        let _ = self.reports.try_send(report);
        self.capture.unpark();
    }
}

#[cfg(test)]
mod tests;
