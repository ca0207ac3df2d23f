//! LoRA adapters beside the models: `.adapters/NAME`, a folder with the file and an `adapter.toml`, which outlives a model that is
//! fetched again. They are put together and deleted as models are (`staging`).

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Staging, Store, folders, suggestions};
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
        let root = self.root.join(ADAPTERS);
        if root.join(name).exists() {
            return Err(ModelError::AdapterExists { name: name.to_owned() });
        }
        let bytes = fs::metadata(file).map_err(ModelError::io("read", file))?.len();
        let staging = Staging::open(&root, name)?;
        let free = disk::free_bytes(&root).map_err(ModelError::io("look at", &root))?;
        if free < bytes {
            return Err(ModelError::NoSpace { path: root, needed: bytes, free });
        }
        let record = Record { model, bytes, sha256: String::new(), source: file.display().to_string() };
        let shown = put_together(&staging, (file, &base.path), record);
        staging.discard()?;
        shown?;
        self.adapter(name)
    }

    /// All adapters, by name; of one that is broken, why.
    pub fn adapters(&self) -> Result<Vec<Result<Adapter, ModelError>>, ModelError> {
        let names = folders(&self.root.join(ADAPTERS))?;
        Ok(names.iter().map(|name| self.read_adapter(name)).collect())
    }

    /// The adapter of this name.
    pub fn adapter(&self, name: &str) -> Result<Adapter, ModelError> {
        self.known_adapter(name)?;
        self.read_adapter(name)
    }

    /// Deletes an adapter, also a broken one. Returns its folder.
    pub fn remove_adapter(&self, name: &str) -> Result<PathBuf, ModelError> {
        let folder = self.known_adapter(name)?;
        let staging = Staging::open(&self.root.join(ADAPTERS), name)?;
        staging.take_away(&folder)?;
        staging.discard()?;
        Ok(folder)
    }

    /// The folder of an adapter that is there.
    fn known_adapter(&self, name: &str) -> Result<PathBuf, ModelError> {
        let root = self.root.join(ADAPTERS);
        let names = folders(&root)?;
        if names.iter().any(|known| known == name) {
            return Ok(root.join(name));
        }
        Err(ModelError::UnknownAdapter { name: name.to_owned(), suggestions: suggestions(name, names) })
    }

    fn read_adapter(&self, name: &str) -> Result<Adapter, ModelError> {
        let folder = self.root.join(ADAPTERS).join(name);
        let broken = |what: String| ModelError::BrokenAdapter { name: name.to_owned(), what };
        let unread = |error: std::io::Error| broken(error.to_string());
        let text = fs::read_to_string(folder.join(RECORD)).map_err(unread)?;
        let Record { model, bytes, sha256, .. } =
            toml::from_str(&text).map_err(|error: toml::de::Error| broken(error.message().to_owned()))?;
        let file = folder.join(FILE);
        let actual = fs::metadata(&file).map_err(unread)?.len();
        if actual != bytes {
            return Err(broken(format!("it has {actual} bytes, {bytes} were added")));
        }
        Ok(Adapter { name: name.to_owned(), model, path: file, bytes, sha256 })
    }
}

/// What is checked is the copy: the file may change meanwhile.
fn put_together(staging: &Staging, (file, model): (&Path, &Path), record: Record) -> Result<(), ModelError> {
    let copy = staging.folder().join("copied");
    fs::copy(file, &copy).map_err(ModelError::io("copy", file))?;
    header::check_adapter(&copy, model).map_err(|why| ModelError::AdapterMisfit {
        path: file.to_owned(),
        model: record.model.clone(),
        why,
    })?;
    let sha256 = file_sha256(&copy, &mut |_| {}).map_err(ModelError::io("read", &copy))?;
    let text = toml::to_string(&Record { sha256, ..record }).expect("a record is a flat table of strings and numbers");
    staging.show(&copy, FILE, RECORD, |path| fs::write(path, text).map_err(ModelError::io("write", path)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{ADAPTERS, FILE, RECORD, Record};
    use crate::store::tests::Folder;
    use crate::{Kind, ModelError};

    fn folder() -> Folder {
        Folder::new().with("small", Kind::Text).with("base", Kind::Speech)
    }

    /// As if it had been added and fitted.
    fn put(folder: &Folder, name: &str, bytes: u64) {
        let place = folder.store.root().join(ADAPTERS).join(name);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(FILE), b"change").unwrap();
        let record = Record { model: "small".into(), bytes, sha256: "0a".repeat(32), source: "style.gguf".into() };
        fs::write(place.join(RECORD), toml::to_string(&record).unwrap()).unwrap();
    }

    #[test]
    fn what_is_no_adapter_of_the_model_is_refused_and_leaves_nothing_behind() {
        let folder = folder();
        let file = folder.file("style.gguf", b"no adapter");
        let add = |name: &str, file: &std::path::Path, model: &str| folder.store.add_adapter(name, file, model);
        assert!(matches!(add("../style", &file, "small"), Err(ModelError::BadAdapterName { .. })));
        assert!(matches!(add("style", &file.with_extension("gone"), "small"), Err(ModelError::NoSuchFile { .. })));
        assert!(matches!(add("style", &file, "smal"), Err(ModelError::Unknown { .. })));
        assert!(matches!(add("style", &file, "base"), Err(ModelError::NoTextModel { name }) if name == "base"));
        assert!(
            matches!(add("style", &file, "small"), Err(ModelError::AdapterMisfit { model, .. }) if model == "small")
        );
        assert_eq!(folder.store.adapters().unwrap().len(), 0);
        assert!(matches!(folder.store.adapter("style"), Err(ModelError::UnknownAdapter { .. })));
    }

    #[test]
    fn adapters_are_listed_found_and_removed_by_name_also_broken_ones() {
        let folder = folder();
        put(&folder, "loud", 6);
        put(&folder, "cut", 7);
        let listed = folder.store.adapters().unwrap();
        let names: Vec<Result<&str, bool>> = listed
            .iter()
            .map(|adapter| match adapter {
                Ok(adapter) => Ok(adapter.name.as_str()),
                Err(error) => Err(matches!(error, ModelError::BrokenAdapter { name, .. } if name == "cut")),
            })
            .collect();
        assert_eq!(names, [Err(true), Ok("loud")]);
        let loud = folder.store.adapter("loud").unwrap();
        assert_eq!((loud.model.as_str(), loud.bytes, fs::read(loud.path).unwrap()), ("small", 6, b"change".to_vec()));
        let missing = folder.store.adapter("lout").unwrap_err();
        assert!(
            matches!(missing, ModelError::UnknownAdapter { suggestions, .. } if suggestions.contains(&"loud".to_owned()))
        );
        let again = folder.store.add_adapter("loud", &folder.file("style.gguf", b""), "small");
        assert!(matches!(again, Err(ModelError::AdapterExists { .. })));
        for name in ["loud", "cut"] {
            assert!(!folder.store.remove_adapter(name).unwrap().exists());
        }
        assert_eq!(folder.store.adapters().unwrap().len(), 0);
        assert!(folder.store.remove_adapter("loud").is_err());
    }

    #[test]
    fn a_record_that_says_something_else_makes_an_adapter_broken() {
        let folder = folder();
        put(&folder, "loud", 6);
        let record = folder.store.root().join(ADAPTERS).join("loud").join(RECORD);
        for text in ["", "model = 1", "model = 'small'\nbytes = 6\nsha256 = ''\nsource = ''\nmore = 1"] {
            fs::write(&record, text).unwrap();
            assert!(matches!(folder.store.adapter("loud"), Err(ModelError::BrokenAdapter { .. })), "{text}");
        }
    }
}
