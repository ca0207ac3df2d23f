//! The command line: what can be typed. Says nothing about what it does; that is in `commands/`, one file for each subcommand.

mod bench;
mod dictate;
mod models;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

pub(crate) use bench::{ActionsBench, Bench, Choice, DictationBench, Measurement, TextBench};
pub(crate) use dictate::{Dictate, DictateCommand, DictateOptions, DictateRetry, DictateToggle, DictationForm, Until};
pub(crate) use models::{Adapters, Models};

use crate::exit;
use crate::output::Format;

/// Speech to text and work on text, by models on this machine.
#[derive(Debug, Parser)]
#[command(name = "hob", version = hob_protocol::VERSION, after_long_help = exit::help(), arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show how the daemon and its engines are
    Status(Status),
    /// Turn what you say into text
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, arg_required_else_help = true)]
    Dictate(Dictate),
    /// Show what was dictated, also what was interrupted
    History(History),
    /// Turn a recording into text
    Transcribe(Transcribe),
    /// Show what a dictation makes of a text: your vocabulary, commands and replacements
    Polish(Polish),
    /// Run a text action: fix, shorten, translate and others
    Run(Run),
    /// List the text actions
    Actions(JsonFlag),
    /// Turn texts into vectors by which they can be compared
    Embed(Embed),
    /// List the microphones
    Microphones(JsonFlag),
    /// Fetch, list, remove and load models
    #[command(subcommand)]
    Models(Models),
    /// Follow the daemon's state
    Watch(JsonFlag),
    /// Call any method of the socket, with JSON in and out
    Call(Call),
    /// Make the daemon read its configuration again
    Reload(JsonFlag),
    /// End the daemon
    Shutdown,
    /// Take back what was inserted last, and put back what it replaced
    Undo,
    /// Choose a text action for what is selected on the desktop
    Menu,
    /// Keep the microphone closed
    Pause,
    /// Let the microphone be opened again
    Resume,
    /// Check the installation, and say what to do where something is wrong
    #[command(args_conflicts_with_subcommands = true)]
    Doctor(Doctor),
    /// Measure the daemon on recordings, and its text actions
    #[command(subcommand)]
    Bench(Bench),
    /// Print the completions for a shell
    Completions {
        /// The shell to complete for
        shell: Shell,
    },
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct JsonFlag {
    /// Print the daemon's replies as JSON, one object a line
    #[arg(long)]
    json: bool,
}

impl JsonFlag {
    pub(crate) fn format(self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Wait up to so many seconds until a daemon answers
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: Option<Duration>,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    /// Print the text of this dictation, and nothing else
    #[arg(conflicts_with_all = ["limit", "forget"])]
    pub(crate) id: Option<u64>,
    /// Show the newest ones only
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Delete what is kept of a dictation, text and recording, or of all
    #[arg(long, value_name = "ID|all", conflicts_with = "limit")]
    pub(crate) forget: Option<Which>,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

/// One dictation or every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    One(u64),
    All,
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        text.parse().map(Self::One).map_err(|_| "neither the number of a dictation nor `all`".to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Transcribe {
    /// The recording
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The language spoken, such as en; en,de to choose among several; or auto
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// Names and words that may occur, in plain text
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,
    /// The speech model to use
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Print one line for each segment, with its times
    #[arg(long, conflicts_with = "json")]
    timestamps: bool,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

/// How a transcript is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TranscriptForm {
    Text,
    Segments,
    Json,
}

impl Transcribe {
    pub(crate) fn form(&self) -> TranscriptForm {
        match self.json.format() {
            Format::Json => TranscriptForm::Json,
            Format::Text if self.timestamps => TranscriptForm::Segments,
            Format::Text => TranscriptForm::Text,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Polish {
    /// The text as it was recognised; standard input if it is - or left out
    pub(crate) text: Option<String>,
    /// The language of the text, such as en or de
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// The text left of the cursor
    #[arg(long, value_name = "TEXT")]
    pub(crate) before: Option<String>,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The action; `hob actions` lists them
    pub(crate) action: String,
    /// The text; standard input if it is - or left out
    pub(crate) text: Option<String>,
    /// Work on what is selected on the desktop, and put the result in its place
    #[arg(long, conflicts_with_all = ["text", "stream"])]
    pub(crate) selection: bool,
    /// Work on the text on the clipboard, and put the result there
    #[arg(long, conflicts_with_all = ["text", "stream", "selection"])]
    pub(crate) clipboard: bool,
    /// The language to translate into
    #[arg(long)]
    pub(crate) language: Option<String>,
    /// For rewrite: formal, friendly, concise or simple
    #[arg(long)]
    pub(crate) tone: Option<String>,
    /// For ask: the question about the text
    #[arg(long)]
    pub(crate) question: Option<String>,
    /// The text model to use
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// A LoRA adapter of the model, or '' for none
    #[arg(long)]
    pub(crate) adapter: Option<String>,
    /// End the answer after so many tokens
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tokens: Option<u32>,
    /// Shorten a text that is too long for the model
    #[arg(long)]
    pub(crate) truncate: bool,
    /// Print the text as it is generated, also where standard output is not a terminal
    #[arg(long)]
    pub(crate) stream: bool,
    /// Let everything go first that somebody waits for
    #[arg(long, conflicts_with = "selection")]
    pub(crate) background: bool,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Embed {
    /// The texts; standard input as one text if there are none, or -
    pub(crate) texts: Vec<String>,
    /// Take each line of standard input for a text of its own
    #[arg(long, conflicts_with = "texts")]
    pub(crate) lines: bool,
    /// The text model to use
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Leave out the end of a text that is too long for the model
    #[arg(long)]
    pub(crate) truncate: bool,
    /// Let everything go first that somebody waits for
    #[arg(long)]
    pub(crate) background: bool,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(subcommand)]
    pub(crate) command: Option<DoctorCommand>,
    #[command(flatten)]
    pub(crate) json: JsonFlag,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DoctorCommand {
    /// See whether hob's keys arrive: press them. They do nothing else meanwhile
    Hotkeys(Hotkeys),
}

#[derive(Debug, Args)]
pub(crate) struct Hotkeys {
    /// Wait up to so many seconds for a key
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    pub(crate) wait: Duration,
    /// Only show how to bind keys in the desktop's own settings
    #[arg(long, conflicts_with = "wait")]
    pub(crate) snippets: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The qualified name, such as dev.hob.Daemon.Status
    pub(crate) method: String,
    /// The parameters, a JSON object
    #[arg(value_name = "JSON")]
    pub(crate) parameters: Option<String>,
    /// Ask for a stream of replies, and print each on its own line
    #[arg(long)]
    pub(crate) more: bool,
}

/// A day is longer than anybody waits, and small enough to be added to any clock.
fn seconds(text: &str) -> Result<Duration, String> {
    const DAY: f64 = 86_400.0;
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=DAY).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("not a number of seconds from 0 to {DAY}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_file_is_dictated_without_a_subcommand_but_never_with_one() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        assert!(parse("hob dictate --file a.wav --print --language en").is_ok());
        assert!(parse("hob dictate stop").is_ok());
        assert!(parse("hob dictate --file a.wav stop").is_err());
        assert!(parse("hob dictate --print").is_err());
    }

    #[test]
    fn waiting_has_sane_bounds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["-1", "NaN", "inf", "1e300", "soon"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
