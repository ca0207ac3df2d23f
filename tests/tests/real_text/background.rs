//! Work that nobody waits for: everything else goes first, and it goes on afterwards as if nothing had been.

use std::thread;

use hob_protocol::daemon::EngineKind;
use hob_protocol::method;
use hob_protocol::text::{Completion, Generate, Sampling};
use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, REAL_TEXT_MODEL, Recording};

use crate::{asking, assert_answers, generated, greedy, start};

fn long() -> Generate {
    let sampling = Sampling { max_tokens: Some(400), ..greedy() };
    let request = asking("Write a very long story about a lighthouse keeper and the sea.", sampling);
    Generate { background: Some(true), ..request }
}

/// Does something while the long answer is being written, of which some is there already; gives the answer, and whether it was still being
/// written then.
fn meanwhile<T>(daemon: &Daemon, act: impl FnOnce() -> T) -> (T, Completion, bool) {
    let mut replies = daemon.client().stream(method::Generate, &long()).unwrap();
    let words = replies.by_ref().filter_map(|reply| reply.unwrap().delta);
    assert_eq!(words.take(3).count(), 3, "words come before the result");
    let done = act();
    let rest: Vec<_> = replies.map(Result::unwrap).collect();
    let result = rest.last().and_then(|reply| reply.result.clone()).expect("the last reply holds the result");
    (done, result, rest.iter().any(|reply| reply.delta.is_some()))
}

#[test]
fn a_request_goes_before_one_in_the_background_which_then_ends_as_if_undisturbed() {
    let daemon = start();
    let undisturbed = generated(&daemon, &long()).unwrap();
    let alone = assert_answers(&daemon);

    let (between, disturbed, was_running) = meanwhile(&daemon, || assert_answers(&daemon));
    assert!(was_running, "the other one went first");
    assert_eq!(between.text, alone.text);
    assert_eq!((disturbed.text, disturbed.output_tokens), (undisturbed.text, undisturbed.output_tokens));
}

#[test]
fn an_action_of_the_command_line_can_be_in_the_background() {
    let daemon = start();
    let text = "The cat sat on the mat all day, and the dog waited for his dinner.";
    let expected = daemon.hob(&["run", "explain", text]).printed();
    let printed = thread::scope(|scope| {
        let slow = scope.spawn(|| daemon.hob(&["run", "explain", "--background", text]).printed());
        assert_answers(&daemon);
        slow.join().unwrap()
    });
    assert_eq!(printed, expected);
}

#[test]
fn a_dictation_interrupts_a_generation_which_then_ends_as_if_undisturbed() {
    let daemon = Home::real(&[REAL_SPEECH_MODEL, REAL_TEXT_MODEL]).start();
    daemon.hob(&["models", "load", REAL_SPEECH_MODEL]).printed();
    let fox = Recording::Fox.path();
    let dictate = || daemon.hob(&["dictate", "--file", fox.to_str().unwrap()]).printed();
    let said = dictate();
    let undisturbed = generated(&daemon, &long()).unwrap();

    let (dictated, disturbed, _) = meanwhile(&daemon, dictate);
    assert_eq!(dictated, said);
    assert_eq!((disturbed.text, disturbed.output_tokens), (undisturbed.text, undisturbed.output_tokens));
    assert!(EngineKind::ALL.iter().all(|kind| daemon.engine(*kind).restarts == 0), "{:?}", daemon.state().engines);
}
