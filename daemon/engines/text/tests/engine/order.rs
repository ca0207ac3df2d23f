//! Who goes first, and what a pause does: answers come in another order, and are the same.

use std::time::Duration;

use hob_protocol::engine::{Failure, Urgency};

use crate::SEA;
use crate::process::{Ask, EngineProcess};

/// Far longer than a token takes.
const A_WHILE: Duration = Duration::from_millis(700);

fn background() -> Ask {
    Ask::new(SEA).max_tokens(200).urgency(Urgency::Background)
}

#[test]
fn a_more_urgent_request_goes_first_and_the_other_goes_on_as_if_nothing_had_been() {
    let mut engine = EngineProcess::with_model(1024);
    let undisturbed = engine.generate(&background()).completion();
    let quick = Ask::new("What is the capital of France?").max_tokens(24);
    let quick_alone = engine.generate(&quick).completion();

    let slow_id = engine.begin(&background());
    engine.delta();
    let quick_id = engine.begin(&quick);
    let quicker_id = engine.begin(&Ask::new("What is the capital of Italy?").max_tokens(24).urgency(Urgency::Keyboard));
    let mut answers = engine.answers(3);
    let order: Vec<u64> = answers.iter().map(|(id, _)| *id).collect();
    assert_eq!(order.last(), Some(&slow_id), "{order:?}");
    assert!(order.contains(&quicker_id));
    let slow = answers.pop().unwrap().1.completion();
    assert_eq!((slow.text, slow.output_tokens), (undisturbed.text, undisturbed.output_tokens));
    let quick = answers.into_iter().find(|(id, _)| *id == quick_id).unwrap().1.completion();
    assert_eq!(quick.text, quick_alone.text);
}

#[test]
fn a_prefill_is_interrupted_too() {
    let mut engine = EngineProcess::with_model(4096);
    let long = || Ask::new(&"The tide came in. ".repeat(200)).max_tokens(4).urgency(Urgency::Background);
    let undisturbed = engine.generate(&long()).completion();
    let mut engine = EngineProcess::with_model(4096);
    let slow = engine.begin(&long());
    let quick = engine.begin(&Ask::new("Hello!").max_tokens(2));
    let answers = engine.answers(2);
    assert_eq!(answers.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [quick, slow]);
    let (_, answer) = answers.into_iter().next_back().unwrap();
    assert_eq!(answer.completion().text, undisturbed.text);
}

#[test]
fn nothing_is_written_in_a_pause_and_the_rest_comes_afterwards() {
    let mut engine = EngineProcess::with_model(1024);
    let undisturbed = engine.generate(&background()).completion();
    let id = engine.begin(&background());
    engine.delta();
    engine.pause();
    // What was sent before the engine read of the pause.
    while !engine.is_silent_for(A_WHILE) {}
    let before = engine.text_so_far();
    engine.resume();
    let answer = engine.rest_of(id);
    let after = answer.deltas.concat();
    assert!(after.len() > before.len(), "it went on in the pause: {before:?} came, {after:?} was left");
    assert_eq!(answer.completion().text, undisturbed.text);
}

#[test]
fn a_pause_holds_up_what_begins_in_it_and_not_its_cancel() {
    let mut engine = EngineProcess::with_model(512);
    engine.pause();
    let held = engine.begin(&Ask::new(SEA).max_tokens(3));
    engine.until_one_is_under_way();
    assert!(engine.is_silent_for(A_WHILE));
    engine.cancel(held);
    assert_eq!(engine.rest_of(held).failure(), Failure::Cancelled);
    let later = engine.begin(&Ask::new(SEA).max_tokens(3));
    engine.resume();
    assert_eq!(engine.rest_of(later).completion().output_tokens, 3);
}
