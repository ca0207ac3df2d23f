//! The model folder in the types of `dev.hob.Models`, so that `--json` says the same with and without a daemon. Pure.

use hob_protocol::daemon::EngineKind;
use hob_protocol::models::{self, Model};

use crate::{Adapter, Entry, Kind, Listed, State, StoredModel, Trust};

/// `loaded`: names of the models the daemon has loaded.
pub fn model(listed: &Listed<'_>, loaded: &[String]) -> Model {
    let stored = match &listed.state {
        State::Installed(stored) => Some(stored),
        State::Available | State::Broken { .. } => None,
    };
    let record = stored.map(|stored| &stored.record);
    let kind = record.map(|record| record.kind).or(listed.entry.map(|entry| entry.kind));
    let licence = listed.entry.map(|entry| &entry.licence).or(record.map(|record| &record.licence));
    Model {
        name: listed.name.clone(),
        kind: engine_kind(kind.unwrap_or(Kind::Text)),
        title: listed.entry.map(|entry| entry.title.clone()).unwrap_or_default(),
        licence: licence.cloned().unwrap_or_default(),
        bytes: record.map(|record| record.bytes).or(listed.entry.map(Entry::bytes)).unwrap_or(0),
        installed: stored.is_some(),
        loaded: loaded.contains(&listed.name),
        path: stored.map(|stored| stored.path.display().to_string()),
        sha256: record.map(|record| record.sha256.clone()),
        trust: record.map_or("", |record| trust(record.trust)).to_owned(),
    }
}

/// A model that was just imported.
pub fn stored(stored: &StoredModel) -> Model {
    let listed = Listed { name: stored.record.name.clone(), entry: None, state: State::Installed(stored.clone()) };
    model(&listed, &[])
}

pub fn adapter(adapter: Adapter) -> models::Adapter {
    let Adapter { name, model, path, bytes, sha256 } = adapter;
    models::Adapter { name, model, path: path.display().to_string(), bytes, sha256 }
}

/// The engine that runs models of a kind.
pub fn engine_kind(kind: Kind) -> EngineKind {
    match kind {
        Kind::Speech => EngineKind::Speech,
        Kind::Text => EngineKind::Text,
    }
}

/// The words of the interface description.
fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Catalogue => "verified",
        Trust::FirstDownload => "recorded",
        Trust::Imported => "imported",
    }
}
