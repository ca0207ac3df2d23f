//! The folders and variables of one test: nothing of the machine's own hob is seen or touched.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::daemon::Daemon;
use crate::ending::with_the_test;
use crate::models;
use crate::ran::{Ran, run};
use crate::{program, tiny_ggml, tiny_gguf, write_recording};

/// Everything lies below one temporary folder, which goes when this is dropped.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    variables: BTreeMap<OsString, OsString>,
    /// Words before every command.
    through: Vec<OsString>,
}

impl Home {
    /// With the scripted engines as one build `native` that runs anywhere, and a small model for each.
    pub fn new() -> Self {
        Self::bare().with_build("native", "").with_models()
    }

    /// Without engines and models.
    pub fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "run", "config", "engines", "models"] {
            DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        let at = |name| OsString::from(folder.path().join(name));
        let variables = [
            ("HOME", at("home")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("XDG_STATE_HOME", at("state")),
            ("XDG_CONFIG_HOME", at("config")),
            ("XDG_DATA_HOME", at("data")),
            ("HOB_ENGINES", at("engines")),
            ("HOB_MODELS", at("models")),
            ("HOB_LOG", "info,hob_daemon=debug".into()),
            ("HOB_FAKE_MARKER", at("marker")),
            // What the machine is short of, and when it sleeps, is no affair of a test that does not say so.
            ("HOB_MEMORY_PRESSURE", at("none")),
            ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent".into()),
            ("PATH", std::env::var_os("PATH").unwrap()),
        ];
        let variables = variables.map(|(name, value)| (name.into(), value)).into();
        Self { folder, variables, through: Vec::new() }
    }

    /// Adds a build of the scripted engines; `features` as in /proc/cpuinfo.
    #[must_use]
    pub fn with_build(self, name: &str, features: &str) -> Self {
        let build = self.engines().join(name);
        fs::create_dir(&build).unwrap();
        fs::write(build.join("features"), features).unwrap();
        for engine in ["hob-speech", "hob-text"] {
            symlink(program("hob-engine-fake"), build.join(engine)).unwrap();
        }
        self
    }

    #[must_use]
    pub fn with_models(self) -> Self {
        models::install(&self.models(), models::SPEECH_MODEL, &tiny_ggml());
        models::install(&self.models(), models::TEXT_MODEL, &tiny_gguf());
        self
    }

    /// Replaces an engine of the build `native` by a shell script.
    #[must_use]
    pub fn with_engine_script(self, engine: &str, script: &str) -> Self {
        let path = self.engines().join("native").join(engine);
        fs::remove_file(&path).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
        self
    }

    #[must_use]
    pub fn with_config(self, text: &str) -> Self {
        self.write_config(text);
        self
    }

    #[must_use]
    pub fn with_variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.insert(name.into(), value.as_ref().to_owned());
        self
    }

    #[must_use]
    pub fn without_variable(mut self, name: &str) -> Self {
        self.variables.remove(OsStr::new(name));
        self
    }

    /// Has every program run by another, whose words these are.
    #[must_use]
    pub(crate) fn through(mut self, words: &[OsString]) -> Self {
        self.through = words.to_vec();
        self
    }

    /// A script for the engines (`daemon/engines/fake`); it holds for both.
    #[must_use]
    pub fn with_script(self, script: &str) -> Self {
        let path = self.path().join("script.json");
        fs::write(&path, script).unwrap();
        self.with_variable("HOB_FAKE_SCRIPT", path)
    }

    pub fn write_config(&self, text: &str) {
        fs::create_dir_all(self.config_file().parent().unwrap()).unwrap();
        fs::write(self.config_file(), text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn config_file(&self) -> PathBuf {
        self.path().join("config/hob/config.toml")
    }

    pub fn socket(&self) -> PathBuf {
        self.path().join("run/hob/hob.sock")
    }

    pub fn engines(&self) -> PathBuf {
        self.path().join("engines")
    }

    pub fn models(&self) -> PathBuf {
        self.path().join("models")
    }

    /// Writes a recording of so many milliseconds, and gives its path.
    pub fn recording(&self, milliseconds: u32) -> String {
        let path = self.path().join(format!("{milliseconds}.wav"));
        write_recording(&path, milliseconds);
        path.into_os_string().into_string().unwrap()
    }

    /// A program that sees this home and nothing else of the environment, and ends with the test.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let ending = with_the_test("KILL");
        let mut words = self.through.iter().chain(&ending);
        let mut command = Command::new(words.next().expect("there are at least four"));
        command.args(words).arg(program).env_clear().envs(&self.variables).current_dir(self.path());
        command
    }

    /// Starts `hobd` and waits until it is ready.
    pub fn start(self) -> Daemon {
        let command = self.command(program("hobd"));
        Daemon::spawn(self, command)
    }

    /// Runs `hobd` to its end: for starts that fail.
    pub fn run_hobd(&self) -> Ran {
        run(&mut self.command(program("hobd")), b"")
    }

    pub fn hob(&self, arguments: &[&str]) -> Ran {
        run(self.command(program("hob")).args(arguments), b"")
    }

    /// Lets other users through to the socket, so that only the daemon itself can refuse them.
    pub fn open_to_others(&self) {
        let through = [self.path().to_owned(), self.path().join("run"), self.path().join("run/hob")];
        for folder in through {
            fs::set_permissions(folder, Permissions::from_mode(0o711)).unwrap();
        }
        fs::set_permissions(self.socket(), Permissions::from_mode(0o666)).unwrap();
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}
