//! Numbers stay what they are, in figures or in words.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{is_slang, words};
use super::{Doubt, Kept, marks};
use crate::actions::pattern::any_of;

/// Numbers from zero on that are written in words as often as in figures, by language.
const IN_WORDS: [&[&str]; 13] = [
    &["zero", "null", "zéro", "cero", "no", "none", "ноль"],
    &[
        "one", "first", "ein", "eins", "eine", "einen", "einem", "einer", "erste", "un", "une", "uno", "una", "a",
        "an", "один", "одна", "одно",
    ],
    &["two", "second", "zwei", "zweite", "deux", "dos", "both", "due", "dois", "duas", "два", "две", "двух"],
    &["three", "third", "drei", "dritte", "trois", "tres", "tre", "três", "три", "трех", "трёх"],
    &["four", "fourth", "vier", "quatre", "cuatro", "quattro", "quatro", "четыре"],
    &["five", "fifth", "fünf", "cinq", "cinco", "cinque", "пять", "пяти"],
    &["six", "sixth", "sechs", "seis", "sei", "шесть", "шести"],
    &["seven", "seventh", "sieben", "sept", "siete", "sette", "sete", "семь", "семи"],
    &["eight", "eighth", "acht", "huit", "ocho", "otto", "oito", "восемь"],
    &["nine", "ninth", "neun", "neuf", "nueve", "nove", "девять"],
    &["ten", "tenth", "zehn", "dix", "diez", "dieci", "dez", "десять"],
    &["eleven", "elf", "onze", "once", "undici", "одиннадцать"],
    &["twelve", "zwölf", "douze", "doce", "dodici", "doze", "noon", "midnight", "двенадцать"],
];

pub(super) fn check(kept: Kept, text: &str, answer: &str) -> Option<Doubt> {
    let is_other = marks::are_other(kept, text, answer) || kept == Kept::All && is_another_in_words(text, answer);
    (is_other || are_other_figures(kept, text, answer)).then_some(Doubt::Numbers)
}

/// "Two" has become "three". One alone may have been another word: "two" for "to".
fn is_another_in_words(text: &str, answer: &str) -> bool {
    let (before, after) = (values_in_words(text), values_in_words(answer));
    let has_other = |some: &[usize], others: &[usize], figures: &[String]| {
        some.iter().any(|value| !others.contains(value) && !figures.contains(&value.to_string()))
    };
    has_other(&before, &after, &numbers(answer)) && has_other(&after, &before, &numbers(text))
}

/// From two on: what is one may be an article.
fn values_in_words(text: &str) -> Vec<usize> {
    let words = words(text);
    let is_there = |value: &usize| words.iter().any(|word| IN_WORDS[*value].contains(&word.as_str()));
    (2..IN_WORDS.len()).filter(is_there).collect()
}

fn are_other_figures(kept: Kept, text: &str, answer: &str) -> bool {
    let (before, after) = (numbers(text), numbers(answer));
    // The same figures in other groups: 10/12 and 10.12., 1 000 and 1,000.
    if before.concat() == after.concat() {
        return false;
    }
    let is_lost = |number: &&String| {
        !(stands_in(number, &after, answer) || kept == Kept::Translated && is_other_clock(number, &after))
    };
    let is_new = |number: &&String| {
        !(stands_in(number, &before, text) || kept == Kept::Translated && is_other_clock(number, &before))
    };
    let lost = kept != Kept::NoneNew && before.iter().any(|number| is_lost(&number));
    lost || after.iter().any(|number| is_new(&number))
}

/// The figures of every number, without what groups them and without the numbers of list items.
fn numbers(text: &str) -> Vec<String> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| any_of(&[r"\p{Nd}+(?:[.,:'’\u{a0}\u{202f}]\p{Nd}+)*"]));
    static ITEM: LazyLock<Regex> = LazyLock::new(|| any_of(&[r"(?m)^\s*[0-9]{1,2}[.)]\s"]));
    static WORD: LazyLock<Regex> = LazyLock::new(|| any_of(&[r"[\w]+"]));
    let text = ITEM.replace_all(text, "");
    let text =
        WORD.replace_all(
            &text,
            |word: &regex::Captures<'_>| {
                if is_slang(&word[0].to_lowercase()) { String::new() } else { word[0].to_owned() }
            },
        );
    let figures = |number: regex::Match<'_>| {
        let number = number.as_str();
        // 02:30 is 2:30 am.
        let is_time = number.len() == 5 && number.as_bytes()[2] == b':';
        let number = if is_time { number.strip_prefix('0').unwrap_or(number) } else { number };
        // 21:00 is 21 Uhr, and 21h.
        let is_hour = number.len() <= 5 && number.contains(':');
        let number = if is_hour { number.strip_suffix(":00").unwrap_or(number) } else { number };
        number.chars().filter(|figure| figure.is_numeric()).collect()
    };
    NUMBER.find_iter(&text).map(figures).collect()
}

fn stands_in(number: &str, numbers: &[String], text: &str) -> bool {
    if numbers.iter().any(|other| other == number) {
        return true;
    }
    let in_words = number.parse::<usize>().ok().and_then(|number| IN_WORDS.get(number));
    if number.parse().is_ok_and(|number| in_chinese(text).contains(&number)) {
        return true;
    }
    in_words.is_some_and(|names| words(text).iter().any(|word| names.contains(&word.as_str())))
}

/// 三, 十二, 二十五, 三百: the numbers in Chinese characters, which Japanese has as well.
fn in_chinese(text: &str) -> Vec<usize> {
    const DIGITS: &str = "零一二三四五六七八九";
    const UNITS: [(char, usize); 4] = [('十', 10), ('百', 100), ('千', 1000), ('万', 10_000)];
    let digit = |letter: char| match letter {
        '两' | '兩' => Some(2),
        _ => DIGITS.chars().position(|digit| digit == letter),
    };
    let unit = |letter: char| UNITS.iter().find(|(name, _)| *name == letter).map(|(_, unit)| *unit);
    let value = |run: &str| {
        run.chars().fold((0, None), |(sum, open): (usize, Option<usize>), letter| match unit(letter) {
            Some(unit) => (sum + open.unwrap_or(1) * unit, None),
            None => (sum, digit(letter)),
        })
    };
    let runs = text.split(|letter: char| digit(letter).is_none() && unit(letter).is_none());
    runs.filter(|run| !run.is_empty()).map(value).map(|(sum, open)| sum + open.unwrap_or(0)).collect()
}

/// 3 pm is 15 Uhr.
fn is_other_clock(number: &str, numbers: &[String]) -> bool {
    let hour = |number: &str| {
        number.get(..number.len().saturating_sub(2)).filter(|hours| !hours.is_empty()).map(str::to_owned)
    };
    let whole = number.parse::<u32>().ok().filter(|hour| *hour <= 24);
    let with_minutes = hour(number).and_then(|hours| hours.parse::<u32>().ok()).filter(|hour| *hour <= 24);
    numbers.iter().any(|other| {
        let differs_by_half_a_day = |a: u32, b: u32| a.abs_diff(b) == 12;
        let other_whole = other.parse::<u32>().ok();
        let other_with_minutes = hour(other).and_then(|hours| hours.parse::<u32>().ok());
        whole.zip(other_whole).is_some_and(|(a, b)| differs_by_half_a_day(a, b))
            || with_minutes.zip(other_with_minutes).is_some_and(|(a, b)| differs_by_half_a_day(a, b))
            // 3 pm is 15:00.
            || whole.zip(other_with_minutes).is_some_and(|(a, b)| a == b || differs_by_half_a_day(a, b))
            || with_minutes.zip(other_whole).is_some_and(|(a, b)| a == b || differs_by_half_a_day(a, b))
    })
}
