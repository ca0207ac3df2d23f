//! Those who follow their requests are told what they wait for.

use hob_protocol::daemon::EngineKind;
use serde_json::{Value, json};

use super::super::{NextBuild, Reply, RequestId};
use super::world::World;

const GENERATE: &str = "dev.hob.Text.Generate";

fn question(background: bool) -> Value {
    json!({"messages": [{"role": "user", "content": "hi"}], "background": background})
}

/// What a request was told of its waiting, as reason and position.
fn told(world: &World, id: RequestId) -> Vec<(String, u64)> {
    let waiting = world.replies[&id].iter().filter_map(|reply| match reply {
        Reply::More(news) => news.get("waiting"),
        Reply::Last(_) => None,
    });
    let words =
        |waiting: &Value| (waiting["reason"].as_str().unwrap().to_owned(), waiting["position"].as_u64().unwrap());
    waiting.map(words).collect()
}

fn in_words(told: &[(&str, u64)]) -> Vec<(String, u64)> {
    told.iter().map(|(reason, position)| ((*reason).to_owned(), *position)).collect()
}

#[test]
fn the_first_waits_for_its_model_and_the_next_for_the_first() {
    let mut world = World::new();
    let asks = [(); 3].map(|()| world.ask_more(GENERATE, question(false)));
    let silent = world.ask(GENERATE, question(false));
    (0..4).for_each(|_| world.find_next_model());
    world.settle();
    // The one that works is the first in the line.
    let expected: [&[_]; 3] =
        [&[("loading", 1)], &[("loading", 2), ("requests", 2)], &[("loading", 3), ("requests", 3), ("requests", 2)]];
    for (ask, expected) in asks.into_iter().zip(expected) {
        assert_eq!(told(&world, ask), in_words(expected));
    }
    assert_eq!(told(&world, silent), in_words(&[]), "who asks for one reply gets one");
}

/// Many threads look for models at once.
#[test]
fn who_came_first_is_served_first_whose_model_ever_was_found_first() {
    let mut world = World::new();
    world.ask(GENERATE, question(false));
    world.until_working(EngineKind::Text);
    let asks = [(); 3].map(|()| world.ask_more(GENERATE, question(false)));
    world.finding.make_contiguous().reverse();
    (0..3).for_each(|_| world.find_next_model());
    let last = asks.map(|ask| told(&world, ask).last().cloned());
    assert_eq!(last.map(|told| told.map(|(_, position)| position)), [Some(2), Some(3), Some(4)]);
}

#[test]
fn who_is_served_at_once_is_told_nothing() {
    let mut world = World::new();
    world.ask(GENERATE, question(false));
    world.settle();
    let ask = world.ask_more(GENERATE, question(false));
    world.settle();
    assert_eq!(told(&world, ask), in_words(&[]));
}

#[test]
fn an_interrupted_one_is_told_that_others_go_first() {
    let mut world = World::new();
    let slow = world.ask_more(GENERATE, question(true));
    world.until_working(EngineKind::Text);
    let second = world.ask_more(GENERATE, question(true));
    world.find_next_model();
    let quick = world.ask(GENERATE, question(false));
    world.find_next_model();
    assert_eq!(told(&world, slow), in_words(&[("loading", 1), ("requests", 2)]));
    assert_eq!(told(&world, second), in_words(&[("requests", 2), ("requests", 3)]));
    world.hang_up(quick);
    world.step_engine(EngineKind::Text);
    assert_eq!(told(&world, second), in_words(&[("requests", 2), ("requests", 3), ("requests", 2)]));
}

#[test]
fn a_dictation_is_what_a_generation_and_a_recording_wait_for() {
    let mut world = World::new();
    let generation = world.ask_more(GENERATE, question(false));
    world.until_working(EngineKind::Text);
    world.ask_more("dev.hob.Dictation.Start", json!({"file": "/a.wav"}));
    world.until_working(EngineKind::Speech);
    let clip = world.ask_more("dev.hob.Speech.Transcribe", json!({"path": "/b.wav"}));
    world.read_next_audio();
    world.find_next_model();
    assert_eq!(told(&world, generation), in_words(&[("loading", 1), ("dictation", 1)]));
    assert_eq!(told(&world, clip), in_words(&[("dictation", 2)]));
}

#[test]
fn a_model_that_has_to_be_loaded_again_is_waited_for_again() {
    let mut world = World::new();
    let ask = world.ask_more(GENERATE, question(false));
    world.until_working(EngineKind::Text);
    world.kill_engine(EngineKind::Text, NextBuild::Same);
    world.settle();
    assert_eq!(told(&world, ask), in_words(&[("loading", 1), ("loading", 1)]));
}
