//! Engines and the jobs that wait for them.

use std::time::Duration;

use hob_protocol::Error;
use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::engine::{Failure, FromEngine};
use hob_protocol::speech::{Segment, Transcript};
use serde_json::{Value, json};

use super::super::{Captured, Event, NextBuild, Reply, RequestId, Settings};
use super::world::World;

const RUN: &str = "dev.hob.Text.Run";

fn hullo() -> Value {
    json!({"action": "fix", "text": "hullo"})
}

/// A world whose text engine works on one request.
fn working() -> (World, RequestId) {
    let mut world = World::new();
    let run = world.ask_more(RUN, hullo());
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Text);
    }
    assert_eq!(world.engine(EngineKind::Text).working.len(), 1);
    (world, run)
}

fn text_of(world: &World, run: RequestId) -> Option<&Value> {
    world.last(run)?.as_ref().ok().map(|reply| &reply["result"]["text"])
}

#[test]
fn a_death_costs_one_retry() {
    let (mut world, run) = working();
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    assert_eq!(world.last(run), None);
    world.settle();
    assert_eq!(text_of(&world, run), Some(&json!("hullo.")));
    assert_eq!(world.core.engines()[1].restarts, 1);
    assert_eq!(world.core.engines()[1].last_death.as_deref(), Some("SIGSEGV"));
}

#[test]
fn a_request_that_kills_twice_is_given_up_and_the_next_one_works() {
    let (mut world, run) = working();
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    for _ in 0..2 {
        world.step_engine(EngineKind::Text);
    }
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    assert!(matches!(world.last(run), Some(Err(Error::EngineDied { engine: EngineKind::Text, .. }))));
    let next = world.ask(RUN, hullo());
    world.settle();
    assert_eq!(text_of(&world, next), Some(&json!("hullo.")));
}

#[test]
fn an_answer_that_was_heard_in_part_is_not_begun_again() {
    let (mut world, run) = working();
    let engine = world.engine(EngineKind::Text);
    let (generation, id) = (engine.generation.unwrap(), engine.working[0].0);
    let message = FromEngine::Delta { id, text: "Words that are no announcement of words. ".into() };
    world.event(Event::EngineSaid { kind: EngineKind::Text, generation, message });
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    assert!(matches!(world.last(run), Some(Err(Error::EngineDied { .. }))));
}

#[test]
fn stepping_down_a_build_costs_no_retry() {
    let (mut world, run) = working();
    for _ in 0..3 {
        world.kill_engine(EngineKind::Text, NextBuild::Another);
        for _ in 0..2 {
            world.step_engine(EngineKind::Text);
        }
    }
    world.settle();
    assert_eq!(text_of(&world, run), Some(&json!("hullo.")));
}

#[test]
fn deaths_one_after_the_other_are_paused_between() {
    let (mut world, _) = working();
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    world.ask(RUN, hullo());
    world.find_next_model();
    assert!(world.engine(EngineKind::Text).generation.is_none(), "no process before the pause is over");
    assert_eq!(world.core.next_deadline(), Some(world.now + Duration::from_millis(500)));
    world.wait();
    assert!(world.engine(EngineKind::Text).generation.is_some());
}

#[test]
fn hanging_up_cancels_what_runs_and_the_next_one_goes_on() {
    let (mut world, run) = working();
    let next = world.ask(RUN, hullo());
    world.find_next_model();
    world.hang_up(run);
    assert_eq!(world.engine(EngineKind::Text).cancelled.len(), 1);
    world.settle();
    assert_eq!(world.last(run), None);
    assert_eq!(text_of(&world, next), Some(&json!("hullo.")));
}

#[test]
fn an_engine_that_does_not_let_go_is_killed() {
    let (mut world, run) = working();
    world.hang_up(run);
    world.wait();
    assert!(world.engine(EngineKind::Text).killed);
}

#[test]
fn an_engine_that_says_nothing_is_killed_and_its_job_goes_to_the_next() {
    let (mut world, run) = working();
    world.wait();
    assert!(world.engine(EngineKind::Text).killed);
    assert_eq!(world.last(run), None);
    world.settle();
    assert_eq!(text_of(&world, run), Some(&json!("hullo.")));
}

#[test]
fn an_idle_engine_ends_and_comes_back() {
    let idle = Duration::from_mins(1);
    let mut world = World::with(Settings { idle: Some(idle), ..Settings::default() });
    world.ask(RUN, hullo());
    world.settle();
    assert_eq!(world.core.engines()[1].state, EngineState::Ready);
    world.wait();
    world.settle();
    assert_eq!(world.core.engines()[1].state, EngineState::Stopped);
    assert_eq!(world.core.engines()[1].restarts, 0, "an end that was wanted is no death");
    assert_eq!(world.core.next_deadline(), None, "nothing wakes an idle daemon");
    let again = world.ask(RUN, hullo());
    world.settle();
    assert_eq!(text_of(&world, again), Some(&json!("hullo.")));
}

#[test]
fn another_model_is_another_process() {
    let mut world = World::new();
    world.ask(RUN, hullo());
    world.settle();
    let before = world.engine(EngineKind::Text).generation;
    let other = world.ask(RUN, json!({"action": "fix", "text": "hullo", "options": {"model": "other"}}));
    world.settle();
    assert_eq!(text_of(&world, other), Some(&json!("hullo.")));
    assert_ne!(world.engine(EngineKind::Text).generation, before);
    assert_eq!(world.core.engines()[1].model.as_deref(), Some("other"));
}

#[test]
fn a_model_that_cannot_be_loaded_fails_its_jobs_only() {
    let mut world = World::new();
    let bad = world.ask(RUN, json!({"action": "fix", "text": "hullo", "options": {"model": "bad"}}));
    let good = world.ask(RUN, hullo());
    world.find_next_model();
    world.find_next_model();
    world.step_engine(EngineKind::Text);
    let generation = world.engine(EngineKind::Text).generation.unwrap();
    let id = world.engine(EngineKind::Text).loading.take().unwrap();
    let failure = Failure::ModelUnusable { problem: "no such tensor".into() };
    let message = FromEngine::Failed { id, failure };
    world.event(Event::EngineSaid { kind: EngineKind::Text, generation, message });
    assert!(matches!(world.last(bad), Some(Err(Error::ModelInvalid { .. }))));
    world.settle();
    assert_eq!(text_of(&world, good), Some(&json!("hullo.")));
}

#[test]
fn a_dictation_goes_before_a_clip_which_begins_again_afterwards() {
    let mut world = World::new();
    let clip = world.ask("dev.hob.Speech.Transcribe", json!({"path": "/long.wav"}));
    world.read_next_audio();
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    world.ask("dev.hob.Dictation.Start", json!({}));
    world.find_next_model();
    assert_eq!(world.engine(EngineKind::Speech).cancelled.len(), 1, "the clip makes room");
    world.step_engine(EngineKind::Speech);
    world.captured(Captured::Samples(vec![0.5; 320]));
    assert_eq!(world.last(clip), None);
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.engine(EngineKind::Speech).cancelled.clear();
    world.settle();
    assert!(world.last(stop).unwrap().is_ok());
    assert!(world.last(clip).unwrap().is_ok());
}

#[test]
fn more_requests_than_the_limit_are_refused() {
    let mut world = World::with(Settings { requests: 2, ..Settings::default() });
    world.ask(RUN, hullo());
    world.ask(RUN, hullo());
    let third = world.ask("dev.hob.Daemon.Status", json!({}));
    assert!(matches!(world.last(third), Some(Err(Error::Busy { limit: 2, .. }))));
}

#[test]
fn watchers_hear_what_changed() {
    let mut world = World::new();
    let watch = world.ask_more("dev.hob.Daemon.Watch", json!({}));
    world.ask(RUN, hullo());
    world.settle();
    let states: Vec<_> = world.replies[&watch]
        .iter()
        .filter_map(|reply| match reply {
            super::super::Reply::More(news) => news["engine"]["state"].as_str(),
            super::super::Reply::Last(_) => None,
        })
        .collect();
    assert_eq!(states, ["starting", "loading", "busy", "ready"]);
}

#[test]
fn a_clip_that_is_begun_again_tells_no_segment_twice() {
    let mut world = World::new();
    let clip = world.ask_more("dev.hob.Speech.Transcribe", json!({"path": "/long.wav"}));
    world.read_next_audio();
    world.find_next_model();
    let hear = |world: &mut World, texts: &[&str]| {
        for _ in 0..2 {
            world.step_engine(EngineKind::Speech);
        }
        let engine = world.engine(EngineKind::Speech);
        let (generation, id) = (engine.generation.unwrap(), engine.working[0].0);
        for &text in texts {
            let segment = Segment { start_s: 0.0, end_s: 1.0, text: text.into() };
            let message = FromEngine::Segment { id, segment };
            world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
        }
    };
    hear(&mut world, &["one", "two"]);
    world.kill_engine(EngineKind::Speech, NextBuild::Same);
    hear(&mut world, &["one", "two", "three"]);
    let told = world.replies[&clip].iter().filter_map(|reply| match reply {
        Reply::More(news) => news["segment"]["text"].as_str(),
        Reply::Last(_) => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["one", "two", "three"]);
}

#[test]
fn a_stream_without_speech_is_told_so() {
    let mut world = World::new();
    let stream = world.ask_more("dev.hob.Speech.Stream", json!({"format": "s16le", "rate": 16000}));
    world.find_next_model();
    world.event(Event::StreamAudio { id: stream, samples: None });
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    let engine = world.engine(EngineKind::Speech);
    let (generation, (id, _)) = (engine.generation.unwrap(), engine.working.pop_front().unwrap());
    let message = FromEngine::Recognized { id, transcript: Transcript { audio_s: 2.0, ..Transcript::default() } };
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message });
    assert_eq!(world.last(stream), Some(&Err(Error::NoSpeech { audio_ms: 2000.0 })));
}

#[test]
fn sampling_that_no_model_can_follow_is_refused() {
    let mut world = World::new();
    for temperature in [json!(1e300), json!(-0.5)] {
        let messages = json!([{"role": "user", "content": "hi"}]);
        let parameters = json!({"messages": messages, "sampling": {"temperature": temperature}});
        let generate = world.ask("dev.hob.Text.Generate", parameters);
        let refused = matches!(world.last(generate), Some(Err(Error::OptionInvalid { option, .. })) if option == "sampling.temperature");
        assert!(refused, "{temperature}");
    }
}

#[test]
fn a_conversation_without_a_message_is_refused() {
    let mut world = World::new();
    let generate = world.ask("dev.hob.Text.Generate", json!({"messages": []}));
    assert_eq!(world.last(generate), Some(&Err(Error::InvalidParameter { parameter: "messages".to_owned() })));
}
