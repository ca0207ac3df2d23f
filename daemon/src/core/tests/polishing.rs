//! Recognised text gets the rules on its way, each kind its own.

use std::sync::Arc;
use std::time::Duration;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::FromEngine;
use hob_protocol::speech::{Segment, Transcript};
use serde_json::{Value, json};

use super::super::{Captured, Event, Reply, RequestId, Settings};
use super::world::World;
use crate::polish::{Polish, Rules};

fn world() -> World {
    let rules = Rules { vocabulary: vec!["Kubernetes".to_owned()], ..Rules::default() };
    World::with(Settings { polish: Arc::new(Polish::new(rules).unwrap()), ..Settings::default() })
}

/// Starts a dictation, and brings it to where the engine works on it.
fn dictate(world: &mut World, parameters: Value) -> RequestId {
    let start = world.ask_more("dev.hob.Dictation.Start", parameters);
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 320]));
    world.find_next_model();
    for _ in 0..2 {
        world.step_engine(EngineKind::Speech);
    }
    start
}

fn say(world: &mut World, message: impl FnOnce(u64) -> FromEngine) {
    let engine = world.engine(EngineKind::Speech);
    let (generation, id) = (engine.generation.unwrap(), engine.working[0].0);
    world.event(Event::EngineSaid { kind: EngineKind::Speech, generation, message: message(id) });
}

fn finish(world: &mut World, text: &str, language: &str) {
    finish_after(world, 1.0, text, language);
}

fn finish_after(world: &mut World, end_s: f64, text: &str, language: &str) {
    world.captured(Captured::Ended);
    let segments = vec![Segment { start_s: 0.0, end_s, text: text.into() }];
    let transcript = Transcript { text: text.into(), language: language.to_owned(), segments, ..Transcript::default() };
    say(world, |id| FromEngine::Recognized { id, transcript });
    world.engine(EngineKind::Speech).working.pop_front();
    world.store_next_text();
}

#[test]
fn a_dictation_is_polished_and_so_are_its_partials() {
    let mut world = world();
    let start = dictate(&mut world, json!({"language": "en"}));
    let partial = |id| FromEngine::Partial {
        id,
        stable: "we run cooper netties".into(),
        unstable: "comma on".into(),
        settled_s: 0.0,
    };
    say(&mut world, partial);
    finish(&mut world, "we run cooper netties comma on", "en");
    let replies = &world.replies[&start];
    assert_eq!(replies[1], Reply::More(json!({"id": 1, "stable": "we run", "unstable": "Kubernetes, on"})));
    assert!(matches!(&replies[2], Reply::Last(Ok(reply)) if reply["result"]["text"] == "we run Kubernetes, on"));
}

#[test]
fn another_language_has_no_english_commands() {
    let mut world = world();
    let start = dictate(&mut world, json!({}));
    finish(&mut world, "hallo comma welt", "nl");
    assert_eq!(world.last(start).unwrap().as_ref().unwrap()["result"]["text"], "hallo comma welt");
}

#[test]
fn a_text_that_was_taken_back_is_empty_and_no_action_runs_on_it() {
    let mut world = world();
    let start = dictate(&mut world, json!({"action": "fix"}));
    finish(&mut world, "never mind scratch that", "en");
    assert_eq!(world.last(start).unwrap().as_ref().unwrap()["result"]["text"], "");
}

#[test]
fn the_rules_can_be_tried() {
    let mut world = world();
    let polish = |world: &mut World, parameters| {
        let asked = world.ask("dev.hob.Dictation.Polish", parameters);
        world.last(asked).unwrap().as_ref().unwrap()["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(polish(&mut world, json!({"text": "kubernets comma too"})), "Kubernetes, too");
    assert_eq!(polish(&mut world, json!({"text": "kubernets comma too", "language": "nl"})), "Kubernetes comma too");
}

#[test]
fn the_text_fits_what_is_left_of_the_cursor() {
    let mut world = world();
    let start = dictate(&mut world, json!({"before": "We met"}));
    finish(&mut world, "At nine, comma, kubernets", "en");
    assert_eq!(world.last(start).unwrap().as_ref().unwrap()["result"]["text"], " at nine, Kubernetes");
}

#[test]
fn words_that_nobody_had_the_time_to_say_are_no_speech() {
    for (spoken_s, heard) in [(0.2, false), (0.8, true)] {
        let mut world = world();
        let start = dictate(&mut world, json!({}));
        finish_after(&mut world, spoken_s, "Thank you.", "en");
        let result = world.last(start).unwrap();
        assert_eq!(result.is_ok(), heard, "{spoken_s} s: {result:?}");
    }
}
