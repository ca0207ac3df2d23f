//! How much an answer has in common with its text.

use super::words::{akin, alike, clauses, is_share, own_words, words};
use super::{Doubt, asking, deeds, negation};

/// As many words may always be another: a slip may have made a word unrecognisable.
const SPARE: usize = 1;
/// Words in a row that a correction may add or leave out.
const ADDED: usize = 2;
const LEFT_OUT: usize = 3;
/// So many in a row are not all others: somebody was told to translate them, or to answer.
const REPLACED: usize = 3;

/// Word for word, in order.
pub(super) fn check_alike(percent: u32, text: &str, answer: &str) -> Option<Doubt> {
    let (before, after) = (words(text), words(answer));
    if before.is_empty() {
        return None;
    }
    let pairs = aligned(&before, &after);
    // Somebody may have written two words as one, or one as two; letters tell that.
    let is_short = before.len() + after.len() < 200;
    let same_letters = || is_short && are_same_letters(&before, &after);
    let spare = |words: &[String]| if words.len() > 2 { SPARE } else { 0 };
    let is_enough = is_share(pairs.len() + spare(&before), before.len(), percent)
        && is_share(pairs.len() + spare(&after), after.len(), percent);
    let is_edit = (is_enough || same_letters())
        && !has_new_part(&pairs, &before, &after)
        && !shouts(text, answer)
        && !negation::is_turned_round(text, answer)
        && pictures(text) == pictures(answer);
    (!is_edit).then_some(Doubt::Wording)
}

/// Emoji, and the bars of tables: nobody corrects them.
fn pictures(text: &str) -> Vec<char> {
    let is_picture = |letter: char| letter == '|' || matches!(letter as u32, 0x2600..=0x27bf | 0x1f300..=0x1faff);
    text.chars().filter(|letter| is_picture(*letter)).collect()
}

/// All in capital letters, which the text is not: it has told somebody to write so.
fn shouts(text: &str, answer: &str) -> bool {
    let capitals = |text: &str| {
        let letters = text.chars().filter(|letter| letter.is_alphabetic());
        let (all, capitals) = (letters.clone().count(), letters.filter(|letter| letter.is_uppercase()).count());
        (capitals, all)
    };
    let ((before, of_before), (after, of_after)) = (capitals(text), capitals(answer));
    of_after > 10 && after * 3 > of_after * 2 && before * 3 < of_before
}

fn are_same_letters(before: &[String], after: &[String]) -> bool {
    let (before, after) = (before.concat(), after.concat());
    strsim::osa_distance(&before, &after) * 5 <= before.chars().count().max(after.chars().count())
}

/// Whether a part has come in or gone: an answer may stand behind the corrected question, or a list be completed.
fn has_new_part(pairs: &[(usize, usize)], before: &[String], after: &[String]) -> bool {
    let starts = std::iter::once((0, 0)).chain(pairs.iter().map(|(row, place)| (row + 1, place + 1)));
    let ends = pairs.iter().copied().chain([(before.len(), after.len())]);
    starts.zip(ends).any(|((row, place), (row_end, place_end))| {
        let (lost, new) = (&before[row..row_end], &after[place..place_end]);
        let is_end = row_end == before.len() && row > 0;
        let is_changed = new.len() > lost.len() + ADDED
            || lost.len() > new.len() + LEFT_OUT
            || lost.len() >= REPLACED && new.len() >= ADDED
            || is_end && lost.is_empty() && !new.is_empty();
        // With the word before, which may have been two.
        let (row, place) = (row.saturating_sub(1), place.saturating_sub(1));
        is_changed && !are_same_letters(&before[row..row_end], &after[place..place_end])
    })
}

/// In any order and form.
pub(super) fn check_shared(of_text: u32, of_answer: u32, text: &str, answer: &str) -> Option<Doubt> {
    let is_enough = shares(of_text, of_answer, 0, text, answer);
    (!is_enough || shouts(text, answer)).then_some(Doubt::Wording)
}

/// As [`check_shared`]. "The measures necessitate a substantial commitment" may become "This will cost a lot", but what asks somebody for
/// something, in whatever way, has to share with its answer what it asks for.
pub(super) fn check_other_words(of_text: u32, of_answer: u32, text: &str, answer: &str) -> Option<Doubt> {
    /// So many words of a text that asks for nothing may all be other ones.
    const OTHERS: usize = 10;
    /// A text of fewer may be a heading, under which a model would write something.
    const FEW: usize = 5;
    let asks = deeds::gives_part(text) || deeds::names_one(text) || clauses(text).any(asking::is_question);
    let may_ask = deeds::addresses(text) || clauses(text).any(deeds::is_spoken_of) || own_words(text).len() < FEW;
    let (divisor, spare) = match (asks, may_ask) {
        (true, _) => (1, 0),
        (false, true) => (2, 0),
        (false, false) => (2, OTHERS),
    };
    let is_enough = shares(of_text / divisor, of_answer / divisor, spare, text, answer);
    (!is_enough || shouts(text, answer)).then_some(Doubt::Wording)
}

/// `spare` words of either do not count.
fn shares(of_text: u32, of_answer: u32, spare: usize, text: &str, answer: &str) -> bool {
    let (before, after) = (own_words(text), own_words(answer));
    let shared = |some: &[String], others: &[String]| {
        some.iter().filter(|word| others.iter().any(|other| akin(word, other))).count()
    };
    let (of_before, of_after) = (shared(&before, &after), shared(&after, &before));
    is_share(of_before, before.len().saturating_sub(spare), of_text)
        && is_share(of_after, after.len().saturating_sub(spare), of_answer)
}

/// The places of the longest sequence of words that are alike in both, or equal where they stand far apart: whoever corrects moves
/// nothing far.
fn aligned(before: &[String], after: &[String]) -> Vec<(usize, usize)> {
    const FAR: usize = 20;
    // Of two ways to pair as many words, the one with more equal ones: "was there" has become "were there", not "where".
    const EQUAL: u16 = 3;
    const ALIKE: u16 = 2;
    let worth = |row: usize, place: usize| match (&before[row], &after[place]) {
        (word, other) if word == other => EQUAL,
        (word, other) if row.abs_diff(place) <= FAR && alike(word, other) => ALIKE,
        _ => 0,
    };
    let width = after.len() + 1;
    // Of the words from `row` and `place` on.
    let mut longest = vec![0_u16; (before.len() + 1) * width];
    for row in (0..before.len()).rev() {
        for place in (0..after.len()).rev() {
            let at = |row: usize, place: usize| longest[row * width + place];
            let both = match worth(row, place) {
                0 => 0,
                worth => at(row + 1, place + 1) + worth,
            };
            longest[row * width + place] = both.max(at(row + 1, place)).max(at(row, place + 1));
        }
    }
    let (mut row, mut place, mut pairs) = (0, 0, Vec::new());
    while row < before.len() && place < after.len() {
        let at = |row: usize, place: usize| longest[row * width + place];
        let worth = worth(row, place);
        if worth > 0 && at(row, place) == at(row + 1, place + 1) + worth {
            pairs.push((row, place));
            (row, place) = (row + 1, place + 1);
        } else if at(row + 1, place) >= at(row, place + 1) {
            row += 1;
        } else {
            place += 1;
        }
    }
    pairs
}
