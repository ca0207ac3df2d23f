//! Why a command failed: in words for people, with the next step, and as an exit code.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use hob_models::ModelError;
use hob_protocol::client::CallError;
use hob_protocol::socket::NoSocketPath;

use crate::commands::bench::BenchError;
use crate::exit::Exit;
use crate::pull::PullError;

/// `Display` says what failed, [`Failure::words`] also why, [`Failure::hint`] what to do next.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    NoSocket(#[from] NoSocketPath),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Pull(#[from] PullError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// The arguments are well formed, but there is nothing to do with them.
    #[error("{problem}")]
    Usage { problem: String, hint: &'static str },
    #[error("cannot read {what}")]
    Unreadable {
        what: String,
        #[source]
        source: io::Error,
    },
    /// Varlink carries text, and a path need not be text.
    #[error("the path {} is not valid UTF-8", .0.display())]
    PathNotText(PathBuf),
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    /// There is a text, but not where it was to go.
    #[error("the text was not inserted: {problem}")]
    NotInserted { problem: String },
    /// The last reply of a stream carried no result.
    #[error("the daemon ended its answer without a result")]
    NoResult,
}

impl Failure {
    /// What failed and why, in one line: `a: b: c`, no cause said twice.
    pub(crate) fn words(&self) -> String {
        let mut words = self.to_string();
        // That there is no such file or that nobody answers is what "no daemon" means.
        let mut cause = if matches!(self, Self::Call(CallError::NotRunning { .. })) { None } else { self.source() };
        while let Some(error) = cause {
            let text = error.to_string();
            if !words.ends_with(&text) {
                words = format!("{words}: {text}");
            }
            cause = error.source();
        }
        words
    }

    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Call(error) => call_hint(error),
            Self::NoSocket(_) => Some(
                "set HOB_SOCKET to the socket's path, or log in through a session that sets XDG_RUNTIME_DIR".into(),
            ),
            Self::Model(error) => error.hint(),
            Self::Pull(error) => error.hint(),
            Self::Bench(error) => error.hint(),
            Self::Usage { hint, .. } => Some((*hint).into()),
            Self::Unreadable { .. } | Self::Output(_) => None,
            Self::PathNotText(_) => Some("rename the file, or make a link with a plain name".into()),
            Self::NotInserted { .. } => {
                Some("`hob doctor` shows what can be inserted; `hob history` has the text".into())
            }
            Self::NoResult => Some(LOOK_AT_THE_LOG.into()),
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Call(CallError::NotRunning { .. } | CallError::Unreachable { .. } | CallError::Silent) => {
                Exit::NotRunning
            }
            Self::Call(CallError::Refused(error)) => Exit::of(error),
            Self::NoSocket(_) => Exit::NotRunning,
            Self::Model(error) | Self::Pull(PullError::Model(error)) => Exit::of_model(error),
            Self::Usage { .. } | Self::PathNotText(_) | Self::Bench(BenchError::NothingChosen) => Exit::Usage,
            Self::Call(_)
            | Self::Pull(_)
            | Self::Bench(_)
            | Self::Unreadable { .. }
            | Self::Output(_)
            | Self::NotInserted { .. }
            | Self::NoResult => Exit::Failed,
        }
    }

    /// Whoever read the output has gone, as `head` does when it has seen enough. That is no failure.
    pub(crate) fn is_lost_reader(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

const LOOK_AT_THE_LOG: &str = "`journalctl --user -u hobd` shows what the daemon says; `hob doctor` checks the rest";

fn call_hint(error: &CallError) -> Option<String> {
    let hint = match error {
        CallError::NotRunning { .. } => "start it with `systemctl --user start hobd`, or with `hobd &`",
        CallError::Unreachable { .. } => "`hob doctor` checks the socket and its folder",
        CallError::Silent | CallError::HungUp(_) => LOOK_AT_THE_LOG,
        CallError::Unreadable(_) => {
            "is it another program that listens there, or another version of hobd? `hob doctor` tells"
        }
        CallError::TooLarge(_) => "send it in parts",
        CallError::Refused(error) => return error.hint(),
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_and_none_is_said_twice() {
        let source = io::Error::other("the disk is on fire");
        let failure = Failure::Unreadable { what: "standard input".into(), source };
        assert_eq!(failure.words(), "cannot read standard input: the disk is on fire");
        let hung_up = Failure::Call(CallError::HungUp(io::Error::other("reset")));
        assert_eq!(hung_up.words(), "the daemon hung up: reset");
        let missing = CallError::NotRunning { path: "/run/x".into(), source: io::ErrorKind::NotFound.into() };
        assert_eq!(Failure::Call(missing).words(), "no daemon at /run/x");
    }
}
