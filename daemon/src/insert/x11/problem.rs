//! What can go wrong with an X server, in words for people.

use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};

use crate::insert::link::Trouble;
use crate::x_server::NoServer;

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("DISPLAY is not set")]
    NoDisplay,
    #[error("this is a Wayland session, of which X11 reaches only some windows")]
    Wayland,
    #[error(transparent)]
    NoServer(#[from] NoServer),
    #[error("the X server ended the connection: {0}")]
    Lost(String),
    #[error("the X server does not answer")]
    Silent,
    #[error("{0}")]
    Stopped(String),
    #[error("the X server has no {0}")]
    Lacks(&'static str),
    /// What was asked for cannot be had here and now; the server is well.
    #[error("{0}")]
    Refused(String),
    #[error("{what}: {source}")]
    System { what: &'static str, source: std::io::Error },
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Silent => Self::Silent,
            Trouble::Stopped(why) => Self::Stopped(why),
            Trouble::Gone => Self::Lost("it is gone".to_owned()),
            Trouble::System { what, source } => Self::System { what, source },
        }
    }
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<ConnectionError> for Problem {
    fn from(error: ConnectionError) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<ReplyError> for Problem {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => error.into(),
            // A window that has just closed, as a rule.
            ReplyError::X11Error(error) => Self::Refused(format!("the X server refuses: {:?}", error.error_kind)),
        }
    }
}

impl From<ReplyOrIdError> for Problem {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::IdsExhausted => Self::Lost("it has no more names for windows".to_owned()),
            ReplyOrIdError::ConnectionError(error) => error.into(),
            ReplyOrIdError::X11Error(error) => ReplyError::X11Error(error).into(),
        }
    }
}
