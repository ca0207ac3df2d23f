//! The exit codes: the one place that says what they are. They are stable; scripts rely on them.

use std::fmt::Write as _;
use std::process::ExitCode;

use hob_models::ModelError;
use hob_protocol::Error;

/// How `hob` ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Ok = 0,
    Failed = 1,
    /// The code clap and most tools use for wrong arguments.
    Usage = 2,
    NotRunning = 3,
    NoSpeech = 4,
    NoModel = 5,
    Busy = 6,
}

/// Every code with its meaning, as `hob --help` lists them.
const MEANINGS: [(Exit, &str); 7] = [
    (Exit::Ok, "done"),
    (Exit::Failed, "failed; standard error says why"),
    (Exit::Usage, "wrong arguments, or nothing to work on"),
    (Exit::NotRunning, "the daemon cannot be reached"),
    (Exit::NoSpeech, "no speech was heard"),
    (Exit::NoModel, "the model is unknown or not installed"),
    (Exit::Busy, "a limit is reached or a dictation is running; try again later"),
];

impl Exit {
    /// The code for an error the daemon answered with.
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::NoSpeech { .. } => Self::NoSpeech,
            Error::ModelNotFound { .. } | Error::ModelNotInstalled { .. } | Error::NoModel { .. } => Self::NoModel,
            Error::Busy { .. } | Error::AlreadyRecording { .. } => Self::Busy,
            _ => Self::Failed,
        }
    }

    /// The code for an error of the model folder.
    pub(crate) fn of_model(error: &ModelError) -> Self {
        match error {
            ModelError::Unknown { .. } | ModelError::NotInstalled { .. } | ModelError::NoneInstalled { .. } => {
                Self::NoModel
            }
            ModelError::InUse { .. } => Self::Busy,
            ModelError::BadName { .. } => Self::Usage,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The last part of `hob --help`.
pub(crate) fn help() -> String {
    let mut help = String::from("Exit codes:");
    for (exit, meaning) in MEANINGS {
        let _ = write!(help, "\n  {}  {meaning}", exit as u8);
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_the_codes_in_order() {
        for (index, (exit, _)) in MEANINGS.iter().enumerate() {
            assert_eq!(*exit as usize, index);
        }
        assert!(help().contains("\n  3  the daemon cannot be reached"), "{}", help());
    }
}
