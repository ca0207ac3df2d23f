//! What the core is told. Plain data: the loop turns adapters' news into events.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Adapter, FromEngine};
use hob_protocol::{Error, Request};
use serde_json::Value;

use super::desk::{Binding, CursorId, Inserted, Motion, Selection, Window};
use super::effect::Wish;
use super::power::MachineNews;
use super::settings::Settings;

/// One request of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// One piece of work for an engine; also its id in the engine's frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// One engine process. News of an earlier process carries an older generation and is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

/// One dictation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DictationId(pub u64);

/// A model that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    pub kind: EngineKind,
    pub name: String,
    pub path: PathBuf,
    pub bytes: u64,
    /// As it is on record; `None` for a file that is not in the model folder.
    pub sha256: Option<String>,
}

/// What a request is to run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub model: ModelFile,
    pub adapter: Option<Adapter>,
}

/// Mono samples at 16 kHz.
pub type Samples = Arc<[f32]>;

#[derive(Debug)]
pub enum Event {
    Asked {
        id: RequestId,
        request: Request,
        more: bool,
    },
    /// The client is gone, or wants the request no more.
    HungUp {
        id: RequestId,
    },
    /// A deadline that [`super::Core::next_deadline`] named has come.
    Deadline,

    ModelFound {
        job: JobId,
        result: Result<Found, Error>,
    },
    AudioRead {
        job: JobId,
        result: Result<Samples, Error>,
    },
    /// Samples of an upgraded connection; `None` at their end.
    StreamAudio {
        id: RequestId,
        samples: Option<Vec<f32>>,
    },
    Captured {
        dictation: DictationId,
        news: Captured,
    },
    /// The text of [`super::JournalNote::Text`] is on the disk, or the journal has said why it cannot be.
    TextStored {
        dictation: DictationId,
    },
    RecordingRead {
        job: JobId,
        result: Result<Recording, Error>,
    },
    /// The final reply has reached its client.
    Delivered {
        id: RequestId,
    },
    /// An adapter finished what [`super::Effect::AskStore`], [`super::Effect::AskJournal`] or [`super::Effect::ListMicrophones`] asked for.
    StoreAnswered {
        id: RequestId,
        result: Result<Value, Error>,
    },
    ConfigRead {
        id: RequestId,
        result: Result<(Settings, Vec<String>), Error>,
    },

    /// A key of hob's went down or up. Repeats of a key that is held may come as further presses.
    Key {
        binding: Binding,
        motion: Motion,
    },
    /// The source of keys is gone; whatever was held counts as released.
    KeysLost,
    /// The answer to [`super::Effect::LookAtWindow`]; `None` where no window has the keyboard, or nothing tells which.
    WindowSeen {
        id: CursorId,
        window: Option<Window>,
    },
    SelectionRead {
        id: CursorId,
        result: Result<Selection, Error>,
    },
    Inserted {
        id: CursorId,
        result: Inserted,
    },
    TakenBack {
        id: CursorId,
        result: Result<(), Error>,
    },
    Machine(MachineNews),
    /// Some part of the desktop came, went, or is used in another way.
    DesktopChanged,

    EngineStarted {
        kind: EngineKind,
        generation: Generation,
        pid: u32,
        build: String,
    },
    EngineUnstartable {
        kind: EngineKind,
        generation: Generation,
        cause: String,
        hint: String,
    },
    EngineSaid {
        kind: EngineKind,
        generation: Generation,
        message: FromEngine,
    },
    EngineDied {
        kind: EngineKind,
        generation: Generation,
        cause: String,
        next: NextBuild,
    },
}

/// A recording out of the journal, and what was asked for when it was made.
#[derive(Debug)]
pub struct Recording {
    pub dictation: DictationId,
    pub samples: Samples,
    pub wish: Wish,
}

/// News from where a dictation's samples come from.
#[derive(Debug)]
pub enum Captured {
    /// A microphone is open. It may still give nothing but zeros.
    Opened {
        device: String,
    },
    /// The microphone gives sound. Samples may have come before.
    Started {
        latency: Duration,
    },
    Samples(Vec<f32>),
    /// What the user should know of the microphone; it goes on.
    Notice(String),
    Ended,
    Failed(Error),
}

/// What the next process of an engine that died will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextBuild {
    Same,
    /// The build used instructions this machine refuses, and another one takes its place.
    Another,
}
