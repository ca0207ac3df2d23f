//! How much an answer has in common with its text.

use super::Doubt;
use super::words::{akin, alike, is_share, own_words, words};

/// As many words may always be another: a slip may have made a word unrecognisable.
const SPARE: usize = 1;

/// Word for word, in order.
pub(super) fn check_alike(percent: u32, text: &str, answer: &str) -> Option<Doubt> {
    let (before, after) = (words(text), words(answer));
    if before.is_empty() {
        return None;
    }
    let common = in_common(&before, &after);
    // Somebody may have written two words as one, or one as two; letters tell that.
    let letters = |words: &[String]| words.concat();
    let same_letters = || {
        let (before, after) = (letters(&before), letters(&after));
        strsim::osa_distance(&before, &after) * 5 <= before.chars().count().max(after.chars().count())
    };
    let spare = |words: &[String]| if words.len() > 2 { SPARE } else { 0 };
    let is_enough = is_share(common + spare(&before), before.len(), percent)
        && is_share(common + spare(&after), after.len(), percent);
    let is_short = before.len() + after.len() < 200;
    let is_edit = is_enough || is_short && same_letters();
    (!is_edit).then_some(Doubt::Wording)
}

/// In any order and form.
pub(super) fn check_shared(of_text: u32, of_answer: u32, text: &str, answer: &str) -> Option<Doubt> {
    let (before, after) = (own_words(text), own_words(answer));
    let shared = |some: &[String], others: &[String]| {
        some.iter().filter(|word| others.iter().any(|other| akin(word, other))).count()
    };
    let (of_before, of_after) = (shared(&before, &after), shared(&after, &before));
    let is_enough = is_share(of_before, before.len(), of_text) && is_share(of_after, after.len(), of_answer);
    (!is_enough).then_some(Doubt::Wording)
}

/// The longest sequence of words that are alike in both, or equal where they stand far apart: whoever corrects moves nothing far.
fn in_common(before: &[String], after: &[String]) -> usize {
    const FAR: usize = 20;
    let mut longest = vec![0; after.len() + 1];
    for (row, word) in before.iter().enumerate() {
        let mut left_above = 0;
        for (place, other) in after.iter().enumerate() {
            let above = longest[place + 1];
            let same = word == other || row.abs_diff(place) <= FAR && alike(word, other);
            longest[place + 1] = if same { left_above + 1 } else { above.max(longest[place]) };
            left_above = above;
        }
    }
    longest.last().copied().unwrap_or_default()
}
