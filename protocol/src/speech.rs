//! The types of `dev.hob.Speech`.

use serde::{Deserialize, Serialize};

use crate::daemon::Waiting;
use crate::secret::Secret;

/// The rate at which every engine and every internal part works, in samples per second.
pub const SAMPLE_RATE: u32 = 16_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    pub start_s: f64,
    pub end_s: f64,
    pub text: Secret,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    pub text: Secret,
    pub language: String,
    pub segments: Vec<Segment>,
    pub audio_s: f64,
    pub recognition_ms: f64,
    pub queue_ms: f64,
    /// `None` from an engine that does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognition: Option<Recognition>,
}

/// What a recognition found and cost. Durations in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recognition {
    /// Speech in the recording, without the pauses.
    pub voice_ms: f64,
    /// Sound that the model was given, all attempts together.
    pub decoded_ms: f64,
    /// Processor time of all attempts.
    pub cpu_ms: f64,
    /// Time in the model after the end of the sound: 0 if the text was there already.
    pub late_ms: f64,
    /// Attempts at speech that was not over for sure.
    pub speculations: u32,
    /// Those of them whose result was used.
    pub hits: u32,
    /// Doubtful results that were decoded again with the full window.
    pub redone: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcribe {
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TranscribeReply {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Transcript>,
}

/// How the raw samples after an upgrade are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleFormat {
    #[default]
    S16le,
    F32le,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    pub format: SampleFormat,
    pub rate: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// What the daemon sends on an upgraded connection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StreamEvent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stable: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unstable: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Transcript>,
    /// The qualified name of an error of the interface descriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The error in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
