//! One dictation from key down to text.

use std::time::Duration;

use hob_protocol::Error;
use hob_protocol::daemon::{EngineKind, Phase};
use hob_protocol::dictation::MicrophoneTrouble;
use hob_protocol::engine::FromEngine;
use hob_protocol::speech::Transcript;
use serde_json::json;

use super::super::{Captured, Ending, Event, JournalNote, NextBuild, Reply, Report, RequestId, Settings};
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
fn whoever_still_speaks_at_release_is_heard_a_little_longer() {
    for (news, stop, listens_on) in [
        (None, "Stop", true),
        (Some((true, 0.9)), "Stop", true),
        (Some((false, 0.5)), "Stop", false),
        (Some((true, 0.9)), "Cancel", false),
    ] {
        let mut world = recording();
        if let Some((speaking, at_s)) = news {
            world.until_working(EngineKind::Speech);
            says(&mut world, speaking, at_s, None);
        }
        world.ask(&format!("dev.hob.Dictation.{stop}"), json!({}));
        assert_eq!(world.tails.iter().map(|tail| !tail.is_zero()).collect::<Vec<_>>(), [listens_on], "{news:?} {stop}");
    }
}

#[test]
fn the_stages_after_release_add_up_and_are_reported() {
    for action in [json!({}), json!({"action": "fix"})] {
        let mut world = World::new();
        let start = world.ask("dev.hob.Dictation.Start", action.clone());
        world.captured(Captured::Started { latency: Duration::from_millis(30) });
        world.captured(Captured::Samples(vec![0.5; 16_000]));
        assert!(world.last(start).unwrap().is_ok());
        world.ask("dev.hob.Dictation.Stop", json!({}));
        world.settle();
        let timings = world.core.last_timings().expect("there was a text");
        assert_eq!(world.reports.values().collect::<Vec<_>>(), [&Report::Text(timings)]);
        let stages = timings.speech_ms + timings.text_ms + timings.store_ms;
        assert!((stages - timings.release_to_text_ms).abs() < 1e-6, "{timings:?}");
        assert!(timings.queue_ms > 0.0 && timings.speech_ms > 0.0 && timings.store_ms > 0.0, "{timings:?}");
        assert_eq!(timings.text_ms > 0.0, action != json!({}), "{timings:?}");
    }
}

#[test]
fn a_dictation_without_a_text_is_reported_too() {
    let mut world = recording();
    world.ask("dev.hob.Dictation.Cancel", json!({}));
    world.settle();
    let why = "cancelled: the dictation was thrown away".to_owned();
    assert_eq!(world.reports.values().collect::<Vec<_>>(), [&Report::NoText { audio_ms: 1000.0, why }]);
    assert_eq!(world.core.last_timings(), None);
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
    let message = FromEngine::Partial { id, stable: "spoken".into(), unstable: "wor".into(), settled_s: 0.0 };
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
    world.captured(Captured::Ended);
    world.settle();
    let replies = &world.replies[&start];
    assert_eq!(replies[0], Reply::More(json!({"id": 1})));
    assert_eq!(replies[1], Reply::More(json!({"id": 1, "stable": "spoken", "unstable": "wor"})));
    assert!(matches!(&replies[2], Reply::Last(Ok(reply)) if reply["result"]["text"] == "spoken words"));
}

#[test]
fn an_engine_that_dies_costs_only_what_was_not_settled() {
    let mut world = recording();
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    let engine = world.engine(EngineKind::Speech);
    let (generation, id) = (engine.generation.unwrap(), engine.working[0].0);
    let message = FromEngine::Partial { id, stable: "Earlier.".into(), unstable: "wor".into(), settled_s: 0.9 };
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
    assert!(world.kill_engine(EngineKind::Speech, NextBuild::Same));
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "Earlier. spoken words");
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
    let gone = Error::MicrophoneUnavailable {
        trouble: MicrophoneTrouble::Unplugged,
        problem: "unplugged".into(),
        hint: String::new(),
    };
    world.captured(Captured::Failed(gone));
    world.settle();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    let result = &world.last(stop).unwrap().as_ref().unwrap()["result"];
    assert_eq!(result["text"], "spoken words");
    assert_eq!(result["notices"], json!(["the microphone cannot be used: unplugged"]));
}

#[test]
fn samples_from_before_the_go_belong_to_the_dictation() {
    let mut world = World::new();
    let start = world.ask("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Samples(vec![0.0; 16_000]));
    assert_eq!(world.core.dictation().phase, Phase::Opening);
    assert_eq!(world.last(start), None, "nobody should speak yet");
    world.captured(Captured::Started { latency: Duration::from_millis(900) });
    assert_eq!(world.core.dictation().phase, Phase::Recording);
    assert!(world.last(start).unwrap().is_ok());
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["timings"]["audio_ms"], 1000.0);
}

#[test]
fn notices_reach_whoever_follows_and_the_result() {
    let mut world = recording();
    world.captured(Captured::Notice("going on with another one".into()));
    assert_eq!(world.core.dictation().notice.as_deref(), Some("going on with another one"));
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    let result = &world.last(stop).unwrap().as_ref().unwrap()["result"];
    assert_eq!(result["notices"], json!(["going on with another one"]));
}

#[test]
fn a_microphone_that_never_opens_is_said_to_whoever_started() {
    let mut world = World::new();
    let start = world.ask("dev.hob.Dictation.Start", json!({}));
    let none = Error::MicrophoneUnavailable {
        trouble: MicrophoneTrouble::Absent,
        problem: "no device".into(),
        hint: "plug one in".into(),
    };
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
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words.");
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

/// The dictation that was recorded has been recognised; its text waits to be stored.
fn storing() -> (World, RequestId) {
    let mut world = recording();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.captured(Captured::Ended);
    world.find_next_model();
    while world.step_engine(EngineKind::Speech) {}
    (world, stop)
}

#[test]
fn the_text_leaves_when_it_is_stored_and_the_recording_goes_when_the_text_has_arrived() {
    let (mut world, stop) = storing();
    assert_eq!(world.last(stop), None);
    assert_eq!(world.last_note(1), Some(&JournalNote::Text("spoken words".into())));
    world.store_next_text();
    assert!(world.last(stop).unwrap().is_ok());
    assert_eq!(world.notes.len(), 1, "the recording stays while the text is on its way");
    world.event(Event::Delivered { id: stop });
    assert_eq!(world.last_note(1), Some(&JournalNote::Ended(Ending::Delivered)));
}

#[test]
fn a_text_that_does_not_arrive_is_given_to_the_next_who_asks() {
    let (mut world, stop) = storing();
    world.store_next_text();
    world.hang_up(stop);
    assert_eq!(world.notes.len(), 1, "nobody has got it");
    let again = world.ask("dev.hob.Dictation.Stop", json!({}));
    assert_eq!(world.last(again).unwrap().as_ref().unwrap()["result"]["text"], "spoken words");
    world.event(Event::Delivered { id: again });
    assert_eq!(world.last_note(1), Some(&JournalNote::Ended(Ending::Delivered)));
}

#[test]
fn what_was_said_before_an_action_failed_is_noted() {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
    world.captured(Captured::Samples(vec![0.5; 320]));
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.captured(Captured::Ended);
    world.find_next_model();
    while world.step_engine(EngineKind::Speech) {}
    assert_eq!(world.last_note(1), Some(&JournalNote::Heard("spoken words".into())));
    let (job, ..) = world.finding.pop_front().unwrap();
    let none = Error::NoModel { kind: EngineKind::Text, hint: String::new() };
    world.event(Event::ModelFound { job, result: Err(none.clone()) });
    assert_eq!(world.last(stop), Some(&Err(none.clone())));
    assert_eq!(world.last_note(1), Some(&JournalNote::Ended(Ending::Failed { why: none.to_string() })));
}

#[test]
fn what_was_thrown_away_leaves_nothing_and_what_broke_off_stays() {
    let mut world = recording();
    world.ask("dev.hob.Dictation.Cancel", json!({}));
    assert_eq!(world.last_note(1), Some(&JournalNote::Ended(Ending::Discarded)));

    let mut world = World::new();
    let start = world.ask_more("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Samples(vec![0.5; 320]));
    world.hang_up(start);
    assert!(matches!(world.last_note(1), Some(JournalNote::Ended(Ending::Failed { .. }))));
}

#[test]
fn a_recording_is_recognised_again_stored_and_delivered() {
    let mut world = World::new();
    let retry = world.ask("dev.hob.Dictation.Retry", json!({"id": 7, "action": "fix"}));
    world.settle();
    let reply = world.last(retry).unwrap().as_ref().unwrap();
    assert_eq!((&reply["id"], &reply["result"]["text"]), (&json!(7), &json!("spoken words.")));
    let notes = [JournalNote::Heard("spoken words".into()), JournalNote::Text("spoken words.".into())];
    assert_eq!(world.notes.iter().map(|(_, note)| note.clone()).collect::<Vec<_>>(), notes);
    world.event(Event::Delivered { id: retry });
    assert_eq!(world.last_note(7), Some(&JournalNote::Ended(Ending::Delivered)));
}

#[test]
fn a_recording_is_recognised_by_one_at_a_time_and_never_while_it_is_made() {
    let mut world = recording();
    let running = world.ask("dev.hob.Dictation.Retry", json!({"id": 1}));
    assert_eq!(world.last(running), Some(&Err(Error::AlreadyRecording { id: 1 })));
    world.ask("dev.hob.Dictation.Retry", json!({"id": 7}));
    let second = world.ask("dev.hob.Dictation.Retry", json!({"id": 7}));
    world.read_next_recording();
    world.read_next_recording();
    assert!(matches!(world.last(second), Some(Err(Error::Busy { limit: 1, .. }))));
}

#[test]
fn a_retry_that_fails_keeps_the_recording() {
    let mut world = World::new();
    let retry = world.ask("dev.hob.Dictation.Retry", json!({}));
    world.read_next_recording();
    let (job, ..) = world.finding.pop_front().unwrap();
    let none = Error::NoModel { kind: EngineKind::Speech, hint: String::new() };
    world.event(Event::ModelFound { job, result: Err(none.clone()) });
    assert_eq!(world.last(retry), Some(&Err(none.clone())));
    assert_eq!(world.last_note(900), Some(&JournalNote::Ended(Ending::Failed { why: none.to_string() })));
}

#[test]
fn an_engine_that_dies_for_good_does_not_stop_whoever_speaks() {
    let mut world = recording();
    world.find_next_model();
    for _ in 0..2 {
        while world.step_engine(EngineKind::Speech) {}
        world.kill_engine(EngineKind::Speech, super::super::NextBuild::Same);
    }
    assert_eq!(world.core.dictation().phase, Phase::Recording);
    world.captured(Captured::Samples(vec![0.5; 320]));
    assert!(world.notes.is_empty(), "the recording goes on");
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    assert_eq!(world.last(stop), None);
    world.captured(Captured::Ended);
    assert!(
        matches!(world.last(stop), Some(Err(Error::EngineDied { hint, .. })) if hint.contains("hob dictate retry"))
    );
    assert!(matches!(world.last_note(1), Some(JournalNote::Ended(Ending::Failed { .. }))));
    assert_eq!(world.core.dictation().phase, Phase::Idle);
}

/// One second of sound after the other, and what the engine says of it.
fn seconds(world: &mut World, count: u32) {
    for _ in 0..count {
        world.captured(Captured::Samples(vec![0.0; 16_000]));
    }
}

fn says(world: &mut World, speaking: bool, at_s: f64, noise_db: Option<f32>) {
    let generation = world.engine(EngineKind::Speech).generation.unwrap();
    let id = world.engine(EngineKind::Speech).working.front().unwrap().0;
    let message = FromEngine::Voice { id, speaking, at_s, noise_db };
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
}

fn toggled_with_auto_stop() -> World {
    let mut world = World::with(Settings { auto_stop: Some(Duration::from_secs(2)), ..Settings::default() });
    world.ask("dev.hob.Dictation.Toggle", json!({}));
    world.captured(Captured::Opened { device: "desk".into() });
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    world.until_working(EngineKind::Speech);
    world
}

#[test]
fn silence_after_speech_ends_a_dictation_that_no_key_holds() {
    let mut world = toggled_with_auto_stop();
    says(&mut world, true, 0.5, None);
    seconds(&mut world, 60);
    assert_eq!(world.core.dictation().phase, Phase::Recording, "somebody speaks");
    says(&mut world, false, 61.0, None);
    seconds(&mut world, 1);
    assert_eq!(world.core.dictation().phase, Phase::Recording);
    seconds(&mut world, 1);
    assert_eq!(world.core.dictation().phase, Phase::Finishing);
    world.settle();
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words");
}

#[test]
fn a_held_key_ends_it_alone_unless_it_asks_for_more() {
    for (parameters, ends) in
        [(json!({}), false), (json!({"auto_stop_s": 1}), true), (json!({"auto_stop_s": 0}), false)]
    {
        let mut world = World::with(Settings { auto_stop: Some(Duration::from_secs(2)), ..Settings::default() });
        world.ask("dev.hob.Dictation.Start", parameters.clone());
        world.captured(Captured::Started { latency: Duration::ZERO });
        world.captured(Captured::Samples(vec![0.5; 16_000]));
        world.until_working(EngineKind::Speech);
        seconds(&mut world, 20);
        let phase = if ends { Phase::Finishing } else { Phase::Recording };
        assert_eq!(world.core.dictation().phase, phase, "{parameters}");
    }
}

#[test]
fn the_noise_of_a_microphone_is_told_with_the_next_dictation() {
    let mut world = toggled_with_auto_stop();
    says(&mut world, false, 1.0, Some(-48.0));
    assert_eq!(noises(&world), [None]);
    world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    world.ask("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.until_working(EngineKind::Speech);
    assert_eq!(noises(&world), [None, Some(-48.0)]);
}

fn noises(world: &World) -> Vec<Option<f32>> {
    world.listenings.iter().map(|listening| listening.noise_db).collect()
}

#[test]
fn partials_are_worked_for_where_somebody_reads_along() {
    for (parameters, expected) in
        [(json!({}), [false, true]), (json!({"partials": true}), [true; 2]), (json!({"partials": false}), [false; 2])]
    {
        let started = [World::ask, World::ask_more].map(|ask| {
            let mut world = World::new();
            ask(&mut world, "dev.hob.Dictation.Start", parameters.clone());
            world.captured(Captured::Started { latency: Duration::ZERO });
            world.until_working(EngineKind::Speech);
            world.listenings[0].partials
        });
        assert_eq!(started, expected, "{parameters}");
    }
}
