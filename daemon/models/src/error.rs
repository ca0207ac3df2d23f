//! What can go wrong with models on disk, each with the next step for the person in front of it.

use std::io;
use std::path::{Path, PathBuf};

use crate::header::Problem;

/// Everything this crate reports.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Neither installed nor in the catalogue.
    #[error("no model is called '{name}'")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names that look alike, best first.
        suggestions: Vec<String>,
    },
    /// In the catalogue, but not on this machine.
    #[error("the model '{name}' is not installed")]
    NotInstalled {
        /// Its name.
        name: String,
    },
    /// No model of this kind is installed.
    #[error("no {kind} model is installed")]
    NoneInstalled {
        /// What was needed.
        kind: crate::Kind,
        /// The best of the small models of that kind.
        suggestion: String,
    },
    /// The model file is not sound.
    #[error("cannot use {}", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// The installed model it belongs to, if any.
        model: Option<String>,
        /// What is wrong with it.
        #[source]
        problem: Problem,
    },
    /// The file of an installed model is not the one that was installed.
    #[error("the file of '{name}' has the sha256 {actual}, but {expected} was recorded when it was installed")]
    Changed {
        /// The model.
        name: String,
        /// What was recorded.
        expected: String,
        /// What the file gives now.
        actual: String,
    },
    /// A name that cannot be a folder's.
    #[error("'{name}' cannot be a model's name")]
    BadName {
        /// What was asked for.
        name: String,
    },
    /// Something of that name is already there.
    #[error("a model called '{name}' is already installed")]
    AlreadyInstalled {
        /// Its name.
        name: String,
    },
    /// Another process is at work on the same model.
    #[error("another hob is just installing '{name}'")]
    InUse {
        /// Its name.
        name: String,
    },
    /// The record of an installed model cannot be read.
    #[error("cannot read the record {}: {what}", path.display())]
    BadRecord {
        /// The `model.toml`.
        path: PathBuf,
        /// What the parser says.
        what: String,
    },
    /// No adapter of this name.
    #[error("no adapter is called '{name}'")]
    UnknownAdapter {
        /// What was asked for.
        name: String,
        /// Names that look alike, best first.
        suggestions: Vec<String>,
    },
    /// A name that cannot be a file's.
    #[error("'{name}' cannot be an adapter's name")]
    BadAdapterName {
        /// What was asked for.
        name: String,
    },
    /// Something of that name is already there.
    #[error("an adapter called '{name}' is already there")]
    AdapterExists {
        /// Its name.
        name: String,
    },
    /// An installed adapter that cannot be used.
    #[error("the adapter '{name}' is broken: {what}")]
    BrokenAdapter {
        /// Its name.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// Adapters are for text models.
    #[error("'{name}' is no text model")]
    NoTextModel {
        /// The model.
        name: String,
    },
    /// The adapter is for another model.
    #[error("{} does not fit the model '{model}'", path.display())]
    AdapterMisfit {
        /// The adapter's file.
        path: PathBuf,
        /// The model.
        model: String,
        /// Why not.
        #[source]
        why: crate::header::Misfit,
    },
    /// A file to import is not there.
    #[error("there is no file {}", path.display())]
    NoSuchFile {
        /// What was asked for.
        path: PathBuf,
    },
    /// Too little room.
    #[error("not enough room in {}: {} needed, {} free", path.display(), human_bytes(*needed), human_bytes(*free))]
    NoSpace {
        /// The model folder.
        path: PathBuf,
        /// Bytes that would be written.
        needed: u64,
        /// Bytes there are.
        free: u64,
    },
    /// The home folder is unknown.
    #[error("cannot tell where models are kept: no home folder is known")]
    NoHome,
    /// The catalogue does not hold together.
    #[error("the catalogue is not sound: {what}")]
    Catalogue {
        /// Where and why.
        what: String,
    },
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as in "read" or "rename".
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl ModelError {
    /// For `map_err`: says what was tried on which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// The next step for a person, without the word `hint:`.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unknown { suggestions, .. } if suggestions.is_empty() => "`hob models list` shows all models".into(),
            Self::Unknown { suggestions, .. } => {
                format!("did you mean {}? `hob models list` shows all models", suggestions.join(" or "))
            }
            Self::NotInstalled { name } => format!("hob models pull {name}"),
            Self::NoneInstalled { suggestion, .. } => format!("hob models pull {suggestion}"),
            Self::BadFile { problem: Problem::Unreadable(_), .. } => {
                "check that the file is there and may be read".into()
            }
            Self::BadFile { model: Some(name), .. } | Self::Changed { name, .. } => {
                format!("hob models remove {name}, then hob models pull {name}")
            }
            Self::BadFile { problem: Problem::WrongFormat { .. }, .. } => {
                "speech needs a ggml Whisper model, text a GGUF; `hob models list` shows models to pull".into()
            }
            Self::BadFile { .. } => "get the file again, or choose a model from `hob models list`".into(),
            Self::BadName { .. } => {
                "a name is made of letters, digits, '.', '_' and '-'; choose one with --name".into()
            }
            Self::UnknownAdapter { suggestions, .. } if suggestions.is_empty() => {
                "`hob models adapters list` shows all adapters".into()
            }
            Self::UnknownAdapter { suggestions, .. } => {
                format!("did you mean {}? `hob models adapters list` shows all adapters", suggestions.join(" or "))
            }
            Self::BadAdapterName { .. } => "a name is made of letters, digits, '.', '_' and '-'".into(),
            Self::AdapterExists { name } => format!("hob models adapters remove {name}, or choose another name"),
            Self::BrokenAdapter { name, .. } => format!("hob models adapters remove {name}, and add it again"),
            Self::NoTextModel { .. } => "adapters are for text models: `hob models list`".into(),
            Self::AdapterMisfit { .. } => "choose the model that it was trained on: `hob models list`".into(),
            Self::AlreadyInstalled { name } => format!("hob models remove {name}, or choose another name with --name"),
            Self::InUse { .. } => "wait for it to end".into(),
            Self::BadRecord { path, .. } => {
                let name = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
                format!("hob models remove {name}")
            }
            Self::NoSuchFile { .. } => "check the path".into(),
            Self::NoSpace { .. } => "free some room, or keep models elsewhere: HOB_MODELS=/another/folder".into(),
            Self::NoHome => "set HOME, or HOB_MODELS to the folder for models".into(),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "free some room, or keep models elsewhere: HOB_MODELS=/another/folder".into()
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "check who owns the folder".into()
            }
            Self::Catalogue { .. } | Self::Io { .. } => return None,
        })
    }
}

/// A size for people, in powers of a thousand: `147.9 MB`.
pub fn human_bytes(bytes: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", units[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(human_bytes(999), "999 bytes");
        assert_eq!(human_bytes(77_704_698), "77.7 MB");
        assert_eq!(human_bytes(2_497_281_120), "2.5 GB");
    }

    #[test]
    fn no_space_says_how_much() {
        let error = ModelError::NoSpace { path: "/models".into(), needed: 1_500_000_000, free: 2_000 };
        assert_eq!(error.to_string(), "not enough room in /models: 1.5 GB needed, 2.0 kB free");
        assert!(error.hint().unwrap().contains("HOB_MODELS"));
    }
}
