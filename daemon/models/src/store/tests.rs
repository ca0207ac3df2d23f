//! The model folder through its public functions, on tiny synthetic models.

use std::fs;
use std::path::Path;

use super::import::Import;
use super::{Record, State, Store, Transfer, Trust};
use crate::header::Misfit;
use crate::header::tests::{tiny_ggml, tiny_gguf};
use crate::{Hasher, Kind, ModelError, StoredModel};

pub(super) struct Folder {
    _root: tempfile::TempDir,
    pub(super) store: Store,
}

impl Folder {
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { store: Store::new(root.path().join("models")), _root: root }
    }

    /// Installs a tiny model under a name.
    pub(super) fn with(self, name: &str, kind: Kind) -> Self {
        let bytes = match kind {
            Kind::Speech => tiny_ggml(),
            Kind::Text => tiny_gguf(),
        };
        self.install(name, kind, &bytes).unwrap();
        self
    }

    fn install(&self, name: &str, kind: Kind, bytes: &[u8]) -> Result<StoredModel, ModelError> {
        let staging = self.store.stage(name)?;
        let file = staging.folder().join("part");
        fs::write(&file, bytes).unwrap();
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        let record = Record {
            name: name.into(),
            kind,
            file: "model.bin".into(),
            bytes: bytes.len() as u64,
            sha256: hasher.hex(),
            trust: Trust::FirstDownload,
            source: "https://hub/model.bin".into(),
            licence: "MIT".into(),
        };
        staging.install(&file, record)
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> std::path::PathBuf {
        let path = self.store.root().with_file_name(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn import<'a>(path: &'a Path, name: Option<&'a str>) -> Import<'a> {
    Import { path, name, transfer: Transfer::Copy }
}

fn says(error: &ModelError) -> (String, String) {
    (error.to_string(), error.hint().unwrap_or_default())
}

#[test]
fn an_installed_model_is_found_by_name_alias_and_path() {
    let folder = Folder::new().with("tiny.en", Kind::Speech).with("smollm2-135m", Kind::Text);
    let found = folder.store.find("tiny.en").unwrap();
    assert_eq!(found.path, folder.store.root().join("tiny.en/model.bin"));
    assert_eq!(found.record.trust.to_string(), "recorded at first download");
    assert_eq!(folder.store.find("smollm2").unwrap().record.name, "smollm2-135m");

    let own = folder.file("own.gguf", &tiny_gguf());
    let resolved = folder.store.resolve(own.to_str().unwrap()).unwrap();
    assert_eq!((resolved.name.as_str(), resolved.kind, resolved.path), ("own.gguf", Kind::Text, own));
    assert_eq!(folder.store.resolve("tiny.en").unwrap().kind, Kind::Speech);
    assert!(!folder.store.root().join(".partial/tiny.en").exists(), "nothing is left of the work");
}

#[test]
fn names_that_are_not_there_say_what_to_do() {
    let folder = Folder::new();
    let error = folder.store.find("tiny.em").unwrap_err();
    assert_eq!(says(&error).0, "no model is called 'tiny.em'");
    assert!(says(&error).1.starts_with("did you mean tiny.en?"), "{}", says(&error).1);
    let error = folder.store.find("base").unwrap_err();
    assert_eq!(says(&error), ("the model 'base' is not installed".into(), "hob models pull base".into()));
    let error = folder.store.find("turbo").unwrap_err();
    assert_eq!(says(&error).1, "hob models pull large-v3-turbo");
    let error = folder.store.find("zzzzzzzzzzzz").unwrap_err();
    assert_eq!(says(&error).1, "`hob models list` shows all models");
    assert!(matches!(folder.store.find("../etc"), Err(ModelError::Unknown { .. })));
    assert!(matches!(folder.store.remove(".."), Err(ModelError::Unknown { .. })));
    assert!(matches!(folder.store.resolve("/not/there.gguf"), Err(ModelError::NoSuchFile { .. })));
    let error = folder.store.default_for(Kind::Text).unwrap_err();
    assert_eq!(says(&error), ("no text model is installed".into(), "hob models pull smollm2-135m".into()));
}

#[test]
fn the_best_installed_model_is_the_default() {
    let folder = Folder::new().with("mine", Kind::Speech).with("tiny.en", Kind::Speech);
    assert_eq!(folder.store.default_for(Kind::Speech).unwrap().record.name, "tiny.en");
    let folder = folder.with("base", Kind::Speech);
    assert_eq!(folder.store.default_for(Kind::Speech).unwrap().record.name, "base");
    folder.store.remove("base").unwrap();
    folder.store.remove("tiny.en").unwrap();
    assert_eq!(folder.store.default_for(Kind::Speech).unwrap().record.name, "mine");
}

#[test]
fn damage_is_seen_and_does_not_hide_the_rest() {
    let folder = Folder::new().with("base", Kind::Speech).with("small", Kind::Speech).with("tiny.en", Kind::Speech);
    let whole = tiny_ggml();
    fs::write(folder.store.root().join("base/model.bin"), &whole[..100]).unwrap();
    fs::write(folder.store.root().join("small/model.toml"), "name = 3").unwrap();
    fs::create_dir_all(folder.store.root().join(".partial/half")).unwrap();

    let error = folder.store.find("base").unwrap_err();
    let ModelError::BadFile { problem, .. } = &error else { panic!("{error:?}") };
    assert!(problem.to_string().contains("truncated"), "{problem}");
    assert_eq!(error.hint().unwrap(), "hob models remove base, then hob models pull base");
    let error = folder.store.find("small").unwrap_err();
    assert_eq!(says(&error).1, "hob models remove small");

    let listed = folder.store.list().unwrap();
    let broken: Vec<_> =
        listed.iter().filter(|model| matches!(model.state, State::Broken { .. })).map(|model| &model.name).collect();
    assert_eq!(broken, ["small", "base"]);
    assert_eq!(folder.store.default_for(Kind::Speech).unwrap().record.name, "tiny.en");
    assert!(!listed.iter().any(|model| model.name.contains("half")));
    folder.store.remove("small").unwrap();
    assert!(matches!(folder.store.info("small").unwrap().state, State::Available));
}

#[test]
fn a_changed_file_of_the_same_size_is_found_by_its_sum() {
    let folder = Folder::new().with("tiny.en", Kind::Speech);
    folder.store.verify("tiny.en", &mut |_| {}).unwrap();
    let path = folder.store.find("tiny.en").unwrap().path;
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(folder.store.verify("tiny.en", &mut |_| {}), Err(ModelError::Changed { .. })));
}

#[test]
fn a_bad_file_is_not_installed() {
    let folder = Folder::new();
    let error = folder.install("base", Kind::Speech, &tiny_gguf()).unwrap_err();
    let ModelError::BadFile { problem, .. } = &error else { panic!("{error:?}") };
    assert_eq!(problem.to_string(), "the file is GGUF, but ggml whisper is expected");
    assert!(matches!(folder.store.find("base"), Err(ModelError::NotInstalled { .. })));
}

#[test]
fn an_import_is_recognised_by_its_header() {
    let folder = Folder::new();
    let path = folder.file("my model.gguf", &tiny_gguf());
    let error = folder.store.import(&import(&path, None), &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "'my model' cannot be a model's name");
    let model = folder.store.import(&import(&path, Some("mine")), &mut |_| {}).unwrap();
    assert_eq!((model.record.kind, model.record.trust), (Kind::Text, Trust::Imported));
    assert_eq!(model.record.trust.to_string(), "imported by you");
    assert_eq!(fs::read(&model.path).unwrap(), tiny_gguf());
    assert_eq!(folder.store.info("mine").unwrap().entry.map(|entry| &entry.name), None);

    let error = folder.store.import(&import(&path, Some("mine")), &mut |_| {}).unwrap_err();
    assert!(matches!(error, ModelError::AlreadyInstalled { .. }));
    let linked = Import { transfer: Transfer::HardLink, ..import(&path, Some("linked")) };
    folder.store.import(&linked, &mut |_| {}).unwrap();
    let text = folder.file("notes.txt", b"this is no model at all");
    let error = folder.store.import(&import(&text, None), &mut |_| {}).unwrap_err();
    assert!(matches!(error, ModelError::BadFile { .. }), "{error:?}");
}

#[test]
fn two_at_once_do_not_meet() {
    let folder = Folder::new();
    let _held = folder.store.stage("base").unwrap();
    assert!(matches!(folder.store.stage("base"), Err(ModelError::InUse { .. })));
    folder.store.stage("small").unwrap();
    assert!(matches!(folder.store.stage("../base"), Err(ModelError::BadName { .. })));
}

#[test]
fn what_is_no_adapter_is_refused_and_leaves_nothing() {
    let folder = Folder::new().with("tiny", Kind::Text).with("ears", Kind::Speech);
    let file = folder.file("style.gguf", &tiny_gguf());
    let refused = |name: &str, file: &Path, model: &str| folder.store.add_adapter(name, file, model).unwrap_err();
    assert!(matches!(refused("style", &file, "tiny"), ModelError::AdapterMisfit { why: Misfit::NoAdapter, .. }));
    assert!(matches!(refused("style", &file, "ears"), ModelError::NoTextModel { .. }));
    assert!(matches!(refused("a/b", &file, "tiny"), ModelError::BadAdapterName { .. }));
    assert!(matches!(refused("style", Path::new("/none"), "tiny"), ModelError::NoSuchFile { .. }));
    assert!(folder.store.adapters().unwrap().is_empty());
    assert!(!folder.store.root().join(".adapters/.partial/style").exists());
}

#[test]
fn a_broken_adapter_is_named_and_can_be_removed() {
    let folder = Folder::new();
    let broken = folder.store.root().join(".adapters/style");
    fs::create_dir_all(&broken).unwrap();
    fs::write(broken.join("adapter.toml"), "model = 'tiny'\nbytes = 3\nsha256 = ''\nsource = ''\n").unwrap();
    fs::write(broken.join("adapter.gguf"), "four").unwrap();
    let found = folder.store.adapters().unwrap();
    let [Err(error)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(error.to_string(), "the adapter 'style' is broken: it has 4 bytes, 3 were added");
    assert!(error.hint().unwrap().contains("hob models adapters remove style"));
    match folder.store.adapter("stile") {
        Err(ModelError::UnknownAdapter { suggestions, .. }) => assert_eq!(suggestions, ["style"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(folder.store.remove_adapter("style").unwrap(), broken);
    assert!(folder.store.adapters().unwrap().is_empty() && !broken.exists());
}
