//! The private session of a desktop: its folders, its variables, and the certainty that nothing of it is left behind.
//!
//! What runs in it sees none of the machine's own session: neither its display, nor its bus, nor its sound.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::Background;
use crate::ending::with_the_test;
use crate::{Home, Ran, run};

/// Marks every process of a session, also those that a program of it has started and forgotten.
const MARK: &str = "HOB_TEST_SESSION";
/// Of each log, when a test fails.
const LAST_LINES: usize = 12;

#[derive(Debug)]
pub struct Session {
    folder: TempDir,
    variables: BTreeMap<OsString, OsString>,
    /// Words before every command.
    through: Vec<OsString>,
}

impl Session {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("hob-desktop.").tempdir().unwrap();
        let names = ["home", "run", "config", "cache", "data", "state", "log", "services"];
        for name in names {
            DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        let at = |name| OsString::from(folder.path().join(name));
        let variables = [
            (MARK, folder.path().into()),
            ("HOME", at("home")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("XDG_CONFIG_HOME", at("config")),
            ("XDG_CACHE_HOME", at("cache")),
            ("XDG_DATA_HOME", at("data")),
            ("XDG_STATE_HOME", at("state")),
            ("PATH", std::env::var_os("PATH").unwrap()),
            ("LANG", "C.UTF-8".into()),
            ("HOB_MEMORY_PRESSURE", at("none")),
            // No settings service: it would write to a database, and is one more process.
            ("GSETTINGS_BACKEND", "memory".into()),
        ];
        let variables = variables.map(|(name, value)| (name.into(), value)).into();
        Self { folder, variables, through: Vec::new() }
    }

    /// From now on these words are before every command, for programs that have to run as somebody else.
    pub(crate) fn run_through(&mut self, words: &[&str]) {
        self.through = words.iter().map(|word| OsString::from(*word)).collect();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.variables.insert(name.into(), value.as_ref().to_owned());
    }

    pub fn get(&self, name: &str) -> &OsStr {
        self.variables.get(OsStr::new(name)).unwrap_or_else(|| panic!("{name} is set once the desktop has started"))
    }

    /// A program of this session; what it prints goes into its log.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let program = program.as_ref();
        let dying = with_the_test("TERM");
        let mut words = self.through.iter().chain(&dying);
        let mut command = Command::new(words.next().expect("there are at least four"));
        command.args(words).arg(program).env_clear().envs(&self.variables).current_dir(self.path());
        let name = Path::new(program).file_name().expect("a program has a name").to_string_lossy().into_owned();
        let log = File::options().create(true).append(true).open(self.path().join("log").join(name)).unwrap();
        command.stdin(std::process::Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        command
    }

    /// Starts a program beside the test.
    #[track_caller]
    pub fn start(&self, program: &str, arguments: &[&str]) -> Background {
        Background::start(program, self.command(program).args(arguments))
    }

    /// Runs a program to its end.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Ran {
        run(self.command(program).args(arguments), b"")
    }

    /// A home whose `hobd` and `hob` are in this session, with the named variables of it.
    pub(crate) fn adopt(&self, home: Home, names: &[&str]) -> Home {
        let home = home.through(&self.through);
        names.iter().fold(home, |home, name| home.with_variable(name, self.get(name)))
    }

    /// Tells what the programs of this session said last.
    fn tell_logs(&self) {
        let mut told = String::new();
        for entry in fs::read_dir(self.path().join("log")).into_iter().flatten().flatten() {
            let text = fs::read(entry.path()).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines: Vec<_> = text.lines().collect();
            let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
            if !last.is_empty() {
                let _ = writeln!(told, "{}:\n  {}", entry.file_name().display(), last.join("\n  "));
            }
        }
        eprintln!("the last words of the desktop's programs:\n{told}");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if thread::panicking() {
            self.tell_logs();
        }
        // Two rounds: what is killed in the first may have started something just before.
        for _ in 0..2 {
            for process in processes_of(self.path()) {
                let _ = kill_process(process, Signal::KILL);
            }
        }
    }
}

/// All processes that carry the mark of a session in this folder.
pub fn processes_of(folder: &Path) -> Vec<Pid> {
    let mark = format!("{MARK}={}", folder.display());
    let number = |path: PathBuf| path.file_name()?.to_str()?.parse().ok();
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| number(entry.ok()?.path()));
    let carries = |process: &i32| {
        let variables = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    };
    processes.filter(carries).filter_map(Pid::from_raw).collect()
}
