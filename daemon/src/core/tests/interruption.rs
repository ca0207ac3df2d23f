//! Generations that let others go first, and that are silent while somebody speaks.

use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Failure, FromEngine};
use hob_protocol::text::Completion;
use serde_json::{Value, json};

use super::super::{Captured, Event, NextBuild, RequestId};
use super::world::World;

const GENERATE: &str = "dev.hob.Text.Generate";

fn question(background: bool) -> Value {
    json!({"messages": [{"role": "user", "content": "hi"}], "background": background})
}

fn in_background(world: &mut World) -> RequestId {
    let asked = world.ask_more(GENERATE, question(true));
    world.until_working(EngineKind::Text);
    asked
}

fn working(world: &mut World) -> Vec<u64> {
    world.engine(EngineKind::Text).working.iter().map(|(id, _)| *id).collect()
}

#[track_caller]
fn says(world: &mut World, message: FromEngine) {
    let generation = world.engine(EngineKind::Text).generation.unwrap();
    world.event(Event::EngineSaid { kind: EngineKind::Text, generation, message });
}

#[test]
fn a_request_interrupts_one_in_the_background_and_a_key_interrupts_both() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    let quick = world.ask(GENERATE, question(false));
    world.find_next_model();
    assert_eq!(working(&mut world).len(), 2);
    let quickest = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
    while working(&mut world).len() < 3 {
        world.step_desktop();
        world.find_next_model();
    }
    world.step_engine(EngineKind::Text);
    assert_eq!((world.last(quick), world.last(slow)), (None, None));
    world.settle();
    for request in [quickest, quick, slow] {
        assert!(world.last(request).unwrap().is_ok());
    }
}

#[test]
fn what_is_as_urgent_waits_its_turn() {
    for background in [true, false] {
        let mut world = World::new();
        world.ask(GENERATE, question(background));
        world.until_working(EngineKind::Text);
        let second = world.ask(GENERATE, question(background));
        world.find_next_model();
        assert_eq!(working(&mut world).len(), 1);
        world.settle();
        assert!(world.last(second).unwrap().is_ok());
    }
}

#[test]
fn an_interrupted_one_that_was_faster_than_the_interruption_is_answered() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    let quick = world.ask(GENERATE, question(false));
    world.find_next_model();
    let (_, id) = (working(&mut world)[0], working(&mut world)[1]);
    says(&mut world, FromEngine::Delta { id, text: "the end".into() });
    says(&mut world, FromEngine::Generated { id, completion: Completion::default() });
    assert!(world.last(slow).unwrap().is_ok());
    world.engine(EngineKind::Text).working.retain(|(working, _)| *working != id);
    world.settle();
    assert!(world.last(quick).unwrap().is_ok());
}

#[test]
fn whoever_hangs_up_while_interrupted_is_forgotten() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    let id = working(&mut world)[0];
    let quick = world.ask(GENERATE, question(false));
    world.find_next_model();
    world.hang_up(slow);
    assert!(world.engine(EngineKind::Text).cancelled.contains(&id));
    world.settle();
    assert!(world.last(quick).unwrap().is_ok());
    assert!(working(&mut world).is_empty());
    let after = world.ask(GENERATE, question(false));
    world.settle();
    assert!(world.last(after).unwrap().is_ok());
}

#[test]
fn a_death_is_the_fault_of_the_one_that_ran() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    let quick = world.ask(GENERATE, question(false));
    world.find_next_model();
    for _ in 0..2 {
        world.kill_engine(EngineKind::Text, NextBuild::Same);
        while working(&mut world).is_empty() {
            if !world.step_engine(EngineKind::Text) {
                world.wait();
            }
        }
    }
    assert!(matches!(world.last(quick), Some(Err(Error::EngineDied { .. }))));
    assert_eq!(world.last(slow), None);
    world.settle();
    assert!(world.last(slow).unwrap().is_ok());
}

#[test]
fn while_somebody_speaks_the_text_engine_is_silent() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    assert!(!world.engine(EngineKind::Text).paused);
    let dictation = world.ask_more("dev.hob.Dictation.Start", json!({"file": "/a.wav"}));
    assert!(world.engine(EngineKind::Text).paused);
    let id = working(&mut world)[0];
    // The engine says nothing for as long as the dictation takes, and is not taken for stuck.
    world.pass(3_600_000);
    world.event(Event::Deadline);
    says(&mut world, FromEngine::Delta { id, text: "sent before".into() });
    world.hang_up(dictation);
    assert!(!world.engine(EngineKind::Text).paused);
    world.settle();
    assert!(world.last(slow).unwrap().is_ok());
}

#[test]
fn an_engine_that_starts_while_somebody_speaks_is_told() {
    let mut world = World::new();
    let dictation = world.ask_more("dev.hob.Dictation.Start", json!({"file": "/a.wav"}));
    let asked = world.ask(GENERATE, question(false));
    for _ in 0..3 {
        world.find_next_model();
        world.step_engine(EngineKind::Text);
    }
    assert!(world.engine(EngineKind::Text).paused);
    world.hang_up(dictation);
    world.settle();
    assert!(world.last(asked).unwrap().is_ok());
}

#[test]
fn the_action_of_a_dictation_is_not_held_up_by_it() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    let dictation = world.ask_more("dev.hob.Dictation.Start", json!({"file": "/a.wav", "action": "fix"}));
    world.captured(Captured::Ended);
    world.settle();
    for request in [dictation, slow] {
        assert!(world.last(request).unwrap().is_ok());
    }
    assert!(!world.engine(EngineKind::Text).paused);
}

#[test]
fn a_cancelled_one_may_say_so_when_it_likes() {
    let mut world = World::new();
    let slow = in_background(&mut world);
    let quick = world.ask(GENERATE, question(false));
    world.find_next_model();
    let id = working(&mut world)[1];
    world.hang_up(slow);
    says(&mut world, FromEngine::Failed { id, failure: Failure::Cancelled });
    world.engine(EngineKind::Text).working.retain(|(working, _)| *working != id);
    world.settle();
    assert!(world.last(quick).unwrap().is_ok());
}
