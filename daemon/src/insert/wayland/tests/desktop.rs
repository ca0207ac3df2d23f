//! A headless sway of the test's own, and windows in it that tell what arrives.

use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, inotify};
use serde_json::Value;
use tempfile::TempDir;

use crate::graphical_session::Variables;

/// sway does not run as root.
const NOBODY: u32 = 65534;

/// Only a test that fails waits so long.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub struct Desktop {
    folder: TempDir,
    sway: Child,
}

impl Desktop {
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("hob-wayland-").tempdir().unwrap();
        if rustix::process::getuid().is_root() {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let config = "output * resolution 800x600\nxwayland disable\nfocus_follows_mouse no\n";
        fs::write(folder.path().join("config"), config).unwrap();
        let sway = Self::start_sway(folder.path());
        Self { folder, sway }
    }

    fn start_sway(folder: &Path) -> Child {
        let seen = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK).unwrap();
        inotify::add_watch(&seen, folder, inotify::WatchFlags::CREATE).unwrap();
        let mut sway = as_nobody(folder, &["sway", "--config", folder.join("config").to_str().unwrap()]);
        sway.env("WLR_BACKENDS", "headless").env("WLR_LIBINPUT_NO_DEVICES", "1").env("WLR_RENDERER", "pixman");
        sway.stderr(fs::File::create(folder.join("sway.log")).unwrap());
        let sway = sway.spawn().expect("sway is installed (packaging/deps.sh)");
        let deadline = Instant::now() + PATIENCE;
        // Its own socket is the last it makes.
        while !has_ipc(folder, sway.id()) || !folder.join("wayland-1").exists() {
            assert!(readable(&seen, deadline), "sway starts: {}", fs::read_to_string(folder.join("sway.log")).unwrap());
            let mut buffer = [0; 4096];
            let _ = rustix::io::read(&seen, &mut buffer);
        }
        // It is there before sway listens on it.
        while UnixStream::connect(ipc(folder, sway.id()).unwrap()).is_err() {
            assert!(Instant::now() < deadline, "sway does not listen");
            std::thread::yield_now();
        }
        sway
    }

    pub fn session(&self) -> Variables {
        let folder = Some(self.folder.path().to_owned());
        Variables { wayland: Some("wayland-1".into()), folder, ..Variables::default() }
    }

    pub fn stop_sway(&mut self) {
        self.sway.kill().unwrap();
        self.sway.wait().unwrap();
        // As a crash leaves them.
        for name in ["wayland-1", "wayland-1.lock"] {
            let _ = fs::remove_file(self.folder.path().join(name));
        }
    }

    pub fn start_sway_again(&mut self) {
        self.sway = Self::start_sway(self.folder.path());
    }

    /// A program on this desktop.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = as_nobody(self.folder.path(), words);
        command.env("WAYLAND_DISPLAY", "wayland-1");
        command.env("SWAYSOCK", ipc(self.folder.path(), self.sway.id()).unwrap());
        command
    }

    /// Runs a program to its end and gives what it says.
    pub fn run(&self, words: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        output.stdout
    }

    /// A terminal whose program tells every byte it is sent.
    pub fn terminal(&self) -> Target {
        let script = "stty -icanon -echo; exec cat >\"$0\"";
        self.target("foot", |pipe| vec!["foot".into(), "sh".into(), "-c".into(), script.into(), pipe])
    }

    /// A text field of GTK.
    pub fn text_view(&self) -> Target {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/insert/wayland/tests/text_view.py");
        // The checkout may be closed to `nobody`.
        let copy = self.folder.path().join("text_view.py");
        fs::copy(script, &copy).unwrap();
        let copy = copy.to_str().unwrap().to_owned();
        let mut target = self.target("text_view.py", |pipe| vec!["/usr/bin/python3".into(), copy, pipe]);
        target.wait_for(b"focus\0");
        target
    }

    fn target(&self, class: &str, words: impl FnOnce(String) -> Vec<String>) -> Target {
        let pipe = tempfile::Builder::new().make_in(self.folder.path(), |path| {
            rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o666), 0)?;
            Ok(rustix::fs::chmod(path, Mode::from_raw_mode(0o666))?)
        });
        let path = pipe.unwrap().into_temp_path();
        let pipe = rustix::fs::open(&*path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let mut focus = self.focus_changes();
        let words = words(path.to_str().unwrap().to_owned());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let child = self.command(&words).stderr(Stdio::null()).spawn().unwrap();
        while next_focused(&mut focus) != class {}
        Target { child, pipe, read: Vec::new(), _path: path }
    }

    /// sway's own news of windows.
    pub fn focus_changes(&self) -> UnixStream {
        let mut stream = UnixStream::connect(ipc(self.folder.path(), self.sway.id()).unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let wish = br#"["window"]"#;
        let head = [b"i3-ipc".as_slice(), &(wish.len() as u32).to_ne_bytes(), &2u32.to_ne_bytes(), wish].concat();
        stream.write_all(&head).unwrap();
        assert_eq!(message(&mut stream)["success"], true);
        stream
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.sway.kill();
        let _ = self.sway.wait();
    }
}

/// A window, and what it tells.
pub struct Target {
    child: Child,
    pipe: OwnedFd,
    read: Vec<u8>,
    _path: tempfile::TempPath,
}

impl Target {
    /// Everything that has been told so far, once it ends like this.
    #[track_caller]
    pub fn wait_for(&mut self, end: &[u8]) -> &[u8] {
        let deadline = Instant::now() + PATIENCE;
        while !self.read.ends_with(end) {
            let here = String::from_utf8_lossy(&self.read);
            assert!(readable(&self.pipe, deadline), "it has {here:?}, not {:?}", String::from_utf8_lossy(end));
            let mut chunk = [0; 4096];
            let count = rustix::io::read(&self.pipe, &mut chunk).unwrap();
            self.read.extend_from_slice(&chunk[..count]);
        }
        &self.read
    }

    /// A terminal has this, and nothing else.
    #[track_caller]
    pub fn assert_bytes(&mut self, expected: &str) {
        let read = String::from_utf8_lossy(self.wait_for(expected.as_bytes())).into_owned();
        assert_eq!(read, expected);
        self.read.clear();
    }

    /// A text field contains this.
    #[track_caller]
    pub fn assert_content(&mut self, expected: &str) {
        self.wait_for(format!("={expected}\0").as_bytes());
    }

    pub fn close(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn as_nobody(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    // It ends with the test, also with one that is killed.
    command.args(["--pdeathsig", "KILL"]);
    if rustix::process::getuid().is_root() {
        command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"]);
    }
    command.arg("--").args(words);
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("SWAYSOCK");
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("GDK_BACKEND", "wayland").env("NO_AT_BRIDGE", "1");
    command.envs([
        ("HOME", folder),
        ("XDG_RUNTIME_DIR", folder),
        ("XDG_CONFIG_HOME", folder),
        ("XDG_CACHE_HOME", folder),
    ]);
    command.env("LC_ALL", "C.UTF-8").env("XDG_CURRENT_DESKTOP", "sway").current_dir(folder);
    command
}

fn ipc(folder: &Path, pid: u32) -> Option<PathBuf> {
    let user = rustix::process::getuid();
    let user = if user.is_root() { NOBODY } else { user.as_raw() };
    let path = folder.join(format!("sway-ipc.{user}.{pid}.sock"));
    path.exists().then_some(path)
}

fn has_ipc(folder: &Path, pid: u32) -> bool {
    ipc(folder, pid).is_some()
}

pub fn next_focused(stream: &mut UnixStream) -> String {
    loop {
        let event = message(stream);
        if event["change"] == "focus" {
            return event["container"]["app_id"].as_str().unwrap_or_default().to_owned();
        }
    }
}

fn message(stream: &mut UnixStream) -> Value {
    let mut head = [0; 14];
    stream.read_exact(&mut head).unwrap();
    let mut body = vec![0; u32::from_ne_bytes(head[6..10].try_into().unwrap()) as usize];
    stream.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn readable(fd: &OwnedFd, deadline: Instant) -> bool {
    let left = deadline.saturating_duration_since(Instant::now());
    let mut fds = [PollFd::new(fd, PollFlags::IN)];
    poll(&mut fds, Some(&Timespec::try_from(left).unwrap())).unwrap() > 0
}
