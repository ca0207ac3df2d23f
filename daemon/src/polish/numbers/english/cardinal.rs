//! Number words read as numbers.

use super::super::grouped;
use crate::polish::counting::ENGLISH;

/// A row of number words, read in the one way it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    Whole(u64),
    /// The whole part, and the digits behind the point.
    Decimal(u64, String),
    /// Two numbers below a hundred: a year or a time.
    Pair(u64, u64),
    /// Single digits, as of a telephone number.
    Digits(String),
    /// In digits already.
    Written(String),
    /// Numbers in a row that mean nothing together.
    Unclear,
}

impl Number {
    /// As it is written alone; `None` if it is not to be.
    pub(super) fn digits(&self) -> Option<String> {
        match self {
            Self::Whole(number) => Some(with_scale(*number)),
            Self::Decimal(whole, digits) => Some(format!("{}.{digits}", grouped(*whole, ","))),
            // Lower ones are as likely a time, or two numbers.
            Self::Pair(century, year) if (15..=21).contains(century) => Some(format!("{century}{year:02}")),
            Self::Digits(digits) | Self::Written(digits) => Some(digits.clone()),
            Self::Pair(..) | Self::Unclear => None,
        }
    }

    /// Also without a unit.
    pub(super) fn is_worth_digits(&self) -> bool {
        !matches!(self, Self::Whole(0..=9) | Self::Written(_))
    }
}

/// A full million stays a word, because its zeros are hard to read.
fn with_scale(number: u64) -> String {
    let scale =
        SCALES.iter().find(|(_, scale)| number >= *scale && number.is_multiple_of(*scale) && number / scale < 1_000);
    scale.map_or_else(|| grouped(number, ","), |(name, scale)| format!("{} {name}", number / scale))
}

/// The number at the beginning of these words, and how many words it takes up.
pub(super) fn read(words: &[&str]) -> Option<(Number, usize)> {
    let (digits, taken) = single_digits(words);
    let is_time = taken == 3 && words[1] == "oh";
    if taken >= LEAST_DIGITS && !is_time {
        return Some((Number::Digits(digits), taken));
    }
    let (first, first_words) = whole(words)?;
    let rest = &words[first_words..];
    if let Some((decimals, taken)) = decimals(rest) {
        return Some((Number::Decimal(first, decimals), first_words + taken));
    }
    // A second number right behind the first: a year, a time, or nothing that can be known.
    let Some((second, second_words)) = minutes(rest).or_else(|| whole(rest)) else {
        return Some((Number::Whole(first), first_words));
    };
    let taken = first_words + second_words;
    let over = whole(&words[taken..]).is_none();
    let is_pair = over && first < 100 && ((10..100).contains(&second) || rest[0] == "o" || rest[0] == "oh");
    if is_pair { Some((Number::Pair(first, second), taken)) } else { Some(unclear(words)) }
}

/// Single digits in a row from which a row is a number of its own.
const LEAST_DIGITS: usize = 3;

/// All the number words there are: none of them is touched.
fn unclear(words: &[&str]) -> (Number, usize) {
    let mut taken = 0;
    while let Some((_, more)) = whole(&words[taken..]) {
        taken += more;
    }
    (Number::Unclear, taken)
}

fn digit(word: &str) -> Option<u64> {
    match word {
        "oh" => Some(0),
        _ => ENGLISH.value(word).filter(|digit| *digit < 10),
    }
}

fn single_digits(words: &[&str]) -> (String, usize) {
    let digits: String =
        words.iter().map_while(|word| digit(word)).filter_map(|digit| char::from_digit(digit as u32, 10)).collect();
    let taken = digits.len();
    // "three four five hundred": the last one is more than a digit.
    let goes_on = words
        .get(taken)
        .is_some_and(|word| scale(word).is_some() || *word == "hundred" || ENGLISH.value(word).is_some());
    if goes_on || words.first() == Some(&"oh") { (String::new(), 0) } else { (digits, taken) }
}

/// "point one four", and of versions and sections "point one point four".
fn decimals(words: &[&str]) -> Option<(String, usize)> {
    let (mut digits, mut taken) = fraction(words)?;
    while let Some((more, more_taken)) = fraction(&words[taken..]) {
        digits = format!("{digits}.{more}");
        taken += more_taken;
    }
    Some((digits, taken))
}

fn fraction(words: &[&str]) -> Option<(String, usize)> {
    if words.first() != Some(&"point") {
        return None;
    }
    let digits: String = words[1..]
        .iter()
        .map_while(|word| digit(word))
        .filter_map(|digit| char::from_digit(digit as u32, 10))
        .collect();
    let taken = digits.len() + 1;
    (!digits.is_empty()).then_some((digits, taken))
}

/// "oh five", as in "nineteen oh five".
fn minutes(words: &[&str]) -> Option<(u64, usize)> {
    matches!(words.first(), Some(&("o" | "oh"))).then_some(())?;
    words.get(1).and_then(|word| digit(word)).map(|digit| (digit, 2))
}

/// A whole number: "two thousand and five", "one hundred twenty".
fn whole(words: &[&str]) -> Option<(u64, usize)> {
    let (mut total, mut at) = (0, 0);
    let mut smallest = u64::MAX;
    loop {
        let skip = usize::from(at > 0 && words.get(at) == Some(&"and"));
        let Some((part, taken)) = below_thousand(&words[at + skip..]) else { break };
        // "five million and twenty": "and" only joins what is smaller than a hundred.
        if skip > 0 && part >= 100 {
            break;
        }
        let scale = words.get(at + skip + taken).and_then(|word| scale(word));
        match scale {
            Some(scale) if scale < smallest => {
                total += part * scale;
                smallest = scale;
                at += skip + taken + 1;
            }
            None if at == 0 || smallest < u64::MAX => return Some((total + part, at + skip + taken)),
            _ => break,
        }
    }
    (at > 0).then_some((total, at))
}

/// "five hundred and twelve", "ninety nine", "seven".
fn below_thousand(words: &[&str]) -> Option<(u64, usize)> {
    let (first, taken) = below_hundred(words)?;
    if words.get(taken) != Some(&"hundred") || first == 0 {
        return Some((first, taken));
    }
    let taken = taken + 1;
    let skip = usize::from(words.get(taken) == Some(&"and"));
    match below_hundred(&words[taken + skip..]) {
        Some((rest, more)) => Some((first * 100 + rest, taken + skip + more)),
        None => Some((first * 100, taken)),
    }
}

fn below_hundred(words: &[&str]) -> Option<(u64, usize)> {
    let word = words.first()?;
    if let Some((tens, unit)) = word.split_once('-') {
        let (tens, unit) = (ENGLISH.value(tens)?, ENGLISH.value(unit)?);
        return (tens >= 20 && (1..10).contains(&unit)).then_some((tens + unit, 1));
    }
    let first = ENGLISH.value(word)?;
    match words.get(1).and_then(|word| ENGLISH.value(word)) {
        Some(unit @ 1..=9) if first >= 20 => Some((first + unit, 2)),
        _ => Some((first, 1)),
    }
}

/// Larger first.
const SCALES: [(&str, u64); 3] = [("trillion", 1_000_000_000_000), ("billion", 1_000_000_000), ("million", 1_000_000)];

/// "five million" keeps its word.
pub(super) fn is_large_scale(word: &str) -> bool {
    SCALES.iter().any(|(name, _)| *name == word)
}

fn scale(word: &str) -> Option<u64> {
    let larger = SCALES.iter().find(|(name, _)| *name == word).map(|(_, scale)| *scale);
    larger.or_else(|| (word == "thousand").then_some(1_000))
}
