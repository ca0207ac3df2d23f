//! What the machine asks for: a played logind on a bus of the test's own, and a FIFO in place of the kernel's memory pressure.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;

use hob_protocol::daemon::{EngineKind, EngineState, Part, PartState};
use hob_tests::{Daemon, Home, SPEECH_MODEL, TEXT_MODEL};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::interface;
use zbus::object_server::SignalEmitter;

use crate::dbus::{Bus, soon};

/// Hands out locks that delay the sleep, and tells the test of each: the other end is at its end once the lock is let go of.
struct Logind {
    locks: UnboundedSender<OwnedFd>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::zvariant::OwnedFd {
        assert_eq!((what, who, mode), ("sleep", "hob", "delay"));
        assert!(!why.is_empty());
        let (seen, held) = rustix::pipe::pipe().unwrap();
        self.locks.send(seen).unwrap();
        held.into()
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

/// Until nobody holds the lock any more.
async fn let_go(lock: OwnedFd) {
    let read = tokio::task::spawn_blocking(move || std::fs::File::from(lock).read(&mut [0; 1]).unwrap());
    assert_eq!(soon(read).await.unwrap(), 0);
}

/// The daemon's engine in the state, from the first moment the test looks.
async fn until(daemon: &Daemon, state: EngineState) {
    let mut watch = daemon.watch();
    let reached = tokio::task::spawn_blocking(move || {
        watch.until(|now| now.engines.iter().any(|engine| engine.name == EngineKind::Text && engine.state == state));
    });
    soon(reached).await.unwrap();
}

/// What the daemon says of a source of news, from the first moment the test looks.
async fn until_part(daemon: &Daemon, name: &'static str, fits: impl Fn(&Part) -> bool + Send + 'static) {
    let mut watch = daemon.watch();
    let reached = tokio::task::spawn_blocking(move || {
        watch.until(|now| now.desktop.iter().any(|part| part.name == name && fits(part)));
    });
    soon(reached).await.unwrap();
}

fn load(daemon: &Daemon) {
    daemon.hob(&["models", "load", TEXT_MODEL]).printed();
}

#[tokio::test]
async fn engines_end_before_the_machine_sleeps_and_come_back_when_it_wakes() {
    let home = Home::new();
    let bus = Bus::start(&home, None).await;
    let (locks, mut given): (_, UnboundedReceiver<OwnedFd>) = unbounded_channel();
    bus.client.object_server().at("/org/freedesktop/login1", Logind { locks }).await.unwrap();
    bus.client.request_name("org.freedesktop.login1").await.unwrap();
    let daemon = home.with_variable("DBUS_SYSTEM_BUS_ADDRESS", &bus.address).start();
    let mut lock = soon(given.recv()).await.unwrap();
    load(&daemon);

    let logind = SignalEmitter::new(&bus.client, "/org/freedesktop/login1").unwrap();
    for _ in 0..2 {
        let before = daemon.engine(EngineKind::Text);
        assert_eq!(before.state, EngineState::Ready);
        Logind::prepare_for_sleep(&logind, true).await.unwrap();
        let_go(lock).await;
        let engine = daemon.engine(EngineKind::Text);
        assert_eq!(
            (engine.state, engine.restarts),
            (EngineState::Stopped, 0),
            "it has ended before the lock is let go"
        );
        assert!(!Path::new(&format!("/proc/{}", before.pid.unwrap())).exists());
        Logind::prepare_for_sleep(&logind, false).await.unwrap();
        lock = soon(given.recv()).await.expect("it is ready for the next sleep");
        until(&daemon, EngineState::Ready).await;
    }
}

/// A name is taken, given back and taken again as by a program that comes, ends and is started again.
#[tokio::test]
async fn logind_may_come_late_and_come_back() {
    const NAME: &str = "org.freedesktop.login1";
    let home = Home::new();
    let bus = Bus::start(&home, None).await;
    let (locks, mut given): (_, UnboundedReceiver<OwnedFd>) = unbounded_channel();
    bus.client.object_server().at("/org/freedesktop/login1", Logind { locks }).await.unwrap();
    let daemon = home.with_variable("DBUS_SYSTEM_BUS_ADDRESS", &bus.address).start();
    until_part(&daemon, "sleep", |part| part.why.starts_with("logind does not tell")).await;
    load(&daemon);
    let logind = SignalEmitter::new(&bus.client, "/org/freedesktop/login1").unwrap();
    for wakes in [true, false] {
        bus.client.request_name(NAME).await.unwrap();
        let lock = soon(given.recv()).await.unwrap();
        until_part(&daemon, "sleep", |part| part.state == PartState::Works).await;
        Logind::prepare_for_sleep(&logind, true).await.unwrap();
        let_go(lock).await;
        assert_eq!(daemon.engine(EngineKind::Text).state, EngineState::Stopped);
        if wakes {
            Logind::prepare_for_sleep(&logind, false).await.unwrap();
            soon(given.recv()).await.unwrap();
            until(&daemon, EngineState::Ready).await;
        }
        bus.client.release_name(NAME).await.unwrap();
        until_part(&daemon, "sleep", |part| part.why == "logind is gone").await;
        until(&daemon, EngineState::Ready).await;
    }
}

#[tokio::test]
async fn idle_engines_end_when_the_kernel_says_that_memory_is_short() {
    let home = Home::new();
    let fifo = home.path().join("pressure");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let daemon = home.with_variable("HOB_MEMORY_PRESSURE", &fifo).start();
    load(&daemon);
    OpenOptions::new().write(true).open(&fifo).unwrap().write_all(b"short\n").unwrap();
    until(&daemon, EngineState::Stopped).await;
    load(&daemon);
    until(&daemon, EngineState::Ready).await;
}

/// Says whether the machine runs on battery.
struct UPower {
    on_battery: bool,
}

#[interface(name = "org.freedesktop.UPower")]
impl UPower {
    #[zbus(property)]
    fn on_battery(&self) -> bool {
        self.on_battery
    }
}

#[tokio::test]
async fn an_idle_engine_comes_back_with_other_threads_on_battery_and_on_mains() {
    const PATH: &str = "/org/freedesktop/UPower";
    let home = Home::new().with_config("[memory]\nbattery_threads = 1\n");
    let bus = Bus::start(&home, None).await;
    bus.client.object_server().at(PATH, UPower { on_battery: false }).await.unwrap();
    bus.client.request_name("org.freedesktop.UPower").await.unwrap();
    let daemon = home.with_variable("DBUS_SYSTEM_BUS_ADDRESS", &bus.address).start();
    until_part(&daemon, "battery", |part| part.state == PartState::Works).await;
    load(&daemon);
    let upower = bus.client.object_server().interface::<_, UPower>(PATH).await.unwrap();
    for on_battery in [true, false] {
        assert_eq!(daemon.engine(EngineKind::Text).state, EngineState::Ready);
        upower.get_mut().await.on_battery = on_battery;
        upower.get().await.on_battery_changed(upower.signal_emitter()).await.unwrap();
        until(&daemon, EngineState::Stopped).await;
        load(&daemon);
    }
    assert_eq!(daemon.engine(EngineKind::Text).restarts, 0, "none of it was a death");
}

#[tokio::test]
async fn upower_may_come_late_and_come_back() {
    let home = Home::new();
    let bus = Bus::start(&home, None).await;
    bus.client.object_server().at("/org/freedesktop/UPower", UPower { on_battery: true }).await.unwrap();
    let daemon = home.with_variable("DBUS_SYSTEM_BUS_ADDRESS", &bus.address).start();
    until_part(&daemon, "battery", |part| part.why.starts_with("UPower does not tell")).await;
    for _ in 0..2 {
        bus.client.request_name("org.freedesktop.UPower").await.unwrap();
        until_part(&daemon, "battery", |part| part.state == PartState::Works).await;
        bus.client.release_name("org.freedesktop.UPower").await.unwrap();
        until_part(&daemon, "battery", |part| part.why == "UPower is gone").await;
    }
}

#[test]
fn the_model_that_worked_longest_ago_makes_room_for_another() {
    // Each engine counts for 200 MB and its model.
    for (config, expected) in [
        ("budget_mb = 300", EngineState::Stopped),
        ("budget_mb = 500", EngineState::Ready),
        ("budget_mb = 300\npinned = ['tiny-text']", EngineState::Ready),
    ] {
        let daemon = Home::new().with_config(&format!("[memory]\n{config}\n")).start();
        load(&daemon);
        assert_eq!(daemon.engine(EngineKind::Text).state, EngineState::Ready);
        daemon.hob(&["models", "load", SPEECH_MODEL]).printed();
        let mut watch = daemon.watch();
        let text = watch.until_engine(EngineKind::Text, |engine| engine.state == expected);
        assert_eq!((text.restarts, text.last_death), (0, None), "{config}");
    }
}

#[test]
fn a_machine_that_tells_nothing_is_said_to() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let state = watch.until(|state| {
        let missing = |part: &&Part| part.state == PartState::Missing && !part.why.contains("yet");
        ["memory pressure", "sleep", "battery"]
            .iter()
            .all(|name| state.desktop.iter().filter(missing).any(|part| part.name == *name))
    });
    let part = |name: &str| state.desktop.iter().find(|part| part.name == name).unwrap().clone();
    assert!(part("memory pressure").why.contains("cannot be used"), "{:?}", part("memory pressure"));
    assert!(part("sleep").why.starts_with("logind does not tell"), "{:?}", part("sleep"));
}
