//! The types of `dev.hob.Daemon`.

use serde::{Deserialize, Serialize};

use crate::dictation::Timings;
use crate::secret::Secret;

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    Speech,
    Text,
}

impl EngineKind {
    pub const ALL: [Self; 2] = [Self::Speech, Self::Text];

    /// As it is written on the wire and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            Self::Text => "text",
        }
    }
}

impl std::fmt::Display for EngineKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineState {
    Stopped,
    Starting,
    Loading,
    Ready,
    Busy,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Engine {
    pub name: EngineKind,
    pub state: EngineState,
    pub build: Option<String>,
    pub refused_builds: Vec<String>,
    pub pid: Option<u32>,
    pub model: Option<String>,
    pub resident_bytes: Option<u64>,
    pub load_ms: Option<f64>,
    pub restarts: u32,
    pub last_death: Option<String>,
    /// `None` for a speech engine, and where none runs.
    #[serde(default)]
    pub sequences: Option<Sequences>,
}

/// What a text engine holds of its context.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequences {
    /// Requests that have begun and not ended, each with a sequence: the one at work, and those that it interrupted.
    pub used: u32,
    /// Places of the KV cache that are taken.
    pub tokens: u32,
    /// Those of them that hold the beginning of an earlier request, for later ones.
    pub kept: u32,
}

/// What a request waits for before its turn, and its place in the line, in which the one that works is number 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub reason: WaitReason,
    pub position: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitReason {
    /// The engine starts, or loads the model.
    Loading,
    /// Others are served first.
    Requests,
    /// Somebody speaks, or waits for the words.
    Dictation,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    #[default]
    Idle,
    Opening,
    Recording,
    Finishing,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dictation {
    pub phase: Phase,
    pub id: Option<u64>,
    pub stable: Secret,
    pub unstable: Secret,
    /// How loud it is, from 0 to 1.
    #[serde(default)]
    pub level: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MicrophoneState {
    #[default]
    Closed,
    Opening,
    Open,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Microphone {
    pub state: MicrophoneState,
    pub name: Option<String>,
}

/// What the journal of dictations holds. `problem` says why nothing can be written there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    pub waiting: u64,
    pub problem: Option<String>,
}

/// How far a part of the desktop can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    Works,
    /// It works in part; `why` says what does not.
    Limited,
    Missing,
    /// The configuration asks not to use it.
    Off,
}

/// One thing that hob needs of the desktop: what was found for it, and why that was picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `hotkeys`, `insertion`, `selection`, `tray`, `notifications`, `sounds`, `indicator`, `memory pressure`, `sleep`
    /// or `battery`.
    pub name: String,
    pub state: PartState,
    /// What is used for it, empty if nothing is.
    pub using: String,
    pub why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub version: String,
    pub pid: u32,
    pub uptime_s: f64,
    pub resident_bytes: u64,
    pub socket: String,
    pub config: String,
    pub models: String,
    pub engines: Vec<Engine>,
    pub dictation: Dictation,
    #[serde(default)]
    pub journal: Journal,
    #[serde(default)]
    pub microphone: Microphone,
    #[serde(default)]
    pub desktop: Vec<Part>,
    /// The microphone stays closed.
    #[serde(default)]
    pub paused: bool,
    /// What is taken to be spoken where nobody says otherwise.
    #[serde(default)]
    pub language: String,
    /// Of the last dictation that gave a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_dictation: Option<Timings>,
    pub queued: u32,
    pub connections: u32,
}

impl State {
    /// Brings a state up to date with one reply of `Watch`; the same on both sides of the socket.
    pub fn apply(&mut self, change: WatchReply) {
        if let Some(state) = change.state {
            *self = state;
        }
        if let Some(engine) = change.engine
            && let Some(known) = self.engines.iter_mut().find(|known| known.name == engine.name)
        {
            *known = engine;
        }
        if let Some(dictation) = change.dictation {
            self.dictation = dictation;
        }
        if let Some(desktop) = change.desktop {
            self.desktop = desktop;
        }
        if let Some(paused) = change.paused {
            self.paused = paused;
        }
        if let Some(language) = change.language {
            self.language = language;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusReply {
    pub state: State,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WatchReply {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<Engine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dictation: Option<Dictation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop: Option<Vec<Part>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyMotion {
    Pressed,
    Released,
}

/// A key of hob's that arrived. `binding` is `dictate`, `cancel`, `undo`, `menu` or the name of a text action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub binding: String,
    pub motion: KeyMotion,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysReply {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

/// One value of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configure {
    /// With its section, such as `speech.language`.
    pub key: String,
    pub value: String,
}

/// The reply of `Reload` and `Configure`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReloadReply {
    pub changed: Vec<String>,
}
