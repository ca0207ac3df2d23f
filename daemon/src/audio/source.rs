//! Where a dictation's samples come from: the microphone, or a recording played in real time, told apart nowhere else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use super::decode::Recording;
use super::microphone::{Failure, Microphone};
use super::{SAMPLE_RATE, feed, microphone};

/// Length of one [`Captured::Samples`]; the last one may be shorter.
pub const CHUNK: Duration = Duration::from_millis(20);
/// The same in samples.
pub(super) const CHUNK_SAMPLES: usize = (SAMPLE_RATE as u128 * CHUNK.as_millis() / 1000) as usize;

/// What a source says. One `Ended` or `Failed` is the last; a source that never got a sample says no `Started`.
#[derive(Clone, PartialEq)]
pub enum Captured {
    /// A microphone is open; said again when another takes its place.
    Opened { device: String },
    /// Speak now: the microphone gives sound, or is as silent as it will be. Samples from before belong to the recording, too.
    /// `latency`: since the source was started.
    Started { latency: Duration },
    /// 16 kHz mono.
    Samples(Vec<f32>),
    /// What the user should know; the recording goes on.
    Notice(String),
    /// The end of the recording, or of what was captured when the source was stopped.
    Ended,
    /// The microphone cannot be used, or not any more; what came before is good.
    Failed(Failure),
}

/// Samples are counted, not shown: they are what a person said.
impl std::fmt::Debug for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Opened { device } => f.debug_struct("Opened").field("device", device).finish(),
            Self::Started { latency } => f.debug_struct("Started").field("latency", latency).finish(),
            Self::Samples(samples) => write!(f, "Samples({})", samples.len()),
            Self::Notice(notice) => f.debug_tuple("Notice").field(notice).finish(),
            Self::Ended => f.write_str("Ended"),
            Self::Failed(failure) => f.debug_tuple("Failed").field(failure).finish(),
        }
    }
}

/// A source that runs; dropping it stops it.
#[must_use = "dropping a source stops it"]
pub struct Source(Running);

enum Running {
    Microphone(microphone::Recording),
    Feed(Arc<Notify>),
}

impl Source {
    /// Returns at once. Everything, also that the microphone cannot be opened, comes through `out`.
    ///
    /// When `out` is full the microphone waits, and keeps ten seconds before samples are lost. Give it room for some seconds of
    /// chunks. When the receiver is dropped the source ends.
    pub fn microphone(microphone: &mut Microphone, out: mpsc::Sender<Captured>) -> Self {
        Self(Running::Microphone(microphone.record(out)))
    }

    /// Plays a recording in real time. When `out` is full it waits and catches up afterwards.
    ///
    /// To be called inside a tokio runtime.
    pub fn play(recording: Recording, out: mpsc::Sender<Captured>) -> Self {
        let stop = Arc::new(Notify::new());
        tokio::spawn(feed::play(recording.samples, out, stop.clone()));
        Self(Running::Feed(stop))
    }

    /// Ends the capture. What was captured until now still comes, then [`Captured::Ended`]. Stopping twice is harmless.
    pub fn stop(&self) {
        match &self.0 {
            Running::Microphone(recording) => recording.stop(),
            Running::Feed(stop) => stop.notify_one(),
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.stop();
    }
}
