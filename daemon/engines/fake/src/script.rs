//! Which behaviour comes when: the script file and the environment, read once while loading. And what was asked, for a test to read.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::behaviour::{Behaviour, Order, Repeat};

const SCRIPT: &str = "HOB_FAKE_SCRIPT";
const MARKER: &str = "HOB_FAKE_MARKER";
const REQUESTS: &str = "HOB_FAKE_REQUESTS";
const SIGILL_BUILDS: &str = "HOB_FAKE_SIGILL_BUILDS";
const SIGILL_AT: &str = "HOB_FAKE_SIGILL_AT";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(default)]
    pub(crate) on_load: Option<Order>,
    #[serde(default)]
    pub(crate) on_request: Vec<Order>,
}

impl Script {
    /// The file that the environment names, else the model if it is a script, else an empty one.
    pub(crate) fn read(model: &Path) -> Result<Self, String> {
        let named = std::env::var_os(SCRIPT).map(PathBuf::from);
        let path = named.as_deref().unwrap_or(model);
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if named.is_none() && !bytes.starts_with(b"{") {
            return Ok(Self::default());
        }
        serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Keeps what a text engine is asked, if a test wants to know.
pub(crate) fn keep_request(words: &str) -> Result<(), String> {
    let Some(path) = std::env::var_os(REQUESTS).map(PathBuf::from) else { return Ok(()) };
    let kept = File::options().create(true).append(true).open(&path).and_then(|mut file| writeln!(file, "{words}"));
    kept.map_err(|error| format!("{}: {error}", path.display()))
}

/// When a build that the processor refuses dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Never,
    AtLoad,
    AtRequest,
}

/// `executable` as the process was called, so that a link counts by its own folder.
pub(crate) fn refused(executable: &Path) -> Refused {
    let variable = |name| std::env::var(name).unwrap_or_default();
    refused_by(executable, &variable(SIGILL_BUILDS), &variable(SIGILL_AT))
}

fn refused_by(executable: &Path, builds: &str, at: &str) -> Refused {
    let build = executable.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    if !builds.split_whitespace().any(|name| Some(name) == build) {
        Refused::Never
    } else if at == "request" {
        Refused::AtRequest
    } else {
        Refused::AtLoad
    }
}

/// What an order means now: one that is for once counts only until its marker exists, which this makes.
pub(crate) fn settle(order: Order) -> Result<Behaviour, String> {
    match order.repeat {
        Repeat::Always => Ok(order.behaviour),
        Repeat::Once => {
            let marker = std::env::var_os(MARKER).ok_or_else(|| format!("{MARKER} is not set"))?;
            settle_once(order.behaviour, Path::new(&marker))
        }
    }
}

fn settle_once(behaviour: Behaviour, marker: &Path) -> Result<Behaviour, String> {
    match File::create_new(marker) {
        Ok(_made) => Ok(behaviour),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Behaviour::ECHO),
        Err(error) => Err(format!("{}: {error}", marker.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Refused, Script, refused_by, settle_once};
    use crate::behaviour::Behaviour;

    #[test]
    fn a_model_that_is_a_script_is_read_and_mistakes_in_it_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let path = folder.path().join("model");
            std::fs::write(&path, text).unwrap();
            Script::read(&path)
        };
        assert!(read("ggml and so on").unwrap().on_request.is_empty());
        let script = read(r#"{"on_load": "hang", "on_request": ["echo", "once-abort"]}"#).unwrap();
        assert_eq!(script.on_load.map(|order| order.behaviour), Some(Behaviour::Hang));
        assert_eq!(script.on_request.len(), 2);
        assert!(read(r#"{"on_request": ["dance"]}"#).unwrap_err().contains("unknown behaviour `dance`"));
        assert!(read(r#"{"on_lode": "ok"}"#).is_err());
    }

    #[test]
    fn the_folder_of_the_executable_decides_about_sigill() {
        let of = |path, at| refused_by(Path::new(path), "x86-64-v4 native", at);
        assert_eq!(of("/engines/native/hob-speech", ""), Refused::AtLoad);
        assert_eq!(of("/engines/x86-64-v4/hob-speech", "request"), Refused::AtRequest);
        assert_eq!(of("/engines/x86-64-v3/hob-speech", "request"), Refused::Never);
        assert_eq!(of("hob-speech", ""), Refused::Never);
    }

    #[test]
    fn an_order_for_once_is_an_echo_the_second_time() {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().join("marker");
        assert_eq!(settle_once(Behaviour::Abort, &marker), Ok(Behaviour::Abort));
        assert_eq!(settle_once(Behaviour::Abort, &marker), Ok(Behaviour::ECHO));
        assert!(settle_once(Behaviour::Abort, &folder.path().join("none/marker")).is_err());
    }
}
