//! Numbers in digits: cardinals, decimals, years, times, dates, percentages, money and units. Conservative: a single number
//! below ten stays a word unless a unit makes it a quantity ("one of them"), and a row of numbers that could be read in two ways stays.
//! English has rules of its own; German, French and Spanish share the fewer ones of [`elsewhere`].

mod elsewhere;
mod english;
mod french;
mod german;
mod spanish;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::words::{Token, folded, tokens};

/// The text with its numbers in digits. Those of most languages are not known, and stay.
pub(super) fn in_digits<'a>(text: &'a str, language: &str) -> Cow<'a, str> {
    match language {
        "en" => rewritten(text, english::found),
        "de" => rewritten(text, |reading, at| german::GERMAN.found(reading, at)),
        "fr" => rewritten(text, |reading, at| french::FRENCH.found(reading, at)),
        "es" => rewritten(text, |reading, at| spanish::SPANISH.found(reading, at)),
        _ => Cow::Borrowed(text),
    }
}

/// `found` says what takes the place of so many words, if anything does.
fn rewritten(text: &str, found: impl Fn(Reading<'_>, usize) -> (Option<String>, usize)) -> Cow<'_, str> {
    let (tokens, rest) = tokens(text);
    let words: Vec<String> = tokens.iter().map(|token| folded(token.word)).collect();
    let reading = Reading { tokens: &tokens, words: &words };
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let (found, taken) = found(reading, at);
        let end = at + taken;
        if let Some(found) = found {
            let (Token { gap, lead, .. }, Token { trail, .. }) = (tokens[at], tokens[end - 1]);
            // The point of "a.m." is the end of the sentence as well.
            let trail = if found.ends_with('.') { trail.strip_prefix('.').unwrap_or(trail) } else { trail };
            written.extend([gap, lead, &found, trail]);
        } else {
            for &Token { gap, lead, word, trail } in &tokens[at..end] {
                written.extend([gap, lead, word, trail]);
            }
        }
        at = end;
    }
    written.push_str(rest);
    if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) }
}

/// A text as words, folded.
#[derive(Clone, Copy)]
struct Reading<'a> {
    tokens: &'a [Token<'a>],
    words: &'a [String],
}

impl Reading<'_> {
    /// The word at a place, if no mark parts it from the one before.
    fn next(&self, at: usize) -> Option<&str> {
        let (before, token) = (self.tokens.get(at.checked_sub(1)?)?, self.tokens.get(at)?);
        let joined = before.trail.is_empty() && !token.gap.contains('\n');
        (joined && token.lead.is_empty()).then(|| self.words[at].as_str())
    }

    /// The words from here that no mark parts, at most so many.
    fn run(&self, at: usize, longest: usize) -> Vec<&str> {
        let first = self.words.get(at).map(String::as_str);
        first.into_iter().chain((at + 1..at + longest).map_while(|at| self.next(at))).collect()
    }

    /// A number that the recognition has written in digits already: a unit is all that it may lack. Behind one of these signs it lacks none.
    fn written(&self, at: usize, signs: &[char]) -> Option<&str> {
        let Token { lead, word, .. } = self.tokens[at];
        let is_number = word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
        (is_number && !lead.ends_with(signs)).then_some(word)
    }
}

/// Groups of three from ten thousand on, so that years have none.
fn grouped(number: u64, separator: &str) -> String {
    const FROM: u64 = 10_000;
    let digits = number.to_string();
    if number < FROM {
        return digits;
    }
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(separator)
}
