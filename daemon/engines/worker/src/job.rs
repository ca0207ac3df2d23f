//! One request as its engine sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hob_protocol::Secret;
use hob_protocol::daemon::Sequences;
use hob_protocol::engine::{Failure, FromEngine, Urgency};
use hob_protocol::speech::Segment;

use crate::inbox::Inbox;
use crate::outbox::Outbox;
use crate::text::{TextDone, TextWork};

/// Says whether the request is still wanted, and takes its interim results. After a cancel these go nowhere.
#[derive(Clone)]
pub struct Job {
    id: u64,
    cancelled: Arc<AtomicBool>,
    inbox: Arc<Inbox>,
    outbox: Arc<Outbox>,
}

/// What [`FromEngine::Voice`] says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voice {
    pub speaking: bool,
    pub at_s: f64,
    pub noise_db: Option<f32>,
}

impl Job {
    pub(crate) fn new(id: u64, inbox: Arc<Inbox>, outbox: Arc<Outbox>) -> Self {
        Self { id, cancelled: Arc::default(), inbox, outbox }
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    /// Once true, it stays true. The engine should return `Failure::Cancelled` as soon as it can.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// The same as [`Self::is_cancelled`], for callbacks of native code.
    pub fn cancel_flag(&self) -> &Arc<AtomicBool> {
        &self.cancelled
    }

    /// To be passed between two steps of the work: waits while the daemon wants silence. Fails once the request is cancelled.
    pub fn pause_point(&self) -> Result<(), Failure> {
        self.inbox.wait_while_paused(&self.cancelled);
        if self.is_cancelled() { Err(Failure::Cancelled) } else { Ok(()) }
    }

    /// A request waits that goes before one of this urgency.
    pub fn more_urgent_waits(&self, than: Urgency) -> bool {
        self.inbox.has_more_urgent(than)
    }

    /// Runs the requests that go before one of this urgency, each to its end and answer, while this one waits.
    pub fn run_more_urgent(&self, than: Urgency, mut serve: impl FnMut(&Job, TextWork) -> Result<TextDone, Failure>) {
        while let Some((job, work)) = self.inbox.next_more_urgent(than) {
            let id = job.id();
            let answer =
                serve(&job, work).map_or_else(|failure| FromEngine::Failed { id, failure }, |done| done.event(id));
            self.inbox.leave(id);
            self.outbox.send(&answer);
        }
    }

    /// From 0 to 1.
    pub fn progress(&self, fraction: f64) {
        self.replaceable(&FromEngine::Progress { id: self.id, fraction: fraction.clamp(0.0, 1.0) });
    }

    pub fn segment(&self, segment: Segment) {
        self.needed(&FromEngine::Segment { id: self.id, segment });
    }

    /// What is committed and will not change, and what may still change.
    /// Everything up to `settled_s` is in the stable text.
    pub fn partial(&self, stable: &str, unstable: &str, settled_s: f64) {
        self.replaceable(&FromEngine::Partial {
            id: self.id,
            stable: Secret::new(stable),
            unstable: Secret::new(unstable),
            settled_s,
        });
    }

    /// Somebody begins or stops speaking.
    pub fn voice(&self, voice: Voice) {
        let Voice { speaking, at_s, noise_db } = voice;
        self.needed(&FromEngine::Voice { id: self.id, speaking, at_s, noise_db });
    }

    /// Also after a cancel: whatever becomes of the request, the daemon knows what is held.
    pub fn sequences(&self, sequences: Sequences) {
        self.outbox.send(&FromEngine::Sequences { sequences });
    }

    pub fn delta(&self, text: &str) {
        self.needed(&FromEngine::Delta { id: self.id, text: Secret::new(text) });
    }

    pub(crate) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    fn needed(&self, event: &FromEngine) {
        if !self.is_cancelled() {
            self.outbox.send(event);
        }
    }

    fn replaceable(&self, event: &FromEngine) {
        if !self.is_cancelled() {
            self.outbox.send_if_room(event);
        }
    }
}
