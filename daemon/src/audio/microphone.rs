//! The microphone: open only while something records, or as long as the user asked for it to stay open, and never in the way of
//! the thread that serves the sound card.
//!
//! Three threads, which live as long as the device is open: the sound system's mixes each block to mono into a ring and
//! does nothing else; the *device* thread ([`line`]) opens the stream, keeps it and closes it; the *capture* thread
//! ([`capture`]) sleeps until one of them, or an [`Order`], wakes it, and resamples, cuts and sends. When the microphone is
//! closed there is no thread, no connection to a sound server and no wake-up.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use hob_protocol::daemon;
use tokio::sync::mpsc;

use super::source::Captured;
use capture::Capture;
use line::Line;

mod capture;
mod card;
mod device;
mod failure;
mod go;
mod line;
pub mod list;
mod pulse;
#[cfg(test)]
mod tests;

pub use failure::Failure;

/// Sound that waits for a capture thread that gets no processor, or whose receiver is slow.
const RING_SECONDS: u32 = 10;

/// Which sound system to record from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum System {
    /// The best one there is.
    #[default]
    Auto,
    PipeWire,
    PulseAudio,
    Alsa,
}

/// What the user has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// A name from [`list`]; `None` follows the system's default.
    pub device: Option<String>,
    pub system: System,
    /// Sound from before a recording begins that belongs to it. The microphone is then open all the time.
    pub pre_roll: Duration,
    /// How long the microphone stays open after a recording.
    pub keep_open: Duration,
}

impl Settings {
    /// Whether the microphone is to be open without anybody recording.
    fn is_always_open(&self) -> bool {
        !self.pre_roll.is_zero()
    }
}

/// Opens the device of the settings; tests play one.
type Opener = Arc<dyn Fn(&Settings) -> Line + Send + Sync>;

/// The one microphone. Dropping it closes it.
pub struct Microphone {
    settings: Settings,
    opener: Opener,
    /// Of the last recording.
    number: u64,
    running: Option<Arc<Mailbox>>,
    view: Arc<Mutex<daemon::Microphone>>,
}

impl Microphone {
    /// Opens it at once if a pre-roll is asked for.
    pub fn new(settings: Settings) -> Self {
        let mut microphone =
            Self::with(Settings::default(), Arc::new(|settings: &Settings| Line::open(settings, Instant::now())));
        microphone.configure(settings);
        microphone
    }

    fn with(settings: Settings, opener: Opener) -> Self {
        Self { settings, opener, number: 0, running: None, view: Arc::default() }
    }

    /// For the next recording; one that runs is not touched.
    pub fn configure(&mut self, settings: Settings) {
        if settings == self.settings {
            return;
        }
        self.settings = settings;
        self.retire();
        if self.settings.is_always_open() {
            self.running = Some(self.spawn(None));
        }
    }

    /// Begins a recording, and ends one that still runs. Everything, also that no device can be opened, comes through `out`.
    pub fn record(&mut self, out: mpsc::Sender<Captured>) -> Recording {
        self.number += 1;
        let number = self.number;
        let mut order = Order::Record { number, out, began: Instant::now() };
        if let Some(mailbox) = &self.running {
            match mailbox.send(order) {
                Ok(()) => return Recording { number, mailbox: mailbox.clone() },
                // It has just closed for want of work.
                Err(refused) => order = refused,
            }
        }
        let mailbox = self.spawn(Some(order));
        self.running = Some(mailbox.clone());
        Recording { number, mailbox }
    }

    pub fn view(&self) -> daemon::Microphone {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn spawn(&self, order: Option<Order>) -> Arc<Mailbox> {
        // The first order lies there before the thread looks: without one it would end.
        let mailbox = Arc::new(Mailbox::with(order));
        let capture = Capture::new(self.settings.clone(), self.opener.clone(), mailbox.clone(), self.view.clone());
        let thread = thread::Builder::new()
            .name("hob-capture".into())
            .spawn(move || capture.run())
            .expect("the system has room for a thread");
        mailbox.attend(thread.thread().clone());
        mailbox
    }

    fn retire(&mut self) {
        if let Some(mailbox) = self.running.take() {
            // Refused by a thread that has ended already.
            let _ = mailbox.send(Order::Retire);
        }
    }
}

impl std::fmt::Debug for Microphone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Microphone")
            .field("settings", &self.settings)
            .field("view", &self.view())
            .finish_non_exhaustive()
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        self.retire();
    }
}

/// A recording that runs; dropping it stops it.
#[derive(Debug)]
#[must_use = "dropping a recording stops it"]
pub struct Recording {
    number: u64,
    mailbox: Arc<Mailbox>,
}

impl Recording {
    /// What was captured until now still comes, then [`Captured::Ended`]. Stopping twice is harmless.
    pub fn stop(&self) {
        // Refused by a thread that has ended already, and has said so.
        let _ = self.mailbox.send(Order::Stop { number: self.number });
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the capture thread is asked to do.
#[derive(Debug)]
enum Order {
    Record {
        number: u64,
        out: mpsc::Sender<Captured>,
        began: Instant,
    },
    /// End this recording, if it still runs.
    Stop {
        number: u64,
    },
    /// Nobody will ask for a recording again: close as soon as the one that runs has ended.
    Retire,
}

/// Orders on their way to the capture thread. Few and small: one or two for each recording.
#[derive(Debug, Default)]
struct Mailbox(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    orders: Vec<Order>,
    thread: Option<Thread>,
    closed: bool,
}

impl Mailbox {
    fn with(first: Option<Order>) -> Self {
        Self(Mutex::new(Waiting { orders: first.into_iter().collect(), ..Waiting::default() }))
    }

    /// Gives the order back if the thread has ended.
    fn send(&self, order: Order) -> Result<(), Order> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(order);
        }
        waiting.orders.push(order);
        if let Some(thread) = &waiting.thread {
            thread.unpark();
        }
        Ok(())
    }

    /// Orders wake this thread from now on, and those that came before do it now.
    fn attend(&self, thread: Thread) {
        let mut waiting = self.waiting();
        thread.unpark();
        waiting.thread = Some(thread);
    }

    /// All orders, for the capture thread.
    fn take(&self) -> Vec<Order> {
        std::mem::take(&mut self.waiting().orders)
    }

    /// Closes it, unless an order waits.
    fn close(&self) -> bool {
        let mut waiting = self.waiting();
        waiting.closed = waiting.orders.is_empty();
        waiting.closed
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
