//! What can go wrong with a compositor, in words for people.

use std::io;

use crate::insert::link::Trouble;
use crate::wayland_server::NoCompositor;

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    NoCompositor(#[from] NoCompositor),
    #[error("the compositor ended the connection: {0}")]
    Lost(String),
    #[error("the compositor does not answer")]
    Silent,
    #[error("{0}")]
    Stopped(String),
    #[error("the compositor does not offer {0}")]
    Lacks(&'static str),
    /// What was asked for cannot be had here and now; the compositor is well.
    #[error("{0}")]
    Refused(String),
    #[error("{what}: {source}")]
    System { what: &'static str, source: io::Error },
}

impl Problem {
    pub fn system(what: &'static str) -> impl FnOnce(rustix::io::Errno) -> Self {
        move |errno| Self::System { what, source: errno.into() }
    }
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

impl From<wayland_client::DispatchError> for Problem {
    fn from(error: wayland_client::DispatchError) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<wayland_client::backend::WaylandError> for Problem {
    fn from(error: wayland_client::backend::WaylandError) -> Self {
        Self::Lost(error.to_string())
    }
}
