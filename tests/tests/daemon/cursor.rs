//! Texts for the cursor where no desktop is: handed to a command, and honestly not arrived without one.

use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use hob_protocol::daemon::{PartState, State};
use hob_tests::{Daemon, Home};
use serde_json::{Value, json};

/// A daemon that hands texts to a command, and the file that then holds them.
fn with_command() -> (Daemon, std::path::PathBuf) {
    let home = Home::new();
    let taken = home.path().join("taken");
    home.write_config(&format!("[insert]\nmethods = ['command']\ncommand = ['tee', '{}']\n", taken.display()));
    (home.start(), taken)
}

fn entry(daemon: &Daemon) -> Value {
    daemon.hob(&["history", "--json"]).objects().remove(0)["entries"][0].clone()
}

#[test]
fn a_text_for_the_cursor_reaches_the_command_and_is_delivered() {
    let (daemon, taken) = with_command();
    let recording = daemon.home().recording(300);
    let arguments = ["dictate", "start", "--print", "--target", "cursor", "--json", "--file", &recording];
    let replies = daemon.hob(&arguments).objects();
    let result = &replies.last().unwrap()["result"];
    assert_eq!(result["insertion"], json!({"state": "sent", "method": "command"}), "{result}");
    assert_eq!(fs::read_to_string(taken).unwrap(), "heard 4800 samples");
    assert!(result["timings"]["insert_ms"].as_f64().unwrap() > 0.0, "{result}");
    assert_eq!(entry(&daemon)["state"], "delivered");
}

#[test]
fn stop_waits_for_the_insertion_and_prints_nothing() {
    let (daemon, taken) = with_command();
    let recording = daemon.home().recording(60_000);
    let mut watch = daemon.watch();
    daemon.hob(&["dictate", "start", "--target", "cursor", "--file", &recording]).printed();
    watch.until(|state| {
        !state.dictation.stable.is_empty() || !state.dictation.unstable.is_empty() || state.dictation.level > 0.0
    });
    assert_eq!(daemon.hob(&["dictate", "stop"]).printed(), "");
    assert!(fs::read_to_string(taken).unwrap().starts_with("heard "));
}

#[test]
fn without_any_way_to_the_cursor_nothing_claims_to_have_arrived() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(300);
    let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("hob: the text was not inserted: "), "{}", ran.stderr);
    let entry = entry(&daemon);
    assert_eq!((&entry["state"], &entry["text"]), (&json!("transcribed"), &json!("heard 4800 samples")));
    let insertion = daemon.state().desktop.into_iter().find(|part| part.name == "insertion").expect("it is looked for");
    assert_eq!(insertion.state, PartState::Missing, "{insertion:?}");
    let doctor = daemon.hob(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.stdout.contains("fail  insertion "), "{}", doctor.stdout);
}

#[test]
fn there_is_nothing_to_undo_and_nothing_selected_without_a_desktop() {
    let daemon = Daemon::start();
    let (code, complaint) = daemon.hob(&["undo"]).complained();
    assert_eq!((code, complaint.lines().next()), (1, Some("hob: there is nothing to take back")));
    assert_eq!(daemon.hob(&["run", "fix", "--selection"]).complained().0, 1);
}

#[test]
fn a_paused_microphone_is_seen_and_refuses_dictations() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    daemon.hob(&["pause"]).printed();
    watch.until(|state| state.paused);
    let (code, complaint) = daemon.hob(&["dictate", "start"]).complained();
    assert_eq!(
        (code, complaint.as_str()),
        (1, "hob: the microphone is paused\nhint: `hob resume` lets it be opened again\n")
    );
    assert!(daemon.hob(&["status"]).printed().contains("paused"));
    daemon.hob(&["resume"]).printed();
    watch.until(|state| !state.paused);
}

#[test]
fn keys_that_cannot_arrive_have_a_way_out() {
    let ran = Daemon::start().hob(&["doctor", "hotkeys", "--wait", "0.1"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("hob dictate start"), "{}", ran.stdout);
}

#[test]
fn without_any_desktop_hob_serves_and_the_doctor_lists_what_is_missing() {
    let daemon = Home::new().with_config("[feedback]\nindicator = true\n").start();
    let parts = ["insertion", "selection", "tray", "notifications", "sounds", "indicator"];
    let is_missing = |state: &State, name: &str| {
        state.desktop.iter().any(|part| part.name == name && part.state == PartState::Missing)
    };
    daemon.watch().until(|state| parts.iter().all(|name| is_missing(state, name)));
    assert_eq!(daemon.hob(&["transcribe", &daemon.home().recording(300)]).printed(), "heard 4800 samples\n");
    let doctor = daemon.hob(&["doctor"]);
    assert_eq!(doctor.code, 1);
    for name in parts {
        let is_told = |line: &str| line.starts_with("warn") || line.starts_with("fail");
        let mut lines = doctor.stdout.lines().filter(|line| is_told(line));
        assert!(lines.any(|line| line.split_whitespace().nth(1) == Some(name)), "{name}: {}", doctor.stdout);
    }
    assert!(doctor.stdout.contains("start hobd in a desktop session"), "{}", doctor.stdout);
}

/// A compositor that is stopped, or whose screen driver hangs, takes connections as before.
#[test]
fn a_compositor_that_never_answers_holds_nothing_up() {
    let home = Home::new().with_variable("XDG_SESSION_TYPE", "wayland");
    let socket = home.path().join("run/wayland-0");
    let _never_answers = UnixListener::bind(&socket).unwrap();
    never_answers(home, &format!("the compositor behind {} does not answer", socket.display()));
}

#[test]
fn an_x_server_that_never_answers_holds_nothing_up() {
    // Where no server of this machine is, and without a file.
    let display = 40_000 + std::process::id() % 20_000;
    let name = SocketAddr::from_abstract_name(format!("/tmp/.X11-unix/X{display}")).unwrap();
    let _never_answers = UnixListener::bind_addr(&name).unwrap();
    let home = Home::new().with_variable("XDG_SESSION_TYPE", "x11").with_variable("DISPLAY", format!(":{display}"));
    never_answers(home, &format!("the X server behind DISPLAY=:{display} does not answer"));
}

fn never_answers(home: Home, told: &str) {
    let daemon = home.start();
    let recording = daemon.home().recording(300);
    assert_eq!(daemon.hob(&["transcribe", &recording]).printed(), "heard 4800 samples\n");
    // It waits until the daemon has lost its patience, which takes some seconds, and no longer.
    let doctor = daemon.hob(&["doctor"]);
    assert_eq!(doctor.code, 1);
    let line = doctor.stdout.lines().find(|line| line.starts_with("fail  insertion "));
    assert!(line.is_some_and(|line| line.contains(told)), "{}", doctor.stdout);
    let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "heard 4800 samples\n"));
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

/// As on a machine without a display, which is no defect of hob.
#[test]
fn a_selection_that_nothing_tells_of_is_a_plain_error() {
    let (code, complaint) = Daemon::start().hob(&["run", "fix", "--selection"]).complained();
    let expected = "hob: no display that hob can reach tells what is selected\nhint: `hob doctor` shows what hob found of this desktop\n";
    assert_eq!((code, complaint.as_str()), (1, expected));
}
