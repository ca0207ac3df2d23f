//! What can go wrong with a compositor, in words for people.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("there is no Wayland compositor: neither WAYLAND_DISPLAY nor the folder XDG_RUNTIME_DIR names one")]
    NoCompositor,
    #[error("the compositor behind {} cannot be reached: {source}", socket.display())]
    Unreachable { socket: PathBuf, source: io::Error },
    #[error("the compositor ended the connection: {0}")]
    Lost(String),
    #[error("the compositor does not answer")]
    Silent,
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
