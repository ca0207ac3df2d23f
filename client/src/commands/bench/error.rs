//! What can go wrong with a measurement, and what to do about it.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("cannot read the folder {}", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} holds no recordings", .0.display())]
    NoRecordings(PathBuf),
    #[error("cannot read {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// `line` is counted from 1.
    #[error("{}:{line}: {problem}", path.display())]
    Manifest { path: PathBuf, line: usize, problem: String },
    #[error("the recording {} is missing", .0.display())]
    Missing(PathBuf),
    #[error("the cases cannot be used: {problem}")]
    Cases { problem: String },
    #[error("no case is left to run")]
    NoCases,
    #[error("no recording is left to measure")]
    NothingChosen,
    #[error("the rival cannot be started")]
    RivalUnstartable(#[source] io::Error),
    #[error("the rival has ended ({status}) before it answered")]
    RivalDied { status: ExitStatus },
    #[error("the rival has no text for it: {problem}")]
    RivalFailed { problem: String },
    #[error("the rival answers nothing for {seconds} s")]
    RivalSilent { seconds: u64 },
    #[error("the rival answers what cannot be read: {said}")]
    RivalNonsense { said: String },
    #[error("cannot write {}", path.display())]
    Save {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} holds no texts", .0.display())]
    NoTexts(PathBuf),
    #[error("the daemon shows no engine for this")]
    NoEngine,
    #[error("no text is generated in the background")]
    NoText,
}

impl BenchError {
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Folder { .. } => "give the folder that holds the recordings",
            Self::NoRecordings(_) => {
                "it needs sound files, with what is said in them in NAME.txt or in a table such as manifest.tsv; `man hob` describes both"
            }
            Self::File { .. } | Self::Save { .. } => return None,
            Self::Manifest { .. } => {
                "a line has as many columns as the first one, which names them: wav and transcript, and perhaps id, seconds, language, category, trust"
            }
            Self::Missing(_) => "paths in a table are relative to its folder",
            Self::Cases { .. } => "`man hob` says what the file of cases holds",
            Self::NoCases => "`hob actions` lists the names for --action",
            Self::NothingChosen => "`--all` takes everything; see also --category and --only",
            Self::RivalUnstartable(_) => "the command is run by `sh -c`",
            Self::RivalDied { .. } => "run the command by itself: it has to stay, and to answer; `man hob` says how",
            Self::RivalFailed { .. } => "run the command by itself, and give it this recording",
            Self::RivalSilent { .. } => "it has to say when it is ready, and to answer at once; `man hob` says how",
            Self::RivalNonsense { .. } => "run the command by itself; `man hob` says how it has to answer",
            Self::NoText => "`hob run explain hello` shows whether a text model works",
            Self::NoTexts(_) => "it needs texts in files NAME.txt",
            Self::NoEngine => "`hob status` shows the engines; did it die just now?",
        };
        Some(hint.into())
    }
}
