//! `hob doctor`: each check, good and bad.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

use crate::fake::{FakeDaemon, Ran, hob_at, run, state};

/// A machine where all is well, in one folder.
struct Machine {
    daemon: FakeDaemon,
}

impl Machine {
    fn with(state: Value) -> Self {
        let daemon = FakeDaemon::start(move |_, connection| connection.last(json!({"state": state.clone()})));
        let folder = daemon.folder.path();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        for engine in ["hob-speech", "hob-text"] {
            fs::create_dir_all(folder.join("engines/x86-64-v3")).unwrap();
            fs::write(folder.join("engines/x86-64-v3").join(engine), "").unwrap();
        }
        fs::create_dir(folder.join("models")).unwrap();
        fs::write(folder.join("pipewire-0"), "").unwrap();
        bus(&folder.join("bus"), b'\x01');
        Self { daemon }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let folder = self.daemon.folder.path();
        let mut command = self.daemon.command(arguments);
        command
            .env("XDG_RUNTIME_DIR", folder)
            .env("HOB_ENGINES", folder.join("engines"))
            .env("HOB_MODELS", folder.join("models"));
        command
    }

    fn doctor(&self) -> Ran {
        run(&mut self.command(&["doctor"]), b"")
    }
}

/// A session bus that gives two answers: a name for the caller, and whether `dev.hob.Hob` has an owner.
fn bus(path: &Path, owned: u8) {
    let listener = UnixListener::bind(path).unwrap();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let until = |stream: &mut std::os::unix::net::UnixStream, end: &[u8]| {
                let (mut seen, mut byte) = (Vec::new(), [0]);
                while !seen.ends_with(end) {
                    stream.read_exact(&mut byte).unwrap();
                    seen.extend(byte);
                }
            };
            until(&mut stream, b"\r\n");
            stream.write_all(b"OK 0123456789abcdef\r\n").unwrap();
            until(&mut stream, b"BEGIN\r\n");
            until(&mut stream, b"dev.hob.Hob\0");
            // Little-endian: kind, body length, serial, no header fields; the body. A signal comes between the two answers.
            for (kind, body) in [(2u8, &b"\x04\0\0\0:1.7\0"[..]), (4, b"\x01\0\0\0"), (2, &[owned, 0, 0, 0])] {
                let mut message = vec![b'l', kind, 0, 1];
                message.extend((body.len() as u32).to_le_bytes());
                message.extend([1, 0, 0, 0, 0, 0, 0, 0]);
                message.extend(body);
                stream.write_all(&message).unwrap();
            }
        }
    });
}

/// A state of which `hob doctor` has nothing to say.
fn sound() -> Value {
    let mut state = state();
    state["engines"][0]["refused_builds"] = json!([]);
    state["desktop"] = json!([
        {"name": "hotkeys", "state": "works", "using": "x11", "why": "DISPLAY is set"},
        {"name": "insertion", "state": "works", "using": "xtest", "why": "DISPLAY is set"},
        {"name": "tray", "state": "missing", "using": "", "why": "no panel shows icons"},
    ]);
    state
}

#[test]
fn a_machine_without_models_fails_and_the_rest_is_well() {
    let machine = Machine::with(sound());
    let ran = machine.doctor();
    let folder = machine.daemon.folder.path().display();
    let version = hob_protocol::VERSION;
    let expected = format!(
        "ok    socket          hobd {version} answers at {folder}/hob.sock\n\
         ok    permissions     {folder} is yours alone\n\
         ok    config          the defaults; /etc/none.toml does not exist\n\
         fail  models          none in {folder}/models\n      \
                             hint: `hob models pull starter` fetches a small one of each kind\n\
         ok    engines         speech x86-64-v3, text x86-64-v3 in {folder}/engines\n\
         ok    microphone      PipeWire runs; `hob dictate start --print` tries it\n\
         ok    d-bus           dev.hob.Hob is on the session bus\n\
         ok    hotkeys         x11: DISPLAY is set\n\
         ok    insertion       xtest: DISPLAY is set\n\
         warn  tray            no panel shows icons\n\n\
         dictation cannot work here until this is put right: models\n"
    )
    .replace("      hint: `hob", "                      hint: `hob");
    assert_eq!((ran.stdout.as_str(), ran.code), (expected.as_str(), 1));
}

#[test]
fn scripts_get_one_object_for_each_check() {
    let ran = run(&mut Machine::with(sound()).command(&["doctor", "--json"]), b"");
    let checks: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(checks.len(), 10);
    assert_eq!((&checks[0]["name"], &checks[0]["level"]), (&json!("socket"), &json!("ok")));
    assert_eq!(checks[3]["level"], "fail");
    assert!(checks[3]["advice"].as_str().unwrap().contains("hob models pull starter"));
}

#[test]
fn trouble_is_told_with_what_to_do() {
    let mut state = state();
    state["version"] = json!("0.0.9");
    state["models"] = json!("/nonexistent/models");
    state["engines"][1]["state"] = json!("failed");
    state["engines"][1]["last_death"] = json!("exit code 1");
    let machine = Machine::with(state);
    let folder = machine.daemon.folder.path();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(machine.daemon.socket(), fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(folder.join("engines/x86-64-v3/hob-text")).unwrap();
    fs::remove_file(folder.join("bus")).unwrap();
    bus(&folder.join("bus"), 0);
    let seen = machine.doctor().stdout;
    for line in [
        "warn  socket          hobd is 0.0.9, and this is hob ".to_owned(),
        format!("warn  permissions     others can look into {}: its mode is 755", folder.display()),
        "fail  models          none in /nonexistent/models".to_owned(),
        "warn  models          hobd looks in /nonexistent/models, this hob in ".to_owned(),
        "fail  engines         no hob-text in ".to_owned(),
        "fail  engines         text has failed: exit code 1".to_owned(),
        "warn  engines         speech builds that died of instructions this machine lacks: x86-64-v4".to_owned(),
        "warn  d-bus           nobody owns dev.hob.Hob on the session bus".to_owned(),
    ] {
        assert!(seen.contains(&line), "{line}\n{seen}");
    }
    fs::set_permissions(machine.daemon.socket(), fs::Permissions::from_mode(0o666)).unwrap();
    let seen = machine.doctor().stdout;
    assert!(seen.contains("fail  permissions     others can reach the socket: its mode is 666"), "{seen}");
}

/// A daemon that has not yet looked at its desktop, and what it tells to whoever follows it.
fn still_looking(later: Option<Value>) -> Ran {
    let daemon = FakeDaemon::start(move |call, connection| {
        let mut state = sound();
        state["desktop"].as_array_mut().unwrap().retain(|part| part["name"] != "insertion");
        if call.method.ends_with("Status") {
            return connection.last(json!({"state": state}));
        }
        let Some(desktop) = &later else { return connection.last(json!({"state": state})) };
        connection.more(json!({"state": state}));
        connection.more(json!({"desktop": desktop}));
        connection.wait_for_hang_up();
    });
    daemon.hob(&["doctor"])
}

#[test]
fn a_daemon_that_still_looks_at_its_desktop_is_waited_for() {
    let part = json!([{"name": "insertion", "state": "works", "using": "xtest", "why": "DISPLAY is set"}]);
    let seen = still_looking(Some(part)).stdout;
    assert!(seen.contains("ok    insertion       xtest: DISPLAY is set\n"), "{seen}");
}

#[test]
fn a_desktop_that_is_never_found_is_a_failure() {
    let ran = still_looking(None);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("fail  insertion       the desktop does not answer\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains(", insertion\n"), "{}", ran.stdout);
}

#[test]
fn without_a_daemon_the_rest_is_still_checked() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&mut hob_at(&folder.path().join("hob.sock"), &["doctor"]), b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert!(ran.stdout.starts_with("fail  socket          no daemon at "), "{}", ran.stdout);
    assert!(ran.stdout.contains("systemctl --user start hobd"), "{}", ran.stdout);
    assert!(ran.stdout.contains("fail  models "), "{}", ran.stdout);
    assert!(!ran.stdout.contains("d-bus"), "{}", ran.stdout);
}

/// A daemon whose keys are pressed as soon as somebody listens.
fn with_keys(keys: Vec<Value>) -> FakeDaemon {
    FakeDaemon::start(move |call, connection| {
        if call.method.ends_with("Status") {
            return connection.last(json!({"state": sound()}));
        }
        connection.more(json!({}));
        for key in &keys {
            connection.more(json!({"key": key}));
        }
        connection.wait_for_hang_up();
    })
}

#[test]
fn a_key_that_arrives_is_proven() {
    let keys = vec![
        json!({"binding": "dictate", "motion": "pressed"}),
        json!({"binding": "undo", "motion": "released"}),
        json!({"binding": "dictate", "motion": "released"}),
    ];
    let daemon = with_keys(keys);
    let printed = daemon.hob(&["doctor", "hotkeys"]).printed();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(
        lines[..3],
        ["hotkeys: x11: DISPLAY is set", "press one of hob's keys; it will do nothing else (30 s)", "dictate: pressed"]
    );
    assert!(lines[3].starts_with("dictate: released after "), "{printed}");
}

#[test]
fn a_key_that_does_not_arrive_is_a_failure_with_a_way_out() {
    let ran = with_keys(Vec::new()).hob(&["doctor", "hotkeys", "--wait", "0.05"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("\nno key arrived\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("hob dictate start"), "{}", ran.stdout);
}
