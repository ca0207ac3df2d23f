//! The real speech engine behind the real daemon: what is said comes out as text, whichever way it goes in, and what goes wrong
//! is told.

#![expect(clippy::unwrap_used, reason = "tests")]

mod clip;
mod crash;
mod dictation;
mod quantised;
mod stream;

use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, Recording};

fn start() -> Daemon {
    Home::real(&[REAL_SPEECH_MODEL]).start()
}

/// The words of a text, small, without punctuation; numbers as digits, because a model may write "8, 9, 10", "eight nine ten" or
/// "8910".
fn words(text: &str) -> String {
    const NUMBERS: [&str; 11] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let digits = |word: &str| {
        let word = word.to_lowercase();
        let number = NUMBERS.iter().position(|name| *name == word);
        let word = number.map_or(word, |number| number.to_string());
        if word.parse::<u64>().is_err() {
            return word;
        }
        word.split("").filter(|digit| !digit.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let parts = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    parts.map(digits).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_says(text: &str, recordings: &[Recording]) {
    let expected: Vec<_> = recordings.iter().map(|recording| words(recording.text())).collect();
    assert_eq!(words(text), expected.join(" "), "{text:?}");
}
