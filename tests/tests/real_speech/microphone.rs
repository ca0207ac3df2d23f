//! Speech played into a microphone of a real sound server, dictated by the real daemon with the real engine.

use hob_protocol::daemon::{EngineKind, EngineState, MicrophoneState, Phase};
use hob_protocol::dictation::Outcome;
use hob_protocol::method::{Nothing, Stop};
use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, Recording, SoundServer, spoken as words};
use serde_json::json;

use crate::assert_says;

fn listening(server: &SoundServer, config: &str) -> Daemon {
    server.with(Home::real(&[REAL_SPEECH_MODEL])).with_config(config).start()
}

/// Begins, and returns when the microphone gives sound.
fn begin(daemon: &Daemon) {
    daemon.hob(&["dictate", "start"]).printed();
}

fn stop(daemon: &Daemon) -> Outcome {
    daemon.call(Stop, &Nothing {}).unwrap().result
}

#[test]
fn what_is_spoken_comes_out_however_cold_the_engine_is() {
    let server = SoundServer::start();
    let daemon = listening(&server, "");
    assert_eq!(daemon.engine(EngineKind::Speech).state, EngineState::Stopped);
    for recording in [Recording::Fox, Recording::Counting] {
        begin(&daemon);
        assert_eq!(daemon.state().microphone.name.as_deref(), Some("The-desk"));
        server.say("desk", &recording.sound().trimmed());
        let outcome = stop(&daemon);
        assert_says(outcome.text.as_str(), &[recording]);
        assert_eq!(outcome.notices, [] as [&str; 0]);
        assert!(outcome.timings.capture_ms > 0.0, "{:?}", outcome.timings);
        assert_eq!(daemon.state().microphone.state, MicrophoneState::Closed);
    }
}

#[test]
fn toggle_starts_and_stops() {
    let server = SoundServer::start();
    let daemon = listening(&server, "");
    daemon.hob(&["dictate", "toggle"]).printed();
    server.say("desk", &Recording::Fox.sound());
    assert_says(&daemon.hob(&["dictate", "toggle"]).printed(), &[Recording::Fox]);
}

#[test]
fn the_default_may_change_in_the_middle() {
    let server = SoundServer::start();
    let daemon = listening(&server, "");
    let mut watch = daemon.watch();
    begin(&daemon);
    server.say("desk", &Recording::Fox.sound().trimmed());
    server.follow_default("headset");
    watch.until(|state| state.dictation.notice.is_some());
    server.say("headset", &Recording::Counting.sound().trimmed());
    let outcome = stop(&daemon);
    assert_says(outcome.text.as_str(), &[Recording::Fox, Recording::Counting]);
    assert_eq!(outcome.notices, ["the recording goes on with headset"]);
}

#[test]
fn an_unplugged_microphone_is_followed_by_the_next() {
    let server = SoundServer::start();
    let module = server.plug("usb");
    let daemon = listening(&server, "[dictation]\nmicrophone = 'usb'\n");
    let mut watch = daemon.watch();
    begin(&daemon);
    server.say("desk", &Recording::Fox.sound().trimmed());
    server.follow_default("headset");
    server.unplug(&module);
    let is_next = |notice: &String| notice.contains("the recording goes on") || notice.contains("the default is used");
    watch.until(|state| state.dictation.notice.as_ref().is_some_and(is_next));
    server.say("headset", &Recording::Counting.sound().trimmed());
    let outcome = stop(&daemon);
    assert_says(outcome.text.as_str(), &[Recording::Fox, Recording::Counting]);
    let expected = [
        "the microphone failed: it was unplugged",
        "the recording goes on with The-headset",
        "there is no microphone `usb`; the default is used",
    ];
    assert_eq!(outcome.notices, expected);
}

#[test]
fn a_sound_server_that_dies_leaves_what_was_said() {
    let mut server = SoundServer::start();
    let daemon = listening(&server, "");
    let mut watch = daemon.watch();
    begin(&daemon);
    server.say("desk", &Recording::Fox.sound().trimmed());
    server.kill();
    watch.until(|state| state.dictation.phase == Phase::Recording && state.dictation.notice.is_some());
    watch.until(|state| state.dictation.phase == Phase::Idle);
    let outcome = stop(&daemon);
    assert_says(outcome.text.as_str(), &[Recording::Fox]);
    assert_eq!(outcome.notices.len(), 2, "{:?}", outcome.notices);

    let reply = daemon.ask("dev.hob.Dictation.Start", json!({}));
    assert_eq!(reply["parameters"]["trouble"], "no_server", "{reply}");
    assert!(!reply["parameters"]["hint"].as_str().unwrap().is_empty(), "{reply}");
}

#[test]
fn silence_ends_what_no_key_holds() {
    let server = SoundServer::start();
    let daemon = listening(&server, "[dictation]\nauto_stop_s = 1\n");
    let mut watch = daemon.watch();
    daemon.hob(&["dictate", "toggle"]).printed();
    server.say("desk", &Recording::Fox.sound().trimmed());
    watch.until(|state| state.dictation.phase == Phase::Idle);
    let outcome = stop(&daemon);
    assert_says(outcome.text.as_str(), &[Recording::Fox]);
    let silence = outcome.timings.audio_ms / 1000.0 - Recording::Fox.sound().trimmed().seconds();
    assert!((0.5..3.5).contains(&silence), "{silence} s of silence around it");

    let remembered = std::fs::read_to_string(daemon.home().path().join("state/hob/microphones.json")).unwrap();
    assert!(remembered.contains("The-desk"), "{remembered}");
}

#[test]
fn a_pre_roll_catches_what_was_spoken_before_the_key() {
    let server = SoundServer::start();
    let daemon = listening(&server, "[dictation]\npre_roll_ms = 2000\n");
    // Half of it before the key, a stretch that ends between two words.
    let sound = Recording::Counting.sound().trimmed();
    let (before, after) = sound.cut_in_a_pause(0.8..1.4);
    while daemon.state().microphone.state != MicrophoneState::Open {}
    server.say("desk", &before);
    begin(&daemon);
    server.say("desk", &after);
    let outcome = stop(&daemon);
    let text = words(outcome.text.as_str());
    assert!(text.starts_with("1 2 "), "{text}");
    assert!(text.ends_with("9 1 0"), "{text}");
    assert_eq!(daemon.state().microphone.state, MicrophoneState::Open, "for the next");
}

#[test]
fn the_microphones_are_listed_by_names_that_stay() {
    let server = SoundServer::start();
    let daemon = listening(&server, "[dictation]\nmicrophone = 'headset'\n");
    let listed = daemon.hob(&["microphones"]).printed();
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "the monitors of outputs are none: {listed}");
    assert!(lines[0].starts_with("desk ") && lines[0].ends_with("  default"), "{listed}");
    assert!(lines[1].starts_with("headset ") && lines[1].ends_with("  chosen"), "{listed}");
}
