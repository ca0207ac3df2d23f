//! Several things at once.

use std::thread;

use hob_protocol::daemon::{EngineKind, WaitReason, Waiting};
use hob_protocol::method;
use hob_protocol::text::Sampling;
use hob_tests::{Home, REAL_SPEECH_MODEL, REAL_TEXT_MODEL, Recording};

use crate::{asking, assert_answers, generated, greedy, start};

#[test]
fn clients_at_once_are_all_answered() {
    let daemon = start();
    let animals = ["cat", "dog", "horse", "whale", "eagle", "ant", "snake", "frog"];
    let request = |animal: &str| {
        let few = Sampling { max_tokens: Some(12), ..greedy() };
        asking(&format!("Say one sentence about the {animal}."), few)
    };
    let answer = |animal| generated(&daemon, &request(animal)).unwrap().text.into_string();
    let answers = thread::scope(|scope| {
        let asked: Vec<_> = animals
            .into_iter()
            .map(|animal| {
                let answer = &answer;
                scope.spawn(move || answer(animal))
            })
            .collect();
        asked.into_iter().map(|answer| answer.join().unwrap()).collect::<Vec<_>>()
    });
    for (animal, answer) in animals.iter().zip(answers) {
        assert!(answer.to_lowercase().contains(animal), "about the {animal}: {answer:?}");
    }
    let engine = daemon.engine(EngineKind::Text);
    assert_eq!((engine.restarts, daemon.state().queued), (0, 0));
}

#[test]
fn a_dictation_runs_beside_an_answer() {
    let daemon = Home::real(&[REAL_SPEECH_MODEL, REAL_TEXT_MODEL]).start();
    daemon.hob(&["models", "load", REAL_SPEECH_MODEL]).printed();
    let mut replies = daemon.client().stream(method::Generate, &crate::endless()).unwrap();
    replies.find_map(|reply| reply.unwrap().delta).expect("words come before the result");

    let dictated = daemon.hob(&["dictate", "--file", Recording::Fox.path().to_str().unwrap()]).printed();
    assert_eq!(dictated.trim().to_lowercase(), "the quick brown fox jumps over the lazy dog.");
    let waiting = replies.find_map(|reply| reply.unwrap().waiting).expect("it was told why it stopped");
    assert_eq!(waiting, Waiting { reason: WaitReason::Dictation, position: 1 });
    replies.find_map(|reply| reply.unwrap().delta).expect("the answer goes on");
    drop(replies);
    assert_answers(&daemon);
    assert!(daemon.state().engines.iter().all(|engine| engine.restarts == 0), "{:?}", daemon.state().engines);
}
