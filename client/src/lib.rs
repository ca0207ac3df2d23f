//! `hob`, the command line client: one subcommand is one file in `commands/` and one request to the daemon.
//!
//! Plain text is for people, `--json` for scripts, and what goes wrong is one line on standard error with a hint below it. Only
//! `hob models pull` ever goes to the network; nothing here loads a model.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

mod accuracy;
mod cli;
mod commands;
mod connection;
mod exit;
mod failure;
mod output;
pub mod pull;
mod terminal;

use cli::Cli;
use exit::Exit;
use output::Output;

/// Runs one command, from the program's arguments to its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(message) => {
            // Help that nobody reads any more is no failure.
            let _ = message.print();
            return if message.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    let mut output = Output::standard();
    match commands::execute(cli.command, &mut output).and_then(|exit| output.finish().map(|()| exit)) {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_lost_reader() => Exit::Ok.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit().into()
        }
    }
}
