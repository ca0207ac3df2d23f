//! Where a dictation's samples come from: the microphone, or a recording played in real time, told apart nowhere else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use super::decode::Recording;
use super::{SAMPLE_RATE, feed, microphone};

/// Length of one [`Captured::Samples`]; the last one may be shorter.
pub const CHUNK: Duration = Duration::from_millis(20);
/// The same in samples.
pub(super) const CHUNK_SAMPLES: usize = (SAMPLE_RATE as u128 * CHUNK.as_millis() / 1000) as usize;

/// What to listen to.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// `device`: an id as `pulseaudio:NAME` or `alsa:NAME`, or the bare name; the system's default if left out.
    Microphone {
        device: Option<String>,
    },
    Recording(Recording),
}

/// What a source says, in this order: `Started`, any number of `Samples`, then one `Ended` or `Failed` as the last.
/// A source that never got a sample says no `Started`.
#[derive(Clone, PartialEq)]
pub enum Captured {
    /// The first samples are there. `latency`: since the source was started.
    Started { latency: Duration },
    /// 16 kHz mono.
    Samples(Vec<f32>),
    /// The end of the recording, or of what was captured when the source was stopped. The microphone is closed.
    Ended,
    /// The microphone cannot be used, or not any more; what came before is good. `problem` and `hint` are those of
    /// [`hob_protocol::Error::MicrophoneUnavailable`].
    Failed { problem: String, hint: String },
}

/// Samples are counted, not shown: they are what a person said.
impl std::fmt::Debug for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Started { latency } => f.debug_struct("Started").field("latency", latency).finish(),
            Self::Samples(samples) => write!(f, "Samples({})", samples.len()),
            Self::Ended => f.write_str("Ended"),
            Self::Failed { problem, hint } => {
                f.debug_struct("Failed").field("problem", problem).field("hint", hint).finish()
            }
        }
    }
}

/// A source that runs; dropping it stops it.
#[must_use = "dropping a source stops it"]
pub struct Source(Running);

enum Running {
    Microphone(microphone::Handle),
    Feed(Arc<Notify>),
}

impl Source {
    /// Returns at once. Everything, also that the microphone cannot be opened, comes through `out`.
    ///
    /// When `out` is full the source waits: a recording catches up afterwards, and the microphone keeps
    /// [`microphone::RING_SECONDS`] before samples are lost (and counted in the log). Give it room for some seconds of
    /// chunks. When the receiver is dropped the source ends.
    ///
    /// To be called inside a tokio runtime.
    pub fn start(input: Input, out: mpsc::Sender<Captured>) -> Self {
        Self(match input {
            Input::Microphone { device } => Running::Microphone(microphone::start(device, out)),
            Input::Recording(recording) => {
                let stop = Arc::new(Notify::new());
                tokio::spawn(feed::play(recording.samples, out, stop.clone()));
                Running::Feed(stop)
            }
        })
    }

    /// Ends the capture. What was captured until now still comes, then [`Captured::Ended`]. Stopping twice is harmless.
    pub fn stop(&self) {
        match &self.0 {
            Running::Microphone(handle) => handle.stop(),
            Running::Feed(stop) => stop.notify_one(),
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.stop();
    }
}
