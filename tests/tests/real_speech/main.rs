//! The real speech engine behind the real daemon: what is said comes out as text, whichever way it goes in, and what goes wrong
//! is told.

#![expect(clippy::unwrap_used, reason = "tests")]

mod clip;
mod crash;
mod dictation;
mod microphone;
mod quantised;
mod stream;

use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, Recording, spoken as words};

fn start() -> Daemon {
    Home::real(&[REAL_SPEECH_MODEL]).start()
}

#[track_caller]
fn assert_says(text: &str, recordings: &[Recording]) {
    let expected: Vec<_> = recordings.iter().map(|recording| words(recording.text())).collect();
    assert_eq!(words(text), expected.join(" "), "{text:?}");
}
