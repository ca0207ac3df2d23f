//! One file for each subcommand: it builds the request, sends it, and says what came back.

mod actions;
pub(crate) mod bench;
mod call;
mod completions;
mod dictate;
mod doctor;
mod embed;
mod given;
mod history;
mod menu;
mod microphones;
mod models;
mod pause;
mod polish;
mod reload;
mod run;
mod shutdown;
mod status;
mod transcribe;
mod undo;
mod watch;

use std::path::Path;

use hob_protocol::client::CallError;
use hob_protocol::daemon::{WaitReason, Waiting};
use hob_protocol::dictation::{Insertion, InsertionState};
use hob_protocol::method::Method;

use crate::cli::Command;
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn execute(command: Command, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Command::Status(arguments) => status::execute(&arguments, output),
        Command::Dictate(arguments) => dictate::execute(arguments, output),
        Command::History(arguments) => history::execute(&arguments, output),
        Command::Transcribe(arguments) => transcribe::execute(arguments, output),
        Command::Polish(arguments) => polish::execute(arguments, output),
        Command::Run(arguments) => run::execute(arguments, output),
        Command::Embed(arguments) => embed::execute(arguments, output),
        Command::Actions(json) => actions::execute(json.format(), output),
        Command::Microphones(json) => microphones::execute(json.format(), output),
        Command::Models(command) => models::execute(command, output),
        Command::Watch(json) => watch::execute(json.format(), output),
        Command::Call(arguments) => call::execute(arguments, output),
        Command::Reload(json) => reload::execute(json.format(), output),
        Command::Shutdown => shutdown::execute(output),
        Command::Undo => undo::execute(output),
        Command::Menu => menu::execute(),
        Command::Pause => pause::execute(output),
        Command::Resume => pause::resume(output),
        Command::Doctor(arguments) => doctor::execute(&arguments, output),
        Command::Bench(command) => bench::execute(command, output),
        Command::Completions { shell } => completions::execute(shell, output),
    }
}

/// Connects, and calls a method that gives one reply.
fn ask<M: Method>(method: M, parameters: &M::Parameters) -> Result<M::Reply, Failure> {
    Ok(connection::connect()?.call(method, parameters)?)
}

/// Connects, and calls a method that gives a stream of replies.
fn follow<M: Method>(
    method: M,
    parameters: &M::Parameters,
) -> Result<impl Iterator<Item = Result<M::Reply, CallError>>, Failure> {
    Ok(connection::connect()?.stream(method, parameters)?)
}

/// What came of a text that was to be inserted. That it did not arrive is a failure.
fn say_insertion(insertion: &Insertion, output: &Output) -> Result<Exit, Failure> {
    match insertion.state {
        InsertionState::Verified => output.note(&format!("inserted, and seen there ({})", insertion.method)),
        InsertionState::Sent => output.note(&format!("inserted ({})", insertion.method)),
        InsertionState::Failed => {
            let problem = insertion.problem.clone().unwrap_or_else(|| "nothing says why".to_owned());
            return Err(Failure::NotInserted { problem });
        }
    }
    Ok(Exit::Ok)
}

/// Why nothing comes yet, to a person at the terminal.
fn say_waiting(waiting: Option<Waiting>, output: &Output) {
    let Some(Waiting { reason, position }) = waiting else { return };
    let before = match position.saturating_sub(1) {
        0 => String::new(),
        1 => ", and one request goes first".to_owned(),
        requests => format!(", and {requests} requests go first"),
    };
    let note = match (reason, position) {
        (WaitReason::Loading, _) => format!("the model is being loaded{before}"),
        (WaitReason::Dictation, _) => format!("somebody dictates{before}"),
        (WaitReason::Requests, ..=2) => "another request goes first".to_owned(),
        (WaitReason::Requests, _) => format!("{} requests go first", position - 1),
    };
    output.note(&note);
}

/// A model as the daemon can find it: a name as it is, a path from the working folder made whole.
fn model(name_or_path: Option<String>) -> Result<Option<String>, Failure> {
    match name_or_path {
        Some(path) if path.contains('/') => absolute(Path::new(&path)).map(Some),
        name => Ok(name),
    }
}

/// The path as the daemon needs it, which does not share this process's working folder.
fn absolute(path: &Path) -> Result<String, Failure> {
    let path =
        std::path::absolute(path).map_err(|source| Failure::Unreadable { what: path.display().to_string(), source })?;
    path.into_os_string().into_string().map_err(|path| Failure::PathNotText(path.into()))
}
