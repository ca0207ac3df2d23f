//! Numbers of languages other than English, in digits: cardinals, decimals, days of months, percentages, money and units. What differs between
//! them is a [`Tongue`]; the rules are here. As conservative as the English ones.

use std::borrow::Cow;

use super::super::words::{Token, folded, tokens};

/// How a language counts and measures.
pub(super) struct Tongue {
    /// The number at the beginning of these words, and how many it takes up. Folded words.
    pub(super) read: fn(&[&str]) -> Option<(u64, usize)>,
    /// Numbers that are as often an article or a word of praise: alone they stay words.
    pub(super) loose: &'static [&'static str],
    /// The word between the whole and the digits behind it, and the mark.
    pub(super) decimal: (&'static str, char),
    /// Between groups of three digits, from ten thousand on.
    pub(super) group: &'static str,
    /// What stands behind a number, by the words that are spoken, longer ones first.
    pub(super) units: &'static [(&'static [&'static str], &'static str)],
    pub(super) months: [&'static str; 12],
    /// The day at the beginning of these words, and how many it takes up, with what stands between it and the month.
    pub(super) day: fn(&[&str]) -> Option<(String, usize)>,
}

/// A number alone becomes digits from here on.
const FROM: u64 = 10;

pub(super) fn in_digits<'a>(text: &'a str, tongue: &Tongue) -> Cow<'a, str> {
    let (tokens, rest) = tokens(text);
    let words: Vec<String> = tokens.iter().map(|token| folded(token.word)).collect();
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let run = run(&tokens, &words, at);
        let Token { gap, lead, .. } = tokens[at];
        let (found, taken) = tongue.found(&run, tokens[at]);
        match found {
            Some(found) => written.extend([gap, lead, &found, tokens[at + taken - 1].trail]),
            // A number that stays does so as a whole.
            None => {
                for &Token { gap, lead, word, trail } in &tokens[at..at + taken] {
                    written.extend([gap, lead, word, trail]);
                }
            }
        }
        at += taken;
    }
    written.push_str(rest);
    if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) }
}

/// The words from here that no mark parts, as far as a number with its unit can reach.
fn run<'a>(tokens: &[Token<'_>], words: &'a [String], at: usize) -> Vec<&'a str> {
    const LONGEST: usize = 16;
    let joined = |next: &usize| {
        let (before, token) = (tokens[next - 1], tokens[*next]);
        before.trail.is_empty() && token.lead.is_empty() && !token.gap.contains('\n')
    };
    let more = (at + 1..words.len().min(at + LONGEST)).take_while(joined);
    std::iter::once(at).chain(more).map(|index| words[index].as_str()).collect()
}

impl Tongue {
    /// What takes the place of the first so many words, if anything does.
    fn found(&self, run: &[&str], first: Token<'_>) -> (Option<String>, usize) {
        if let Some((day, taken)) = (self.day)(run)
            && run.get(taken).is_some_and(|month| self.months.contains(month))
        {
            return (Some(day), taken);
        }
        if let Some(number) = written(first) {
            return self.unit(&run[1..]).map_or((None, 1), |(unit, more)| (Some(format!("{number}{unit}")), 1 + more));
        }
        let Some((number, taken)) = (self.read)(run) else { return (None, 1) };
        let (digits, taken) = match self.decimals(&run[taken..]) {
            Some((decimals, more)) => (format!("{}{decimals}", self.grouped(number)), taken + more),
            None => (self.grouped(number), taken),
        };
        if let Some((unit, more)) = self.unit(&run[taken..]) {
            return (Some(format!("{digits}{unit}")), taken + more);
        }
        // Numbers in a row: nobody can say which belong together.
        let mut whole = taken;
        while let Some((_, more)) = run.get(whole..).and_then(self.read) {
            whole += more;
        }
        let is_loose = taken == 1 && self.loose.contains(&run[0]);
        let is_alone = whole == taken && !is_loose;
        let is_worth = number >= FROM || digits.contains(self.decimal.1);
        ((is_alone && is_worth).then_some(digits), whole)
    }

    /// "Komma eins vier".
    fn decimals(&self, words: &[&str]) -> Option<(String, usize)> {
        if words.first() != Some(&self.decimal.0) {
            return None;
        }
        let one =
            |word: &&str| (self.read)(&[*word]).filter(|(digit, _)| *digit < 10).map(|(digit, _)| digit.to_string());
        let digits: Vec<String> = words[1..].iter().map_while(one).collect();
        if !digits.is_empty() {
            return Some((format!("{}{}", self.decimal.1, digits.concat()), 1 + digits.len()));
        }
        // "virgule vingt-cinq"
        let (number, taken) = (self.read)(&words[1..]).filter(|(number, _)| *number < 100)?;
        Some((format!("{}{number}", self.decimal.1), 1 + taken))
    }

    fn unit(&self, words: &[&str]) -> Option<(&'static str, usize)> {
        let (spoken, unit) = self.units.iter().find(|(spoken, _)| words.starts_with(spoken))?;
        Some((unit, spoken.len()))
    }

    fn grouped(&self, number: u64) -> String {
        let digits = number.to_string();
        if number < 10_000 {
            return digits;
        }
        let groups = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default());
        groups.collect::<Vec<_>>().join(self.group)
    }
}

/// A number that the recognition has written in digits already: a unit is all that it may lack.
fn written(token: Token<'_>) -> Option<&str> {
    let is_number = token.word.starts_with(|c: char| c.is_ascii_digit())
        && token.word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
    (is_number && token.trail.is_empty() && !token.lead.ends_with(['$', '€', '£', '#'])).then_some(token.word)
}
