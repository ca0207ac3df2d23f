//! Every error the socket can answer with, typed as in the interface descriptions, and its words for people.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::daemon::EngineKind;
use crate::dictation::MicrophoneTrouble;

/// `Display` says what failed, [`Error::hint`] what to do next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", content = "parameters")]
pub enum Error {
    #[serde(rename = "org.varlink.service.InterfaceNotFound")]
    #[error("no interface `{interface}`")]
    InterfaceNotFound { interface: String },
    #[serde(rename = "org.varlink.service.MethodNotFound")]
    #[error("no method `{method}`")]
    MethodNotFound { method: String },
    /// Of other services; hob implements what its interfaces describe.
    #[serde(rename = "org.varlink.service.MethodNotImplemented")]
    #[error("method `{method}` is not implemented")]
    MethodNotImplemented { method: String },
    #[serde(rename = "org.varlink.service.InvalidParameter")]
    #[error("parameter `{parameter}` is missing, unknown or has a wrong value")]
    InvalidParameter { parameter: String },
    #[serde(rename = "org.varlink.service.PermissionDenied")]
    #[error("the daemon serves its own user only")]
    PermissionDenied {},
    #[serde(rename = "org.varlink.service.ExpectedMore")]
    #[error("this method answers with a stream of replies")]
    ExpectedMore {},

    #[serde(rename = "dev.hob.Daemon.Busy")]
    #[error("too many {what}: the limit is {limit}")]
    Busy { what: String, limit: u64 },
    #[serde(rename = "dev.hob.Daemon.TooLarge")]
    #[error("the {what} is larger than {limit_bytes} bytes")]
    TooLarge { what: String, limit_bytes: u64 },
    #[serde(rename = "dev.hob.Daemon.Malformed")]
    #[error("not a Varlink message: {problem}")]
    Malformed { problem: String },
    #[serde(rename = "dev.hob.Daemon.EngineDied")]
    #[error("the {engine} engine died: {cause}")]
    EngineDied { engine: EngineKind, cause: String, hint: String },
    #[serde(rename = "dev.hob.Daemon.EngineUnavailable")]
    #[error("the {engine} engine cannot be started: {cause}")]
    EngineUnavailable { engine: EngineKind, cause: String, hint: String },
    #[serde(rename = "dev.hob.Daemon.Cancelled")]
    #[error("cancelled: {reason}")]
    Cancelled { reason: String },
    #[serde(rename = "dev.hob.Daemon.ConfigInvalid")]
    #[error("{file}{}: {problem}", at_line(*line))]
    ConfigInvalid { file: String, line: u32, problem: String, hint: String },
    #[serde(rename = "dev.hob.Daemon.Internal")]
    #[error("internal error: {problem}")]
    Internal { problem: String },

    #[serde(rename = "dev.hob.Dictation.AlreadyRecording")]
    #[error("dictation {id} is already running")]
    AlreadyRecording { id: u64 },
    #[serde(rename = "dev.hob.Dictation.NotRecording")]
    #[error("no dictation is running")]
    NotRecording { hint: String },
    #[serde(rename = "dev.hob.Dictation.NoSpeech")]
    #[error("no speech heard")]
    NoSpeech { audio_ms: f64 },
    #[serde(rename = "dev.hob.Dictation.MicrophoneUnavailable")]
    #[error("the microphone cannot be used: {problem}")]
    MicrophoneUnavailable { trouble: MicrophoneTrouble, problem: String, hint: String },
    #[serde(rename = "dev.hob.Dictation.NoSuchDictation")]
    #[error("nothing is kept of a dictation {id}")]
    NoSuchDictation { id: u64, hint: String },
    #[serde(rename = "dev.hob.Dictation.NothingToRetry")]
    #[error("there is no recording to try again")]
    NothingToRetry { hint: String },
    #[serde(rename = "dev.hob.Dictation.Paused")]
    #[error("the microphone is paused")]
    Paused { hint: String },
    #[serde(rename = "dev.hob.Dictation.CursorUnavailable")]
    #[error("{problem}")]
    CursorUnavailable { problem: String, hint: String },
    #[serde(rename = "dev.hob.Dictation.OtherWindow")]
    #[error("another window has the keyboard now")]
    OtherWindow { hint: String },
    #[serde(rename = "dev.hob.Dictation.NothingToUndo")]
    #[error("there is nothing to take back")]
    NothingToUndo { hint: String },

    #[serde(rename = "dev.hob.Speech.AudioUnreadable")]
    #[error("{path}: {problem}")]
    AudioUnreadable { path: String, problem: String, hint: String },

    #[serde(rename = "dev.hob.Text.UnknownAction")]
    #[error("no action `{name}`")]
    UnknownAction { name: String, suggestions: Vec<String> },
    #[serde(rename = "dev.hob.Text.ContextExceeded")]
    #[error("the text has {tokens} tokens, and {limit} fit this model")]
    ContextExceeded { tokens: u32, limit: u32, hint: String },
    #[serde(rename = "dev.hob.Text.TooManyTexts")]
    #[error("{texts} texts in one request: the limit is {limit}")]
    TooManyTexts { texts: u64, limit: u64 },
    #[serde(rename = "dev.hob.Text.OptionInvalid")]
    #[error("option `{option}`: {problem}")]
    OptionInvalid { option: String, problem: String },
    #[serde(rename = "dev.hob.Text.Unfaithful")]
    #[error("{action} was given up, because the model's answer {reason}")]
    Unfaithful { action: String, reason: String, hint: String },
    #[serde(rename = "dev.hob.Text.NothingSelected")]
    #[error("no text is selected")]
    NothingSelected { hint: String },
    #[serde(rename = "dev.hob.Text.SchemaInvalid")]
    #[error("the schema cannot be followed: {problem}")]
    SchemaInvalid { problem: String },
    #[serde(rename = "dev.hob.Text.SchemaUnfinished")]
    #[error("{tokens} tokens were too few for an answer of the schema")]
    SchemaUnfinished { tokens: u32, hint: String },

    #[serde(rename = "dev.hob.Models.AdapterNotFound")]
    #[error("no adapter `{name}`")]
    AdapterNotFound { name: String, suggestions: Vec<String> },
    #[serde(rename = "dev.hob.Models.AdapterMisfit")]
    #[error("the adapter `{name}` cannot be used with the model `{model}`: {problem}")]
    AdapterMisfit { name: String, model: String, problem: String, hint: String },
    #[serde(rename = "dev.hob.Models.ModelNotFound")]
    #[error("no model `{name}`")]
    ModelNotFound { name: String, suggestions: Vec<String> },
    #[serde(rename = "dev.hob.Models.ModelNotInstalled")]
    #[error("model `{name}` is not installed")]
    ModelNotInstalled { name: String, hint: String },
    #[serde(rename = "dev.hob.Models.NoModel")]
    #[error("no {kind} model is installed")]
    NoModel { kind: EngineKind, hint: String },
    #[serde(rename = "dev.hob.Models.ModelInvalid")]
    #[error("model `{name}` ({path}): {problem}")]
    ModelInvalid { name: String, path: String, problem: String, hint: String },

    #[serde(rename = "dev.hob.Models.ModelStore")]
    #[error("{problem}")]
    ModelStore { problem: String, hint: String },

    /// An error of a newer daemon, or of another service.
    #[serde(skip)]
    #[error("{name} {parameters}")]
    Unknown { name: String, parameters: Value },
}

impl Error {
    /// What to do next, in one line, where the error knows.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::EngineDied { hint, .. }
            | Self::EngineUnavailable { hint, .. }
            | Self::ConfigInvalid { hint, .. }
            | Self::NotRecording { hint }
            | Self::MicrophoneUnavailable { hint, .. }
            | Self::NoSuchDictation { hint, .. }
            | Self::NothingToRetry { hint }
            | Self::Paused { hint }
            | Self::CursorUnavailable { hint, .. }
            | Self::OtherWindow { hint }
            | Self::NothingToUndo { hint }
            | Self::NothingSelected { hint }
            | Self::Unfaithful { hint, .. }
            | Self::AudioUnreadable { hint, .. }
            | Self::ContextExceeded { hint, .. }
            | Self::SchemaUnfinished { hint, .. }
            | Self::AdapterMisfit { hint, .. }
            | Self::ModelNotInstalled { hint, .. }
            | Self::NoModel { hint, .. }
            | Self::ModelInvalid { hint, .. }
            | Self::ModelStore { hint, .. } => Some(hint.clone()),
            Self::OptionInvalid { .. } => Some("`man hob` lists the options and their values".into()),
            Self::UnknownAction { suggestions, .. } => Some(did_you_mean(suggestions, "hob actions")),
            Self::AdapterNotFound { suggestions, .. } => Some(did_you_mean(suggestions, "hob models adapters list")),
            Self::ModelNotFound { suggestions, .. } => Some(did_you_mean(suggestions, "hob models list")),
            Self::AlreadyRecording { .. } => Some("`hob dictate stop` ends it, `hob dictate cancel` throws it away".into()),
            Self::TooManyTexts { .. } => Some("send them in several requests".into()),
            Self::Busy { .. } => Some("try again when earlier requests have ended".into()),
            Self::ExpectedMore {} => Some("call it with `more`; `hob call METHOD --more` does".into()),
            Self::InterfaceNotFound { .. } | Self::MethodNotFound { .. } | Self::InvalidParameter { .. } => {
                Some("`hob call org.varlink.service.GetInterfaceDescription '{\"interface\":\"dev.hob.Daemon\"}'` shows what there is".into())
            }
            _ => None,
        }
    }

    /// The qualified name and the parameters, as a reply carries them.
    pub fn to_wire(&self) -> (String, Value) {
        if let Self::Unknown { name, parameters } = self {
            return (name.clone(), parameters.clone());
        }
        let mut tagged = serde_json::to_value(self).expect("errors hold strings and numbers");
        let name = tagged["error"].as_str().expect("the tag is a string").to_owned();
        (name, tagged["parameters"].take())
    }

    /// The typed error behind a name; [`Error::Unknown`] if there is none of that name and shape.
    pub fn from_wire(name: String, parameters: Value) -> Self {
        serde_json::from_value(json!({"error": name, "parameters": parameters}))
            .unwrap_or(Self::Unknown { name, parameters })
    }
}

fn at_line(line: u32) -> String {
    if line == 0 { String::new() } else { format!(":{line}") }
}

fn did_you_mean(suggestions: &[String], command: &str) -> String {
    if suggestions.is_empty() {
        format!("`{command}` shows what there is")
    } else {
        format!("did you mean {}? `{command}` shows all", suggestions.join(" or "))
    }
}
