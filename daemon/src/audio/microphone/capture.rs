//! The capture thread: keeps a line to a device, opens another when it breaks, and hands its sound to whoever records.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hob_protocol::daemon::{self, MicrophoneState};
use tokio::sync::mpsc;

use super::super::SAMPLE_RATE;
use super::super::source::{CHUNK_SAMPLES, Captured};
use super::go::Go;
use super::line::{Line, News};
use super::{Failure, Mailbox, Opener, Order, Settings};

/// Before each further try to open a device after one has broken. A sound server that is restarted is back in a second.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];
/// A device that has given sound for so long may break anew, and gets all tries again.
const STEADY_AFTER: Duration = Duration::from_secs(2);
/// The longest silence put in place of what nobody could record.
const LONGEST_GAP: Duration = Duration::from_secs(10);

pub(super) struct Capture {
    settings: Settings,
    mailbox: Arc<Mailbox>,
    view: Arc<Mutex<daemon::Microphone>>,
    opener: Opener,
    device: Device,
    recorder: Option<Recorder>,
    /// Tries to open a device since one broke, and when the last one opened.
    tries: usize,
    opened: Option<Instant>,
    /// No device can be opened, until somebody records again.
    given_up: bool,
    /// Of the device that is open, or was last.
    name: String,
    bluetooth: bool,
    /// What may belong to the next recording, the newest last.
    before: VecDeque<f32>,
    /// The device stays open until then.
    open_until: Option<Instant>,
    retired: bool,
}

/// Where the sound comes from.
enum Device {
    Closed,
    Open(Line),
    /// The last one broke; another try is due then.
    Broken {
        next: Instant,
    },
}

/// Somebody who records.
struct Recorder {
    number: u64,
    out: mpsc::Sender<Captured>,
    began: Instant,
    go: Go,
    /// When sound came last; `None` before the first.
    last: Option<Instant>,
    /// At 16 kHz, less than a chunk.
    pending: Vec<f32>,
}

enum End {
    Stopped,
    Failed(Failure),
    NobodyListens,
}

impl Capture {
    pub(super) fn new(
        settings: Settings,
        opener: Opener,
        mailbox: Arc<Mailbox>,
        view: Arc<Mutex<daemon::Microphone>>,
    ) -> Self {
        Self {
            settings,
            mailbox,
            view,
            opener,
            device: Device::Closed,
            recorder: None,
            tries: 0,
            opened: None,
            given_up: false,
            name: String::new(),
            bluetooth: false,
            before: VecDeque::new(),
            open_until: None,
            retired: false,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            for order in self.mailbox.take() {
                match order {
                    Order::Record { number, out, began } => self.begin(number, out, began),
                    Order::Stop { number } => {
                        if self.recorder.as_ref().is_some_and(|recorder| recorder.number == number) {
                            self.end(End::Stopped);
                        }
                    }
                    Order::Retire => self.retired = true,
                }
            }
            let now = Instant::now();
            self.open_if_due(now);
            self.listen(now);
            if self.recorder.as_ref().is_some_and(|recorder| recorder.out.is_closed()) {
                self.end(End::NobodyListens);
            }
            if !self.is_wanted(now) {
                self.close();
                if self.mailbox.close() {
                    return;
                }
                continue;
            }
            match self.deadline() {
                Some(deadline) => thread::park_timeout(deadline.saturating_duration_since(Instant::now())),
                None => thread::park(),
            }
        }
    }

    fn begin(&mut self, number: u64, out: mpsc::Sender<Captured>, began: Instant) {
        self.end(End::Stopped);
        self.given_up = false;
        let before = Vec::from(std::mem::take(&mut self.before));
        let mut recorder = Recorder { number, out, began, go: Go::Waiting, last: None, pending: Vec::new() };
        if self.opened.is_some() {
            recorder.send(Captured::Opened { device: self.name.clone() });
            recorder.last = Some(began);
            recorder.take(Instant::now(), &before, self.bluetooth);
        }
        self.recorder = Some(recorder);
    }

    fn open_if_due(&mut self, now: Instant) {
        let due = match self.device {
            Device::Closed => true,
            Device::Broken { next } => next <= now,
            Device::Open(_) => false,
        };
        if due && self.is_wanted(now) {
            self.device = Device::Open((self.opener)(&self.settings));
            self.show(MicrophoneState::Opening, None);
        }
    }

    /// Takes what the device has given since, and looks whether it still does.
    fn listen(&mut self, now: Instant) {
        let Device::Open(line) = &mut self.device else { return };
        let (mut fresh, mut news) = (Vec::new(), Vec::new());
        let read = line.read(now, &mut fresh, &mut news);
        for news in news {
            self.tell(now, news);
        }
        self.hand_on(now, &fresh);
        if let Err(failure) = read {
            self.broke(now, failure);
        }
    }

    fn tell(&mut self, now: Instant, news: News) {
        let notice = match news {
            News::Opened { device, bluetooth } => {
                tracing::debug!(device, "the microphone is open");
                self.named(&device);
                self.opened = Some(now);
                self.bluetooth = bluetooth;
                (self.tries > 0).then(|| format!("the recording goes on with {device}"))
            }
            News::Moved(device) => {
                self.named(&device);
                Some(format!("the recording goes on with {device}"))
            }
            News::Notice(notice) => Some(notice),
        };
        if let (Some(recorder), Some(notice)) = (&self.recorder, notice) {
            tracing::info!("{notice}");
            recorder.send(Captured::Notice(notice));
        }
    }

    /// The device that is open now.
    fn named(&mut self, device: &str) {
        device.clone_into(&mut self.name);
        self.show(MicrophoneState::Open, Some(self.name.clone()));
        if let Some(recorder) = &self.recorder {
            recorder.send(Captured::Opened { device: self.name.clone() });
        }
    }

    fn hand_on(&mut self, now: Instant, fresh: &[f32]) {
        if let Some(recorder) = &mut self.recorder {
            if self.tries > 0 && !fresh.is_empty() {
                recorder.fill(now, fresh.len());
            }
            recorder.take(now, fresh, self.bluetooth);
        } else {
            let most = (self.settings.pre_roll.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize;
            self.before.extend(fresh);
            self.before.drain(..self.before.len().saturating_sub(most));
        }
        let steady = self.opened.is_some_and(|opened| opened + STEADY_AFTER <= now);
        if !fresh.is_empty() && (steady || self.recorder.is_none()) {
            self.tries = 0;
        }
    }

    fn broke(&mut self, now: Instant, failure: Failure) {
        let mut rest = Vec::new();
        if let Device::Open(line) = std::mem::replace(&mut self.device, Device::Closed) {
            line.abandon(&mut rest);
        }
        self.hand_on(now, &rest);
        self.show(MicrophoneState::Closed, None);
        let ran = self.opened.take().is_some();
        let is_first = match &self.recorder {
            Some(recorder) => recorder.last.is_none(),
            None => !self.settings.is_always_open(),
        };
        tracing::warn!(problem = failure.problem, hint = failure.hint, "no sound from the microphone");
        // A device that was never there has been looked for everywhere; one that broke may come back, or leave a heir.
        if is_first || self.tries >= PAUSES.len() {
            self.given_up = true;
            self.tries = 0;
            self.end(End::Failed(failure));
            return;
        }
        if ran && let Some(recorder) = &self.recorder {
            recorder.send(Captured::Notice(format!("the microphone failed: {}", failure.problem)));
        }
        self.device = Device::Broken { next: now + PAUSES[self.tries] };
        self.tries += 1;
    }

    fn end(&mut self, end: End) {
        if self.recorder.is_some() {
            // The device may have opened, or broken, without anybody having looked; what it gave counts.
            self.listen(Instant::now());
        }
        let Some(mut recorder) = self.recorder.take() else { return };
        self.open_until = Some(Instant::now() + self.settings.keep_open);
        let mut rest = Vec::new();
        match std::mem::replace(&mut self.device, Device::Closed) {
            Device::Open(mut line) if self.is_wanted(Instant::now()) => {
                line.flush(&mut rest);
                line.report_losses();
                self.device = Device::Open(line);
            }
            Device::Open(line) => {
                line.close(&mut rest);
                self.opened = None;
                self.show(MicrophoneState::Closed, None);
            }
            Device::Closed | Device::Broken { .. } => {}
        }
        recorder.take(Instant::now(), &rest, self.bluetooth);
        recorder.finish(end);
    }

    fn close(&mut self) {
        if let Device::Open(line) = std::mem::replace(&mut self.device, Device::Closed) {
            line.close(&mut Vec::new());
        }
        self.opened = None;
        self.before = VecDeque::new();
        self.show(MicrophoneState::Closed, None);
    }

    fn is_wanted(&self, now: Instant) -> bool {
        let stays = self.settings.is_always_open() || self.open_until.is_some_and(|until| until > now);
        self.recorder.is_some() || (stays && !self.retired && !self.given_up)
    }

    fn deadline(&self) -> Option<Instant> {
        let device = match &self.device {
            Device::Closed => None,
            Device::Open(line) => Some(line.deadline()),
            Device::Broken { next } => Some(*next),
        };
        let recorder = self.recorder.as_ref().and_then(|recorder| recorder.go.deadline(self.bluetooth));
        let idle = if self.recorder.is_none() && !self.settings.is_always_open() { self.open_until } else { None };
        device.into_iter().chain(recorder).chain(idle).min()
    }

    fn show(&self, state: MicrophoneState, name: Option<String>) {
        *self.view.lock().unwrap_or_else(PoisonError::into_inner) = daemon::Microphone { state, name };
    }
}

impl Recorder {
    /// Says `Started` when it is time, and sends the chunks that are whole.
    fn take(&mut self, now: Instant, fresh: &[f32], bluetooth: bool) {
        if !fresh.is_empty() {
            self.last = Some(now);
        }
        if self.go.hears(now, fresh, bluetooth) {
            let latency = self.began.elapsed();
            tracing::debug!(?latency, "the microphone's first samples");
            self.send(Captured::Started { latency });
        }
        self.pending.extend_from_slice(fresh);
        while self.pending.len() >= CHUNK_SAMPLES {
            let rest = self.pending.split_off(CHUNK_SAMPLES);
            let chunk = std::mem::replace(&mut self.pending, rest);
            self.send(Captured::Samples(chunk));
        }
    }

    /// Silence for the time in which no device gave sound, before so many samples that have come now.
    fn fill(&mut self, now: Instant, samples: usize) {
        let Some(last) = self.last else { return };
        let came = Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE));
        let gap = now.saturating_duration_since(last).saturating_sub(came).min(LONGEST_GAP);
        let silence = (gap.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize;
        self.pending.resize(self.pending.len() + silence, 0.0);
    }

    fn finish(mut self, end: End) {
        if !self.pending.is_empty() {
            let tail = std::mem::take(&mut self.pending);
            self.send(Captured::Samples(tail));
        }
        self.send(match end {
            End::Stopped => Captured::Ended,
            End::Failed(failure) => Captured::Failed(failure),
            End::NobodyListens => return,
        });
    }

    /// Waits where the receiver has no room. One that is gone is noticed by the loop.
    fn send(&self, captured: Captured) {
        let _ = self.out.blocking_send(captured);
    }
}
