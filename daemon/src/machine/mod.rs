//! What the machine is about to do, or is short of: memory (the kernel's pressure stall information), sleep (logind), and whether it runs
//! on battery. Each is told by an event; nothing here polls, and nothing decides what follows.

mod battery;
mod pressure;
mod service;
mod sleep;

use hob_protocol::daemon::{Part, PartState};
use tokio::sync::{mpsc, watch};

use crate::core::{Event, MachineNews};
use crate::requests::Requests;

#[derive(Debug)]
pub struct Machine {
    parts: [watch::Receiver<Part>; 3],
    /// Answers to "it falls asleep".
    ready: mpsc::Sender<()>,
}

impl Machine {
    pub fn watch(requests: &Requests) -> Self {
        let (ready, may_sleep) = mpsc::channel(1);
        let (memory, memory_part) = Teller::new(requests, "memory pressure");
        let (sleep, sleep_part) = Teller::new(requests, "sleep");
        let (battery, battery_part) = Teller::new(requests, "battery");
        tokio::spawn(pressure::watch(memory));
        tokio::spawn(sleep::watch(sleep, may_sleep));
        tokio::spawn(battery::watch(battery));
        Self { parts: [memory_part, sleep_part, battery_part], ready }
    }

    /// No engine is left: the machine may sleep.
    pub fn ready_to_sleep(&self) {
        // One answer waits at most; a second one would say the same.
        let _ = self.ready.try_send(());
    }

    pub fn parts(&self) -> Vec<Part> {
        self.parts.iter().map(|part| part.borrow().clone()).collect()
    }
}

/// Tells the core of news, and whoever asks how the source of them is.
struct Teller {
    requests: Requests,
    name: &'static str,
    part: watch::Sender<Part>,
}

impl Teller {
    fn new(requests: &Requests, name: &'static str) -> (Self, watch::Receiver<Part>) {
        let (part, seen) = watch::channel(part(name, PartState::Missing, "", "it was not looked for yet"));
        (Self { requests: requests.clone(), name, part }, seen)
    }

    async fn tell(&self, news: MachineNews) {
        self.requests.tell(Event::Machine(news)).await;
    }

    async fn works(&self, using: &str, why: &str) {
        self.show(part(self.name, PartState::Works, using, why)).await;
    }

    async fn is_missing(&self, why: &str) {
        self.show(part(self.name, PartState::Missing, "", why)).await;
    }

    async fn show(&self, part: Part) {
        self.part.send_replace(part);
        self.requests.tell(Event::DesktopChanged).await;
    }
}

fn part(name: &str, state: PartState, using: &str, why: &str) -> Part {
    Part { name: name.to_owned(), state, using: using.to_owned(), why: why.to_owned(), hint: None }
}
