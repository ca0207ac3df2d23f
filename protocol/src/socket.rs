//! Where the socket is. The one place that knows the rule; the daemon and every client ask here.

use std::path::PathBuf;

/// Overrides the socket's path.
pub const SOCKET_VARIABLE: &str = "HOB_SOCKET";

/// Neither variable that could name the socket is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no place for the socket: XDG_RUNTIME_DIR and HOB_SOCKET are both unset")]
pub struct NoSocketPath;

/// `$HOB_SOCKET`, else `$XDG_RUNTIME_DIR/hob/hob.sock`. A relative runtime folder is ignored, as the XDG specification asks.
pub fn path(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<PathBuf, NoSocketPath> {
    if let Some(path) = variable(SOCKET_VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    let runtime = variable("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    Ok(runtime.ok_or(NoSocketPath)?.join("hob").join("hob.sock"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{NoSocketPath, path};

    fn at(socket: Option<&str>, runtime: Option<&str>) -> Result<PathBuf, NoSocketPath> {
        path(|name| if name == "HOB_SOCKET" { socket.map(Into::into) } else { runtime.map(Into::into) })
    }

    #[test]
    fn the_override_wins_and_relative_folders_do_not_count() {
        assert_eq!(at(Some("/a/b.sock"), Some("/run/user/1")), Ok("/a/b.sock".into()));
        assert_eq!(at(None, Some("/run/user/1")), Ok("/run/user/1/hob/hob.sock".into()));
        assert_eq!(at(Some(""), Some("run")), Err(NoSocketPath));
        assert_eq!(at(None, None), Err(NoSocketPath));
    }
}
