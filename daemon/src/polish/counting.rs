//! How languages count, and what they call the months: each word once, for all that looks for it. Words are folded.

/// The words for numbers that are one word each.
#[derive(Debug)]
pub(crate) struct Counting {
    /// From zero to nine, as they are said digit by digit.
    pub(crate) digits: [&'static str; 10],
    /// From ten on, as far as the language has a word of its own for each.
    from_ten: &'static [&'static str],
    /// Twenty, thirty … ninety.
    tens: [&'static str; 8],
    /// Other forms, and other numbers.
    others: &'static [(&'static str, u64)],
    pub(crate) months: [&'static str; 12],
}

impl Counting {
    pub(super) fn value(&self, word: &str) -> Option<u64> {
        let among = |words: &[&str]| words.iter().position(|name| *name == word).map(|index| index as u64);
        let digit_or_ten = || among(&self.digits).or_else(|| among(self.from_ten).map(|index| 10 + index));
        let tens = || among(&self.tens).map(|index| 20 + 10 * index);
        let other = || self.others.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        digit_or_ten().or_else(tens).or_else(other)
    }

    /// Two to ten, in the one form that is never an article.
    pub(super) fn some(&self, word: &str) -> Option<u64> {
        let value = self.digits.iter().chain(self.from_ten.first()).position(|name| *name == word)?;
        (value >= 2).then_some(value as u64)
    }
}

pub(crate) const ENGLISH: Counting = Counting {
    digits: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    from_ten: &[
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ],
    tens: ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
    others: &[],
    months: [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
};

pub(super) const GERMAN: Counting = Counting {
    digits: ["null", "eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"],
    from_ten: &[
        "zehn", "elf", "zwolf", "dreizehn", "vierzehn", "funfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
    ],
    tens: ["zwanzig", "dreissig", "vierzig", "funfzig", "sechzig", "siebzig", "achtzig", "neunzig"],
    others: &[("ein", 1), ("zwo", 2)],
    months: [
        "januar",
        "februar",
        "marz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ],
};

/// From seventy on the words of Belgium and Switzerland; elsewhere these are counted by twenties.
pub(super) const FRENCH: Counting = Counting {
    digits: ["zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
    from_ten: &["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"],
    tens: ["vingt", "trente", "quarante", "cinquante", "soixante", "septante", "huitante", "nonante"],
    others: &[("une", 1), ("octante", 80)],
    months: [
        "janvier",
        "fevrier",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "aout",
        "septembre",
        "octobre",
        "novembre",
        "decembre",
    ],
};

pub(super) const SPANISH: Counting = Counting {
    digits: ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    from_ten: &[
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciseis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
    ],
    tens: ["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"],
    others: &[
        ("un", 1),
        ("una", 1),
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
};
