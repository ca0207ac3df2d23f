//! How long an answer is beside its text.

use super::Doubt;
use super::words::words;

/// Short texts may grow or shrink by some words, whatever the percentage.
const SPARE_WORDS: usize = 4;
/// A script without blanks has long "words"; letters tell then.
const SPARE_LETTERS: usize = 24;

pub(super) fn check(least: u32, most: u32, text: &str, answer: &str) -> Option<Doubt> {
    let (words_before, words_after) = (words(text).len(), words(answer).len());
    let (letters_before, letters_after) = (text.trim().chars().count(), answer.trim().chars().count());
    let beyond = |after: usize, before: usize, spare: usize| after > before * most as usize / 100 + spare;
    // Both measures: a list of figures has few letters to a word, a translation other words.
    if beyond(words_after, words_before, SPARE_WORDS) && beyond(letters_after, letters_before, SPARE_LETTERS) {
        return Some(Doubt::TooLong);
    }
    let below = |after: usize, before: usize| after * 100 < before * least as usize;
    // A text of a few words may become one.
    let is_brief = words_before <= SPARE_WORDS;
    (!is_brief && below(words_after, words_before) && below(letters_after, letters_before)).then_some(Doubt::TooShort)
}

pub(super) fn check_shorter(percent: u32, text: &str, answer: &str) -> Option<Doubt> {
    /// Fewer can hardly be said in fewer.
    const FEW: usize = 15;
    let (before, after) = (words(text).len(), words(answer).len());
    (before > FEW && after * 100 > before * percent as usize).then_some(Doubt::NotShorter)
}
