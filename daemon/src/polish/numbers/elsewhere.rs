//! Numbers of languages other than English, in digits: cardinals, decimals, days of months, percentages, money and units. What differs between
//! them is a [`Tongue`]; the rules are here. As conservative as the English ones.

use super::{Reading, grouped};
use crate::polish::counting::Counting;

/// How a language counts and measures.
pub(super) struct Tongue {
    pub(super) counting: &'static Counting,
    /// The number at the beginning of these words, and how many it takes up. Folded words.
    pub(super) read: fn(&[&str]) -> Option<(u64, usize)>,
    /// Numbers that are as often an article or a word of praise: alone they stay words.
    pub(super) loose: &'static [&'static str],
    /// The word between the whole and the digits behind it, written as a comma.
    pub(super) decimal: &'static str,
    /// Between groups of three digits, from ten thousand on.
    pub(super) group: &'static str,
    /// What stands behind a number, by the words that are spoken, longer ones first.
    pub(super) units: &'static [(&'static [&'static str], &'static str)],
    /// The day at the beginning of these words, and how many it takes up, with what stands between it and the month.
    pub(super) day: fn(&[&str]) -> Option<(String, usize)>,
}

/// A number alone becomes digits from here on.
const FROM: u64 = 10;

impl Tongue {
    /// What takes the place of the first so many words, if anything does.
    pub(super) fn found(&self, reading: Reading<'_>, at: usize) -> (Option<String>, usize) {
        /// As far as a number with its unit can reach.
        const LONGEST: usize = 16;
        let run = &reading.run(at, LONGEST)[..];
        if let Some((day, taken)) = (self.day)(run)
            && run.get(taken).is_some_and(|month| self.counting.months.contains(month))
        {
            return (Some(day), taken);
        }
        if let Some(number) = reading.written(at, &['$', '€', '£', '#']) {
            return self.unit(&run[1..]).map_or((None, 1), |(unit, more)| (Some(format!("{number}{unit}")), 1 + more));
        }
        let Some((number, taken)) = (self.read)(run) else { return (None, 1) };
        let (digits, taken) = match self.decimals(&run[taken..]) {
            Some((decimals, more)) => (format!("{}{decimals}", grouped(number, self.group)), taken + more),
            None => (grouped(number, self.group), taken),
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
        let is_worth = number >= FROM || digits.contains(',');
        ((is_alone && is_worth).then_some(digits), whole)
    }

    /// "Komma eins vier".
    fn decimals(&self, words: &[&str]) -> Option<(String, usize)> {
        if words.first() != Some(&self.decimal) {
            return None;
        }
        let one =
            |word: &&str| (self.read)(&[*word]).filter(|(digit, _)| *digit < 10).map(|(digit, _)| digit.to_string());
        let digits: Vec<String> = words[1..].iter().map_while(one).collect();
        if !digits.is_empty() {
            return Some((format!(",{}", digits.concat()), 1 + digits.len()));
        }
        // "virgule vingt-cinq"
        let (number, taken) = (self.read)(&words[1..]).filter(|(number, _)| *number < 100)?;
        Some((format!(",{number}"), 1 + taken))
    }

    fn unit(&self, words: &[&str]) -> Option<(&'static str, usize)> {
        let (spoken, unit) = self.units.iter().find(|(spoken, _)| words.starts_with(spoken))?;
        Some((unit, spoken.len()))
    }
}
