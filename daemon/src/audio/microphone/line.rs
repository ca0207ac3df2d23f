//! One open microphone, from the moment it is asked for until it breaks or is closed: sound at 16 kHz, or why there is none.
//!
//! The device is kept by a thread of its own, because streams need not be `Send`, and because opening and closing may hang:
//! whoever reads a line never waits for a sound system.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use hob_protocol::dictation::MicrophoneTrouble;

use super::super::ring::Reader;
use super::{Failure, Settings, device};
use crate::pcm::Resampler;

/// From the start to the first sample. A Bluetooth headset takes seconds to switch to its microphone.
const FIRST_SAMPLE_WITHIN: Duration = Duration::from_secs(8);
/// Between two blocks.
const NEXT_SAMPLE_WITHIN: Duration = Duration::from_secs(3);
/// Closing takes milliseconds; a sound server that hangs must not keep the dictation's end back.
const CLOSED_WITHIN: Duration = Duration::from_secs(1);
/// Reports that may wait; a full channel holds a failure already, which ends the line: what comes after it says nothing new.
const REPORTS: usize = 16;

/// From the device thread and the stream's callbacks; each is followed by an unpark of the capture thread.
pub(super) enum Report {
    /// The stream exists and is about to start.
    Opened(Box<Opened>),
    /// The system has moved the stream to another device.
    Moved(String),
    /// Something was late, and sound may be missing.
    Late,
    Failed(Failure),
}

pub(super) struct Opened {
    /// Samples per second.
    pub(super) rate: u32,
    pub(super) reader: Reader,
    /// For people.
    pub(super) device: String,
    pub(super) bluetooth: bool,
    /// What the user should know about the choice of the device.
    pub(super) notices: Vec<String>,
}

/// What a line tells beside sound.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    Opened { device: String, bluetooth: bool },
    Moved(String),
    Notice(String),
}

pub(super) struct Line {
    device: Option<DeviceThread>,
    reports: Receiver<Report>,
    stream: Stream,
    asked: Instant,
    /// What was just read, at the device's rate.
    raw: Vec<f32>,
    /// Samples that were missing, and times that the sound system was late, when the last recording ended.
    lost: u64,
    late: u32,
}

enum Stream {
    Opening,
    Open {
        reader: Reader,
        resampler: Resampler,
        rate: u32,
        /// When a sample came last.
        last: Option<Instant>,
    },
}

impl Line {
    /// For the thread that calls it: it is the one that is woken.
    pub(super) fn open(settings: &Settings, now: Instant) -> Self {
        let (sender, reports) = sync_channel(REPORTS);
        let device = DeviceThread::start(settings.clone(), sender);
        Self { device: Some(device), ..Self::of(reports, now) }
    }

    /// With whoever sends the reports as the device.
    pub(super) fn of(reports: Receiver<Report>, now: Instant) -> Self {
        Self { device: None, reports, stream: Stream::Opening, asked: now, raw: Vec::new(), lost: 0, late: 0 }
    }

    /// Appends what has come to `out`. After an error the line is of no more use.
    pub(super) fn read(&mut self, now: Instant, out: &mut Vec<f32>, news: &mut Vec<News>) -> Result<(), Failure> {
        let mut failure = None;
        while let Ok(report) = self.reports.try_recv() {
            match report {
                Report::Opened(opened) => self.opened(*opened, news)?,
                Report::Moved(device) => news.push(News::Moved(device)),
                Report::Late => self.late += 1,
                Report::Failed(broken) => {
                    failure = Some(broken);
                    break;
                }
            }
        }
        self.take(now, out);
        match failure {
            Some(failure) => Err(failure),
            None if self.deadline() <= now => Err(self.silent()),
            None => Ok(()),
        }
    }

    /// Closes the device, waits a moment for it, and appends all that it still gave.
    pub(super) fn close(mut self, out: &mut Vec<f32>) {
        if let Some(device) = self.device.take() {
            device.close();
        }
        self.take(Instant::now(), out);
        self.abandon(out);
    }

    /// Of a line that broke: a server that died can keep ALSA's plugin waiting for ever; the words must not wait with it.
    pub(super) fn abandon(mut self, out: &mut Vec<f32>) {
        self.report_losses();
        if let Stream::Open { resampler, .. } = self.stream {
            resampler.finish(out);
        }
    }

    /// Appends what the resampler holds back; what comes next begins anew.
    pub(super) fn flush(&mut self, out: &mut Vec<f32>) {
        if let Stream::Open { resampler, rate, .. } = &mut self.stream
            && let Ok(fresh) = Resampler::new(*rate)
        {
            std::mem::replace(resampler, fresh).finish(out);
        }
    }

    /// When it is to be read at the latest.
    pub(super) fn deadline(&self) -> Instant {
        match &self.stream {
            Stream::Open { last: Some(last), .. } => *last + NEXT_SAMPLE_WITHIN,
            _ => self.asked + FIRST_SAMPLE_WITHIN,
        }
    }

    /// Once for each recording, in the log.
    pub(super) fn report_losses(&mut self) {
        let Stream::Open { reader, .. } = &self.stream else { return };
        let lost = reader.lost();
        if lost > self.lost || self.late > 0 {
            let (samples, times) = (lost - self.lost, self.late);
            tracing::warn!(
                samples,
                times,
                "hob or the sound system was too slow; silence is in place of what is missing"
            );
        }
        (self.lost, self.late) = (lost, 0);
    }

    fn opened(&mut self, opened: Opened, news: &mut Vec<News>) -> Result<(), Failure> {
        let Opened { rate, reader, device, bluetooth, notices } = opened;
        let resampler = Resampler::new(rate)
            .map_err(|error| Failure::new(MicrophoneTrouble::Format, error.to_string(), "choose another microphone"))?;
        self.stream = Stream::Open { reader, resampler, rate, last: None };
        news.push(News::Opened { device, bluetooth });
        news.extend(notices.into_iter().map(News::Notice));
        Ok(())
    }

    fn take(&mut self, now: Instant, out: &mut Vec<f32>) {
        let Stream::Open { reader, resampler, last, .. } = &mut self.stream else { return };
        self.raw.clear();
        reader.read(&mut self.raw);
        if !self.raw.is_empty() {
            *last = Some(now);
            resampler.push(&self.raw, out);
        }
    }

    /// Why, if its deadline has passed.
    fn silent(&self) -> Failure {
        match &self.stream {
            Stream::Opening => Failure::of(MicrophoneTrouble::NoAnswer),
            Stream::Open { last: None, .. } => Failure::of(MicrophoneTrouble::NoSound),
            Stream::Open { last: Some(_), .. } => {
                Failure { problem: "it stopped giving sound".into(), ..Failure::of(MicrophoneTrouble::NoSound) }
            }
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
    fn start(settings: Settings, reports: SyncSender<Report>) -> Self {
        let (close, close_asked) = sync_channel::<()>(0);
        let (closing, closed) = sync_channel::<()>(0);
        let reporter = Reporter { reports, capture: thread::current() };
        thread::Builder::new()
            .name("hob-device".into())
            .spawn(move || {
                match device::open(&settings, &reporter) {
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
pub(super) struct Reporter {
    pub(super) reports: SyncSender<Report>,
    pub(super) capture: Thread,
}

impl Reporter {
    /// What finds the channel full is dropped: see [`REPORTS`].
    pub(super) fn report(&self, report: Report) {
        let _ = self.reports.try_send(report);
        self.capture.unpark();
    }
}
