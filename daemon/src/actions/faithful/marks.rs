//! What stands at a number says as much as its figures: the point in it, the sign before it, the currency or the percent sign.

use std::sync::LazyLock;

use regex::Regex;

use super::Kept;
use super::words::{plain, words};
use crate::actions::pattern::any_of;

/// Signs, and how words begin that say the same, in some languages. Short, because words may be misspelt.
const SIGNS: [(char, &[&str]); 4] = [
    ('$', &["dol", "usd", "buck", "cent", "peso"]),
    ('€', &["eur", "cent"]),
    ('£', &["pou", "gbp", "quid", "ster", "pfu", "liv", "lib", "pen"]),
    ('%', &["per", "pro", "pou", "por", "pct", "cent"]),
];
const MINUS: [&str; 9] = ["min", "neg", "bel", "und", "unt", "moi", "men", "sub", "zer"];

pub(super) fn are_other(kept: Kept, text: &str, answer: &str) -> bool {
    let may_lose = kept == Kept::NoneNew;
    point_is_gone(text, answer)
        || point_is_gone(answer, text)
        || sign_is_gone(text, answer)
        || SIGNS.iter().any(|(sign, said)| {
            let (before, after) = (has(*sign, text), has(*sign, answer));
            after && !before && !says(said, text) || before && !after && !may_lose && !says(said, answer)
        })
}

/// 1.5 has become 15. Three figures behind a point may be thousands.
fn point_is_gone(from: &str, to: &str) -> bool {
    static POINT: LazyLock<Regex> = LazyLock::new(|| {
        any_of(&[r"(?:^|[^0-9.,:/-])([0-9]+)[.,]([0-9]{1,2}|[0-9]{4,})(?:$|[^0-9.,:/-]|[.,:](?:\s|$))"])
    });
    let (kept, whole) = (whole_numbers(from), whole_numbers(to));
    POINT.captures_iter(from).any(|number| {
        let joined = format!("{}{}", &number[1], &number[2]);
        whole.contains(&joined) && !kept.contains(&joined)
    })
}

fn whole_numbers(text: &str) -> Vec<String> {
    text.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '.' | ',' | ':')))
        .map(|number| number.trim_matches(['.', ',', ':']))
        .filter(|number| !number.is_empty() && number.chars().all(|figure| figure.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// -5 has become 5.
fn sign_is_gone(text: &str, answer: &str) -> bool {
    static NEGATIVE: LazyLock<Regex> = LazyLock::new(|| any_of(&[r"(?:^|[\s(\[=:])[-−]([0-9]+(?:[.,][0-9]+)?)"]));
    let negative =
        |text: &str| -> Vec<String> { NEGATIVE.captures_iter(text).map(|number| number[1].to_owned()).collect() };
    let after = negative(answer);
    let stands = |number: &String| answer.contains(number.as_str());
    negative(text).iter().any(|number| stands(number) && !after.contains(number) && !says(&MINUS, answer))
}

fn has(sign: char, text: &str) -> bool {
    text.match_indices(sign).any(|(place, sign)| {
        let (before, after) = (text[..place].trim_end(), text[place + sign.len()..].trim_start());
        before.ends_with(|letter: char| letter.is_numeric()) || after.starts_with(|letter: char| letter.is_numeric())
    })
}

fn says(beginnings: &[&str], text: &str) -> bool {
    words(&plain(text)).iter().any(|word| beginnings.iter().any(|beginning| word.starts_with(beginning)))
}
