//! hobd: reads its arguments, takes its place, and hands over to the library.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use hob_daemon::startup::{self, Places};

/// The resident helper: keeps a speech model and a text model warm and serves them over a Unix socket and D-Bus.
///
/// Everything has a default. Programs talk to it with `hob` or any Varlink client; `man hob-protocol` describes the socket.
#[derive(Debug, Parser)]
#[expect(clippy::doc_markdown, reason = "the comments are the text of --help")]
#[command(name = "hobd", version)]
struct Arguments {
    /// Listen here [default: $XDG_RUNTIME_DIR/hob/hob.sock]
    #[arg(long, env = "HOB_SOCKET", value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Read this configuration [default: $XDG_CONFIG_HOME/hob/config.toml]
    #[arg(long, env = "HOB_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep models here [default: $XDG_DATA_HOME/hob/models]
    #[arg(long, env = "HOB_MODELS", value_name = "FOLDER")]
    models: Option<PathBuf>,
    /// Look for engine builds here [default: engines, then lib/hob/engines, beside hobd's folder]
    #[arg(long, env = "HOB_ENGINES", value_name = "FOLDER")]
    engines: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { socket, config, models, engines } = Arguments::parse();
    match startup::start(Places { socket, config, models, engines }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let hint = error.hint();
            eprintln!("hobd: {:#}", anyhow::Error::new(error));
            if let Some(hint) = hint {
                eprintln!("hint: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}
