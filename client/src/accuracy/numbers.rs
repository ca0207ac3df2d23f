//! Numbers that are spelled out become digits: `two hundred and five dollars` is `$205`, `twenty first` is `21st`, `three point one four` is
//! `3.14`. Digits said one by one join up: `one oh one` is `101`, `nineteen eighty four` is `1984`.

use super::english::CURRENCIES;

pub(super) fn to_digits(words: &[String]) -> Vec<String> {
    let mut reader = Reader::default();
    let mut rest = words;
    while !rest.is_empty() {
        let taken = reader.read(rest);
        rest = &rest[taken..];
    }
    reader.finish_number();
    join_cents(reader.written)
}

#[derive(Default)]
struct Reader {
    written: Vec<String>,
    number: Option<Number>,
}

/// A number of which more may follow: the digits of `done`, then those of `value`.
#[derive(Default)]
struct Number {
    currency: Option<char>,
    done: String,
    value: Option<u64>,
    last: Last,
}

/// What the number was last made longer by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    /// Digits, written or said one by one.
    #[default]
    Digits,
    Tens,
    Scale,
}

/// What a number word adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Adds {
    Unit(u64),
    Tens(u64),
    Scale(u64),
}

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
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
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(&str, u64); 5] = [
    ("hundred", 100),
    ("thousand", 1_000),
    ("million", 1_000_000),
    ("billion", 1_000_000_000),
    ("trillion", 1_000_000_000_000),
];
/// Ordinals that are more than the number and `th`.
const ORDINALS: [(&str, &str); 7] = [
    ("first", "one"),
    ("second", "two"),
    ("third", "three"),
    ("fifth", "five"),
    ("eighth", "eight"),
    ("ninth", "nine"),
    ("twelfth", "twelve"),
];
/// What may stand behind a number and is written before it.
const MONEY: [(&str, char); 8] = [
    ("dollar", '$'),
    ("dollars", '$'),
    ("pound", '£'),
    ("pounds", '£'),
    ("euro", '€'),
    ("euros", '€'),
    ("cent", '¢'),
    ("cents", '¢'),
];

impl Reader {
    /// Reads the first word, or a few that belong together; says how many.
    fn read(&mut self, words: &[String]) -> usize {
        let at = |index: usize| words.get(index).map_or("", String::as_str);
        let (word, next) = (at(0), at(1));
        if let Some(open) = &mut self.number {
            match word {
                "and" if [next, at(2)] == ["a", "half"] => {
                    open.end_value();
                    open.done.push_str(".5");
                    return 3;
                }
                "and" if open.last == Last::Scale && (adds(next).is_some() || with_suffix(next).is_some()) => return 1,
                "o" | "oh" if adds(next).is_some() => {
                    open.add(Adds::Unit(0));
                    return 1;
                }
                "percent" => return self.finish_percentage(1),
                "per" if next == "cent" => return self.finish_percentage(2),
                _ => {}
            }
            if let Some((_, sign)) = MONEY.iter().find(|(name, _)| *name == word) {
                open.currency = Some(*sign);
                self.finish_number();
                return 1;
            }
        }
        match word {
            "point" if adds(next).is_some() || is_digits(next) => {
                let number = self.number.get_or_insert_default();
                number.end_value();
                number.done.push('.');
                return 1;
            }
            "double" | "triple" if matches!(adds(next), Some(Adds::Unit(0..=9))) => {
                let times = if word == "double" { 2 } else { 3 };
                let number = self.number.get_or_insert_default();
                for adds in std::iter::repeat_n(adds(next), times).flatten() {
                    number.last = Last::Digits;
                    number.add(adds);
                }
                return 2;
            }
            _ => {}
        }
        if let Some(adds) = adds(word) {
            if !self.number.get_or_insert_default().add(adds) {
                self.finish_number();
                self.number.get_or_insert_default().add(adds);
            }
        } else if let Some((adds, suffix)) = with_suffix(word) {
            self.read_with_suffix(adds, suffix);
        } else if is_digits(word.trim_start_matches(CURRENCIES)) {
            self.read_digits(word);
        } else {
            self.finish_number();
            self.written.push(word.to_owned());
        }
        1
    }

    fn read_digits(&mut self, word: &str) {
        if !self.number.as_ref().is_some_and(|open| open.value.is_none() && open.done.ends_with('.')) {
            self.finish_number();
        }
        let number = self.number.get_or_insert_default();
        let digits = word.trim_start_matches(CURRENCIES);
        number.currency = word.chars().next().filter(|first| CURRENCIES.contains(first)).or(number.currency);
        // A number with a leading zero is a name more than a number: it keeps its digits.
        match digits.parse() {
            Ok(value) if !digits.starts_with('0') => number.value = Some(value),
            _ => number.done.push_str(digits),
        }
        number.last = Last::Digits;
    }

    /// `twenty first`, but not `one second`.
    fn read_with_suffix(&mut self, adds: Adds, suffix: &str) {
        let goes_on = self.number.as_ref().is_some_and(|open| match adds {
            Adds::Unit(unit) => open.last == Last::Scale || open.last == Last::Tens && unit < 10,
            Adds::Tens(_) | Adds::Scale(_) => true,
        });
        if !goes_on {
            self.finish_number();
        }
        let number = self.number.get_or_insert_default();
        number.add(adds);
        number.end_value();
        number.done.push_str(suffix);
        self.finish_number();
    }

    fn finish_percentage(&mut self, words: usize) -> usize {
        if let Some(number) = &mut self.number {
            number.end_value();
            number.done.push('%');
        }
        self.finish_number();
        words
    }

    fn finish_number(&mut self) {
        let Some(mut number) = self.number.take() else { return };
        number.end_value();
        let digits = number.done;
        self.written.push(match (digits.as_str(), number.currency) {
            // Nobody writes this one as a digit for sure.
            ("1", None) => "one".to_owned(),
            ("1s", None) => "ones".to_owned(),
            (_, None) => digits,
            (_, Some(sign)) => format!("{sign}{digits}"),
        });
    }
}

impl Number {
    /// False if a number this large cannot be: another one begins.
    fn add(&mut self, adds: Adds) -> bool {
        let (added, last) = match adds {
            Adds::Unit(unit) if self.last == Last::Tens && (1..10).contains(&unit) => {
                (self.value.map(|value| value + unit), Last::Digits)
            }
            Adds::Unit(unit) if self.last == Last::Scale && unit > 0 => {
                (self.value.map(|value| value + unit), Last::Digits)
            }
            Adds::Tens(tens) if self.last == Last::Scale => (self.value.map(|value| value + tens), Last::Tens),
            Adds::Unit(unit) => {
                self.end_value();
                (Some(unit), Last::Digits)
            }
            Adds::Tens(tens) => {
                self.end_value();
                (Some(tens), Last::Tens)
            }
            Adds::Scale(scale) => (self.scaled(scale), Last::Scale),
        };
        if added.is_some() {
            (self.value, self.last) = (added, last);
        }
        added.is_some()
    }

    /// `scale` times what stands before it: all of it, or what is below a thousand.
    fn scaled(&mut self, scale: u64) -> Option<u64> {
        let digits = format!("{}{}", self.done, self.value.map_or(String::new(), |value| value.to_string()));
        let scaled = if digits.is_empty() {
            scale
        } else if digits.contains('.') {
            let product = digits.parse::<f64>().ok()? * scale as f64;
            // Beyond this, not every whole number has a float.
            let is_whole = (product - product.round()).abs() < 1e-6 && product < 9e15;
            is_whole.then_some(product.round() as u64)?
        } else {
            let whole: u64 = digits.parse().ok()?;
            let below = whole % 1000;
            if below == 0 {
                return None;
            }
            (whole - below).checked_add(below.checked_mul(scale)?)?
        };
        self.done.clear();
        Some(scaled)
    }

    /// What follows will be a number of its own beside this one.
    fn end_value(&mut self) {
        if let Some(value) = self.value.take() {
            self.done.push_str(&value.to_string());
        }
    }
}

fn adds(word: &str) -> Option<Adds> {
    let place = |list: &[&str]| list.iter().position(|name| *name == word).map(|place| place as u64);
    let scale = || SCALES.iter().find(|(name, _)| *name == word).map(|(_, scale)| Adds::Scale(*scale));
    place(&UNITS).map(Adds::Unit).or_else(|| Some(Adds::Tens(10 * (place(&TENS)? + 2)))).or_else(scale)
}

/// Ordinals and plurals: `third`, `twentieth`, `nineties`, `hundreds`.
fn with_suffix(word: &str) -> Option<(Adds, &'static str)> {
    if let Some((_, number)) = ORDINALS.iter().find(|(name, _)| *name == word) {
        let suffix = match *number {
            "one" => "st",
            "two" => "nd",
            "three" => "rd",
            _ => "th",
        };
        return Some((adds(number)?, suffix));
    }
    let whole = |stem: &str, ending: &str| adds(&format!("{stem}{ending}"));
    if let Some(stem) = word.strip_suffix("ieth") {
        return Some((whole(stem, "y")?, "th"));
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Some((whole(stem, "y")?, "s"));
    }
    if let Some(stem) = word.strip_suffix("th") {
        return Some((adds(stem)?, "th"));
    }
    let stem = word.strip_suffix('s')?;
    Some((adds(stem).or_else(|| adds(stem.strip_suffix('e')?))?, "s"))
}

/// `12`, `3.5`, `.5`
fn is_digits(word: &str) -> bool {
    word.contains(|letter: char| letter.is_ascii_digit())
        && word.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
}

/// `$5 and ¢20` is `$5.20`.
fn join_cents(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let cents = word.strip_prefix('¢').filter(|cents| matches!(cents.len(), 1 | 2));
        let is_and = joined.last().is_some_and(|last| last == "and");
        let money = joined.len().checked_sub(if is_and { 2 } else { 1 }).map(|place| &mut joined[place]);
        match (cents, money) {
            (Some(cents), Some(money)) if money.starts_with(['$', '€', '£']) && !money.contains('.') => {
                *money = format!("{money}.{cents:0>2}");
                if is_and {
                    joined.pop();
                }
            }
            _ => joined.push(word),
        }
    }
    joined
}
