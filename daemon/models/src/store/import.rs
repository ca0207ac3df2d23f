//! Importing a user's own model file: the kind is told by the header, the sum is recorded, the file is copied or linked.

use std::fs;
use std::path::Path;

use super::{Record, Store, StoredModel, Trust};
use crate::catalogue::is_model_name;
use crate::{Kind, ModelError, disk, file_sha256, header};

/// How an imported file gets into the model folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// A copy of its own.
    Copy,
    /// A second name for the same bytes; needs the same file system, and takes no room.
    HardLink,
}

/// A file to import.
#[derive(Debug, Clone)]
pub struct Import<'a> {
    /// The file.
    pub path: &'a Path,
    /// What to call it; without one, the name of the file without its ending.
    pub name: Option<&'a str>,
    /// Copy or link.
    pub transfer: Transfer,
}

impl Store {
    /// Takes a user's own file into the model folder; `progress` hears the bytes that were read.
    pub fn import(&self, import: &Import<'_>, progress: &mut dyn FnMut(u64)) -> Result<StoredModel, ModelError> {
        let path = import.path;
        if !path.is_file() {
            return Err(ModelError::NoSuchFile { path: path.to_owned() });
        }
        let kind = header::check(path, None)?.kind;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = import.name.unwrap_or(&stem);
        if !is_model_name(name) {
            return Err(ModelError::BadName { name: name.to_owned() });
        }
        if self.folder(name).exists() {
            return Err(ModelError::AlreadyInstalled { name: name.to_owned() });
        }
        let bytes = fs::metadata(path).map_err(ModelError::io("read", path))?.len();

        let staging = self.stage(name)?;
        let staged = staging.folder().join("imported");
        match fs::remove_file(&staged) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(ModelError::io("remove", &staged)(error));
            }
            _ => {}
        }
        match import.transfer {
            Transfer::Copy => {
                let free = disk::free_bytes(self.root()).map_err(ModelError::io("look at", self.root()))?;
                if free < bytes {
                    return Err(ModelError::NoSpace { path: self.root().to_owned(), needed: bytes, free });
                }
                fs::copy(path, &staged).map_err(ModelError::io("copy", path))?;
            }
            Transfer::HardLink => fs::hard_link(path, &staged).map_err(ModelError::io("link", path))?,
        }
        let sha256 = file_sha256(&staged, progress).map_err(ModelError::io("read", &staged))?;
        let known = self.catalogue().by_sha256(&sha256);
        let record = Record {
            name: name.to_owned(),
            kind,
            file: match kind {
                Kind::Speech => "model.bin".into(),
                Kind::Text => "model.gguf".into(),
            },
            bytes,
            sha256,
            trust: if known.is_some() { Trust::Catalogue } else { Trust::Imported },
            source: format!("imported from {}", path.display()),
            licence: known.map_or("unknown", |entry| &entry.licence).to_owned(),
        };
        staging.install(&staged, record)
    }
}
