//! Units and money by the words that are spoken, and the signs that take their place.

use super::Reading;

/// The sign of each, with its blank if it has one.
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

/// Those of several words, plural first: "kilometers per hour" has its sign from the table above.
const LONGER: &[(&[&str], &str)] = &[
    (&["per", "cent"], "%"),
    (&["degrees", "celsius"], " °C"),
    (&["degree", "celsius"], " °C"),
    (&["degrees", "centigrade"], " °C"),
    (&["degrees", "fahrenheit"], " °F"),
    (&["degree", "fahrenheit"], " °F"),
    (&["kilowatt", "hours"], " kWh"),
    (&["kilowatt", "hour"], " kWh"),
    (&["watt", "hours"], " Wh"),
    // A word, but one that makes a quantity.
    (&["degrees"], " degrees"),
];

/// Money, by the word and the sign before the number.
const MONEY: &[(&str, &str)] = &[("dollar", "$"), ("euro", "€")];

impl Reading<'_> {
    /// The sign of the unit at a place, and how many words it takes up.
    pub(super) fn unit(&self, at: usize) -> Option<(String, usize)> {
        let first = self.next(at)?;
        let follows = |words: &[&str]| (0..).zip(words).all(|(more, word)| self.next(at + more) == Some(word));
        if let Some((words, sign)) = LONGER.iter().find(|(words, _)| follows(words)) {
            return Some(((*sign).to_owned(), words.len()));
        }
        if matches!(first, "square" | "cubic") {
            let sign = sign(UNITS, self.next(at + 1)?).filter(|sign| sign.ends_with('m'))?;
            return Some((format!("{sign}{}", if first == "square" { "²" } else { "³" }), 2));
        }
        let sign = sign(UNITS, first)?;
        let time = match (self.next(at + 1), self.next(at + 2)) {
            (Some("per" | "an"), Some("hour")) => "/h",
            (Some("per" | "a"), Some("second")) => "/s",
            _ => return Some((sign.to_owned(), 1)),
        };
        // Not "5 l/h", which nobody reads.
        Some(if sign.ends_with('m') || sign.ends_with('B') {
            (format!("{sign}{time}"), 3)
        } else {
            (sign.to_owned(), 1)
        })
    }

    /// The sign of the money at a place.
    pub(super) fn currency(&self, at: usize) -> Option<&'static str> {
        sign(MONEY, self.next(at)?)
    }
}

fn sign(table: &'static [(&str, &str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| word == *name || word.strip_suffix('s') == Some(name)).map(|(_, sign)| *sign)
}
