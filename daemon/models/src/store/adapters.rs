//! LoRA adapters beside the models: `.adapters/NAME`, a folder with the file and an `adapter.toml`, which outlives a model that is
//! fetched again. A folder appears by one rename, and goes by one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Store, suggestions};
use crate::catalogue::is_model_name;
use crate::{Kind, ModelError, disk, file_sha256, header};

/// The folder under the root.
const ADAPTERS: &str = ".adapters";
const FILE: &str = "adapter.gguf";
const RECORD: &str = "adapter.toml";

/// An adapter in the model folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// What the configuration calls it.
    pub name: String,
    /// The model that it changes.
    pub model: String,
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Sum of the file when it was added, lowercase hex.
    pub sha256: String,
}

/// The `adapter.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    model: String,
    bytes: u64,
    sha256: String,
    source: String,
}

impl Store {
    /// Copies an adapter into the model folder. It must fit an installed text model.
    pub fn add_adapter(&self, name: &str, file: &Path, model: &str) -> Result<Adapter, ModelError> {
        if !is_model_name(name) {
            return Err(ModelError::BadAdapterName { name: name.to_owned() });
        }
        if !file.is_file() {
            return Err(ModelError::NoSuchFile { path: file.to_owned() });
        }
        let base = self.find(model)?;
        let model = base.record.name;
        if base.record.kind != Kind::Text {
            return Err(ModelError::NoTextModel { name: model });
        }
        let folder = self.root.join(ADAPTERS);
        let target = folder.join(name);
        if target.exists() {
            return Err(ModelError::AdapterExists { name: name.to_owned() });
        }
        let bytes = fs::metadata(file).map_err(ModelError::io("read", file))?.len();
        fs::create_dir_all(&folder).map_err(ModelError::io("create", &folder))?;
        let free = disk::free_bytes(&folder).map_err(ModelError::io("look at", &folder))?;
        if free < bytes {
            return Err(ModelError::NoSpace { path: folder, needed: bytes, free });
        }
        let partial = folder.join(format!(".{name}.{}", std::process::id()));
        let source = file.display().to_string();
        let added = self.put_together(&partial, file, Record { model, bytes, sha256: String::new(), source });
        let added = added.and_then(|()| fs::rename(&partial, &target).map_err(ModelError::io("rename", &partial)));
        if added.is_err() {
            let _ = fs::remove_dir_all(&partial);
        }
        added?;
        self.adapter(name)
    }

    /// What is checked is the copy: the file may change meanwhile.
    fn put_together(&self, partial: &Path, file: &Path, record: Record) -> Result<(), ModelError> {
        fs::create_dir(partial).map_err(ModelError::io("create", partial))?;
        let copy = partial.join(FILE);
        fs::copy(file, &copy).map_err(ModelError::io("copy", file))?;
        header::check_adapter(&copy, &self.find(&record.model)?.path).map_err(|why| ModelError::AdapterMisfit {
            path: file.to_owned(),
            model: record.model.clone(),
            why,
        })?;
        let sha256 = file_sha256(&copy, &mut |_| {}).map_err(ModelError::io("read", &copy))?;
        let path = partial.join(RECORD);
        let text =
            toml::to_string(&Record { sha256, ..record }).expect("a record is a flat table of strings and numbers");
        fs::write(&path, text).map_err(ModelError::io("write", &path))?;
        for path in [&copy, &path] {
            File::open(path).and_then(|file| file.sync_all()).map_err(ModelError::io("write", path))?;
        }
        Ok(())
    }

    /// All adapters, by name.
    pub fn adapters(&self) -> Result<Vec<Adapter>, ModelError> {
        let root = self.root.join(ADAPTERS);
        let entries = match fs::read_dir(&root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ModelError::io("read", &root)(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(ModelError::io("read", &root))?.file_name().to_string_lossy().into_owned());
        }
        names.retain(|name| is_model_name(name));
        names.sort();
        names.iter().map(|name| self.read_adapter(name)).collect()
    }

    /// The adapter of this name.
    pub fn adapter(&self, name: &str) -> Result<Adapter, ModelError> {
        if is_model_name(name) && self.root.join(ADAPTERS).join(name).is_dir() {
            return self.read_adapter(name);
        }
        let names = self.adapters()?.into_iter().map(|adapter| adapter.name).collect();
        Err(ModelError::UnknownAdapter { name: name.to_owned(), suggestions: suggestions(name, names) })
    }

    /// Deletes an adapter. Returns its folder.
    pub fn remove_adapter(&self, name: &str) -> Result<PathBuf, ModelError> {
        let folder = self.root.join(ADAPTERS).join(name);
        if !is_model_name(name) || !folder.is_dir() {
            self.adapter(name)?;
        }
        let away = folder.with_file_name(format!(".{name}.{}", std::process::id()));
        fs::rename(&folder, &away).map_err(ModelError::io("remove", &folder))?;
        fs::remove_dir_all(&away).map_err(ModelError::io("remove", &away))?;
        Ok(folder)
    }

    fn read_adapter(&self, name: &str) -> Result<Adapter, ModelError> {
        let folder = self.root.join(ADAPTERS).join(name);
        let path = folder.join(RECORD);
        let text = fs::read_to_string(&path).map_err(ModelError::io("read", &path))?;
        let bad = |what: String| ModelError::BadRecord { path: path.clone(), what };
        let Record { model, bytes, sha256, .. } =
            toml::from_str(&text).map_err(|error: toml::de::Error| bad(error.message().to_owned()))?;
        let file = folder.join(FILE);
        let actual = fs::metadata(&file).map_err(ModelError::io("read", &file))?.len();
        if actual != bytes {
            return Err(bad(format!("the adapter has {actual} bytes, {bytes} were added")));
        }
        Ok(Adapter { name: name.to_owned(), model, path: file, bytes, sha256 })
    }
}
