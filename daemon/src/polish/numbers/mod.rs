//! English numbers in digits: cardinals, decimals, years, times, dates, percentages, money and units. Conservative: a single number
//! below ten stays a word unless a unit makes it a quantity ("one of them"), and a row of numbers that could be read in two ways stays.

mod cardinal;
mod dates;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::words::{Token, folded, tokens};
use cardinal::Number;

/// Units by the word that is spoken: the sign, and whether it stands right behind the number.
const UNITS: &[(&str, &str)] = &[
    ("percent", "%"),
    ("kilometre", " km"),
    ("kilometer", " km"),
    ("metre", " m"),
    ("meter", " m"),
    ("centimetre", " cm"),
    ("centimeter", " cm"),
    ("millimetre", " mm"),
    ("millimeter", " mm"),
    ("kilogram", " kg"),
    ("kilo", " kg"),
    ("gram", " g"),
    ("milligram", " mg"),
    ("litre", " l"),
    ("liter", " l"),
    ("millilitre", " ml"),
    ("milliliter", " ml"),
    ("megabyte", " MB"),
    ("gigabyte", " GB"),
    ("terabyte", " TB"),
    ("kilobyte", " kB"),
    ("megahertz", " MHz"),
    ("gigahertz", " GHz"),
    ("hertz", " Hz"),
    ("kilohertz", " kHz"),
    ("watt", " W"),
    ("kilowatt", " kW"),
    ("volt", " V"),
    ("millisecond", " ms"),
    ("megapixel", " MP"),
];

/// Money, by the word and the sign before the number.
const MONEY: &[(&str, &str)] = &[("dollar", "$"), ("euro", "€")];

const SCALES: [&str; 3] = ["million", "billion", "trillion"];

/// The text with its numbers in digits. Only English ones are known.
pub(super) fn in_digits<'a>(text: &'a str, language: &str) -> Cow<'a, str> {
    if language != "en" {
        return Cow::Borrowed(text);
    }
    let (tokens, rest) = tokens(text);
    let words: Vec<String> = tokens.iter().map(|token| folded(token.word)).collect();
    let reading = Reading { tokens: &tokens, words: &words };
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let Token { gap, lead, .. } = tokens[at];
        let found = reading.date(at).or_else(|| reading.quantity(at));
        if let Some(Found { text, words }) = found {
            let trail = tokens[at + words - 1].trail;
            let trail = if text.ends_with('.') { trail.strip_prefix('.').unwrap_or(trail) } else { trail };
            written.extend([gap, lead, text.as_str(), trail]);
            at += words;
        } else {
            // A number that stays does so as a whole.
            let words = cardinal::read(&reading.run(at)).map_or(1, |(_, words)| words);
            for &Token { gap, lead, word, trail } in &tokens[at..at + words] {
                written.extend([gap, lead, word, trail]);
            }
            at += words;
        }
    }
    written.push_str(rest);
    if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) }
}

/// What takes the place of so many words.
struct Found {
    text: String,
    words: usize,
}

#[derive(Clone, Copy)]
struct Reading<'a> {
    tokens: &'a [Token<'a>],
    words: &'a [String],
}

impl Reading<'_> {
    /// The word at a place, if no mark parts it from the one before.
    fn next(&self, at: usize) -> Option<&str> {
        let joined = at > 0 && self.tokens[at - 1].trail.is_empty() && !self.tokens.get(at)?.gap.contains('\n');
        (joined && self.tokens[at].lead.is_empty()).then(|| self.words[at].as_str())
    }

    /// The words from here that no mark parts, as far as a number can reach.
    fn run(&self, at: usize) -> Vec<&str> {
        /// "nine hundred and ninety nine million …" to its end.
        const LONGEST: usize = 24;
        let first = self.words.get(at).map(String::as_str);
        first.into_iter().chain((at + 1..at + LONGEST).map_while(|at| self.next(at))).collect()
    }

    fn quantity(&self, at: usize) -> Option<Found> {
        let (number, words) = cardinal::read(&self.run(at))?;
        let after = at + words;
        let unit = self.next(after);
        if let Some(found) = self.time(at, &number, words) {
            return Some(found);
        }
        if unit == Some("per") && self.next(after + 1) == Some("cent") {
            return Some(Found { text: format!("{}%", number.digits()?), words: words + 2 });
        }
        let sign = |table: &'static [(&str, &str)]| {
            let unit = unit?;
            table.iter().find(|(name, _)| unit == *name || unit.strip_suffix('s') == Some(name)).map(|(_, sign)| *sign)
        };
        if let Some(sign) = sign(UNITS) {
            return Some(Found { text: format!("{}{sign}", number.digits()?), words: words + 1 });
        }
        if let Some(sign) = sign(MONEY) {
            return self.money(sign, &number, words, after);
        }
        if let Some(scale) = unit.filter(|unit| SCALES.contains(unit)) {
            let digits = number.digits()?;
            let money = self
                .next(after + 1)
                .and_then(|word| MONEY.iter().find(|(name, _)| word == *name || word.strip_suffix('s') == Some(name)));
            return Some(match money {
                Some((_, sign)) => Found { text: format!("{sign}{digits} {scale}"), words: words + 2 },
                None => Found { text: format!("{digits} {scale}"), words: words + 1 },
            });
        }
        number.is_worth_digits().then(|| number.digits()).flatten().map(|text| Found { text, words })
    }

    fn money(&self, sign: &str, number: &Number, words: usize, after: usize) -> Option<Found> {
        let whole = Found { text: format!("{sign}{}", number.digits()?), words: words + 1 };
        if self.next(after + 1) != Some("and") || !matches!(number, Number::Whole(_)) {
            return Some(whole);
        }
        let Some((Number::Whole(cents), cent_words)) =
            self.next(after + 2).and_then(|_| cardinal::read(&self.run(after + 2)))
        else {
            return Some(whole);
        };
        let is_cents = matches!(self.next(after + 2 + cent_words), Some("cents" | "cent"));
        if !is_cents || cents > 99 {
            return Some(whole);
        }
        Some(Found { text: format!("{}.{cents:02}", whole.text), words: words + 1 + 1 + cent_words + 1 })
    }

    /// "ten twenty four p m", "five a.m."
    fn time(&self, at: usize, number: &Number, words: usize) -> Option<Found> {
        let (hour, minute) = match *number {
            Number::Whole(hour) if words == 1 => (hour, None),
            Number::Pair(hour, minute) => (hour, Some(minute)),
            _ => return None,
        };
        let after = at + words;
        let (half, taken) = match (self.next(after)?, self.next(after + 1)) {
            ("a", Some("m")) => ("a.m.", 2),
            ("p", Some("m")) => ("p.m.", 2),
            ("am" | "a.m", _) => ("a.m.", 1),
            ("pm" | "p.m", _) => ("p.m.", 1),
            _ => return None,
        };
        if !(1..=12).contains(&hour) || minute.is_some_and(|minute| minute > 59) {
            return None;
        }
        let minute = minute.map_or(String::new(), |minute| format!(":{minute:02}"));
        Some(Found { text: format!("{hour}{minute} {half}"), words: words + taken })
    }
}
