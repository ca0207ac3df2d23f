//! `hob models adapters`: the LoRA adapters in the model folder. Needs no daemon.

use hob_models::{Adapter, ModelError, Store, human_bytes, wire};
use hob_protocol::models::AdaptersReply;

use crate::cli::Adapters;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, table};

pub(super) fn execute(command: Adapters, output: &mut Output) -> Result<Exit, Failure> {
    let store = Store::open_default()?;
    match command {
        Adapters::Add { name, file, model } => {
            let adapter = store.add_adapter(&name, &file, &model)?;
            output.text(&format!(
                "{}, an adapter of {} for {}",
                adapter.name,
                human_bytes(adapter.bytes),
                adapter.model
            ))?;
        }
        Adapters::Remove { name } => {
            let folder = store.remove_adapter(&name)?;
            output.note(&format!("removed {}", folder.display()));
        }
        Adapters::List(json) => list(store.adapters()?, json.format(), output)?,
    }
    Ok(Exit::Ok)
}

fn list(found: Vec<Result<Adapter, ModelError>>, format: Format, output: &mut Output) -> Result<(), Failure> {
    let mut adapters = Vec::new();
    for adapter in found {
        match adapter {
            Ok(adapter) => adapters.push(adapter),
            Err(broken) => {
                output.note(&broken.to_string());
                broken.hint().iter().for_each(|hint| output.note(&format!("hint: {hint}")));
            }
        }
    }
    if format == Format::Json {
        return output.json(&AdaptersReply { adapters: adapters.into_iter().map(wire::adapter).collect() });
    }
    if adapters.is_empty() {
        output.note("there is no adapter");
        return Ok(());
    }
    let rows: Vec<_> =
        adapters.into_iter().map(|adapter| [adapter.name, adapter.model, human_bytes(adapter.bytes)]).collect();
    output.text(&table(&rows))
}
