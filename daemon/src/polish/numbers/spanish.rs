//! How Spanish counts.

use super::elsewhere::Tongue;

pub(super) const SPANISH: Tongue = Tongue {
    read,
    loose: &["un", "una", "uno", "cien", "mil", "once"],
    decimal: ("coma", ','),
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
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
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
            let unit = words.get(taken + 1).and_then(|next| simple(next)).filter(|unit| (1..10).contains(unit));
            let Some(unit) = unit.filter(|_| last >= 30 && last % 10 == 0) else { break };
            number += unit;
            taken += 1;
        } else if let Some(value) = simple(word) {
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

fn simple(word: &str) -> Option<u64> {
    WORDS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

const WORDS: [(&str, u64); 59] = [
    ("cero", 0),
    ("un", 1),
    ("una", 1),
    ("uno", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("once", 11),
    ("doce", 12),
    ("trece", 13),
    ("catorce", 14),
    ("quince", 15),
    ("dieciseis", 16),
    ("diecisiete", 17),
    ("dieciocho", 18),
    ("diecinueve", 19),
    ("veinte", 20),
    ("veintiun", 21),
    ("veintiuna", 21),
    ("veintiuno", 21),
    ("veintidos", 22),
    ("veintitres", 23),
    ("veinticuatro", 24),
    ("veinticinco", 25),
    ("veintiseis", 26),
    ("veintisiete", 27),
    ("veintiocho", 28),
    ("veintinueve", 29),
    ("treinta", 30),
    ("cuarenta", 40),
    ("cincuenta", 50),
    ("sesenta", 60),
    ("setenta", 70),
    ("ochenta", 80),
    ("noventa", 90),
    ("cien", 100),
    ("ciento", 100),
    ("doscientos", 200),
    ("doscientas", 200),
    ("trescientos", 300),
    ("trescientas", 300),
    ("cuatrocientos", 400),
    ("cuatrocientas", 400),
    ("quinientos", 500),
    ("quinientas", 500),
    ("seiscientos", 600),
    ("seiscientas", 600),
    ("setecientos", 700),
    ("setecientas", 700),
    ("ochocientos", 800),
    ("ochocientas", 800),
    ("novecientos", 900),
    ("novecientas", 900),
];

/// "cinco de mayo": the word between stays.
fn day(words: &[&str]) -> Option<(String, usize)> {
    let (day, taken) = match words.first() {
        Some(&"primero") => (1, 1),
        _ => read(words)?,
    };
    let is_day = (1..=31).contains(&day) && words.get(taken) == Some(&"de");
    is_day.then(|| (format!("{day} de"), taken + 1))
}
