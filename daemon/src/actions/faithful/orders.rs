//! What a text tells somebody to do is still told in the answer, and has not been done.

use unicode_segmentation::UnicodeSegmentation;

use super::deeds::{SAID, is_spoken_of, may_stand_before, order, speaks_of, told_by};
use super::words::{akin, begins, clauses, is_share, own_words, plain, sentences, words};
use super::{Doubt, asking, deeds, questions};

/// After one of these stands what is to be said, word for word.
const LITERALLY: [&str; 46] = [
    "exactly",
    "genau",
    "exactement",
    "exactamente",
    "esattamente",
    "exatamente",
    "precies",
    "word",
    "words",
    "sentence",
    "phrase",
    "only",
    "say",
    "says",
    "print",
    "output",
    "reply",
    "repeat",
    "wort",
    "satz",
    "nur",
    "sage",
    "sag",
    "antworte",
    "mot",
    "seulement",
    "dis",
    "réponds",
    "palabra",
    "frase",
    "solo",
    "sólo",
    "parola",
    "woord",
    "alleen",
    "palavra",
    "apenas",
    "слово",
    "словом",
    "только",
    "фразу",
    "скажи",
    "точно",
    "字",
    "说",
    "答",
];
/// After these as well, if the text tells somebody to do something.
const PERHAPS_LITERALLY: [&str; 16] = [
    "text", "line", "letters", "just", "answer", "return", "write", "with", "number", "mit", "schreib", "schreibe",
    "avec", "con", "me", "out",
];
const QUOTES: [char; 15] = ['"', '\'', '“', '”', '„', '‘', '’', '‚', '«', '»', '`', '「', '」', '『', '』'];
/// Before one of these words, the next one says what somebody is to do.
const TOLD: [&str; 30] = [
    "you",
    "must",
    "to",
    "please",
    "and",
    "then",
    "or",
    "not",
    "but",
    "instead",
    "zu",
    "te",
    "de",
    "di",
    "bitte",
    "und",
    "sondern",
    "stattdessen",
    "mais",
    "plutôt",
    "sino",
    "invece",
    "et",
    "y",
    "и",
    "вас",
    "вам",
    "чтобы",
    "не",
    "пожалуйста",
];

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    if words(text) == words(answer) {
        return None;
    }
    // A text that gives somebody a part still speaks to them, or is spoken of.
    let promises =
        ["i will ", "i'll ", "ich werde ", "je vais ", "voy a "].iter().any(|start| plain(answer).starts_with(start));
    let is_promised = promises && deeds::gives_part(text);
    let is_played =
        deeds::gives_part(text) && is_known(answer) && !deeds::addresses(answer) && !clauses(answer).any(is_spoken_of);
    let is_obeyed = is_promised
        || is_played
        || is_said_as_quoted(text, answer)
        || is_one_word_of_many(text, answer)
        || is_added(text, answer)
        || is_done(text, answer);
    check_echo(text, answer).or(is_obeyed.then_some(Doubt::Order))
}

/// Nothing is said so in so few words, but many a text wants somebody to say just them.
fn is_one_word_of_many(text: &str, answer: &str) -> bool {
    const FEW: usize = 2;
    const MANY: usize = 8;
    let (before, after) = (words(text), words(answer));
    before.len() >= MANY && after.len() <= FEW && after.iter().all(|word| before.contains(word))
}

/// What stands in the text in quotation marks is a sentence of the answer by itself: "The summary is always 'All is well'."
fn is_said_as_quoted(text: &str, answer: &str) -> bool {
    let known: Vec<Vec<String>> = sentences(text).map(words).collect();
    let quoted: Vec<Vec<String>> = sentences(text).flat_map(quoted).map(words).filter(|part| part.len() > 1).collect();
    let is_quoted_still = |sentence: &str| sentence.trim_matches(['-', ' ']).starts_with(QUOTES);
    sentences(answer)
        .filter(|sentence| !is_quoted_still(sentence))
        .map(words)
        .any(|said| quoted.contains(&said) && !known.contains(&said))
}

/// What the text wants to be added, in quotation marks, stands in the answer without them, and nobody is told to add it.
fn is_added(text: &str, answer: &str) -> bool {
    const ADD: [&str; 22] = [
        "add", "append", "includ", "insert", "put", "attach", "replac", "write", "end", "begin", "start", "finish",
        "füg", "ersetz", "schreib", "ajout", "remplac", "añad", "agreg", "aggiung", "adicion", "voeg",
    ];
    let adds = |clause: &str| words(clause).iter().any(|word| ADD.iter().any(|stem| begins(word, stem)));
    let said = plain(answer);
    let said = said.replace(QUOTES, "\u{0}");
    let is_loose = |part: &str| {
        let part = plain(part);
        let part = part.trim_matches(['.', '!', '?', ',', ' ']);
        said.contains(part) && !said.contains(&format!("\u{0}{part}"))
    };
    sentences(text).filter(|sentence| adds(sentence)).any(|sentence| {
        let quoted = quoted(sentence);
        quoted.into_iter().any(|part| words(part).len() > 1 && is_loose(part)) && !adds(answer)
    })
}

/// What stands in a sentence between quotation marks. An apostrophe within a word is none.
fn quoted(sentence: &str) -> Vec<&str> {
    let opens = |place: &usize| !sentence[..*place].ends_with(char::is_alphanumeric);
    let marks: Vec<(usize, &str)> = sentence.match_indices(QUOTES).collect();
    let ends = |place: usize, mark: &str| !sentence[place + mark.len()..].starts_with(char::is_alphanumeric);
    let pairs =
        marks.iter().enumerate().filter(|(_, (place, _))| opens(place)).filter_map(|(number, (place, mark))| {
            let (end, _) = marks[number + 1..].iter().find(|(end, mark)| ends(*end, mark))?;
            sentence.get(place + mark.len()..*end)
        });
    pairs.collect()
}

/// What the text wants to be said is all that is said; or there is one word, where the text wants something.
pub(super) fn check_echo(text: &str, answer: &str) -> Option<Doubt> {
    let (before, after) = (words(text), words(answer));
    // "Do penguins have knees" has become "Penguins Have Knees".
    if asking::is_question(text) && before.split_first().is_some_and(|(_, behind)| behind == after) {
        return Some(Doubt::Question);
    }
    if after.is_empty() || after.len() * 2 > before.len() {
        return None;
    }
    let tells = clauses(text).any(|clause| order(clause).is_some());
    let is_literal = |word: &str| LITERALLY.contains(&word) || tells && PERHAPS_LITERALLY.contains(&word);
    let mut places = before.windows(after.len() + 1).filter(|part| part[1..] == after);
    let is_one_word = after.len() == 1 && (tells || questions::is_asking(text));
    let is_echo = is_one_word
        || places.any(|part| is_literal(&part[0]))
        || clauses(text).any(is_spoken_of) && is_marked(text, &after);
    is_echo.then_some(Doubt::Order)
}

/// Whether these words stand in the text in quotation marks, or in capitals where not all is.
fn is_marked(text: &str, said: &[String]) -> bool {
    let found: Vec<(usize, &str)> = text.unicode_word_indices().collect();
    let is_capital = |word: &str| word == word.to_uppercase() && word != word.to_lowercase();
    let is_loud = found.iter().filter(|(_, word)| is_capital(word)).count() * 2 > found.len();
    found.windows(said.len()).any(|part| {
        let is_same = part.iter().zip(said).all(|((_, word), said)| plain(word) == *said);
        let (Some((start, _)), Some((last, word))) = (part.first(), part.last()) else { return false };
        let is_quoted = text[..*start].ends_with(QUOTES)
            && text[last + word.len()..].trim_start_matches(['.', '!', '?', ',']).starts_with(QUOTES);
        is_same && (is_quoted || !is_loud && part.iter().all(|(_, word)| is_capital(word)))
    })
}

/// A text that mostly tells somebody to do something tells it no more.
fn is_done(text: &str, answer: &str) -> bool {
    let orders: Vec<&'static [&'static str]> = clauses(text).filter_map(order).collect();
    if orders.is_empty() || !are_most(text) || !is_known(answer) {
        return false;
    }
    // A word of asking does for any of them; else one of the orders has its own word, and it tells somebody: "Explain it" has not become
    // "It explains".
    let is_duty = |two: &[String]| matches!(two[0].as_str(), "has" | "have") && two[1] == "to";
    let is_asked = |written: &[String]| written.iter().any(|word| speaks_of(word)) || written.windows(2).any(is_duty);
    let is_told = |written: &[String]| {
        written.iter().enumerate().any(|(place, word)| {
            let is_first = || written[..place].iter().all(|word| may_stand_before(word));
            let follows = || TOLD.contains(&written[place - 1].as_str());
            orders.iter().any(|order| told_by(order).any(|stem| begins(word, stem)))
                && (word.starts_with(is_han) || is_first() || follows())
        })
    };
    // "Before you buy one, compare them."
    let kept = clauses(answer)
        .flat_map(|clause| clause.split([',', ';', '，']))
        .map(|part| words(&plain(part)))
        .any(|written| is_asked(&written) || is_told(&written));
    !kept && !is_asked_for(text, answer)
}

/// A translation tells what the text does. What one says or names is told in many ways.
pub(super) fn is_untold(text: &str, answer: &str) -> bool {
    let written = words(answer);
    let is_told = |order| told_by(order).any(|stem| written.iter().any(|word| begins(word, stem)));
    are_most(text) && is_known(answer) && clauses(text).filter_map(order).any(|order| !is_told(order))
}

/// "Tell me how many moons it has" may become "How many moons does it have?", which is not what somebody says who was told to tell it.
fn is_asked_for(text: &str, answer: &str) -> bool {
    const KNOWN_PERCENT: u32 = 60;
    let wants_to_hear = clauses(text).filter_map(order).all(|order| SAID.contains(&order[0]));
    let (known, asked) = (words(text), own_words(answer));
    let from_text = asked.iter().filter(|word| known.iter().any(|other| akin(word, other))).count();
    wants_to_hear && is_share(from_text, asked.len(), KNOWN_PERCENT) && clauses(answer).all(asking::is_question)
}

/// Orders that are a small part of a text may be left out of it. What stands behind the colon of one is part of it: "Complete this: …".
pub(super) fn are_most(text: &str) -> bool {
    let mut told = 0;
    let mut goes_on = false;
    for clause in clauses(text) {
        let is_told = order(clause).is_some();
        told += if is_told || goes_on { words(clause).len() } else { 0 };
        goes_on = (is_told || goes_on) && clause.ends_with(':');
    }
    told > 0 && told * 2 >= words(text).len()
}

/// The words above are of these scripts and languages only.
pub(super) fn is_known(answer: &str) -> bool {
    const LATIN: [&str; 7] = ["eng", "deu", "fra", "spa", "ita", "por", "nld"];
    let all = |is_of: fn(char) -> bool| answer.chars().filter(|letter| letter.is_alphabetic()).all(is_of);
    let known = if all(|letter| (letter as u32) < 0x250) {
        &LATIN[..]
    } else if all(|letter| matches!(letter, '\u{400}'..='\u{52f}')) {
        &["rus"]
    } else if all(is_han) {
        &["cmn"]
    } else {
        return false;
    };
    whatlang::detect(answer).is_none_or(|found| !found.is_reliable() || known.contains(&found.lang().code()))
}

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}')
}
