//! The types of `dev.hob.Dictation`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::speech::Recognition;

/// Where the time of a dictation went, in milliseconds. On the wire everything is a number in one object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timings {
    pub capture_ms: f64,
    pub queue_ms: f64,
    pub speech_ms: f64,
    pub text_ms: f64,
    pub store_ms: f64,
    pub insert_ms: f64,
    pub release_to_text_ms: f64,
    pub audio_ms: f64,
    pub recognition_ms: f64,
    #[serde(flatten)]
    pub recognition: Recognition,
}

/// For people, on one line: what they waited for first.
impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { release_to_text_ms, speech_ms, text_ms, store_ms, insert_ms, .. } = self;
        write!(f, "text {release_to_text_ms:.0} ms after the end (speech {speech_ms:.0}, action {text_ms:.0}, ")?;
        write!(f, "storing {store_ms:.0}, insertion {insert_ms:.0}); ")?;
        let Self { audio_ms, capture_ms, queue_ms, .. } = self;
        write!(
            f,
            "{:.1} s of sound, the first after {capture_ms:.0} ms, the engine after {queue_ms:.0} ms; ",
            audio_ms / 1000.0
        )?;
        let Recognition { voice_ms, decoded_ms, cpu_ms, late_ms, speculations, hits, redone } = self.recognition;
        write!(f, "recognition {:.0} ms", self.recognition_ms)?;
        if self.recognition == Recognition::default() {
            return Ok(());
        }
        write!(
            f,
            ", {late_ms:.0} of them after the end, {cpu_ms:.0} ms of processor time; {:.1} s of voice",
            voice_ms / 1000.0
        )?;
        write!(f, ", {:.1} s decoded; {speculations} speculations, {hits} used; {redone} redone", decoded_ms / 1000.0)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub text: Secret,
    pub timings: Timings,
    /// What the user should know of how it was recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// Where the text was for a place beyond the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insertion: Option<Insertion>,
}

/// Where the text of a dictation goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    #[default]
    Caller,
    Cursor,
    Clipboard,
}

/// Whether a text arrived at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InsertionState {
    /// It was read back, and is there.
    Verified,
    /// The desktop took it, and nothing tells whether it arrived.
    Sent,
    Failed,
}

/// What came of a text that was to be inserted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insertion {
    pub state: InsertionState,
    /// What was used.
    pub method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The text left of the cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_stop_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partials: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// For a dictation that starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toggle {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StartReply {
    pub id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stable: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unstable: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StopReply {
    pub id: u64,
    pub result: Outcome,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToggleReply {
    pub id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
}

/// What is wrong with a microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MicrophoneTrouble {
    Absent,
    NoServer,
    Busy,
    Denied,
    Format,
    NoAnswer,
    NoSound,
    Unplugged,
    BrokenOff,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, answered with yes or no")]
pub struct Microphone {
    /// For the configuration; stays the same when devices come and go.
    pub name: String,
    pub description: String,
    pub is_default: bool,
    pub is_chosen: bool,
    pub in_use: bool,
    pub is_muted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MicrophonesReply {
    pub microphones: Vec<Microphone>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelReply {
    pub cancelled: bool,
}

/// The reply of `Pause` and `Resume`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseReply {
    pub changed: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polish {
    pub text: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Secret>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolishReply {
    pub text: Secret,
}

/// A text for the clipboard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    pub text: Secret,
}

/// How far a dictation in the journal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryState {
    Recording,
    Interrupted,
    Failed,
    Transcribed,
    Delivered,
}

/// One dictation in the journal. `began` in seconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: u64,
    pub began: i64,
    pub state: EntryState,
    pub audio_ms: f64,
    pub has_audio: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryReply {
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetryReply {
    pub id: u64,
    pub result: Outcome,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forget {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgetReply {
    pub forgotten: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_are_told_on_one_line() {
        let timings = Timings {
            capture_ms: 12.4,
            queue_ms: 0.2,
            speech_ms: 70.0,
            store_ms: 3.0,
            release_to_text_ms: 73.0,
            audio_ms: 3_765.0,
            recognition_ms: 410.0,
            ..Timings::default()
        };
        let short = "text 73 ms after the end (speech 70, action 0, storing 3, insertion 0); \
             3.8 s of sound, the first after 12 ms, the engine after 0 ms; recognition 410 ms";
        assert_eq!(timings.to_string(), short);
        let recognition = Recognition {
            voice_ms: 3_100.0,
            decoded_ms: 5_200.0,
            cpu_ms: 800.0,
            late_ms: 65.0,
            speculations: 3,
            hits: 1,
            redone: 0,
        };
        let long = ", 65 of them after the end, 800 ms of processor time; 3.1 s of voice, 5.2 s decoded; \
             3 speculations, 1 used; 0 redone";
        assert_eq!(Timings { recognition, ..timings }.to_string(), format!("{short}{long}"));
    }

    #[test]
    fn timings_of_an_older_daemon_can_be_read() {
        let timings: Timings = serde_json::from_str(r#"{"speech_ms": 1.5, "hits": 2}"#).unwrap();
        assert_eq!((timings.speech_ms, timings.recognition.hits, timings.store_ms), (1.5, 2, 0.0));
    }
}
