//! A correction says no where the text does, and nowhere else.

use super::words::words;

/// In English, German, French, Spanish, Italian, Portuguese and Dutch.
const NO: [&str; 53] = [
    "not", "no", "never", "none", "nothing", "nobody", "nowhere", "neither", "nor", "without", "cannot", "non",
    "nicht", "nichts", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "ohne",
    "weder", "ne", "n'a", "n'est", "pas", "jamais", "rien", "aucun", "aucune", "sans", "nunca", "nada", "nadie", "sin",
    "ni", "mai", "niente", "nessuno", "senza", "não", "nem", "sem", "niet", "geen", "nooit", "niets", "zonder",
    "jamás", "ninguno",
];
/// How people write "don't" and the like.
const AUXILIARIES: [&str; 22] = [
    "do", "ca", "wo", "is", "are", "did", "does", "was", "were", "has", "have", "had", "should", "could", "would",
    "ai", "must", "need", "sha", "might", "dose", "doe",
];

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
