//! English numbers: with years, times, decades, money before the number, and two words for one ("twenty five").

mod cardinal;
mod dates;
mod units;

use super::Reading;
use cardinal::Number;

/// Words between which a negative number can stand, and no subtraction: "it is minus five degrees".
const BEFORE_NEGATIVE: [&str; 20] = [
    "is", "was", "it's", "to", "of", "at", "about", "around", "between", "from", "by", "than", "below", "the", "a",
    "and", "or", "reach", "reached", "nearly",
];

/// Decades, by the word that is spoken.
const DECADES: [(&str, u64); 8] = [
    ("twenties", 20),
    ("thirties", 30),
    ("forties", 40),
    ("fifties", 50),
    ("sixties", 60),
    ("seventies", 70),
    ("eighties", 80),
    ("nineties", 90),
];

/// What takes the place of the first so many words, if anything does.
pub(super) fn found(reading: Reading<'_>, at: usize) -> (Option<String>, usize) {
    let found = reading.date(at).or_else(|| reading.negative(at)).or_else(|| reading.quantity(at));
    // A number that stays does so as a whole.
    let whole = || cardinal::read(&reading.words_from(at)).map_or(1, |(_, words)| words);
    found.map_or_else(|| (None, whole()), |Found { text, words }| (Some(text), words))
}

/// What takes the place of so many words.
struct Found {
    text: String,
    words: usize,
}

impl Reading<'_> {
    /// "nine hundred and ninety nine million …" to its end.
    fn words_from(&self, at: usize) -> Vec<&str> {
        self.run(at, 24)
    }

    fn quantity(&self, at: usize) -> Option<Found> {
        let (number, words) = cardinal::read(&self.words_from(at)).or_else(|| self.in_digits(at))?;
        let after = at + words;
        if let Some(found) = self.time(at, &number, words).or_else(|| self.decade(&number, words, after)) {
            return Some(found);
        }
        if let Some((sign, more)) = self.unit(after) {
            return Some(Found { text: format!("{}{sign}", number.digits()?), words: words + more });
        }
        if let Some(sign) = self.currency(after) {
            return self.money(sign, &number, words, after);
        }
        if let Some(scale) = self.next(after).filter(|unit| cardinal::is_large_scale(unit)) {
            let digits = number.digits()?;
            return Some(match self.currency(after + 1) {
                Some(sign) => Found { text: format!("{sign}{digits} {scale}"), words: words + 2 },
                None => Found { text: format!("{digits} {scale}"), words: words + 1 },
            });
        }
        // "Forty second street": the 42nd, or 40 seconds after an article.
        let is_tens = matches!(number, Number::Whole(tens @ 20..=90) if tens % 10 == 0);
        if is_tens
            && self.next(after) == Some("second")
            && !(at > 0 && matches!(self.words[at - 1].as_str(), "a" | "an"))
        {
            return None;
        }
        number.is_worth_digits().then(|| number.digits()).flatten().map(|text| Found { text, words })
    }

    fn in_digits(&self, at: usize) -> Option<(Number, usize)> {
        self.written(at, &['$', '€', '£', '-', '−', '#']).map(|number| (Number::Written(number.to_owned()), 1))
    }

    /// "minus five degrees". Between two numbers it is a subtraction, and stays.
    fn negative(&self, at: usize) -> Option<Found> {
        if !matches!(self.words[at].as_str(), "minus" | "negative") || !self.tokens[at].lead.is_empty() {
            return None;
        }
        let stands_alone = self.next(at).is_none_or(|_| BEFORE_NEGATIVE.contains(&self.words[at - 1].as_str()));
        self.next(at + 1).filter(|_| stands_alone)?;
        let written =
            || self.in_digits(at + 1).and_then(|(number, words)| Some(Found { text: number.digits()?, words }));
        let Found { text, words } = self.quantity(at + 1).or_else(written)?;
        Some(Found { text: format!("-{text}"), words: words + 1 })
    }

    /// "nineteen eighties".
    fn decade(&self, number: &Number, words: usize, after: usize) -> Option<Found> {
        let &Number::Whole(century @ 15..=20) = number else { return None };
        let decade = self.next(after)?;
        let (_, years) = DECADES.iter().find(|(name, _)| *name == decade)?;
        Some(Found { text: format!("{century}{years}s"), words: words + 1 })
    }

    fn money(&self, sign: &str, number: &Number, words: usize, after: usize) -> Option<Found> {
        let digits = match number {
            // Half a dollar has two digits.
            Number::Decimal(whole, tenth) if tenth.len() == 1 => {
                format!("{}0", Number::Decimal(*whole, tenth.clone()).digits()?)
            }
            _ => number.digits()?,
        };
        let whole = Found { text: format!("{sign}{digits}"), words: words + 1 };
        let is_whole = !digits.contains(['.', ' ']);
        if self.next(after + 1) != Some("and") || !is_whole {
            return Some(whole);
        }
        let second = after + 2;
        let cents = self.next(second).and_then(|word| match cardinal::read(&self.words_from(second)) {
            Some((Number::Whole(cents), words)) => Some((cents, words)),
            _ => word.parse().ok().map(|cents| (cents, 1)),
        });
        let Some((cents @ 0..=99, cent_words)) = cents else { return Some(whole) };
        if !matches!(self.next(second + cent_words), Some("cents" | "cent")) {
            return Some(whole);
        }
        Some(Found { text: format!("{}.{cents:02}", whole.text), words: words + 1 + 1 + cent_words + 1 })
    }

    /// "ten twenty four p m", "five a.m."
    fn time(&self, at: usize, number: &Number, words: usize) -> Option<Found> {
        let (hour, minute) = match *number {
            Number::Whole(hour) if words == 1 => (hour, None),
            Number::Pair(hour, minute) => (hour, Some(minute)),
            _ => return None,
        };
        let after = at + words;
        let (half, taken) = match (self.next(after)?, self.next(after + 1)) {
            ("a", Some("m")) => ("a.m.", 2),
            ("p", Some("m")) => ("p.m.", 2),
            ("am" | "a.m", _) => ("a.m.", 1),
            ("pm" | "p.m", _) => ("p.m.", 1),
            _ => return None,
        };
        if !(1..=12).contains(&hour) || minute.is_some_and(|minute| minute > 59) {
            return None;
        }
        let minute = minute.map_or(String::new(), |minute| format!(":{minute:02}"));
        Some(Found { text: format!("{hour}{minute} {half}"), words: words + taken })
    }
}
