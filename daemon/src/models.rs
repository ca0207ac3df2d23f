//! The model folder, for the core's questions. Every call may touch the disk, so it runs on a blocking thread.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hob_models::{Import, Kind, ModelError, Store, Transfer, wire};
use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::Adapter;
use hob_protocol::method::Nothing;
use hob_protocol::models::{AdaptersReply, ListReply, ModelReply};
use serde_json::Value;

use crate::core::{Found, ModelFile, StoreQuestion};

/// The model folder, and the files in it whose headers were found sound.
#[derive(Debug)]
pub struct Shelf {
    store: Store,
    checked: Mutex<BTreeMap<PathBuf, Identity>>,
}

/// What tells a file from another one that took its place: device, inode, length, and when its content and its inode changed.
type Identity = (u64, u64, u64, i64, i64, i64, i64);

impl Shelf {
    pub fn new(store: Store) -> Self {
        Self { store, checked: Mutex::default() }
    }

    fn check(&self, path: &Path, kind: Kind) -> Result<(), ModelError> {
        self.once(path, || hob_models::header::check(path, Some(kind)).map(drop))
    }

    /// The adapter of this name, which has to be for this model, and fit its file as it is now.
    fn adapter(&self, name: &str, model: &ModelFile) -> Result<Adapter, Error> {
        let misfit = |problem: String, hint: String| {
            Err(Error::AdapterMisfit { name: name.to_owned(), model: model.name.clone(), problem, hint })
        };
        let stored = self.store.adapter(name).map_err(error_of)?;
        if stored.model != model.name {
            return misfit(format!("it is for `{}`", stored.model), format!("use its model: `{}`", stored.model));
        }
        match hob_models::header::check_adapter(&stored.path, &model.path) {
            Ok(()) => Ok(Adapter { name: stored.name, path: stored.path, sha256: stored.sha256, bytes: stored.bytes }),
            Err(why) => misfit(in_full(&why), format!("`hob models adapters remove {name}`, and add one that fits")),
        }
    }

    /// Checks a file that was not checked before, or is another one by now.
    fn once(&self, path: &Path, check: impl FnOnce() -> Result<(), ModelError>) -> Result<(), ModelError> {
        let identity = std::fs::metadata(path).map_err(ModelError::io("read", path)).map(|file| {
            (file.dev(), file.ino(), file.len(), file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec())
        })?;
        let mut checked = self.checked.lock().expect("nothing panics while it is held");
        if checked.get(path) != Some(&identity) {
            check()?;
            checked.insert(path.to_owned(), identity);
        }
        Ok(())
    }
}

/// The model a request is to run on: the named one, or the best of its kind. Its header is checked before any engine opens it.
pub fn find(
    shelf: &Shelf,
    kind: Option<EngineKind>,
    (name, adapter): (Option<&str>, Option<&str>),
) -> Result<Found, Error> {
    let store = &shelf.store;
    let its_model = match (name, adapter) {
        (None, Some(adapter)) => Some(store.adapter(adapter).map_err(error_of)?.model),
        _ => None,
    };
    let name = name.or(its_model.as_deref());
    let model = match (name, kind) {
        (Some(name), _) if name.contains('/') && !name.starts_with('/') => {
            let problem = "a path must be absolute: the daemon does not know your working folder".to_owned();
            return Err(Error::OptionInvalid { option: "model".to_owned(), problem });
        }
        (Some(name), _) => store.resolve(name).map_err(error_of)?,
        (None, Some(kind)) => {
            let best = store.default_for(kind_of(kind)).map_err(error_of)?;
            store.resolve(&best.record.name).map_err(error_of)?
        }
        (None, None) => return Err(Error::InvalidParameter { parameter: "name".to_owned() }),
    };
    let found = wire::engine_kind(model.kind);
    if kind.is_some_and(|kind| kind != found) {
        let problem = format!("`{}` is a {found} model", model.name);
        return Err(Error::OptionInvalid { option: "model".to_owned(), problem });
    }
    shelf.check(&model.path, model.kind).map_err(|error| of_model(error, &model.name)).map_err(error_of)?;
    let bytes = std::fs::metadata(&model.path).map_or(0, |file| file.len());
    let on_record = store.find(&model.name).ok().filter(|stored| stored.path == model.path);
    let sha256 = on_record.map(|stored| stored.record.sha256);
    let model = ModelFile { kind: found, name: model.name, path: model.path, bytes, sha256 };
    let adapter = adapter.map(|adapter| shelf.adapter(adapter, &model)).transpose()?;
    Ok(Found { model, adapter })
}

pub fn answer(shelf: &Shelf, question: StoreQuestion) -> Result<Value, Error> {
    let store = &shelf.store;
    let value = |reply| serde_json::to_value(reply).expect("replies hold strings and numbers");
    let answer = match question {
        StoreQuestion::List { loaded } => {
            let models = store.list().map_err(error_of)?;
            let reply = ListReply { models: models.iter().map(|model| wire::model(model, &loaded)).collect() };
            serde_json::to_value(reply).expect("replies hold strings and numbers")
        }
        StoreQuestion::Info { name, loaded } => {
            value(ModelReply { model: wire::model(&store.info(&name).map_err(error_of)?, &loaded) })
        }
        StoreQuestion::Import(import) => {
            let import = Import { path: Path::new(&import.path), name: Some(&import.name), transfer: Transfer::Copy };
            let name = store.import(&import, &mut |_| {}).map_err(error_of)?.record.name;
            value(ModelReply { model: wire::model(&store.info(&name).map_err(error_of)?, &[]) })
        }
        StoreQuestion::Remove { name } => {
            store.remove(&name).map_err(error_of)?;
            serde_json::to_value(Nothing {}).expect("an empty object")
        }
        StoreQuestion::Adapters => {
            // `hob models adapters list` says what is wrong with broken ones.
            let adapters = store.adapters().map_err(error_of)?.into_iter().flatten();
            let reply = AdaptersReply { adapters: adapters.map(wire::adapter).collect() };
            serde_json::to_value(reply).expect("replies hold strings and numbers")
        }
    };
    Ok(answer)
}

/// Names the model in the error, for its hint.
fn of_model(error: ModelError, name: &str) -> ModelError {
    match error {
        ModelError::BadFile { path, problem, .. } => {
            ModelError::BadFile { path, model: Some(name.to_owned()), problem }
        }
        other => other,
    }
}

fn error_of(error: ModelError) -> Error {
    let hint = error.hint().unwrap_or_else(|| "`hob models list` shows the models".to_owned());
    match error {
        ModelError::UnknownAdapter { name, suggestions } => Error::AdapterNotFound { name, suggestions },
        ModelError::Unknown { name, suggestions } => Error::ModelNotFound { name, suggestions },
        ModelError::NotInstalled { name } => Error::ModelNotInstalled { name, hint },
        ModelError::NoneInstalled { kind, .. } => Error::NoModel { kind: wire::engine_kind(kind), hint },
        ModelError::BadFile { path, model, problem } => Error::ModelInvalid {
            name: model.unwrap_or_else(|| path.display().to_string()),
            path: path.display().to_string(),
            problem: problem.to_string(),
            hint,
        },
        ModelError::NoSuchFile { path } => {
            Error::ModelNotFound { name: path.display().to_string(), suggestions: Vec::new() }
        }
        other => Error::ModelStore { problem: in_full(&other), hint },
    }
}

/// The error and its causes in one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

fn kind_of(kind: EngineKind) -> Kind {
    match kind {
        EngineKind::Speech => Kind::Speech,
        EngineKind::Text => Kind::Text,
    }
}
