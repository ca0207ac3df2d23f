//! Dictation of recordings through the same path as the microphone's, in real time, over the command line and the socket.

use hob_protocol::daemon::{EngineKind, EngineState, Phase};
use hob_tests::{Daemon, SPEECH_MODEL, Wire};
use serde_json::{Value, json};

use crate::text;

#[track_caller]
fn started(daemon: &Daemon, file: &str) -> u64 {
    let reply = daemon.hob(&["dictate", "start", "--file", file, "--json"]).objects().remove(0);
    reply["id"].as_u64().unwrap_or_else(|| panic!("{reply}"))
}

/// How many samples the scripted engine heard.
fn count(text: &str) -> u64 {
    text.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn a_recording_becomes_text() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(300);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "heard 4800 samples\n");
    assert_eq!(daemon.hob(&["dictate", "--file", &recording, "--action", "fix"]).printed(), "heard 4800 samples\n");
    assert!(daemon.engine(EngineKind::Text).load_ms.is_some(), "the action has worked on the text");
    assert_eq!(daemon.state().dictation.phase, Phase::Idle);
}

#[test]
fn where_the_time_went_is_told_in_the_reply_the_log_and_the_status() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(300);
    assert!(!daemon.hob(&["status"]).printed().contains("last text"), "there was none");
    let ran = daemon.hob(&["dictate", "--file", &recording, "--timings"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "heard 4800 samples\n"), "{}", ran.stderr);
    let line = ran.stderr.trim_end();
    assert!(line.starts_with("text ") && line.contains("0.3 s of sound, the first after "), "{line}");
    assert!(line.ends_with("0.3 s of voice, 0.3 s decoded; 0 speculations, 0 used; 0 redone"), "{line}");
    daemon.wait_for_log(&format!("dictation 1: {line}"));
    let status = daemon.hob(&["status"]).printed();
    for part in line.split("; ") {
        assert!(status.contains(part), "{part}: {status}");
    }
    let timings = daemon.state().last_dictation.expect("there was one");
    assert!((timings.recognition.voice_ms - 300.0).abs() < 1e-9 && timings.recognition_ms > 0.0, "{timings:?}");
    assert!(!daemon.log().contains("samples"), "no words in the log: {}", daemon.log());
}

#[test]
fn partials_grow_while_the_recording_still_plays() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(600);
    // Loaded before: what is spoken while an engine starts comes to it in one piece.
    daemon.hob(&["models", "load", SPEECH_MODEL]).printed();
    let mut wire = daemon.wire();
    wire.call(&json!({"method": "dev.hob.Dictation.Start", "parameters": {"file": recording}, "more": true}));
    let first = wire.reply();
    assert_eq!(first, json!({"parameters": {"id": 1}, "continues": true}));
    let (partials, result) = rest(&mut wire);
    assert_eq!(result["parameters"]["result"]["text"], "heard 9600 samples", "{result}");
    assert!(partials.len() > 1 && partials.is_sorted() && partials[0] < 9600, "{partials:?}");
    let timings = &result["parameters"]["result"]["timings"];
    assert_eq!(timings["audio_ms"], 600.0);
    assert!(timings["release_to_text_ms"].as_f64().unwrap() >= 0.0, "{timings}");
}

/// The sizes of the partials, and the final reply.
fn rest(wire: &mut Wire) -> (Vec<u64>, Value) {
    let mut partials = Vec::new();
    loop {
        let reply = wire.reply();
        if reply["continues"] != true {
            return (partials, reply);
        }
        partials.push(count(reply["parameters"]["unstable"].as_str().unwrap()));
    }
}

#[test]
fn stop_ends_a_recording_early_with_its_words() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(60_000);
    let mut watch = daemon.watch();
    assert_eq!(started(&daemon, &recording), 1);
    watch.until(|state| state.dictation.phase == Phase::Recording && !state.dictation.unstable.is_empty());
    let printed = daemon.hob(&["dictate", "stop"]).printed();
    assert!((1..960_000).contains(&count(printed.trim())), "{printed}");
    watch.until(|state| state.dictation.phase == Phase::Idle);
    let complaint = "hob: no dictation is running\nhint: `hob dictate start` begins one\n";
    assert_eq!(daemon.hob(&["dictate", "stop"]).complained(), (1, complaint.to_owned()));
}

#[test]
fn the_text_of_a_dictation_that_ended_by_itself_is_kept_for_stop() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(100);
    let mut watch = daemon.watch();
    started(&daemon, &recording);
    watch.until(|state| state.dictation.phase == Phase::Recording);
    watch.until(|state| state.dictation.phase == Phase::Idle);
    assert_eq!(daemon.hob(&["dictate", "stop"]).printed(), "heard 1600 samples\n");
    assert_eq!(daemon.hob(&["dictate", "stop"]).complained().0, 1, "once only");
}

#[test]
fn toggle_stops_what_runs() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(60_000);
    let mut watch = daemon.watch();
    started(&daemon, &recording);
    watch.until(|state| !state.dictation.unstable.is_empty());
    let printed = daemon.hob(&["dictate", "toggle"]).printed();
    assert!(printed.starts_with("heard "), "{printed}");
}

#[test]
fn cancel_throws_the_words_away() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(60_000);
    let mut wire = daemon.wire();
    wire.call(&json!({"method": "dev.hob.Dictation.Start", "parameters": {"file": recording}, "more": true}));
    wire.reply();
    let cancel = || daemon.hob(&["dictate", "cancel", "--json"]).objects().remove(0);
    assert_eq!(cancel(), json!({"cancelled": true}));
    let reason = json!({"reason": "the dictation was thrown away"});
    assert_eq!(rest(&mut wire).1, json!({"error": "dev.hob.Daemon.Cancelled", "parameters": reason}));
    assert_eq!(cancel(), json!({"cancelled": false}));
    assert_eq!(daemon.hob(&["dictate", "stop"]).complained().0, 1, "nothing was kept");
    assert_eq!(daemon.hob(&["dictate", "--file", &daemon.home().recording(100)]).printed(), "heard 1600 samples\n");
}

#[test]
fn there_is_one_dictation_at_a_time() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(60_000);
    let id = started(&daemon, &recording);
    let expected = format!(
        "hob: dictation {id} is already running\nhint: `hob dictate stop` ends it, `hob dictate cancel` throws it away\n"
    );
    assert_eq!(daemon.hob(&["dictate", "start", "--file", &recording]).complained(), (6, expected));
    // A second client may end it all the same.
    let reply = daemon.ask("dev.hob.Dictation.Stop", json!({}));
    assert_eq!(reply["parameters"]["id"], id, "{reply}");
}

#[test]
fn whoever_streams_a_dictation_ends_it_by_leaving() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(60_000);
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&json!({"method": "dev.hob.Dictation.Start", "parameters": {"file": recording}, "more": true}));
    wire.reply();
    watch.until(|state| state.dictation.phase == Phase::Recording);
    drop(wire);
    watch.until(|state| state.dictation.phase == Phase::Idle);
    assert_eq!(daemon.hob(&["dictate", "stop"]).complained().0, 1, "nothing was kept");
}

#[test]
fn an_engine_that_dies_while_somebody_speaks_costs_no_word() {
    let home = hob_tests::Home::new().with_script(r#"{"on_request": ["once-abort"]}"#);
    let daemon = home.start();
    let recording = daemon.home().recording(300);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "heard 4800 samples\n");
    assert_eq!(daemon.state().engines[0].restarts, 1);
}

/// A daemon that recognises a clip, with a pause before each second of it.
fn busy_with_clip(seconds: u32, pause_ms: u32) -> (Daemon, Wire) {
    let daemon = Daemon::start();
    let clip = daemon.home().recording(seconds * 1000);
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    let parameters = json!({"path": clip, "prompt": format!("fake:slow {pause_ms}")});
    wire.call(&json!({"method": "dev.hob.Speech.Transcribe", "parameters": parameters}));
    watch.until(|state| state.engines[0].state == EngineState::Busy);
    (daemon, wire)
}

#[test]
fn a_dictation_does_not_wait_for_a_clip() {
    // The clip would take twice as long as any test waits.
    let (daemon, clip) = busy_with_clip(120, 1000);
    let mut wire = daemon.wire();
    let parameters = json!({"file": daemon.home().recording(100)});
    wire.call(&json!({"method": "dev.hob.Dictation.Start", "parameters": parameters, "more": true}));
    wire.reply();
    assert_eq!(text(&rest(&mut wire).1), "heard 1600 samples");
    drop(clip);
}

#[test]
fn a_clip_that_made_room_is_begun_again() {
    let (daemon, mut clip) = busy_with_clip(10, 100);
    assert_eq!(daemon.hob(&["dictate", "--file", &daemon.home().recording(100)]).printed(), "heard 1600 samples\n");
    assert_eq!(text(&clip.reply()), "heard 160000 samples");
}

#[test]
fn a_missing_microphone_is_told_with_a_way_out() {
    let daemon = Daemon::start();
    let (code, complaint) = daemon.hob(&["dictate", "start"]).complained();
    assert_eq!(code, 1);
    let (problem, hint) = complaint.split_once("\nhint: ").unwrap_or_else(|| panic!("{complaint}"));
    assert!(problem.starts_with("hob: the microphone cannot be used: "), "{problem}");
    assert!(!hint.trim().is_empty(), "{complaint}");
    assert_eq!(daemon.state().dictation.phase, Phase::Idle);
    let reply = daemon.ask("dev.hob.Dictation.Toggle", json!({}));
    assert_eq!(reply["error"], "dev.hob.Dictation.MicrophoneUnavailable", "{reply}");
}
