//! The part of `hob models` that works on the model folder itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use hob_models::{Import, Listed, SourceKind, State, Store, Transfer, human_bytes, wire};
use hob_protocol::models::{ListReply, Model, ModelReply};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::loaded;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, table};

pub(super) fn list(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let store = Store::open_default()?;
    let (listed, loaded) = (store.list()?, loaded());
    let models: Vec<Model> = listed.iter().map(|listed| wire::model(listed, &loaded)).collect();
    if format == Format::Json {
        output.json(&ListReply { models })?;
        return Ok(Exit::Ok);
    }
    let rows: Vec<_> = listed
        .iter()
        .zip(models)
        .map(|(listed, model)| {
            let condition = condition(listed, &model);
            [model.name, model.kind.to_string(), human_bytes(model.bytes), model.licence, condition, model.title]
        })
        .collect();
    output.text(&table(&rows))?;
    for set in store.catalogue().sets() {
        output.text(&format!("set {}: {}", set.name, set.models.join(" ")))?;
    }
    Ok(Exit::Ok)
}

/// Names of all models that can be used.
pub(super) fn installed(store: &Store) -> Result<BTreeSet<String>, Failure> {
    let listed = store.list()?.into_iter().filter(|listed| matches!(listed.state, State::Installed(_)));
    Ok(listed.map(|listed| wire::model(&listed, &[]).name).collect())
}

pub(super) fn info(name: &str, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let store = Store::open_default()?;
    let listed = store.info(name)?;
    let model = wire::model(&listed, &loaded());
    match format {
        Format::Json => output.json(&ModelReply { model })?,
        Format::Text => output.text(&table(&details(&listed, &model)))?,
    }
    Ok(Exit::Ok)
}

pub(super) fn path(name: &str, output: &mut Output) -> Result<Exit, Failure> {
    output.text(&Store::open_default()?.find(name)?.path.display().to_string())?;
    Ok(Exit::Ok)
}

pub(super) fn remove(name: &str, output: &mut Output) -> Result<Exit, Failure> {
    let folder = Store::open_default()?.remove(name)?;
    output.note(&format!("removed {}", folder.display()));
    Ok(Exit::Ok)
}

pub(super) fn import(file: &Path, name: Option<&str>, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let bar =
        ProgressBar::with_draw_target(fs::metadata(file).ok().map(|file| file.len()), ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}").expect("the template is checked by a test"),
    );
    let import = Import { path: file, name, transfer: Transfer::Copy };
    let imported = Store::open_default()?.import(&import, &mut |read| bar.set_position(read));
    bar.finish_and_clear();
    let model = wire::stored(&imported?);
    match format {
        Format::Json => output.json(&ModelReply { model })?,
        Format::Text => {
            output.text(&format!("{}, a {} model of {}", model.name, model.kind, human_bytes(model.bytes)))?;
        }
    }
    Ok(Exit::Ok)
}

fn condition(listed: &Listed<'_>, model: &Model) -> String {
    match &listed.state {
        State::Available => "not installed".into(),
        State::Installed(_) if model.loaded => "loaded".into(),
        State::Installed(_) => "installed".into(),
        State::Broken { problem } => format!("broken: {problem}"),
    }
}

fn details(listed: &Listed<'_>, model: &Model) -> Vec<[String; 2]> {
    let mut rows = vec![
        ["name".into(), model.name.clone()],
        ["title".into(), model.title.clone()],
        ["kind".into(), model.kind.to_string()],
        ["licence".into(), model.licence.clone()],
        ["size".into(), human_bytes(model.bytes)],
    ];
    if let Some(entry) = listed.entry {
        rows.push(["about".into(), entry.description.clone()]);
        rows.push(["languages".into(), entry.languages.clone()]);
        rows.extend(entry.context.map(|context| ["context".into(), format!("{context} tokens")]));
        let sources = entry.sources.iter().map(|source| match source.kind() {
            SourceKind::Hub => "hub",
            SourceKind::Pip => "pip",
        });
        rows.push(["sources".into(), sources.collect::<Vec<_>>().join(", ")]);
        if !entry.aliases.is_empty() {
            rows.push(["also called".into(), entry.aliases.join(", ")]);
        }
    }
    rows.push(["state".into(), condition(listed, model)]);
    if let State::Installed(stored) = &listed.state {
        rows.push(["path".into(), stored.path.display().to_string()]);
        rows.push(["sha256".into(), format!("{} ({})", stored.record.sha256, stored.record.trust)]);
        rows.push(["from".into(), stored.record.source.clone()]);
    }
    rows
}
