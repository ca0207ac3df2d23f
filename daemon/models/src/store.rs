//! The model folder: one folder for each installed model, holding its file and a `model.toml`. Work in progress lives in `.partial/NAME`
//! and appears by one rename, so that a half-made model is never seen.

mod adapters;
mod import;
mod record;
mod staging;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::catalogue::is_model_name;
use crate::header::{self, Problem};
use crate::{Catalogue, Entry, Kind, ModelError, file_sha256};
pub use adapters::Adapter;
pub use import::{Import, Transfer};
pub use record::{Record, Trust};
pub use staging::Staging;

/// The folder under the root where models are put together.
const PARTIAL: &str = ".partial";
/// The record in each model's folder.
const RECORD: &str = "model.toml";

/// The model folder and the catalogue that goes with it. Holds nothing in memory: each call looks at the disk.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    catalogue: Cow<'static, Catalogue>,
}

/// A model that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredModel {
    /// What its `model.toml` says.
    pub record: Record,
    /// The model file.
    pub path: PathBuf,
}

/// A name or a path, made into a file an engine can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The model's name; for a user's own file, the name of the file.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// The file.
    pub path: PathBuf,
}

/// One line of a list.
#[derive(Debug, Clone)]
pub struct Listed<'a> {
    /// The model's name.
    pub name: String,
    /// What the catalogue says; none for what the user imported.
    pub entry: Option<&'a Entry>,
    /// Whether it is on this machine.
    pub state: State,
}

/// Whether a model is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can be pulled.
    Available,
    /// It is here.
    Installed(StoredModel),
    /// Its folder is here, but something is wrong with it.
    Broken {
        /// For people, as one line.
        problem: String,
    },
}

impl Store {
    /// The store in this folder, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), catalogue: Cow::Borrowed(Catalogue::builtin()) }
    }

    /// As [`Store::new`], with another catalogue.
    pub fn with_catalogue(root: impl Into<PathBuf>, catalogue: Catalogue) -> Self {
        Self { root: root.into(), catalogue: Cow::Owned(catalogue) }
    }

    /// The store in the user's model folder.
    pub fn open_default() -> Result<Self, ModelError> {
        Self::default_folder().map(Self::new)
    }

    /// `$HOB_MODELS`, else `$XDG_DATA_HOME/hob/models`.
    pub fn default_folder() -> Result<PathBuf, ModelError> {
        if let Some(folder) = std::env::var_os("HOB_MODELS").filter(|folder| !folder.is_empty()) {
            return Ok(folder.into());
        }
        let strategy = etcetera::choose_base_strategy().map_err(|_| ModelError::NoHome)?;
        Ok(strategy.data_dir().join("hob").join("models"))
    }

    /// The model folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The models hob knows.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Every model hob knows, best first within a kind, then what the user imported.
    pub fn list(&self) -> Result<Vec<Listed<'_>>, ModelError> {
        let mut folders = folders(&self.root)?;
        let mut listed = Vec::new();
        for entry in self.catalogue.entries() {
            let state = match folders.iter().position(|name| *name == entry.name) {
                Some(index) => self.state(&folders.remove(index)),
                None => State::Available,
            };
            listed.push(Listed { name: entry.name.clone(), entry: Some(entry), state });
        }
        listed.extend(folders.into_iter().map(|name| Listed { state: self.state(&name), entry: None, name }));
        Ok(listed)
    }

    /// Every model that is installed and whose file has the right size.
    pub fn installed(&self) -> Result<Vec<StoredModel>, ModelError> {
        let installed = self.list()?.into_iter().filter_map(|listed| match listed.state {
            State::Installed(model) => Some(model),
            State::Available | State::Broken { .. } => None,
        });
        Ok(installed.collect())
    }

    /// What is known about a model, installed or not.
    pub fn info(&self, name: &str) -> Result<Listed<'_>, ModelError> {
        let entry = self.catalogue.get(name);
        let name = self.canonical(name);
        let state =
            if is_model_name(&name) && self.folder(&name).is_dir() { self.state(&name) } else { State::Available };
        match (entry, state) {
            (None, State::Available) => Err(self.unknown(&name)),
            (entry, state) => Ok(Listed { name, entry, state }),
        }
    }

    /// The installed model of this name or alias. Only looks at the size of the file, so it is quick.
    pub fn find(&self, name: &str) -> Result<StoredModel, ModelError> {
        let known = self.catalogue.get(name).is_some();
        let name = self.canonical(name);
        if !is_model_name(&name) || !self.folder(&name).is_dir() {
            return Err(if known { ModelError::NotInstalled { name } } else { self.unknown(&name) });
        }
        self.read(&name)
    }

    /// A model by name, or a user's own file by path (anything with a slash in it, or that ends in `.gguf` or `.bin`).
    pub fn resolve(&self, name_or_path: &str) -> Result<Resolved, ModelError> {
        let path = Path::new(name_or_path);
        let extension = path.extension().and_then(|extension| extension.to_str());
        if name_or_path.contains('/') || matches!(extension, Some("gguf" | "bin")) {
            if !path.exists() {
                return Err(ModelError::NoSuchFile { path: path.to_owned() });
            }
            let header = header::check(path, None)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok(Resolved { name, kind: header.kind, path: path.to_owned() });
        }
        let model = self.find(name_or_path)?;
        Ok(Resolved { name: model.record.name, kind: model.record.kind, path: model.path })
    }

    /// The best installed model of a kind: in the order of the catalogue, then what the user imported, by name.
    pub fn default_for(&self, kind: Kind) -> Result<StoredModel, ModelError> {
        self.installed()?.into_iter().find(|model| model.record.kind == kind).ok_or_else(|| {
            let starter = self.catalogue.set("starter").map_or(&[][..], |set| &set.models);
            let fits = |name: &&String| self.catalogue.get(name).is_some_and(|entry| entry.kind == kind);
            ModelError::NoneInstalled {
                kind,
                suggestion: starter.iter().find(fits).cloned().unwrap_or_else(|| "starter".into()),
            }
        })
    }

    /// Deletes an installed model, also a broken one. Returns its folder.
    pub fn remove(&self, name: &str) -> Result<PathBuf, ModelError> {
        let known = self.catalogue.get(name).is_some();
        let name = self.canonical(name);
        let folder = self.folder(&name);
        if !is_model_name(&name) || !folder.is_dir() {
            return Err(if known { ModelError::NotInstalled { name } } else { self.unknown(&name) });
        }
        // Out of sight in one step first, so that a removal that is interrupted leaves no half of a model.
        let staging = self.stage(&name)?;
        staging.take_away(&folder)?;
        staging.discard()?;
        Ok(folder)
    }

    /// Reads the whole file of an installed model and compares it with the sum recorded; `progress` hears the bytes done.
    pub fn verify(&self, name: &str, progress: &mut dyn FnMut(u64)) -> Result<StoredModel, ModelError> {
        let model = self.find(name)?;
        let actual = file_sha256(&model.path, progress).map_err(ModelError::io("read", &model.path))?;
        if actual != model.record.sha256 {
            return Err(ModelError::Changed { name: model.record.name, expected: model.record.sha256, actual });
        }
        Ok(model)
    }

    /// The name behind an alias.
    fn canonical(&self, name: &str) -> String {
        self.catalogue.get(name).map_or(name, |entry| &entry.name).to_owned()
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn state(&self, name: &str) -> State {
        match self.read(name) {
            Ok(model) => State::Installed(model),
            Err(ModelError::BadFile { problem, .. }) => State::Broken { problem: problem.to_string() },
            Err(error) => State::Broken { problem: error.to_string() },
        }
    }

    fn read(&self, name: &str) -> Result<StoredModel, ModelError> {
        let folder = self.folder(name);
        let record = Record::read(&folder.join(RECORD))?;
        let path = folder.join(&record.file);
        let bad = |problem| ModelError::BadFile { path: path.clone(), model: Some(name.to_owned()), problem };
        let actual = fs::metadata(&path).map_err(|error| bad(Problem::Unreadable(error)))?.len();
        match actual {
            0 => Err(bad(Problem::Empty)),
            _ if actual < record.bytes => Err(bad(Problem::Truncated { expected: record.bytes, actual })),
            _ if actual > record.bytes => Err(bad(Problem::Implausible {
                what: format!("the file has {actual} bytes, {} were installed", record.bytes),
            })),
            _ => Ok(StoredModel { record, path }),
        }
    }

    fn unknown(&self, name: &str) -> ModelError {
        let entries = self.catalogue.entries().iter();
        let mut names: Vec<String> =
            entries.flat_map(|entry| std::iter::once(&entry.name).chain(&entry.aliases)).cloned().collect();
        names.extend(folders(&self.root).unwrap_or_default());
        ModelError::Unknown { name: name.to_owned(), suggestions: suggestions(name, names) }
    }
}

/// Names of the folders of models or adapters that are here, sorted.
fn folders(root: &Path) -> Result<Vec<String>, ModelError> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ModelError::io("read", root)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(ModelError::io("read", root))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_model_name(&name) && entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Up to three names a slip of the finger away, nearest first.
fn suggestions(name: &str, mut names: Vec<String>) -> Vec<String> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(name, candidate);
    let furthest = (name.len() / 4).max(2);
    names.sort();
    names.dedup();
    names.retain(|candidate| distance(candidate) <= furthest || (name.len() >= 3 && candidate.starts_with(name)));
    names.sort_by_key(|candidate| distance(candidate));
    names.truncate(3);
    names
}
