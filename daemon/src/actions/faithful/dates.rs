//! Days of the week and months stay, in any of some languages: whoever reads a result cannot see that Thursday was Friday, or that nobody
//! said a day at all.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::words::words;
use super::{Doubt, Kept};
use crate::actions::pattern::any_of;

/// From Monday to Sunday, in English, German, French, Spanish, Italian and Dutch.
const DAYS: [(u32, &[&str]); 7] = [
    (1, &["monday", "montag", "lundi", "lunes", "lunedì", "lunedi", "maandag"]),
    (2, &["tuesday", "dienstag", "mardi", "martes", "martedì", "martedi", "dinsdag"]),
    (3, &["wednesday", "mittwoch", "mercredi", "miércoles", "miercoles", "mercoledì", "mercoledi", "woensdag"]),
    (4, &["thursday", "donnerstag", "jeudi", "jueves", "giovedì", "giovedi", "donderdag"]),
    (5, &["friday", "freitag", "vendredi", "viernes", "venerdì", "venerdi", "vrijdag"]),
    (6, &["saturday", "samstag", "sonnabend", "samedi", "sábado", "sabado", "sabato", "zaterdag"]),
    (7, &["sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag"]),
];
/// The same in Portuguese, where each may be a number as well.
const PERHAPS_DAYS: [&str; 7] = ["segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"];
/// Names of months that mean nothing else, with their numbers. March and May do in several languages.
const MONTHS: [(u32, &[&str]); 10] = [
    (1, &["january", "januar", "janvier", "enero", "gennaio", "janeiro", "januari", "jänner"]),
    (2, &["february", "februar", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari"]),
    (4, &["april", "avril", "abril", "aprile"]),
    (6, &["june", "juni", "juin", "junio", "giugno", "junho"]),
    (7, &["july", "juli", "juillet", "julio", "luglio", "julho"]),
    (8, &["august", "août", "aout", "agosto", "augustus"]),
    (9, &["september", "septembre", "septiembre", "settembre", "setembro"]),
    (10, &["october", "oktober", "octobre", "octubre", "ottobre", "outubro"]),
    (11, &["november", "novembre", "noviembre", "novembro"]),
    (12, &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro"]),
];

/// Those a text names: which for certain, and which perhaps: shortened, misspelt, or in figures.
struct Named {
    surely: BTreeSet<u32>,
    perhaps: BTreeSet<u32>,
}

/// `target` is the language of a translation, by its code.
pub(super) fn check(kept: Kept, target: Option<&str>, text: &str, answer: &str) -> Option<Doubt> {
    const KNOWN: [&str; 7] = ["en", "de", "fr", "es", "it", "nl", "pt"];
    let is_known_language = target.is_some_and(|code| KNOWN.contains(&code));
    let is_other = |before: &Named, after: &Named| {
        // A translation is out of a language that may be none of these.
        let may_be_new = kept != Kept::Translated || !before.surely.is_empty();
        let may_be_lost = kept == Kept::All || kept == Kept::Translated && is_known_language;
        may_be_new && after.surely.iter().any(|one| !before.perhaps.contains(one))
            || may_be_lost && before.surely.iter().any(|one| !after.perhaps.contains(one))
    };
    let is_changed = is_other(&days(text), &days(answer)) || is_other(&months(text), &months(answer));
    is_changed.then_some(Doubt::Dates)
}

/// A day has its name in the language of the text around it, but for the one on which shops sell cheaply.
pub(super) fn names_english_day(text: &str) -> bool {
    let words = words(text);
    let is_english = |place: usize| DAYS.iter().any(|(_, names)| names[0] == words[place]);
    (0..words.len()).any(|place| is_english(place) && (place == 0 || words[place - 1] != "black"))
}

fn days(text: &str) -> Named {
    let words = words(text);
    let mut named = named(&words, &DAYS);
    let portuguese = PERHAPS_DAYS.iter().zip(1..).filter(|(name, _)| words.iter().any(|word| word.starts_with(**name)));
    named.perhaps.extend(portuguese.map(|(_, day)| day));
    named
}

fn months(text: &str) -> Named {
    static IN_FIGURES: LazyLock<Regex> = LazyLock::new(|| any_of(&[r"[0-9]{1,4}[./-][0-9]{1,2}(?:\b|[./-])"]));
    let mut named = named(&words(text), &MONTHS);
    if IN_FIGURES.is_match(text) {
        named.perhaps.extend(MONTHS.map(|(month, _)| month));
    }
    named
}

fn named(words: &[String], all: &[(u32, &[&str])]) -> Named {
    let each = || all.iter().flat_map(|(number, names)| names.iter().map(move |name| (*number, *name)));
    let mut named = Named { surely: BTreeSet::new(), perhaps: BTreeSet::new() };
    for word in words {
        let surely: Vec<u32> = each().filter(|(_, name)| is_name(word, name)).map(|(number, _)| number).collect();
        if surely.is_empty() {
            let shortened = each().filter(|(_, name)| word.chars().count() > 1 && name.starts_with(word.as_str()));
            named.perhaps.extend(shortened.map(|(number, _)| number));
            let slips = each().filter_map(|(number, name)| Some((slips(word, name)?, number)));
            named.perhaps.extend(nearest(slips.collect()));
        }
        named.perhaps.extend(&surely);
        named.surely.extend(surely);
    }
    named
}

/// "Mondays", and "Montagabend".
fn is_name(word: &str, name: &str) -> bool {
    let is_german_day = name.ends_with("tag") || name == "mittwoch";
    word.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest == "s" || is_german_day)
}

/// How many letters of a name are wrong, if it may be misspelt: "wensday".
fn slips(word: &str, name: &str) -> Option<usize> {
    const MOST: usize = 2;
    const SHORTEST: usize = 5;
    let is_like = word.chars().count() >= SHORTEST && word.chars().next() == name.chars().next();
    is_like.then(|| strsim::osa_distance(word, name)).filter(|slips| *slips <= MOST)
}

fn nearest(mut slips: Vec<(usize, u32)>) -> impl Iterator<Item = u32> {
    slips.sort_unstable();
    let least = slips.first().map_or(0, |(slips, _)| *slips);
    slips.into_iter().filter(move |(slips, _)| *slips == least).map(|(_, number)| number)
}
