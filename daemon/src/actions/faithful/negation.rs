//! An edit says no where the text does: a correction nowhere else, whatever is said in other words at least not the opposite.

use super::words::{akin, begins, clauses, words};
use super::{Doubt, asking};

/// In English, German, French, Spanish, Italian, Portuguese and Dutch.
const NO: [&str; 53] = [
    "not", "no", "never", "none", "nothing", "nobody", "nowhere", "neither", "nor", "without", "cannot", "non",
    "nicht", "nichts", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "ohne",
    "weder", "ne", "n'a", "n'est", "pas", "jamais", "rien", "aucun", "aucune", "sans", "nunca", "nada", "nadie", "sin",
    "ni", "mai", "niente", "nessuno", "senza", "não", "nem", "sem", "niet", "geen", "nooit", "niets", "zonder",
    "jamás", "ninguno",
];
/// What may stand before an order.
const POLITE: [&str; 7] = ["please", "now", "just", "and", "then", "bitte", "so"];
/// How people write "don't" and the like.
const AUXILIARIES: [&str; 22] = [
    "do", "ca", "wo", "is", "are", "did", "does", "was", "were", "has", "have", "had", "should", "could", "would",
    "ai", "must", "need", "sha", "might", "dose", "doe",
];

/// Who begins so wants something not to be heeded. In the languages above.
const LET_GO: [&str; 13] = [
    "ignor",
    "disregard",
    "forget",
    "vergiss",
    "vergesst",
    "ignorier",
    "missacht",
    "oubli",
    "olvid",
    "dimentica",
    "esque",
    "vergeet",
    "negeer",
];
/// Beginnings of words that say no without one.
const DENYING: [&str; 51] = [
    "unable",
    "refus",
    "declin",
    "prohibit",
    "forbid",
    "forbad",
    "avoid",
    "refrain",
    "lack",
    "fail",
    "unfortunately",
    "regret",
    "hardly",
    "barely",
    "rarely",
    "seldom",
    "prevent",
    "impossib",
    "unless",
    "absen",
    "deny",
    "denied",
    "reject",
    "exclu",
    "discard",
    "abandon",
    "exempt",
    "omit",
    "verbot",
    "leider",
    "kaum",
    "vermeid",
    "lehn",
    "verhinder",
    "fehl",
    "unmög",
    "untersag",
    "interdit",
    "évit",
    "malheureusement",
    "manqu",
    "prohib",
    "imposib",
    "evit",
    "falt",
    "rechaz",
    "viet",
    "purtroppo",
    "proib",
    "verbod",
    "helaas",
];
/// Those that say so now and then.
const SOFTLY: [&str; 10] =
    ["only", "rather", "leave", "stop", "aside", "instead", "miss", "seulement", "uniquement", "sauf"];
/// Words that have the beginning of a no and are none.
const UN: [&str; 12] = [
    "under",
    "unit",
    "unique",
    "union",
    "universe",
    "universal",
    "university",
    "until",
    "unter",
    "unser",
    "unten",
    "unes",
];
/// A no before one of these says something else: "not only", "nothing but".
const BUT: [&str; 9] = ["only", "but", "just", "nur", "seulement", "solo", "sólo", "alleen", "more"];
/// Words behind a no among which stands what it is about.
const NEAR: usize = 3;
/// What it is about is no shorter.
const LONG: usize = 4;
/// A text with one of these says no in any language into which it is translated.
const PLAINLY_NO: [&str; 19] = [
    "not", "never", "cannot", "nicht", "kein", "keine", "keinen", "keinem", "keiner", "nie", "niemals", "pas",
    "jamais", "nunca", "não", "niet", "geen", "nooit", "jamás",
];

/// What the text says no to stands in the answer, which says no to nothing, or the other way round: "You may not sublet" has become "You may
/// sublet", "Ignore the rules" has become "Follow the rules".
pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    let (before, after) = (words(text), words(answer));
    let is_in = |word: &String, words: &[String]| words.iter().any(|other| akin(word, other));
    let is_affirmed = || {
        !after.iter().any(|word| denies(word)) && denied(text, is_no_or_lets_go).iter().any(|word| is_in(word, &after))
    };
    // "Disregard the rules" has become "Do not disregard the rules".
    let is_denied = || {
        !before.iter().any(|word| denies_firmly(word)) && denied(answer, is_no).iter().any(|word| is_in(word, &before))
    };
    (is_affirmed() || is_denied()).then_some(Doubt::Wording)
}

/// A translation says no nowhere. `target` is the code of a language.
pub(super) fn is_untold(target: &str, text: &str, answer: &str) -> bool {
    const KNOWN: [&str; 7] = ["en", "de", "fr", "es", "it", "pt", "nl"];
    let plainly = |word: &String| word.ends_with("n't") || PLAINLY_NO.contains(&word.as_str());
    let says_no =
        || clauses(text).filter(|clause| !asking::is_question(clause)).any(|clause| words(clause).iter().any(plainly));
    KNOWN.contains(&target) && !words(answer).iter().any(|word| denies(word)) && says_no()
}

/// What a text says no to, by words for which `says` says that they do. A question that says no hopes for a yes.
fn denied(text: &str, says: fn(&[String], usize) -> bool) -> Vec<String> {
    let is_long = |word: &&String| word.chars().count() >= LONG && word.chars().all(char::is_alphabetic);
    let in_clause = |clause: &str| {
        let words = words(clause);
        let about = |place: usize| {
            let mut behind = words[place + 1..].iter().take(NEAR).take_while(|word| !says_no(word));
            let is_other = words.get(place + 1).is_some_and(|word| BUT.contains(&word.as_str()));
            behind.find(is_long).filter(|_| !is_other).cloned()
        };
        (0..words.len()).filter(|place| says(&words, *place)).filter_map(about).collect::<Vec<_>>()
    };
    clauses(text).filter(|clause| !asking::is_question(clause)).flat_map(in_clause).collect()
}

/// "Whether or not" says no to nothing.
fn is_no(words: &[String], place: usize) -> bool {
    const OR: [&str; 5] = ["or", "oder", "ou", "o", "of"];
    let is_alternative = place > 0 && OR.contains(&words[place - 1].as_str());
    says_no(&words[place]) && !is_alternative
}

fn is_no_or_lets_go(words: &[String], place: usize) -> bool {
    let is_first = || words[..place].iter().all(|word| POLITE.contains(&word.as_str()));
    is_no(words, place) || is_first() && LET_GO.iter().any(|stem| begins(&words[place], stem))
}

fn denies(word: &str) -> bool {
    denies_firmly(word) || SOFTLY.iter().chain(&LET_GO).any(|stem| begins(word, stem))
}

fn denies_firmly(word: &str) -> bool {
    let is_un =
        || word.starts_with("un") && word.chars().count() > 5 && !UN.iter().any(|other| word.starts_with(other));
    says_no(word) || word.starts_with("n'") || is_un() || DENYING.iter().any(|stem| begins(word, stem))
}

/// Whether a no has come in or gone.
pub(super) fn is_turned_round(text: &str, answer: &str) -> bool {
    let (before, after) = (words(text), words(answer));
    let (was, is) = (before.iter().any(|word| says_no(word)), after.iter().any(|word| says_no(word)));
    let typed = || before.iter().filter(|word| !after.contains(word)).any(|word| is_slip_of_no(word));
    was && !is || is && !was && !typed()
}

fn says_no(word: &str) -> bool {
    let stem = word.strip_suffix("n't").or_else(|| word.strip_suffix("nt"));
    word.ends_with("n't") || stem.is_some_and(|stem| AUXILIARIES.contains(&stem)) || NO.contains(&word)
}

/// Letters were swapped, doubled or left out; another letter in their place would be another word.
fn is_slip_of_no(word: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_slip = |no: &&str| {
        no.len() > 2 && strsim::osa_distance(word, no) == 1 && (word.len() != no.len() || sorted(word) == sorted(no))
    };
    // Nobody knows how many ways there are to write "doesn't".
    word.ends_with("nt") || word.ends_with("'t") || word.ends_with("ent") || NO.iter().any(is_slip)
}
