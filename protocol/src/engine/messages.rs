//! The two message types. A request is answered by events with its id and ends with exactly one `Loaded`, `Recognized`,
//! `Generated`, `Prepared`, `Embedded` or `Failed`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::daemon::{EngineKind, Sequences};
use crate::secret::Secret;
use crate::speech::{Segment, Transcript};
use crate::text::{Completion, Embeddings, Message, Sampling};

/// What the daemon asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ToEngine {
    /// The first request, once in an engine's life: another model is another process.
    Load {
        id: u64,
        model: PathBuf,
        options: LoadOptions,
    },
    /// Recognise the audio that follows in `Audio` frames, until `EndOfAudio`.
    Recognize {
        id: u64,
        mode: RecognitionMode,
        listening: Listening,
    },
    /// The tail holds mono samples at 16 kHz: 32-bit floats, little endian.
    Audio {
        id: u64,
    },
    EndOfAudio {
        id: u64,
    },
    Generate {
        id: u64,
        request: TextRequest,
    },
    /// Compute what is constant of the request, so that those that begin with it are answered sooner. Nothing is written.
    Prepare {
        id: u64,
        request: TextRequest,
    },
    Embed {
        id: u64,
        request: EmbedRequest,
    },
    /// Stop working on texts between two steps, with everything kept, until `Resume`: somebody speaks.
    Pause,
    Resume,
    /// Ends a request as soon as possible with `Failure::Cancelled`; an id that is not running is ignored.
    Cancel {
        id: u64,
    },
}

/// What to write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TextRequest {
    pub messages: Vec<Message>,
    pub sampling: Sampling,
    /// Leave out the middle of a text that does not fit, instead of failing.
    pub truncate: bool,
    /// So many bytes at the beginning of the last message are the same for many texts. 0 if nobody knows. What the engine makes of
    /// them is kept.
    pub constant_bytes: usize,
    /// Nothing of what is constant was said or written by the user, so that it may be kept on the disk.
    pub is_impersonal: bool,
    /// Changes the model for this request.
    pub adapter: Option<Box<Adapter>>,
    /// Do not guess what comes next where the answer repeats the text. The answer is the same either way.
    pub without_guesses: bool,
    pub urgency: Urgency,
    /// The answer is to be JSON of this schema.
    pub schema: Option<serde_json::Value>,
}

/// Texts to be turned into vectors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbedRequest {
    pub texts: Vec<Secret>,
    /// Leave out the end of a text that does not fit, instead of failing.
    pub truncate: bool,
    pub urgency: Urgency,
}

/// What comes first in this list goes first: a request interrupts a less urgent one between two tokens, which goes on afterwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Somebody at the keyboard waits for it.
    Keyboard,
    #[default]
    Request,
    Background,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadOptions {
    /// Threads for inference; 0 leaves the choice to the engine.
    pub threads: u16,
    /// Context in tokens for the text engine; 0 for the engine's default.
    pub context_tokens: u32,
    /// Where the text engine keeps what it has computed; `None` for nowhere.
    pub states: Option<States>,
}

/// A LoRA adapter in the model folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    pub name: String,
    pub path: PathBuf,
    /// The checksum of the file, as it is on record.
    pub sha256: String,
    /// The size of the file.
    pub bytes: u64,
}

/// What an engine may keep on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct States {
    pub folder: PathBuf,
    /// The checksum of the model's file, as it is on record.
    pub sha256: String,
    pub most_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecognitionMode {
    /// Audio comes as fast as it can be sent; only the whole result counts.
    Clip,
    /// Audio comes as it is spoken; texts come back while it does.
    Live,
}

/// What helps recognition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Listening {
    /// ISO 639-1 code; `None` detects it.
    pub language: Option<String>,
    pub prompt: Option<Secret>,
    /// What `Voice` last said of the same microphone.
    pub noise_db: Option<f32>,
    /// Live: texts are wanted also where nobody pauses, which costs attempts of their own.
    pub partials: bool,
}

/// What an engine answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FromEngine {
    /// The first frame, unasked.
    Hello {
        build_id: String,
        engine: EngineKind,
    },
    /// `context_tokens` is 0 for the speech engine.
    Loaded {
        id: u64,
        load_ms: f64,
        context_tokens: u32,
    },
    /// Whenever a request on a text begins, and before the message that ends it.
    Sequences {
        sequences: Sequences,
    },
    /// From 0 to 1.
    Progress {
        id: u64,
        fraction: f64,
    },
    /// A finished stretch of a clip.
    Segment {
        id: u64,
        segment: Segment,
    },
    /// Live: what is committed and will not change, and what may still change.
    Partial {
        id: u64,
        stable: Secret,
        unstable: Secret,
        /// The stable text holds everything up to here, in seconds from the beginning; nothing before it is needed again.
        settled_s: f64,
    },
    /// Live: somebody begins or stops speaking, so many seconds from the beginning of the recording. The last one says how the recording ends.
    Voice {
        id: u64,
        speaking: bool,
        at_s: f64,
        /// The level of what is not speech, in decibels of full scale; `None` until enough was heard.
        noise_db: Option<f32>,
    },
    /// `Transcript::queue_ms` is left 0 here. No speech is an empty text.
    Recognized {
        id: u64,
        transcript: Transcript,
    },
    Delta {
        id: u64,
        text: Secret,
    },
    Generated {
        id: u64,
        completion: Completion,
    },
    /// So many tokens are ready, of which so many were before.
    Prepared {
        id: u64,
        tokens: u32,
        cached: u32,
    },
    Embedded {
        id: u64,
        embeddings: Embeddings,
    },
    Failed {
        id: u64,
        failure: Failure,
    },
}

/// Why a request failed without the engine dying of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    #[error("cancelled")]
    Cancelled,
    #[error("the model cannot be loaded: {problem}")]
    ModelUnusable { problem: String },
    #[error("unknown language `{language}`")]
    UnknownLanguage { language: String },
    #[error("{tokens} tokens where {limit} fit")]
    ContextExceeded { tokens: u32, limit: u32 },
    /// Of several texts, counted from 1.
    #[error("text {text} has {tokens} tokens where {limit} fit")]
    TextTooLong { text: u32, tokens: u32, limit: u32 },
    #[error("the adapter `{name}` cannot be used: {problem}")]
    AdapterUnusable { name: String, problem: String },
    #[error("the schema cannot be followed: {problem}")]
    SchemaInvalid { problem: String },
    #[error("{tokens} tokens were too few for an answer of the schema")]
    SchemaUnfinished { tokens: u32 },
    #[error("{problem}")]
    Inference { problem: String },
    /// The daemon sent what this engine does not do, or not now. Our defect.
    #[error("out of place: {problem}")]
    OutOfPlace { problem: String },
}
