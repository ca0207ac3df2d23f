//! The `model.toml` in a model's folder: what the file is, where it came from, and how far its sum can be trusted.

use std::fmt;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Kind, ModelError};

/// What is recorded about an installed model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The model's name, which is also its folder's.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// The model file in the same folder.
    pub file: String,
    /// Size of the file.
    pub bytes: u64,
    /// Sum of the file, lowercase hex.
    pub sha256: String,
    /// How far the sum can be trusted.
    pub trust: Trust,
    /// Where the file came from, for people: an address, wheels, or a path.
    pub source: String,
    /// SPDX identifier, or `unknown`.
    pub licence: String,
}

/// How far a sum can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// The file has the sum the catalogue states.
    Catalogue,
    /// Nobody states a sum; this one was taken when the file was first downloaded.
    FirstDownload,
    /// The user's own file; the sum was taken when it was imported.
    Imported,
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Catalogue => "verified against the catalogue",
            Self::FirstDownload => "recorded at first download",
            Self::Imported => "imported by you",
        })
    }
}

impl Record {
    pub(super) fn read(path: &Path) -> Result<Self, ModelError> {
        /// A record has eight short lines; something larger is not one.
        const LARGEST: u64 = 64 * 1024;
        let size = fs::metadata(path).map_err(ModelError::io("read", path))?.len();
        let bad = |what: String| ModelError::BadRecord { path: path.to_owned(), what };
        if size > LARGEST {
            return Err(bad(format!("it has {size} bytes")));
        }
        let text = fs::read_to_string(path).map_err(ModelError::io("read", path))?;
        let record: Self = toml::from_str(&text).map_err(|error| bad(error.message().to_owned()))?;
        // The name becomes part of a path: a record must not point out of its own folder.
        if record.file.contains('/') || record.file.starts_with('.') || record.file.is_empty() {
            return Err(bad(format!("'{}' is no file name", record.file)));
        }
        Ok(record)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), ModelError> {
        let text = toml::to_string(self).expect("a record is a flat table of strings and numbers");
        fs::write(path, text).map_err(ModelError::io("write", path))
    }
}
