//! One file for each subcommand: it builds the request, sends it, and says what came back.

mod actions;
pub(crate) mod bench;
mod call;
mod completions;
mod dictate;
mod doctor;
mod given;
mod history;
mod microphones;
mod models;
mod polish;
mod reload;
mod run;
mod shutdown;
mod status;
mod transcribe;
mod watch;

use std::path::Path;

use hob_protocol::client::CallError;
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
        Command::Actions(json) => actions::execute(json.format(), output),
        Command::Microphones(json) => microphones::execute(json.format(), output),
        Command::Models(command) => models::execute(command, output),
        Command::Watch(json) => watch::execute(json.format(), output),
        Command::Call(arguments) => call::execute(arguments, output),
        Command::Reload(json) => reload::execute(json.format(), output),
        Command::Shutdown => shutdown::execute(output),
        Command::Doctor(json) => doctor::execute(json.format(), output),
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
