//! What requests hold of the context is free again when they have ended, whatever their end.

use hob_protocol::daemon::Sequences;
use hob_protocol::engine::{Failure, Urgency};
use serde_json::json;

use crate::SEA;
use crate::process::{Ask, EngineProcess};

/// What the engine says last.
#[track_caller]
fn assert_nothing_is_held(engine: &EngineProcess) {
    let last = *engine.told.last().expect("it has said something");
    assert_eq!(last, Sequences { used: 0, tokens: last.kept, kept: last.kept }, "{:?}", engine.told);
}

#[test]
fn nothing_is_held_after_any_end() {
    let mut engine = EngineProcess::with_model(1024);
    assert_eq!(engine.told, [Sequences::default()]);
    let question = Ask::new(SEA).max_tokens(12);
    let prompt_tokens = engine.generate(&question).completion().prompt_tokens;
    assert_nothing_is_held(&engine);
    assert_eq!(engine.told.last().map(|last| last.kept), Some(prompt_tokens));

    let id = engine.begin(&Ask::new(SEA).max_tokens(800));
    engine.delta();
    engine.cancel(id);
    assert_eq!(engine.rest_of(id).failure(), Failure::Cancelled);
    assert_nothing_is_held(&engine);

    let failure = engine.generate(&Ask::new(&"too long ".repeat(2000))).failure();
    assert!(matches!(failure, Failure::ContextExceeded { .. }), "{failure:?}");
    assert_nothing_is_held(&engine);

    let failure = engine.generate(&Ask::new("hi").max_tokens(2).schema(&json!({"minLength": 50, "type": "string"})));
    assert!(failure.outcome.is_err());
    assert_nothing_is_held(&engine);

    engine.prepare(&question);
    assert_nothing_is_held(&engine);
    engine.embed(&["The tide came in."]).unwrap();
    assert_nothing_is_held(&engine);
}

#[test]
fn what_was_interrupted_is_counted_until_it_has_ended() {
    let mut engine = EngineProcess::with_model(1024);
    let slow = engine.begin(&Ask::new(SEA).max_tokens(200).urgency(Urgency::Background));
    engine.delta();
    let quick = engine.begin(&Ask::new("What is the capital of France?").max_tokens(8));
    assert_eq!(engine.answers(1)[0].0, quick);
    engine.delta();
    engine.cancel(slow);
    assert_eq!(engine.rest_of(slow).failure(), Failure::Cancelled);
    let used: Vec<u32> = engine.told.iter().map(|sequences| sequences.used).collect();
    assert_eq!(used, [0, 1, 2, 1, 0]);
    assert_nothing_is_held(&engine);
}
