//! `hob models`: what is in the model folder, and what is loaded. The folder is the user's own, so looking at it, adding to it and
//! deleting from it need no daemon; loading and unloading do.

mod adapters;
mod shelf;

use hob_models::{SourceKind, Store};
use hob_protocol::method::{Announce, Load, Nothing, Status, Unload};
use hob_protocol::models::{self, Named};

use super::ask;
use crate::cli::Models;
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, milliseconds};
use crate::pull;

pub(super) fn execute(command: Models, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Models::List(json) => shelf::list(json.format(), output),
        Models::Pull { names, from } => {
            let store = Store::open_default()?;
            let before = shelf::installed(&store)?;
            // Those that came before one that did not are there.
            let pulled = pull::pull(&store, &names, from.map(SourceKind::from));
            announce(shelf::installed(&store)?.difference(&before));
            pulled?;
            Ok(Exit::Ok)
        }
        Models::Remove { name } => shelf::remove(&name, output),
        Models::Info { name, json } => shelf::info(&name, json.format(), output),
        Models::Path { name } => shelf::path(&name, output),
        Models::Import { file, name, json } => shelf::import(&file, name.as_deref(), json.format(), output),
        Models::Load { name, pin, json } => {
            let request = hob_protocol::models::Load { name, pin: pin.then_some(true) };
            load(&request, json.format(), output)
        }
        Models::Adapters(command) => adapters::execute(command, output),
        Models::Unload { engine, json } => unload(&models::Unload { engine: engine.into() }, json.format(), output),
    }
}

fn load(request: &hob_protocol::models::Load, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Load, request)?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text => output.text(&format!("{} loaded in {}", request.name, milliseconds(reply.load_ms)))?,
    }
    Ok(Exit::Ok)
}

fn unload(request: &models::Unload, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Unload, request)?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text if reply.unloaded => output.text(&format!("the {} engine has ended", request.engine))?,
        Format::Text => output.text(&format!("the {} engine was not running", request.engine))?,
    }
    Ok(Exit::Ok)
}

/// Has the daemon tell whoever did not wait for the download. Without a daemon nobody is told.
fn announce<'a>(installed: impl Iterator<Item = &'a String>) {
    for name in installed {
        let model = Named { name: name.clone() };
        let _not_told = connection::connect().ok().and_then(|mut client| client.call(Announce, &model).ok());
    }
}

/// Names of the models the daemon has loaded; none if there is no daemon to ask.
fn loaded() -> Vec<String> {
    let reply = connection::connect().ok().and_then(|mut client| client.call(Status, &Nothing {}).ok());
    reply.into_iter().flat_map(|reply| reply.state.engines).filter_map(|engine| engine.model).collect()
}
