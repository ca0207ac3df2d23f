//! What the core is told and what it asks for. Plain data: the loop turns adapters' news into events and effects into deeds.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hob_protocol::daemon::{EngineKind, WatchReply};
use hob_protocol::dictation::Timings;
use hob_protocol::engine::{Adapter, FromEngine, ToEngine};
use hob_protocol::text::Action;
use hob_protocol::{Error, Request, Secret, dictation, models};
use serde_json::Value;

use super::desk::{Binding, Chime, CursorId, Inserted, Manner, Motion, Notice, Receipt, Selection, Window};
use super::noise::Noise;
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
    /// The text of [`JournalNote::Text`] is on the disk, or the journal has said why it cannot be.
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
    /// An adapter finished what [`Effect::AskStore`], [`Effect::AskJournal`] or [`Effect::ListMicrophones`] asked for.
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
    /// The answer to [`Effect::LookAtWindow`]; `None` where no window has the keyboard, or nothing tells which.
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

/// How the microphone may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MicrophoneUse {
    /// Not at all.
    Paused,
    AsConfigured,
}

/// What the next process of an engine that died will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextBuild {
    Same,
    /// The build used instructions this machine refuses, and another one takes its place.
    Another,
}

#[derive(Debug, PartialEq)]
pub enum Effect {
    Reply {
        id: RequestId,
        reply: Reply,
    },
    /// Tell these requests of a change; what the core does not know of an engine is to be added.
    TellWatchers {
        ids: Vec<RequestId>,
        change: Box<WatchReply>,
    },
    /// Answer with the daemon's whole state.
    ReplyState {
        id: RequestId,
        finality: Finality,
    },

    /// `kind` is `None` if the named model is to tell.
    FindModel {
        job: JobId,
        kind: Option<EngineKind>,
        name: Option<String>,
        /// It has to be for the model, and chooses the model where none is named.
        adapter: Option<String>,
    },
    ReadAudio {
        job: JobId,
        path: PathBuf,
    },
    /// Stop reading for a request nobody waits for.
    StopReading {
        job: JobId,
    },
    AskStore {
        id: RequestId,
        question: StoreQuestion,
    },
    /// Keep this across restarts.
    RememberNoise(Noise),
    ListMicrophones {
        id: RequestId,
    },
    /// From now on.
    UseMicrophone(MicrophoneUse),
    ReadConfig {
        id: RequestId,
    },
    /// Change one value in the file, then read it; [`Event::ConfigRead`] is the answer.
    WriteConfig {
        id: RequestId,
        key: String,
        value: String,
    },

    /// The samples go through the journal; it keeps the wish with them.
    StartSource {
        dictation: DictationId,
        source: SourceSpec,
        wish: Wish,
    },
    /// What is said within the tail still belongs to it.
    StopSource {
        dictation: DictationId,
        tail: Duration,
    },
    /// A dictation has come to its end, for the log.
    Report {
        dictation: DictationId,
        report: Report,
    },

    WriteJournal {
        dictation: DictationId,
        note: JournalNote,
    },
    /// Without a dictation the newest that has a recording; never the running one.
    ReadRecording {
        job: JobId,
        dictation: Option<DictationId>,
        running: Option<DictationId>,
    },
    AskJournal {
        id: RequestId,
        question: JournalQuestion,
    },

    /// Which window has the keyboard? [`Event::WindowSeen`] is the one answer.
    LookAtWindow {
        id: CursorId,
    },
    /// [`Event::SelectionRead`] is the one answer; an empty selection is the error `NothingSelected`.
    ReadSelection {
        id: CursorId,
    },
    /// [`Event::SelectionRead`] is the one answer, without a window; no text is an empty one.
    ReadClipboard {
        id: CursorId,
    },
    /// [`Event::Inserted`] is the one answer.
    Insert {
        id: CursorId,
        text: Secret,
        manner: Manner,
        /// Where it is meant to go. If another window has the keyboard by then, that is a failure.
        window: Option<Window>,
    },
    /// [`Event::TakenBack`] is the one answer.
    TakeBack {
        id: CursorId,
        receipt: Receipt,
    },
    /// [`Event::Inserted`] is the one answer.
    CopyText {
        id: CursorId,
        text: Secret,
    },
    Notify(Notice),
    Chime(Chime),
    /// Let the person choose a text action for the selection; a choice is the request `RunOnSelection`.
    ShowMenu {
        actions: Vec<Action>,
    },
    /// Tell these requests which parts of the desktop there are now.
    TellDesktop {
        ids: Vec<RequestId>,
    },

    StartEngine {
        kind: EngineKind,
        generation: Generation,
    },
    Tell {
        kind: EngineKind,
        generation: Generation,
        message: ToEngine,
    },
    TellAudio {
        kind: EngineKind,
        generation: Generation,
        job: JobId,
        samples: Samples,
    },
    KillEngine {
        kind: EngineKind,
        generation: Generation,
    },
    /// No engine is left that would have to survive the sleep of the machine.
    ReadyToSleep,

    Shutdown,
}

/// What came of a dictation, without its words.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    Text(Timings),
    NoText { audio_ms: f64, why: String },
}

#[derive(Debug, PartialEq)]
pub enum Reply {
    More(Value),
    Last(Result<Value, Error>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finality {
    More,
    Last,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceSpec {
    Microphone,
    File(PathBuf),
}

/// Work on the model folder, done off the loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreQuestion {
    List { loaded: Vec<String> },
    Info { name: String, loaded: Vec<String> },
    Import(models::Import),
    Remove { name: String },
    Adapters,
}

/// What a dictation was started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    pub action: Option<String>,
    pub language: Option<String>,
}

/// News of a dictation for the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalNote {
    /// What was recognised, before an action works on it.
    Heard(Secret),
    /// The text as it will leave. [`Event::TextStored`] is the answer.
    Text(Secret),
    Ended(Ending),
}

/// What becomes of a dictation's recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Somebody has the text.
    Delivered,
    /// Nobody wants it: the dictation was cancelled, or nothing was said.
    Discarded,
    /// Nobody has got the words, and the recording is all there is of them.
    Failed { why: String },
}

/// Work on the journal, done off the loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalQuestion {
    History(dictation::History),
    Forget { id: Option<DictationId>, running: Option<DictationId> },
}
