//! How Spanish counts.

use super::elsewhere::Tongue;
use crate::polish::counting;

pub(super) const SPANISH: Tongue = Tongue {
    counting: &counting::SPANISH,
    read,
    loose: &["un", "una", "uno", "cien", "mil", "once"],
    decimal: "coma",
    group: ".",
    units: &[
        (&["por", "ciento"], " %"),
        (&["euros"], " €"),
        (&["euro"], " €"),
        (&["dolares"], " $"),
        (&["dolar"], " $"),
        (&["kilometros", "por", "hora"], " km/h"),
        (&["metros", "cuadrados"], " m²"),
        (&["metros", "cubicos"], " m³"),
        (&["kilometros"], " km"),
        (&["kilometro"], " km"),
        (&["centimetros"], " cm"),
        (&["milimetros"], " mm"),
        (&["metros"], " m"),
        (&["metro"], " m"),
        (&["kilogramos"], " kg"),
        (&["kilos"], " kg"),
        (&["kilo"], " kg"),
        (&["miligramos"], " mg"),
        (&["gramos"], " g"),
        (&["mililitros"], " ml"),
        (&["litros"], " l"),
        (&["litro"], " l"),
        (&["vatios"], " W"),
        (&["voltios"], " V"),
        (&["gigabytes"], " GB"),
        (&["megabytes"], " MB"),
        (&["grados", "celsius"], " °C"),
        (&["grados", "centigrados"], " °C"),
        (&["grados"], " grados"),
    ],
    day,
};

fn read(words: &[&str]) -> Option<(u64, usize)> {
    let (mut thousands, mut number, mut taken) = (None, 0, 0);
    while let Some(word) = words.get(taken) {
        let last = number % 100;
        if *word == "mil" && thousands.is_none() && number != 1 {
            thousands = Some(if taken == 0 { 1 } else { number });
            number = 0;
        } else if *word == "y" {
            // Between tens and a unit.
            let unit = words
                .get(taken + 1)
                .and_then(|next| counting::SPANISH.value(next))
                .filter(|unit| (1..10).contains(unit));
            let Some(unit) = unit.filter(|_| last >= 30 && last % 10 == 0) else { break };
            number += unit;
            taken += 1;
        } else if let Some(value) = counting::SPANISH.value(word) {
            let fits = if value >= 100 { number == 0 } else { last == 0 && (number == 0 || value > 0) };
            if !fits {
                break;
            }
            number += value;
        } else {
            break;
        }
        taken += 1;
    }
    (taken > 0).then(|| (thousands.unwrap_or(0) * 1_000 + number, taken))
}

/// "cinco de mayo": the word between stays.
fn day(words: &[&str]) -> Option<(String, usize)> {
    let (day, taken) = match words.first() {
        Some(&"primero") => (1, 1),
        _ => read(words)?,
    };
    let is_day = (1..=31).contains(&day) && words.get(taken) == Some(&"de");
    is_day.then(|| (format!("{day} de"), taken + 1))
}
