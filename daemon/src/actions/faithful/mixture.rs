//! An answer is in one language: a small model asked for French may go on in Spanish, which a detector takes for the same. The small words tell.

use super::words::words;

/// By ISO 639-1 codes: words that stand in nearly every text of a language, and in hardly one of the others.
const OWN: [(&str, &[&str]); 7] = [
    (
        "en",
        &[
            "the", "and", "this", "that", "these", "from", "have", "would", "which", "they", "their", "there", "were",
            "you", "your", "with", "about", "because", "not", "what", "should", "could", "it's", "don't", "where",
        ],
    ),
    (
        "de",
        &[
            "und", "der", "das", "nicht", "ist", "ein", "eine", "einen", "mit", "auf", "für", "von", "sich", "auch",
            "wird", "werden", "wurde", "dem", "wir", "ich", "sie", "oder", "aber", "sind", "haben", "habe", "zum",
            "zur", "mir", "dir", "ihr", "nach", "noch", "kannst", "wann", "warum", "bitte",
        ],
    ),
    (
        "fr",
        &[
            "les", "et", "est", "une", "dans", "pour", "avec", "qui", "sur", "pas", "nous", "vous", "ils", "cette",
            "ont", "aux", "très", "être", "été", "où", "sont", "leur", "chez", "mais", "j'ai", "c'est", "notre",
            "votre",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "las", "muy", "pero", "más", "también", "hay", "fue", "ayer", "usted", "ustedes", "cuando",
            "hasta", "ese", "esa", "eso", "nuestro", "nuestra", "hoy", "muchas", "ellos", "pues", "había",
        ],
    ),
    (
        "it",
        &[
            "gli", "che", "di", "è", "della", "delle", "degli", "nel", "nella", "sono", "anche", "questo", "questa",
            "più", "perché", "alla", "dal", "dalla", "hanno", "abbiamo", "ho", "essere", "molto", "dei",
        ],
    ),
    (
        "pt",
        &[
            "não", "uma", "em", "ao", "são", "pelo", "pela", "também", "você", "vocês", "isso", "foi", "seu", "até",
            "nós", "muito", "às", "já", "então", "obrigado",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "niet", "van", "voor", "zijn", "ook", "naar", "maar", "wordt", "wij", "jij", "deze", "aan",
            "dat", "uit", "heeft", "hebben", "worden", "ik", "zich", "bij", "kunnen", "omdat",
        ],
    ),
];
/// So many different ones are no accident.
const FEW: usize = 2;
/// Beside so many times as many of the wanted language they may be part of a name.
const BESIDE: usize = 4;

/// Whether the answer is partly in another language than the one with this code.
pub(super) fn is_mixed(wanted: &str, text: &str, answer: &str) -> bool {
    let (before, mut after) = (words(text), words(answer));
    after.sort_unstable();
    after.dedup();
    let source = told_by(&before);
    let count = |code: &str, own: &[&str]| {
        // What the text itself says in a third language may stay.
        let may_stay = |word: &String| code != wanted && source != Some(code) && before.contains(word);
        after.iter().filter(|word| own.contains(&word.as_str()) && !may_stay(word)).count()
    };
    let Some(of_wanted) = OWN.iter().find(|(code, _)| *code == wanted).map(|(code, own)| count(code, own)) else {
        return false;
    };
    let others = OWN.iter().filter(|(code, _)| *code != wanted);
    others.map(|(code, own)| count(code, own)).any(|count| count >= FEW && count * BESIDE >= of_wanted)
}

/// As [`is_mixed`], with the language that the text is in.
pub(super) fn has_other_than_text(text: &str, answer: &str) -> bool {
    told_by(&words(text)).is_some_and(|code| is_mixed(code, text, answer))
}

/// The answer is in English, which small models would rather write, and the text is not. For texts too short for a detector.
pub(super) fn has_become_english(text: &str, answer: &str) -> bool {
    /// Beside those above. Some are words of other languages as well, so that they count in answers only.
    const ALSO: [&str; 19] = [
        "a", "to", "for", "is", "are", "was", "be", "by", "in", "on", "at", "it", "as", "we", "i", "my", "will", "can",
        "has",
    ];
    const ENGLISH_ALONE: [&str; 3] = ["of", "please", "our"];
    let (before, mut after) = (words(text), words(answer));
    after.retain(|word| !before.contains(word));
    after.sort_unstable();
    after.dedup();
    let (_, english) = OWN[0];
    let is_english = |word: &str| english.contains(&word) || ENGLISH_ALONE.contains(&word);
    let is_foreign = |word: &&str| {
        // With a capital letter it may be a name.
        let has_letters = || word.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii());
        is_of(&word.to_lowercase(), 1..OWN.len()) || has_letters() && word.starts_with(char::is_lowercase)
    };
    // One is enough where the text is surely in another language.
    let enough = if told_alone(text).is_some_and(|code| code != "en") { 1 } else { FEW };
    after.iter().filter(|word| is_english(word) || ALSO.contains(&word.as_str())).count() >= enough
        && after.iter().any(|word| is_english(word))
        && !before.iter().any(|word| is_english(word))
        && text.split(|letter: char| !(letter.is_alphanumeric() || letter == '\'')).any(|word| is_foreign(&word))
        && !after.iter().any(|word| is_of(word, 1..OWN.len()))
}

/// Whether it is a small word of one of these languages.
fn is_of(word: &str, languages: std::ops::Range<usize>) -> bool {
    OWN[languages].iter().any(|(_, own)| own.contains(&word))
}

/// The code of the language that all small words of a short text are of.
pub(super) fn told_alone(text: &str) -> Option<&'static str> {
    let words = words(text);
    let has = |own: &[&str]| words.iter().any(|word| own.contains(&word.as_str()));
    let mut told = OWN.iter().filter(|(_, own)| has(own));
    let (code, _) = told.next()?;
    told.next().is_none().then_some(code)
}

/// The language that most of the small words are of.
pub(super) fn told_by(words: &[String]) -> Option<&'static str> {
    let count = |own: &[&str]| words.iter().filter(|word| own.contains(&word.as_str())).count();
    let mut counts: Vec<(usize, &str)> = OWN.iter().map(|(code, own)| (count(own), *code)).collect();
    counts.sort_unstable();
    let [.., (second, _), (first, code)] = counts[..] else { return None };
    (first >= FEW && first > second * 2).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::{OWN, has_other_than_text, is_mixed};

    #[test]
    fn a_word_is_of_one_language() {
        let mut all: Vec<&str> = OWN.iter().flat_map(|(_, own)| own.iter().copied()).collect();
        all.sort_unstable();
        assert_eq!(all.windows(2).find(|pair| pair[0] == pair[1]), None);
    }

    #[test]
    fn two_languages_in_one_answer_are_seen() {
        let text = "Yesterday we went to the market, but there were no tomatoes, so I bought peppers and onions.";
        for (wanted, answer, expected) in [
            ("fr", "Hier, nous sommes allés au marché, mais il n'y avait pas de tomates.", false),
            ("fr", "Hier, nous sommes allés au marché, pero no había tomates y compré pimientos el mismo día.", true),
            ("es", "Ayer fuimos al mercado, pero no había tomates, así que compré pimientos y cebollas.", false),
            (
                "de",
                "Gestern waren wir auf dem Markt, but there were no tomatoes, so I bought peppers and onions.",
                true,
            ),
            ("de", "Gestern waren wir auf dem Markt, aber es gab keine Tomaten.", false),
            ("sv", "Igår gick vi till marknaden, men det fanns inga tomater.", false),
        ] {
            assert_eq!(is_mixed(wanted, text, answer), expected, "{answer}");
        }
        let song = "Please play \"The House and the Hill\" for us, you know that one.";
        assert!(!is_mixed(
            "de",
            song,
            "Bitte spiel für uns „The House and the Hill“, du kennst das und ich auch, und wir sind mit dem Auto da und haben eine Bitte."
        ));
    }

    #[test]
    fn what_the_text_mixes_may_stay_mixed() {
        let text = "Das Meeting ist am Dienstag, and you will bring the reports, bitte nicht vergessen.";
        assert!(!has_other_than_text(text, "Das Meeting ist am Dienstag, and you will bring the reports."));
        let text = "Das Meeting ist am Dienstag und wir bringen die Berichte mit.";
        assert!(has_other_than_text(text, "The meeting is on Tuesday and you bring the reports."));
        assert!(!has_other_than_text(text, "Am Dienstag ist das Meeting, und wir bringen die Berichte mit."));
    }
}
