//! Recordings dictated in real time, through the same path as the microphone.

use std::time::Instant;

use hob_protocol::dictation::{self, Outcome, StartReply};
use hob_protocol::method::Start;
use hob_tests::{Daemon, Recording, Sound};

use crate::{assert_says, start, words};

/// Dictates a sound; every reply before the last, and the outcome.
fn dictate(daemon: &Daemon, sound: &Sound) -> (Vec<StartReply>, Outcome) {
    let path = daemon.home().path().join("dictated.wav");
    sound.write(&path);
    let request = dictation::Start { file: Some(path.to_str().unwrap().to_owned()), ..dictation::Start::default() };
    let replies = daemon.client().stream(Start, &request).unwrap();
    let mut replies: Vec<_> = replies.map(Result::unwrap).collect();
    let outcome = replies.pop().and_then(|last| last.result).expect("the last reply holds the result");
    (replies, outcome)
}

#[test]
fn the_text_appears_while_it_is_spoken() {
    let daemon = start();
    daemon.hob(&["models", "load", "tiny.en"]).printed();
    let sound = Sound::joined(&[Recording::Fox.sound(), Sound::silence(1.5), Recording::Counting.sound()]);
    let begin = Instant::now();
    let (replies, outcome) = dictate(&daemon, &sound);
    let took = begin.elapsed().as_secs_f64();
    assert_says(outcome.text.as_str(), &[Recording::Fox, Recording::Counting]);
    assert!(took >= sound.seconds() - 0.1, "{took} s is faster than real time");

    let stable = |reply: &StartReply| reply.stable.as_ref().map_or(String::new(), |text| words(text.as_str()));
    let seen: Vec<_> = replies.iter().map(stable).collect();
    assert!(
        seen.iter().any(|text| *text == words(Recording::Fox.text())),
        "the first sentence was not stable early: {seen:?}"
    );
    assert!(seen.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "stable text changed: {seen:?}");
    let unstable = replies.iter().filter(|reply| reply.unstable.as_ref().is_some_and(|text| !text.is_empty()));
    assert!(unstable.count() >= 2, "{replies:?}");

    let timings = outcome.timings;
    assert!((timings.audio_ms / 1000.0 - sound.seconds()).abs() < 0.1, "{timings:?}");
    assert!(timings.capture_ms >= 0.0 && timings.speech_ms > 0.0, "{timings:?}");
    assert!(timings.release_to_text_ms >= timings.speech_ms, "{timings:?}");
    assert!(timings.release_to_text_ms / 1000.0 <= took - sound.seconds() + 0.1, "{timings:?}");
}

#[test]
fn no_word_is_cut_at_either_end() {
    let daemon = start();
    for recording in [Recording::Fox, Recording::Counting] {
        let (_, outcome) = dictate(&daemon, &recording.sound().trimmed());
        assert_says(outcome.text.as_str(), &[recording]);
    }
}

#[test]
fn where_nobody_speaks_there_is_no_text() {
    let daemon = start();
    let path = daemon.home().path().join("quiet.wav");
    for quiet in [Sound::silence(2.0), Sound::noise(2.0)] {
        quiet.write(&path);
        let refused = daemon.hob(&["dictate", "--file", path.to_str().unwrap()]).complained();
        assert_eq!(refused, (4, "hob: no speech heard\n".to_owned()));
    }
}

#[test]
fn the_command_prints_the_text_and_nothing_else() {
    let daemon = start();
    let printed = daemon.hob(&["dictate", "--file", Recording::Fox.path().to_str().unwrap()]).printed();
    assert_eq!(printed.lines().count(), 1, "{printed:?}");
    assert_says(&printed, &[Recording::Fox]);
}
