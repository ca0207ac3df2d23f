//! The arguments of `hob bench`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Dictate recordings in real time: how soon the text is there, how many words are wrong, what it costs
    Dictation(DictationBench),
    /// Transcribe recordings as fast as it goes: how long it takes, how many words are wrong, what it costs
    Transcription(Measurement),
    /// Run the text actions on texts with known traps: how many results are right, and whether any text was answered or obeyed
    Actions(ActionsBench),
    /// Ask the text model what `fix` asks it: how soon the first token and the whole answer are there, and whether guesses change an answer
    Text(TextBench),
}

#[derive(Debug, Args)]
pub(crate) struct TextBench {
    /// Texts of your own in place of hob's: a folder of NAME.txt. The time to the first token is promised for about 60 words, that of
    /// the whole answer for about 150
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<PathBuf>,
    /// The text model to use
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// llama-server with its options, to be measured beside hob; it is started with `--host 127.0.0.1` and a free port, and ended afterwards
    #[arg(long, value_name = "COMMAND")]
    pub(crate) rival: Option<String>,
    /// Measure everything so many times
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) repeat: u32,
    /// Write every single result to this file, one JSON object a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ActionsBench {
    /// A file of cases of your own in place of hob's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cases: Option<PathBuf>,
    /// The text model to use
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Only this action; may be given several times
    #[arg(long = "action", value_name = "NAME")]
    pub(crate) actions: Vec<String>,
    /// Print the texts that did not pass, and what became of them; not those held out
    #[arg(long)]
    pub(crate) texts: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DictationBench {
    #[command(flatten)]
    pub(crate) measurement: Measurement,
    /// Dictate each recording once more while a text of 1,000 tokens is generated in the background: how much later is the text there, and
    /// does the generated one become another?
    #[arg(long)]
    pub(crate) beside_generation: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Measurement {
    /// Recordings, with what is said in them in a table such as manifest.tsv, in NAME.txt beside them, or nowhere; or one of them
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// A program to measure beside hob: it prints a first line when it is ready, reads one path a line, and answers each with a line of
    /// JSON that holds the text
    #[arg(long, value_name = "COMMAND")]
    pub(crate) rival: Option<String>,
    /// Measure everything so many times; medians and ranges are shown
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) repeat: u32,
    /// The language to ask for, such as en or auto, in place of each recording's own; English is taken where nothing tells it
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// Print what was said and heard where they differ
    #[arg(long)]
    pub(crate) texts: bool,
    /// Write every single result to this file, one JSON object a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,
}

/// Which recordings of the folder to take.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Choice {
    /// Also long recordings, other languages, other formats and unsure transcripts. Left out otherwise, if anything else is there: what is
    /// longer than 30 s, not English, of the category format, or of another trust than gold and silver
    #[arg(long)]
    pub(crate) all: bool,
    /// Only this category; may be given several times
    #[arg(long = "category", value_name = "NAME")]
    pub(crate) categories: Vec<String>,
    /// Only this recording, whatever it is; may be given several times
    #[arg(long = "only", value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Only the first so many
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}
