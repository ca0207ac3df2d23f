//! A real `hobd`, from its start to its end.

use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::{fs, thread};

use hob_protocol::Error;
use hob_protocol::client::{CallError, Client};
use hob_protocol::daemon::{Engine, EngineKind, State};
use hob_protocol::method::{Method, Nothing, Status};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::desktop::Stopped;
use crate::log::Log;
use crate::{Home, PATIENCE, Ran, Watcher, Wire};

/// Killed when dropped. A log with an error in it fails the test, because errors are defects of hob by definition.
#[derive(Debug)]
pub struct Daemon {
    /// Gone once it is given back.
    home: Option<Home>,
    child: Child,
    log: Log,
}

impl Daemon {
    /// In a home with scripted engines.
    pub fn start() -> Self {
        Home::new().start()
    }

    /// Starts `hobd` by a command made in that home, and waits until it says that it is ready, as it says to systemd.
    pub fn spawn(home: Home, mut command: Command) -> Self {
        let told = home.path().join("run/notify");
        let _ = fs::remove_file(&told);
        let socket = UnixDatagram::bind(&told).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        command.env("NOTIFY_SOCKET", &told).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Log::follow(child.stderr.take().expect("it is piped"), move || {
            // Nobody waits any more if the daemon was ready before.
            let _ = UnixDatagram::unbound().and_then(|socket| socket.send_to(b"ended", &told));
        });
        let daemon = Self { home: Some(home), child, log };
        let mut message = [0; 256];
        let count = socket.recv(&mut message).expect("hobd gets ready or ends");
        assert_eq!(String::from_utf8_lossy(&message[..count]).trim(), "READY=1");
        daemon
    }

    pub fn home(&self) -> &Home {
        self.home.as_ref().expect("given back only at the end")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// In bytes, by its name in the kernel's `status`: `VmRSS` is all that is resident, `RssAnon` what is nobody else's and no file's.
    pub fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// A client that does not wait for ever.
    pub fn client(&self) -> Client {
        let mut client = Client::connect(&self.home().socket()).unwrap();
        client.wait_at_most(PATIENCE).unwrap();
        client
    }

    pub fn wire(&self) -> Wire {
        Wire::connect(&self.home().socket())
    }

    /// Calls a method on a connection of its own.
    #[track_caller]
    pub fn call<M: Method>(&self, method: M, parameters: &M::Parameters) -> Result<M::Reply, Error> {
        match self.client().call(method, parameters) {
            Ok(reply) => Ok(reply),
            Err(CallError::Refused(error)) => Err(error),
            Err(other) => panic!("{other}: {other:?}"),
        }
    }

    /// Calls a method on a connection of its own, and gives the reply as it came. The connection is closed then.
    pub fn ask(&self, method: &str, parameters: Value) -> Value {
        let mut wire = self.wire();
        let reply = wire.ask(method, parameters);
        wire.close();
        reply
    }

    pub fn state(&self) -> State {
        self.call(Status, &Nothing {}).unwrap().state
    }

    pub fn engine(&self, kind: EngineKind) -> Engine {
        self.state().engines.into_iter().find(|engine| engine.name == kind).expect("both engines are always listed")
    }

    pub fn watch(&self) -> Watcher {
        Watcher::new(self.client())
    }

    pub fn hob(&self, arguments: &[&str]) -> Ran {
        self.home().hob(arguments)
    }

    pub fn wait_for_log(&self, part: &str) {
        self.log.wait_for(part);
    }

    pub fn log(&self) -> String {
        self.log.text()
    }

    /// It does nothing until what this gives is dropped.
    pub fn stop(&self) -> Stopped {
        Stopped::new(&self.child)
    }

    /// Ends it as systemd does.
    pub fn terminate(self) -> (ExitStatus, Home) {
        self.send(Signal::TERM);
        self.ended()
    }

    /// Ends it as nobody should.
    pub fn kill(self) -> Home {
        self.send(Signal::KILL);
        let (status, home) = self.ended();
        assert_eq!(status.signal(), Some(9), "{status}");
        home
    }

    /// Waits for an end that something else brings about.
    pub fn ended(mut self) -> (ExitStatus, Home) {
        self.log.wait_for_end();
        (self.child.wait().unwrap(), self.home.take().expect("given back only here"))
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = self.log.text();
        if thread::panicking() {
            eprintln!("the daemon's log:\n{log}");
        } else {
            // What an engine says on its standard error is no defect of the daemon.
            let is_defect =
                |line: &str| line.contains(" ERROR ") || (line.contains("panicked") && !line.contains("engine says: "));
            assert!(!log.lines().any(is_defect), "the log tells of a defect:\n{log}");
        }
    }
}
