//! How French counts: by twenties in part, with hyphens or without.

use super::elsewhere::Tongue;
use crate::polish::counting;

pub(super) const FRENCH: Tongue = Tongue {
    counting: &counting::FRENCH,
    read,
    loose: &["un", "une", "cent", "mille", "neuf"],
    decimal: "virgule",
    group: " ",
    units: &[
        (&["pour", "cent"], " %"),
        (&["pourcent"], " %"),
        (&["euros"], " €"),
        (&["euro"], " €"),
        (&["dollars"], " $"),
        (&["dollar"], " $"),
        (&["kilometres", "par", "heure"], " km/h"),
        (&["kilometres", "heure"], " km/h"),
        (&["kilometres-heure"], " km/h"),
        (&["metres", "carres"], " m²"),
        (&["metres", "cubes"], " m³"),
        (&["kilometres"], " km"),
        (&["kilometre"], " km"),
        (&["centimetres"], " cm"),
        (&["millimetres"], " mm"),
        (&["metres"], " m"),
        (&["metre"], " m"),
        (&["kilogrammes"], " kg"),
        (&["kilos"], " kg"),
        (&["kilo"], " kg"),
        (&["milligrammes"], " mg"),
        (&["grammes"], " g"),
        (&["millilitres"], " ml"),
        (&["litres"], " l"),
        (&["litre"], " l"),
        (&["kilowattheures"], " kWh"),
        (&["kilowatts"], " kW"),
        (&["watts"], " W"),
        (&["volts"], " V"),
        (&["gigaoctets"], " Go"),
        (&["megaoctets"], " Mo"),
        (&["degres", "celsius"], " °C"),
        (&["degres"], " degrés"),
        (&["heures"], " heures"),
    ],
    day,
};

/// The number word by word, as far as each goes on from those before it.
fn read(words: &[&str]) -> Option<(u64, usize)> {
    let (mut thousands, mut number, mut taken) = (None, 0, 0);
    for word in words {
        let (mut next, mut next_thousands) = (number, thousands);
        let mut is_number = true;
        for part in word.split('-') {
            match part_of_number(part, next, next_thousands) {
                Some((thousands, number)) => (next_thousands, next) = (thousands, number),
                None => is_number = false,
            }
        }
        // "et" is a part of the number only if the number goes on behind it.
        let goes_on = *word != "et"
            || words.get(taken + 1).is_some_and(|after| matches!(*after, "un" | "une" | "onze") && number % 10 == 0);
        if !is_number || !goes_on {
            break;
        }
        (number, thousands) = (next, next_thousands);
        taken += 1;
    }
    (taken > 0).then(|| (thousands.unwrap_or(0) * 1_000 + number, taken))
}

/// What the number becomes with one more part; `None` where it cannot go on so.
fn part_of_number(part: &str, number: u64, thousands: Option<u64>) -> Option<(Option<u64>, u64)> {
    let last = number % 100;
    let become_ = |number| Some((thousands, number));
    let tens = matches!(last, 20 | 30 | 40 | 50 | 60 | 70 | 80 | 90);
    match part {
        "et" if tens && last < 80 => become_(number),
        "vingt" | "vingts" if last == 4 => become_(number + 76),
        "vingt" if last == 0 => become_(number + 20),
        "cent" | "cents" if number < 10 && number != 1 => become_(number.max(1) * 100),
        "mille" if thousands.is_none() && number != 1 => Some((Some(number.max(1)), 0)),
        "zero" => (number == 0 && thousands.is_none()).then_some((None, 0)),
        _ => {
            let value = counting::FRENCH.value(part)?;
            let fits = match value {
                _ if last == 0 => true,
                1..=9 if tens => true,
                10..=16 if matches!(last, 60 | 80) => true,
                7..=9 if matches!(last, 10 | 70 | 90) => true,
                _ => false,
            };
            fits.then_some((thousands, number + value))
        }
    }
}

fn day(words: &[&str]) -> Option<(String, usize)> {
    if words.first() == Some(&"premier") {
        return Some(("1er".to_owned(), 1));
    }
    let (day, taken) = read(words)?;
    (2..=31).contains(&day).then(|| (day.to_string(), taken))
}
