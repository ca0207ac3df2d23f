//! The arguments of `hob dictate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use hob_protocol::dictation;

use super::JsonFlag;

#[derive(Debug, Args)]
pub(crate) struct Dictate {
    #[command(subcommand)]
    pub(crate) command: Option<DictateCommand>,
    /// Play a recording in real time in place of the microphone, and print its text
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) file: Option<PathBuf>,
    /// Print the text (a recording's text always is)
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    pub(crate) options: DictateOptions,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DictateCommand {
    /// Start recording
    Start(DictateStart),
    /// Stop recording; print the text if it was for you
    Stop(Shown),
    /// Start recording, or stop if a dictation is running
    Toggle(DictateToggle),
    /// Stop recording, and throw away what was said
    Cancel(JsonFlag),
    /// Recognise a recording again whose text never came, and print the text
    Retry(DictateRetry),
}

#[derive(Debug, Args)]
pub(crate) struct DictateStart {
    /// Play a recording in real time in place of the microphone
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// Stay until the dictation ends, show the text as it grows, and print it. Ctrl-C cancels
    #[arg(long)]
    print: bool,
    /// Where the text goes [default: cursor; caller for a recording, with --print, and where there is no display]
    #[arg(long)]
    target: Option<Target>,
    #[command(flatten)]
    pub(crate) options: DictateOptions,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

impl DictateStart {
    pub(crate) fn until(&self) -> Until {
        if self.print { Until::Text } else { Until::Recording }
    }

    pub(crate) fn target(&self) -> Option<dictation::Target> {
        let usual = if self.print || self.file.is_some() { Target::Caller } else { Target::usual() };
        self.target.unwrap_or(usual).requested()
    }
}

#[derive(Debug, Args)]
pub(crate) struct DictateToggle {
    /// Where the text of one that starts goes [default: cursor; caller where there is no display]
    #[arg(long)]
    target: Option<Target>,
    /// The language spoken, such as en; en,de to choose among several; or auto
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// A text action to run on the result
    #[arg(long)]
    pub(crate) action: Option<String>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

impl DictateToggle {
    pub(crate) fn target(&self) -> Option<dictation::Target> {
        self.target.unwrap_or_else(Target::usual).requested()
    }
}

/// Where the text of a dictation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// To where you type
    Cursor,
    /// To the clipboard
    Clipboard,
    /// To the command that stops it, which prints it
    Caller,
}

impl Target {
    /// Whoever binds a command to a key wants the text where they type; without a display nobody types anywhere.
    fn usual() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if is_set("WAYLAND_DISPLAY") || is_set("DISPLAY") { Self::Cursor } else { Self::Caller }
    }

    /// As a request has it, which says nothing for the daemon's own default.
    fn requested(self) -> Option<dictation::Target> {
        match self {
            Self::Cursor => Some(dictation::Target::Cursor),
            Self::Clipboard => Some(dictation::Target::Clipboard),
            Self::Caller => None,
        }
    }
}

/// How long a command that starts a dictation stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Until recording has begun.
    Recording,
    /// Until the text is there.
    Text,
}

#[derive(Debug, Args)]
pub(crate) struct DictateOptions {
    /// The language spoken, such as en; en,de to choose among several; or auto
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// A text action to run on the result
    #[arg(long)]
    pub(crate) action: Option<String>,
    /// The text left of the cursor, which the result will follow
    #[arg(long, value_name = "TEXT")]
    pub(crate) before: Option<String>,
    /// End by itself after so many seconds without speech (0: never)
    #[arg(long, value_name = "SECONDS")]
    pub(crate) auto_stop: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct DictateRetry {
    /// The dictation; `hob history` lists them. The newest one with a recording if left out
    pub(crate) id: Option<u64>,
    /// The language spoken, such as en; en,de to choose among several; or auto; that of the dictation if left out
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// A text action to run on the result; that of the dictation if left out
    #[arg(long)]
    pub(crate) action: Option<String>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// How the result of a dictation is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Shown {
    /// Print the daemon's replies as JSON, one object a line
    #[arg(long)]
    json: bool,
    /// Print where the time went, on standard error
    #[arg(long, conflicts_with = "json")]
    timings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DictationForm {
    Text,
    TextAndTimings,
    Json,
}

impl Shown {
    pub(crate) fn form(self) -> DictationForm {
        match self {
            Self { json: true, .. } => DictationForm::Json,
            Self { timings: true, .. } => DictationForm::TextAndTimings,
            _ => DictationForm::Text,
        }
    }
}
