//! The daemon on a session bus of the test's own.

use std::collections::HashMap;
use std::fmt::Debug;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::{fs, thread};

use hob_tests::desktop::bus_configuration;
use hob_tests::{Daemon, Home, PATIENCE, program, run};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokio_stream::StreamExt;
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::zvariant::{OwnedValue, Value as Variant};
use zbus::{Connection, Proxy};

const NAME: &str = "dev.hob.Hob";
const PATH: &str = "/dev/hob/Hob";

/// A bus, and a client on it.
pub(crate) struct Bus {
    process: Child,
    pub(crate) address: String,
    pub(crate) client: Connection,
}

impl Bus {
    /// Starts a bus in this home. It can start `hobd` by the file that is installed for that, if that is wanted.
    pub(crate) async fn start(home: &Home, activation: Option<&str>) -> Self {
        let socket = home.path().join("run/bus");
        let services = home.path().join("services");
        fs::create_dir(&services).unwrap();
        if let Some(file) = activation {
            fs::write(services.join("dev.hob.Hob.service"), file).unwrap();
        }
        let file = home.path().join("bus.conf");
        fs::write(&file, bus_configuration(&socket, &services)).unwrap();
        let mut command = home.command("dbus-daemon");
        command.args(["--nofork", "--nopidfile", "--print-address", "--config-file"]).arg(file);
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("packaging/deps.sh installs dbus-daemon");
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let client = Builder::address(address.as_str()).unwrap().build().await.unwrap();
        Self { process, address, client }
    }

    /// Starts `hobd` in that home, and waits until it owns its name.
    async fn with_daemon() -> (Self, Daemon) {
        let home = Home::new();
        let bus = Self::start(&home, None).await;
        let proxy = DBusProxy::new(&bus.client).await.unwrap();
        let mut owners = proxy.receive_name_owner_changed_with_args(&[(0, NAME)]).await.unwrap();
        let daemon = home.with_variable("DBUS_SESSION_BUS_ADDRESS", &bus.address).start();
        soon(owners.next()).await.expect("the name gets an owner");
        (bus, daemon)
    }

    async fn proxy(&self, interface: &'static str) -> Proxy<'static> {
        Proxy::new(&self.client, NAME, PATH, interface).await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it comes in time")
}

fn options<const N: usize>(pairs: [(&'static str, Variant<'static>); N]) -> HashMap<&'static str, Variant<'static>> {
    HashMap::from(pairs)
}

#[track_caller]
fn refusal(outcome: zbus::Result<impl Debug>) -> (String, String) {
    match outcome {
        Err(zbus::Error::MethodError(name, message, _)) => (name.to_string(), message.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn text_actions_run() {
    let (bus, _daemon) = Bus::with_daemon().await;
    let text = bus.proxy("dev.hob.Text1").await;
    let result: String = soon(text.call("Run", &("fix", "the ketle is hot", options([])))).await.unwrap();
    assert!(result.ends_with("the ketle is hot"), "{result}");
    let outcome = soon(text.call::<_, _, String>("Run", &("sumarize", "a text", options([])))).await;
    let message = "no action `sumarize`\nhint: did you mean summarize? `hob actions` shows all";
    assert_eq!(refusal(outcome), ("dev.hob.Text.UnknownAction".to_owned(), message.to_owned()));
    let actions: Vec<(String, String, Vec<String>)> = soon(text.call("Actions", &())).await.unwrap();
    assert!(actions.iter().any(|(name, _, _)| name == "fix"), "{actions:?}");
}

#[tokio::test]
async fn a_dictation_starts_and_stops() {
    let (bus, daemon) = Bus::with_daemon().await;
    let dictation = bus.proxy("dev.hob.Dictation1").await;
    let recording = daemon.home().recording(60_000);
    let start = (options([("file", recording.into())]),);
    let id: u64 = soon(dictation.call("Start", &start)).await.unwrap();
    assert_eq!(daemon.state().dictation.id, Some(id), "the socket sees the same dictation");
    daemon.watch().until(|state| !state.dictation.unstable.is_empty());
    let (text, timings): (String, HashMap<String, f64>) = soon(dictation.call("Stop", &())).await.unwrap();
    assert!(text.starts_with("heard ") && timings["audio_ms"] > 0.0, "{text} {timings:?}");
    let outcome = soon(dictation.call::<_, _, (String, HashMap<String, f64>)>("Stop", &())).await;
    let message = "no dictation is running\nhint: `hob dictate start` begins one";
    assert_eq!(refusal(outcome), ("dev.hob.Dictation.NotRecording".to_owned(), message.to_owned()));
}

#[tokio::test]
async fn a_caller_that_leaves_the_bus_takes_its_request_back() {
    use hob_protocol::daemon::{EngineKind, EngineState};

    let (bus, daemon) = Bus::with_daemon().await;
    let caller = Builder::address(bus.address.as_str()).unwrap().build().await.unwrap();
    let body = ("fix", "fake:flood", options([]));
    let call = caller.call_method(Some(NAME), PATH, Some("dev.hob.Text1"), "Run", &body);
    let busy = async {
        tokio::task::spawn_blocking({
            let mut watch = daemon.watch();
            move || watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy)
        })
        .await
        .unwrap()
    };
    let busy = tokio::select! {
        outcome = call => panic!("{outcome:?}"),
        busy = busy => busy,
    };
    caller.close().await.unwrap();
    let ready = daemon.watch().until_engine(EngineKind::Text, |engine| engine.state == EngineState::Ready);
    assert_eq!((ready.pid, ready.restarts), (busy.pid, 0));
}

#[tokio::test]
async fn what_is_kept_can_be_listed_recognised_and_forgotten() {
    let (bus, daemon) = Bus::with_daemon().await;
    let dictation1 = bus.proxy("dev.hob.Dictation1").await;
    let recording = daemon.home().recording(100);
    daemon.hob(&["dictate", "--file", &recording]).printed();
    let entries: Vec<HashMap<String, OwnedValue>> = soon(dictation1.call("History", &(options([]),))).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(<&str>::try_from(&entries[0]["text"]), Ok("heard 1600 samples"));
    let outcome = soon(dictation1.call::<_, _, (u64, String, HashMap<String, f64>)>("Retry", &(options([]),))).await;
    assert_eq!(refusal(outcome).0, "dev.hob.Dictation.NothingToRetry");
    let forgotten: u64 = soon(dictation1.call("Forget", &(options([]),))).await.unwrap();
    assert_eq!(forgotten, 1);
}

#[tokio::test]
async fn properties_show_the_daemon() {
    let (bus, daemon) = Bus::with_daemon().await;
    let daemon1 = bus.proxy("dev.hob.Daemon1").await;
    assert_eq!(daemon1.get_property::<String>("Version").await.unwrap(), hob_protocol::VERSION);
    let engines: HashMap<String, String> = daemon1.get_property("EngineStates").await.unwrap();
    assert_eq!((engines["speech"].as_str(), engines["text"].as_str()), ("stopped", "stopped"));
    let status: HashMap<String, OwnedValue> = soon(daemon1.call("Status", &())).await.unwrap();
    assert_eq!(i64::try_from(&status["pid"]), Ok(i64::from(daemon.pid())));
    let dictation1 = bus.proxy("dev.hob.Dictation1").await;
    assert_eq!(dictation1.get_property::<String>("Phase").await.unwrap(), "idle");
    let doctor = daemon.hob(&["doctor"]).stdout;
    assert!(doctor.contains("dev.hob.Hob is on the session bus"), "{doctor}");
    soon(daemon1.call::<_, _, ()>("Shutdown", &())).await.unwrap();
    let (status, _home) = daemon.ended();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn signals_tell_the_phase_and_never_a_word() {
    const END: &str = "org.example.End";
    let (bus, daemon) = Bus::with_daemon().await;
    let mut monitor = Command::new("dbus-monitor");
    let mut monitor =
        monitor.args(["--address", &bus.address, "type='signal'"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(monitor.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The bus greets a monitor with its name; from then on it sees everything.
    lines.find(|line| line.contains("NameAcquired") || line.contains("NameLost")).expect("the monitor is there");
    let seen = thread::spawn(move || {
        let mut seen = String::new();
        while !(seen.contains(END) && seen.contains("\"idle\"")) {
            seen.push_str(&lines.next().expect("the monitor goes on"));
            seen.push('\n');
        }
        seen
    });

    let recording = daemon.home().recording(200);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "heard 3200 samples\n");
    let text = bus.proxy("dev.hob.Text1").await;
    let result: String = soon(text.call("Run", &("fix", "the secret kettle", options([])))).await.unwrap();
    assert!(result.ends_with("the secret kettle"));
    bus.client.emit_signal(None::<&str>, "/", END, "End", &()).await.unwrap();

    let seen = seen.join().unwrap();
    monitor.kill().unwrap();
    monitor.wait().unwrap();
    let phases: Vec<_> =
        ["recording", "finishing", "idle"].map(|phase| seen.find(&format!("string \"{phase}\""))).into();
    assert!(phases.iter().all(Option::is_some) && phases.is_sorted(), "{seen}");
    assert!(seen.contains("member=PropertiesChanged") && seen.contains("string \"EngineStates\""), "{seen}");
    for word in ["heard", "samples", "secret", "kettle"] {
        assert!(!seen.contains(word), "{seen}");
    }
}

#[tokio::test]
async fn the_first_call_starts_the_daemon() {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../systemd/dev.hob.Hob.service");
    let installed = fs::read_to_string(installed).unwrap();
    let ours = installed.replace("/usr/bin/hobd", program("hobd").to_str().unwrap());
    assert_ne!(ours, installed, "the file names the program");
    let home = Home::new();
    let bus = Bus::start(&home, Some(&ours)).await;
    let daemon1 = bus.proxy("dev.hob.Daemon1").await;
    let status: HashMap<String, OwnedValue> = soon(daemon1.call("Status", &())).await.unwrap();
    let pid = i64::try_from(&status["pid"]).unwrap();
    let _guard = Orphan(i32::try_from(pid).unwrap());
    let on_socket = home.hob(&["status", "--json"]).objects().remove(0);
    assert_eq!(on_socket["state"]["pid"], pid, "the socket is served by the same process");
    soon(daemon1.call::<_, _, ()>("Shutdown", &())).await.unwrap();
}

/// A daemon that the bus has started: it would outlive a test that fails.
struct Orphan(i32);

impl Drop for Orphan {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.0).expect("a daemon has a pid");
        // After its own end nobody is left to end.
        let _ = kill_process(pid, Signal::KILL);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_costs_the_daemon_nothing_else() {
    let home = Home::new();
    let bus = Bus::start(&home, None).await;
    bus.client.request_name(NAME).await.unwrap();
    let daemon = home.with_variable("DBUS_SESSION_BUS_ADDRESS", &bus.address).start();
    daemon.wait_for_log("another program owns the name dev.hob.Hob on the session bus");
    assert_eq!(daemon.state().pid, daemon.pid());
}

#[test]
fn without_a_bus_the_daemon_serves_its_socket() {
    let daemon = Daemon::start();
    daemon.wait_for_log("no session bus, so nothing is served on D-Bus");
    assert!(daemon.ask("dev.hob.Text.Actions", json!({}))["error"].is_null());
}

#[tokio::test]
async fn a_bus_that_dies_does_not_take_the_daemon_along() {
    let (bus, daemon) = Bus::with_daemon().await;
    drop(bus);
    tokio::task::spawn_blocking(move || {
        daemon.wait_for_log("the session bus is gone");
        assert_eq!(daemon.state().pid, daemon.pid());
        let ran = run(daemon.home().command(program("hob")).args(["run", "fix", "a text"]), b"");
        assert!(ran.printed().ends_with("a text\n"));
    })
    .await
    .unwrap();
}
