//! One dictation from key down to text.

use std::time::Duration;

use hob_protocol::Error;
use hob_protocol::daemon::{EngineKind, Phase};
use hob_protocol::engine::FromEngine;
use hob_protocol::speech::Transcript;
use serde_json::json;

use super::super::{Captured, Event, Reply, Settings};
use super::world::World;

fn recording() -> World {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Started { latency: Duration::from_millis(30) });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    world
}

#[test]
fn the_text_comes_with_stop_and_the_time_it_took() {
    let mut world = recording();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    let reply = world.last(stop).unwrap().as_ref().unwrap();
    assert_eq!(reply["result"]["text"], "spoken words");
    assert_eq!(reply["result"]["timings"]["audio_ms"], 1000.0);
    assert_eq!(reply["result"]["timings"]["capture_ms"], 30.0);
    assert!(reply["result"]["timings"]["release_to_text_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(world.core.dictation().phase, Phase::Idle);
}

#[test]
fn samples_that_come_before_the_model_is_found_are_kept() {
    let mut world = recording();
    assert_eq!(world.finding.len(), 1, "the model is still being looked for");
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert!(world.last(stop).unwrap().is_ok());
}

#[test]
fn a_second_start_is_refused_and_changes_nothing() {
    let mut world = recording();
    let second = world.ask("dev.hob.Dictation.Start", json!({}));
    assert_eq!(world.last(second), Some(&Err(Error::AlreadyRecording { id: 1 })));
    assert_eq!(world.core.dictation().phase, Phase::Recording);
}

#[test]
fn toggle_starts_and_stops() {
    let mut world = World::new();
    let start = world.ask("dev.hob.Dictation.Toggle", json!({}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    assert_eq!(world.last(start), Some(&Ok(json!({"id": 1}))));
    let stop = world.ask("dev.hob.Dictation.Toggle", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words");
}

#[test]
fn a_streaming_client_gets_partials_and_the_result() {
    let mut world = World::new();
    let start = world.ask_more("dev.hob.Dictation.Start", json!({"file": "/a.wav"}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 320]));
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    let engine = world.engine(EngineKind::Speech);
    let (generation, id) = (engine.generation.unwrap(), engine.working[0].0);
    let message = FromEngine::Partial { id, stable: "spoken".into(), unstable: "wor".into() };
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
    world.captured(Captured::Ended);
    world.settle();
    let replies = &world.replies[&start];
    assert_eq!(replies[0], Reply::More(json!({"id": 1})));
    assert_eq!(replies[1], Reply::More(json!({"id": 1, "stable": "spoken", "unstable": "wor"})));
    assert!(matches!(&replies[2], Reply::Last(Ok(reply)) if reply["result"]["text"] == "spoken words"));
}

#[test]
fn a_streaming_client_that_leaves_ends_the_dictation() {
    let mut world = World::new();
    let start = world.ask_more("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.hang_up(start);
    assert_eq!(world.core.dictation().phase, Phase::Idle);
    assert_eq!(world.source.map(|(_, stopped)| stopped), Some(true), "the microphone is told to close");
}

#[test]
fn nothing_heard_is_an_answer_of_its_own() {
    let mut world = recording();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.captured(Captured::Ended);
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    let engine = world.engine(EngineKind::Speech);
    let (generation, (id, _)) = (engine.generation.unwrap(), engine.working.pop_front().unwrap());
    let message = FromEngine::Recognized { id, transcript: Transcript::default() };
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
    assert_eq!(world.last(stop), Some(&Err(Error::NoSpeech { audio_ms: 1000.0 })));
}

#[test]
fn a_microphone_that_fails_after_words_keeps_the_words() {
    let mut world = recording();
    let gone = Error::MicrophoneUnavailable { problem: "unplugged".into(), hint: String::new() };
    world.captured(Captured::Failed(gone));
    world.settle();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words");
}

#[test]
fn a_microphone_that_never_opens_is_said_to_whoever_started() {
    let mut world = World::new();
    let start = world.ask("dev.hob.Dictation.Start", json!({}));
    let none = Error::MicrophoneUnavailable { problem: "no device".into(), hint: "plug one in".into() };
    world.captured(Captured::Failed(none.clone()));
    assert_eq!(world.last(start), Some(&Err(none)));
    assert_eq!(world.core.dictation().phase, Phase::Idle);
}

#[test]
fn the_longest_dictation_ends_by_itself_and_its_text_waits() {
    let longest = Duration::from_secs(5);
    let mut world = World::with(Settings { longest_dictation: longest, ..Settings::default() });
    world.ask("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 320]));
    assert_eq!(world.core.next_deadline(), Some(world.now + longest));
    world.wait();
    world.settle();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words");
    let again = world.ask("dev.hob.Dictation.Stop", json!({}));
    assert!(matches!(world.last(again), Some(Err(Error::NotRecording { .. }))), "the text is given once");
}

#[test]
fn an_action_runs_on_what_was_said() {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
    world.captured(Captured::Samples(vec![0.5; 320]));
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "written words");
}

#[test]
fn an_unknown_action_is_refused_before_anybody_speaks() {
    let mut world = World::new();
    let start = world.ask("dev.hob.Dictation.Start", json!({"action": "dance"}));
    assert!(matches!(world.last(start), Some(Err(Error::UnknownAction { .. }))));
    assert!(world.source.is_none());
}

#[test]
fn an_engine_that_dies_while_somebody_speaks_costs_no_word() {
    let mut world = recording();
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    world.kill_engine(EngineKind::Speech, super::super::NextBuild::Same);
    assert_eq!(world.core.dictation().phase, Phase::Recording);
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words");
}
