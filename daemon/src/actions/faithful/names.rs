//! Names stay: words with a capital letter where the grammar asks for none.

use super::words::{plain, sentences, words};
use super::{Doubt, Kept, language};
use crate::polish::counting::ENGLISH;

/// Capital letters without a name, beside the months, in the languages that have them there. Whoever corrects may write them so.
const NO_NAMES: [&str; 40] = [
    "i",
    "i'm",
    "i'll",
    "i've",
    "i'd",
    "mr",
    "mrs",
    "ms",
    "dr",
    "dear",
    "ok",
    "internet",
    "english",
    "german",
    "french",
    "spanish",
    "italian",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "christmas",
    "easter",
    "europe",
    "earth",
    "god",
    "pm",
    "am",
    "tv",
    // German, to whom one is polite.
    "sie",
    "ihnen",
    "ihr",
    "ihre",
    "ihren",
    "ihrem",
    "ihrer",
    "ihres",
];
/// Names that are others in other languages: countries, towns, peoples, what they speak and believe.
const EXONYMS: [&str; 108] = [
    "germany",
    "austria",
    "switzerland",
    "spain",
    "france",
    "italy",
    "portugal",
    "england",
    "scotland",
    "wales",
    "ireland",
    "britain",
    "netherlands",
    "holland",
    "belgium",
    "sweden",
    "norway",
    "denmark",
    "finland",
    "iceland",
    "poland",
    "hungary",
    "greece",
    "turkey",
    "russia",
    "ukraine",
    "romania",
    "croatia",
    "czechia",
    "china",
    "japan",
    "korea",
    "india",
    "egypt",
    "morocco",
    "brazil",
    "mexico",
    "america",
    "united",
    "states",
    "kingdom",
    "africa",
    "asia",
    "munich",
    "cologne",
    "nuremberg",
    "vienna",
    "zurich",
    "geneva",
    "rome",
    "milan",
    "venice",
    "florence",
    "naples",
    "turin",
    "warsaw",
    "cracow",
    "prague",
    "moscow",
    "lisbon",
    "seville",
    "brussels",
    "antwerp",
    "hague",
    "athens",
    "copenhagen",
    "bucharest",
    "cairo",
    "beijing",
    "alps",
    "rhine",
    "danube",
    "mediterranean",
    "atlantic",
    "pacific",
    "baltic",
    "american",
    "british",
    "european",
    "african",
    "asian",
    "australian",
    "canadian",
    "mexican",
    "brazilian",
    "portuguese",
    "dutch",
    "swiss",
    "austrian",
    "swedish",
    "danish",
    "norwegian",
    "finnish",
    "polish",
    "czech",
    "hungarian",
    "greek",
    "turkish",
    "russian",
    "ukrainian",
    "chinese",
    "japanese",
    "korean",
    "indian",
    "arabic",
    "latin",
    "christian",
    "muslim",
];
/// A text in which so many percent of the words within sentences have a capital letter writes nouns so, as German does, or is a
/// heading.
const CAPITALS_PERCENT: usize = 25;

pub(super) fn check(kept: Kept, text: &str, answer: &str) -> Option<Doubt> {
    if kept == Kept::Translated {
        return check_translated(text, answer);
    }
    let (before, after) = (names(text), names(answer));
    if are_nouns(&before, text) || are_nouns(&after, answer) {
        return None;
    }
    let (known, written) = (words(text), words(answer));
    let lost = kept == Kept::All && before.iter().any(|name| !stands_in(name, &written));
    (lost || after.iter().any(|name| !stands_in(name, &known))).then_some(Doubt::Names)
}

/// Some names have another form in another language, never most of them.
fn check_translated(text: &str, answer: &str) -> Option<Doubt> {
    let is_latin =
        |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).all(|letter| (letter as u32) < 0x250);
    let mut names = names(text);
    names.retain(|name| !EXONYMS.contains(&name.as_str()));
    if are_nouns(&names, text) || language::may_be_german(text) || !is_latin(text) || !is_latin(answer) {
        return None;
    }
    let written = words(answer);
    let kept = names.iter().filter(|name| written.iter().any(|word| strsim::jaro_winkler(name, word) >= 0.75)).count();
    (kept * 2 < names.len()).then_some(Doubt::Names)
}

/// In small letters, without the possessive.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for sentence in sentences(text) {
        let mut within = false;
        for word in sentence.split_whitespace() {
            let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            // After a colon, an opening quotation mark or a list marker a capital letter may just begin a clause.
            let begins_clause = word.starts_with(['"', '“', '„', '«', '(']) || bare.is_empty();
            let is_name = within && !begins_clause && bare.chars().next().is_some_and(char::is_uppercase);
            if is_name && !bare.chars().any(char::is_numeric) {
                let name = plain(bare);
                let name = name.strip_suffix("'s").unwrap_or(&name).to_owned();
                // "On Sundays".
                let one = name.strip_suffix('s').unwrap_or(&name);
                let is_none = |word: &str| NO_NAMES.contains(&word) || ENGLISH.months.contains(&word);
                if !is_none(&name) && !is_none(one) {
                    names.push(name);
                }
            }
            within = !bare.is_empty() && !word.ends_with([':', '.', '!', '?', '–', '—', '…', '|']) && !begins_clause;
        }
    }
    names
}

fn are_nouns(names: &[String], text: &str) -> bool {
    let words = words(text).len();
    names.len() >= 3 && names.len() * 100 > words * CAPITALS_PERCENT
        || names.len() >= 2 && language::may_be_german(text)
        || !names.is_empty() && language::is_german(text)
}

fn stands_in(name: &str, words: &[String]) -> bool {
    name.split(|letter: char| !letter.is_alphanumeric() && letter != '\'').filter(|part| !part.is_empty()).all(|part| {
        words.iter().any(|word| word.strip_suffix("'s").unwrap_or(word) == part || is_slip(part, word))
            // A name of several words may have become one, and the other way round.
            || words.concat().contains(part)
    })
}

/// A letter left out, doubled or swapped in a long word is a slip of the finger; another letter in its place is another name.
fn is_slip(a: &str, b: &str) -> bool {
    const LONG: usize = 6;
    let (a_len, b_len) = (a.chars().count(), b.chars().count());
    let swapped = || {
        let (mut a, mut b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        a.sort_unstable();
        b.sort_unstable();
        a == b
    };
    a_len.min(b_len) >= LONG && strsim::osa_distance(a, b) == 1 && (a_len != b_len || swapped())
}
