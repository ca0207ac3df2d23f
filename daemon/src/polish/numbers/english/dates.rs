//! Days and years: "the fifth of may twenty twenty six", "march third".

use super::cardinal::{self, Number};
use super::{Found, Reading};
use crate::polish::casing::capitalised;
use crate::polish::counting::ENGLISH;

const ORDINALS: [(&str, u64); 21] = [
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
];

impl Reading<'_> {
    pub(super) fn date(&self, at: usize) -> Option<Found> {
        let words = self.words_from(at);
        day_of_month(&words).or_else(|| month_day(&words)).or_else(|| ordinal_of_note(&words))
    }
}

/// "fifth of may", with or without a year. The article before it stays.
fn day_of_month(words: &[&str]) -> Option<Found> {
    let (day, taken) = day(words)?;
    let month = words.get(taken + 1).filter(|_| words[taken] == "of")?;
    let month = ENGLISH.months.contains(month).then(|| capitalised(month))?;
    let date = format!("{} of {month}", with_ending(day));
    let taken = taken + 2;
    Some(match year(&words[taken..]) {
        Some((year, more)) => Found { text: format!("{date} {year}"), words: taken + more },
        None => Found { text: date, words: taken },
    })
}

/// "march third", "may fifth twenty twenty six".
fn month_day(words: &[&str]) -> Option<Found> {
    let month = ENGLISH.months.contains(words.first()?).then(|| capitalised(words[0]))?;
    let (day, taken) = day(&words[1..])?;
    let taken = taken + 1;
    Some(match year(&words[taken..]) {
        Some((year, more)) => Found { text: format!("{month} {day}, {year}"), words: taken + more },
        None => Found { text: format!("{month} {}", with_ending(day)), words: taken },
    })
}

/// "twenty first century": two words are hard to read. "Twenty second" is not touched, it may be twenty seconds.
fn ordinal_of_note(words: &[&str]) -> Option<Found> {
    let (number, taken) = ordinal(words)?;
    let is_second = number % 10 == 2;
    (number > 20 && number % 10 > 0 && !is_second).then(|| Found { text: with_ending(number), words: taken })
}

fn day(words: &[&str]) -> Option<(u64, usize)> {
    ordinal(words).filter(|(day, _)| (1..=31).contains(day))
}

/// An ordinal below a hundred, in one word or two.
fn ordinal(words: &[&str]) -> Option<(u64, usize)> {
    let simple = |word: &str| ORDINALS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
    let word = words.first()?;
    if let Some(number) = simple(word) {
        return Some((number, 1));
    }
    let (tens, unit, taken) = match word.split_once('-') {
        Some((tens, unit)) => (tens, unit, 1),
        None => (*word, *words.get(1)?, 2),
    };
    let tens = ENGLISH.value(tens).filter(|tens| *tens >= 20)?;
    let unit = simple(unit).filter(|unit| *unit < 10)?;
    Some((tens + unit, taken))
}

fn year(words: &[&str]) -> Option<(u64, usize)> {
    const YEARS: std::ops::RangeInclusive<u64> = 1000..=2199;
    let (year, taken) = match cardinal::read(words)? {
        (Number::Pair(century, year), taken) => (century * 100 + year, taken),
        (Number::Whole(year), taken) => (year, taken),
        _ => return digits(words).filter(|(year, _)| YEARS.contains(year)),
    };
    YEARS.contains(&year).then_some((year, taken))
}

/// A year that the recognition has written in digits already.
fn digits(words: &[&str]) -> Option<(u64, usize)> {
    words.first()?.parse().ok().map(|year| (year, 1))
}

fn with_ending(number: u64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
