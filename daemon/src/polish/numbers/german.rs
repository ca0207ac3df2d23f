//! How German counts: units before tens, and whole numbers in one word.

use super::elsewhere::Tongue;
use crate::polish::counting;

pub(super) const GERMAN: Tongue = Tongue {
    counting: &counting::GERMAN,
    read,
    loose: &["ein", "eins", "hundert", "tausend", "einhundert", "eintausend"],
    decimal: "komma",
    group: ".",
    units: &[
        (&["prozent"], " %"),
        (&["euro"], " €"),
        (&["dollar"], " $"),
        (&["kilometer", "pro", "stunde"], " km/h"),
        (&["stundenkilometer"], " km/h"),
        (&["quadratmeter"], " m²"),
        (&["kubikmeter"], " m³"),
        (&["kilometer"], " km"),
        (&["zentimeter"], " cm"),
        (&["millimeter"], " mm"),
        (&["meter"], " m"),
        (&["kilogramm"], " kg"),
        (&["kilo"], " kg"),
        (&["milligramm"], " mg"),
        (&["gramm"], " g"),
        (&["milliliter"], " ml"),
        (&["liter"], " l"),
        (&["kilowattstunden"], " kWh"),
        (&["kilowatt"], " kW"),
        (&["watt"], " W"),
        (&["volt"], " V"),
        (&["megabyte"], " MB"),
        (&["gigabyte"], " GB"),
        (&["terabyte"], " TB"),
        (&["gigahertz"], " GHz"),
        (&["megahertz"], " MHz"),
        (&["hertz"], " Hz"),
        (&["grad", "celsius"], " °C"),
        (&["grad"], " Grad"),
        (&["uhr"], " Uhr"),
    ],
    day,
};

fn read(words: &[&str]) -> Option<(u64, usize)> {
    let mut number = word(words.first()?)?;
    let mut taken = 1;
    // "zweitausend fünfhundert" in two words.
    while let Some(next) = words.get(taken).and_then(|next| word(next)) {
        let fits = (number >= 1_000 && number % 1_000 == 0 && next < 1_000)
            || (number >= 100 && number % 100 == 0 && next < 100 && next > 0);
        if !fits {
            break;
        }
        number += next;
        taken += 1;
    }
    Some((number, taken))
}

fn word(word: &str) -> Option<u64> {
    if word == "null" {
        return Some(0);
    }
    let (thousands, rest) = match word.split_once("tausend") {
        Some(("", rest)) => (1, rest),
        Some((thousands, rest)) => (below_thousand(thousands)?, rest),
        None => (0, word),
    };
    let rest = rest.strip_prefix("und").filter(|_| thousands > 0).unwrap_or(rest);
    let rest = if rest.is_empty() && thousands > 0 { 0 } else { below_thousand(rest)? };
    Some(thousands * 1_000 + rest)
}

fn below_thousand(word: &str) -> Option<u64> {
    let (hundreds, rest) = match word.split_once("hundert") {
        Some(("", rest)) => (1, rest),
        // "neunzehnhundert" begins a year.
        Some((hundreds, rest)) => (below_hundred(hundreds)?, rest),
        None => (0, word),
    };
    let rest = rest.strip_prefix("und").filter(|_| hundreds > 0).unwrap_or(rest);
    let rest = if rest.is_empty() && hundreds > 0 { 0 } else { below_hundred(rest)? };
    Some(hundreds * 100 + rest)
}

fn below_hundred(word: &str) -> Option<u64> {
    let value = |word: &str| counting::GERMAN.value(word).filter(|value| *value > 0);
    // "einundzwanzig"
    let with_unit = || {
        let (unit, tens) = word.split_once("und")?;
        let (unit, tens) = (value(unit)?, value(tens)?);
        (unit < 10 && tens >= 20).then_some(tens + unit)
    };
    value(word).or_else(with_unit)
}

/// "fünfter", "einunddreißigsten".
fn day(words: &[&str]) -> Option<(String, usize)> {
    let first = words.first()?;
    let stem = ["ter", "ten", "te"].iter().find_map(|ending| first.strip_suffix(ending))?;
    let day = match stem {
        "ers" => 1,
        "drit" => 3,
        "sieb" => 7,
        "ach" => 8,
        stem => below_hundred(stem.strip_suffix('s').filter(|stem| below_hundred(stem) >= Some(20)).unwrap_or(stem))?,
    };
    (1..=31).contains(&day).then(|| (format!("{day}."), 1))
}
