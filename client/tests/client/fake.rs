//! A daemon that says what a test tells it to, and a way to run `hob` against it. No sleeps: each side waits for the other's bytes.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use hob_protocol::codec::{self, Decoder};
use hob_protocol::wire::{Call, Reply};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A socket in a folder of its own, and the calls that came.
pub(crate) struct FakeDaemon {
    pub(crate) folder: TempDir,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl FakeDaemon {
    /// Answers every call through `script`, each connection on its own thread.
    pub(crate) fn start(script: impl Fn(&Call, &mut Connection) + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("hob.sock")).unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (script, heard) = (Arc::new(script), calls.clone());
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (script, heard) = (script.clone(), heard.clone());
                thread::spawn(move || {
                    let mut connection = Connection { stream, decoder: Decoder::default() };
                    while let Some(call) = connection.next_call() {
                        heard.lock().unwrap().push(call.clone());
                        script(&call, &mut connection);
                    }
                });
            }
        });
        Self { folder, calls }
    }

    /// Answers every call with these replies, the last without `continues`.
    pub(crate) fn replying(replies: Vec<Value>) -> Self {
        Self::start(move |_, connection| {
            let (last, before) = replies.split_last().expect("a call has at least one reply");
            for reply in before {
                connection.more(reply.clone());
            }
            connection.last(last.clone());
        })
    }

    /// Answers every call with this error.
    pub(crate) fn refusing(error: &'static str, parameters: Value) -> Self {
        Self::start(move |_, connection| connection.refuse(error, parameters.clone()))
    }

    /// Sends these bytes to every call, and hangs up.
    pub(crate) fn sending(bytes: &'static [u8]) -> Self {
        Self::start(move |_, connection| {
            connection.raw(bytes);
            connection.hang_up();
        })
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("hob.sock")
    }

    pub(crate) fn hob(&self, arguments: &[&str]) -> Ran {
        self.hob_reading("", arguments)
    }

    pub(crate) fn hob_reading(&self, input: &str, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments), input.as_bytes())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = hob_at(&self.socket(), arguments);
        command.env("HOME", self.folder.path());
        command
    }

    /// The one call that was made.
    pub(crate) fn call(&self) -> Call {
        let calls = self.calls.lock().unwrap();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls[0].clone()
    }

    /// Methods and parameters of the one call that was made.
    pub(crate) fn called(&self) -> (String, Value) {
        let call = self.call();
        (call.method, call.parameters.unwrap_or(json!({})))
    }
}

/// The daemon's end of one connection. Whether anybody still listens does not concern it.
pub(crate) struct Connection {
    stream: UnixStream,
    decoder: Decoder,
}

impl Connection {
    pub(crate) fn more(&mut self, parameters: Value) {
        self.raw(&codec::encode(&Reply::more(parameters)));
    }

    pub(crate) fn last(&mut self, parameters: Value) {
        self.raw(&codec::encode(&Reply::last(parameters)));
    }

    pub(crate) fn refuse(&mut self, error: &str, parameters: Value) {
        self.raw(&codec::encode(&Reply { error: Some(error.into()), parameters: Some(parameters), continues: false }));
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    pub(crate) fn hang_up(&self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }

    /// Blocks until the client hangs up.
    pub(crate) fn wait_for_hang_up(&mut self) {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
    }

    fn next_call(&mut self) -> Option<Call> {
        let mut chunk = [0; 4096];
        loop {
            if let Some(message) = self.decoder.next_message().unwrap() {
                return Some(serde_json::from_slice(&message).unwrap());
            }
            match self.stream.read(&mut chunk) {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.decoder.feed(&chunk[..count]),
            }
        }
    }
}

/// What a run of `hob` left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Standard output of a run that must have gone well and said nothing else.
    pub(crate) fn printed(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "stdout: {}", self.stdout);
        self.stdout
    }

    /// Standard output as JSON, one object a line.
    pub(crate) fn objects(self) -> Vec<Value> {
        self.printed().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Exit code and standard error of a run that must have printed no result.
    pub(crate) fn complained(self) -> (i32, String) {
        assert_eq!(self.stdout, "", "stderr: {}", self.stderr);
        (self.code, self.stderr)
    }
}

/// `hob` in an empty environment, at this socket, whether or not anybody is there.
pub(crate) fn hob_at(socket: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hob"));
    command.env_clear().env("HOB_SOCKET", socket).env("HOME", "/nonexistent").args(arguments);
    command
}

/// Runs to the end with this standard input; none of the three streams is a terminal.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("hob is built");
    // A command that does not read its input closes it early.
    let _ = child.stdin.take().expect("it is piped").write_all(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().expect("hob was not killed by a signal"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A state with one engine that works and one that does not.
pub(crate) fn state() -> Value {
    json!({
        "version": hob_protocol::VERSION, "pid": 4711, "uptime_s": 7500.0, "resident_bytes": 9_400_000, "socket": "/run/hob.sock",
        "config": "/etc/none.toml", "models": "", "queued": 2, "connections": 3,
        "engines": [
            {"name": "speech", "state": "ready", "build": "x86-64-v3", "refused_builds": ["x86-64-v4"], "sequences": null, "pid": 12, "model": "base",
             "resident_bytes": 210_000_000, "load_ms": 180.4, "restarts": 1, "last_death": "killed by SIGILL"},
            {"name": "text", "state": "stopped", "build": null, "refused_builds": [], "sequences": null, "pid": null, "model": null,
             "resident_bytes": null, "load_ms": null, "restarts": 0, "last_death": null},
        ],
        "dictation": {"phase": "idle", "id": null, "stable": "", "unstable": "", "level": 0.0},
        "journal": {"waiting": 0, "problem": null},
        "microphone": {"state": "open", "name": "Headset"},
        "desktop": [], "paused": false, "language": "auto",
    })
}
