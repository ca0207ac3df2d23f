//! What is made ready before it is asked for, and what that must never disturb.

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::FromEngine;
use serde_json::json;

use super::super::{Binding, Captured, Event, Motion, Settings};
use super::world::World;

const TEXT: EngineKind = EngineKind::Text;
const SPEECH: EngineKind = EngineKind::Speech;

/// A dictation with an action, to which the engine listens.
fn heard() -> World {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
    world.until_working(SPEECH);
    world.captured(Captured::Samples(vec![0.0; 320]));
    world
}

fn is_loading(world: &mut World) -> bool {
    world.find_next_model();
    while world.engine(TEXT).loading.is_none() && world.step_engine(TEXT) {}
    world.engine(TEXT).loading.is_some()
}

fn speaks(world: &mut World) {
    let (generation, (id, _)) = (world.engine(SPEECH).generation.unwrap(), world.engine(SPEECH).working[0]);
    let message = FromEngine::Voice { id, speaking: true, at_s: 0.01, noise_db: None };
    world.event(Event::EngineSaid { kind: SPEECH, generation, message });
}

#[test]
fn the_action_of_a_dictation_is_prepared_until_the_first_word() {
    let mut world = heard();
    world.until_working(TEXT);
    assert!(!world.engine(TEXT).paused, "nobody speaks yet");
    assert_eq!(world.prepared.len(), 1);
    assert!(world.prepared[0].contains("<text>\n"), "{:?}", world.prepared);
    speaks(&mut world);
    assert!(world.engine(TEXT).paused);
    assert_eq!(world.engine(TEXT).working.len(), 1, "it goes on afterwards");
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["text"], "spoken words.");
    assert!(!world.engine(TEXT).paused);
}

#[test]
fn nothing_is_prepared_before_the_engine_listens_or_without_an_action() {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
    world.find_next_model();
    assert!(world.finding.is_empty(), "the speech model goes first");
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({}));
    world.until_working(SPEECH);
    world.captured(Captured::Samples(vec![0.0; 320]));
    assert!(world.finding.is_empty());
}

#[test]
fn a_generation_does_not_run_with_a_preparation_while_somebody_dictates() {
    let mut world = World::new();
    world.ask("dev.hob.Text.Generate", json!({"messages": [{"role": "user", "content": "hi"}], "background": true}));
    world.until_working(TEXT);
    world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
    world.until_working(SPEECH);
    world.captured(Captured::Samples(vec![0.0; 320]));
    world.find_next_model();
    assert!(world.engine(TEXT).paused);
}

#[test]
fn a_key_of_an_action_prepares_it_before_the_selection_is_read() {
    let mut world = World::new();
    world.event(Event::Key { binding: Binding::Action("fix".into()), motion: Motion::Pressed });
    world.until_working(TEXT);
    assert_eq!(world.prepared.len(), 1);
    assert_eq!(world.asked_of_model.len(), 0);
    // The text comes while the engine is still at it, and goes first.
    world.event(Event::Key { binding: Binding::Action("fix".into()), motion: Motion::Released });
    world.step_desktop();
    world.find_next_model();
    assert_eq!(world.engine(TEXT).cancelled.len(), 1);
    world.settle();
    assert_eq!(world.insertions[0].0, "selected words.");
}

#[test]
fn the_menu_loads_the_model() {
    let mut world = World::new();
    world.ask("dev.hob.Text.Menu", json!({}));
    assert!(is_loading(&mut world));
    world.settle();
    assert!(world.prepared.is_empty());
}

#[test]
fn an_action_without_its_option_has_nothing_but_its_model_prepared() {
    let mut world = World::new();
    world.ask("dev.hob.Text.RunOnSelection", json!({"action": "translate"}));
    assert!(is_loading(&mut world));
    assert!(world.prepared.is_empty());
}

#[test]
fn nothing_is_prepared_for_which_another_model_would_have_to_go() {
    for (budget, prepares) in [(2, false), (3, true)] {
        let mut world = World::with(Settings { budget_bytes: Some(budget << 30), ..Settings::default() });
        world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
        world.until_working(SPEECH);
        world.captured(Captured::Samples(vec![0.0; 320]));
        assert_eq!(is_loading(&mut world), prepares, "{budget} GB for two models of 1 GB");
    }
}

#[test]
fn vectors_interrupt_what_is_in_the_background() {
    let mut world = World::new();
    let slow = world.ask("dev.hob.Text.Embed", json!({"texts": ["one"], "background": true}));
    world.until_working(TEXT);
    let quick = world.ask("dev.hob.Text.Embed", json!({"texts": ["two"]}));
    world.find_next_model();
    assert_eq!(world.engine(TEXT).working.len(), 2);
    world.settle();
    for request in [slow, quick] {
        assert_eq!(world.last(request).unwrap().as_ref().unwrap()["result"]["model"], "usual");
    }
}
