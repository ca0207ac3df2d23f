//! What the core asks for. Plain data: the loop turns effects into deeds, and what comes of them into events.

use std::path::PathBuf;
use std::time::Duration;

use hob_protocol::daemon::{EngineKind, WatchReply};
use hob_protocol::dictation::Timings;
use hob_protocol::engine::ToEngine;
use hob_protocol::text::Action;
use hob_protocol::{Error, Secret, dictation, models};
use serde_json::Value;

use super::desk::{Chime, CursorId, Manner, Notice, Receipt, Window};
use super::event::{DictationId, Generation, JobId, RequestId, Samples};
use super::noise::Noise;

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
    /// Change one value in the file, then read it; [`super::Event::ConfigRead`] is the answer.
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

    /// Which window has the keyboard? [`super::Event::WindowSeen`] is the one answer.
    LookAtWindow {
        id: CursorId,
    },
    /// [`super::Event::SelectionRead`] is the one answer; an empty selection is the error `NothingSelected`.
    ReadSelection {
        id: CursorId,
    },
    /// [`super::Event::SelectionRead`] is the one answer, without a window; no text is an empty one.
    ReadClipboard {
        id: CursorId,
    },
    /// [`super::Event::Inserted`] is the one answer.
    Insert {
        id: CursorId,
        text: Secret,
        manner: Manner,
        /// Where it is meant to go. If another window has the keyboard by then, that is a failure.
        window: Option<Window>,
    },
    /// [`super::Event::TakenBack`] is the one answer.
    TakeBack {
        id: CursorId,
        receipt: Receipt,
    },
    /// [`super::Event::Inserted`] is the one answer.
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

/// Work on the model folder, done off the loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreQuestion {
    List { loaded: Vec<String> },
    Info { name: String, loaded: Vec<String> },
    Import(models::Import),
    Remove { name: String },
    Adapters,
}

/// Work on the journal, done off the loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalQuestion {
    History(dictation::History),
    Forget { id: Option<DictationId>, running: Option<DictationId> },
}

/// How the microphone may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MicrophoneUse {
    /// Not at all.
    Paused,
    AsConfigured,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceSpec {
    Microphone,
    File(PathBuf),
}

/// News of a dictation for the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalNote {
    /// What was recognised, before an action works on it.
    Heard(Secret),
    /// The text as it will leave. [`super::Event::TextStored`] is the answer.
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

/// What a dictation was started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    pub action: Option<String>,
    pub language: Option<String>,
}

/// What came of a dictation, without its words.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    Text(Timings),
    NoText { audio_ms: f64, why: String },
}
