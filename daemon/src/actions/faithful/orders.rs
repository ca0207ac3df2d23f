//! What a text tells somebody to do is still told in the answer, and has not been done.

use super::Doubt;
use super::words::{begins, plain, sentences, words};

/// Beginnings of words with one meaning, in some languages: English, German, French, Spanish, Italian, Portuguese, Dutch.
const DEEDS: [&[&str]; 20] = [
    &[
        "write", "schreib", "verfass", "écri", "rédig", "escrib", "redact", "scriv", "escrev", "schrijf", "compose",
        "draft", "author",
    ],
    &[
        "tell", "erzähl", "sag", "racont", "dis", "dites", "dire", "cuént", "cuent", "di", "dime", "raccont", "dimmi",
        "conte", "vertel",
    ],
    &["say", "sag", "dis", "dites", "dire", "di", "diga", "dici", "zeg", "utter"],
    &["ignor", "miss", "beacht", "negeer", "disregard", "overlook", "ignoriere"],
    &["forget", "vergiss", "vergess", "oubli", "olvid", "dimentic", "esqueç", "vergeet"],
    &["answer", "antwort", "beantwort", "répon", "respond", "contest", "rispond", "antwoord", "reply", "reagier"],
    &["reply", "antwort", "répon", "respond", "contest", "rispond", "antwoord", "answer"],
    &["respond", "antwort", "répon", "contest", "rispond", "antwoord", "reagier", "answer", "reply"],
    &["list", "liste", "auflist", "nenn", "zähl", "énumér", "enumer", "elenc", "enlist"],
    &["name", "nenn", "nomm", "cite", "nombr", "nomin", "noem", "identif"],
    &["give", "gib", "gebt", "geben", "donn", "da", "dé", "dar", "dai", "dammi", "dê", "geef", "provid", "offer"],
    &["translat", "übersetz", "tradu", "vertaal"],
    &["explain", "erklär", "expliqu", "explic", "expliq", "spieg", "uitleg", "leg"],
    &["describ", "beschreib", "décri", "describ", "descriv", "descrev", "beschrijf"],
    &["print", "druck", "ausgeb", "gib", "imprim", "affich", "stamp", "output", "display"],
    &["repeat", "wiederhol", "répét", "repet", "repit", "ripet", "herhaal"],
    &["output", "ausgeb", "gib", "affich", "imprim", "sort", "salida", "produc", "print", "muestra", "mostr"],
    &["creat", "erstell", "schaff", "crée", "créer", "crea", "cria", "maak", "generat", "erzeug", "génér", "gener"],
    &["generat", "erzeug", "génér", "gener", "erstell", "creat"],
    &["summar", "zusammenfass", "fass", "résum", "resum", "riassum", "samenvat"],
];
/// How an order may be spoken about in the language of the text.
const SPOKEN_OF: [&str; 38] = [
    "ask", "request", "instruct", "order", "tell", "told", "please", "could", "would", "kindly", "want", "need",
    "command", "demand", "task", "should", "must", "bitte", "auffor", "verlang", "soll", "anweis", "demand", "veuill",
    "prier", "doit", "pide", "favor", "debe", "solicit", "chied", "deve", "pede", "urge", "invit", "call", "suggest",
    "advis",
];
/// What may stand before the word that tells.
const BEFORE: [&str; 20] = [
    "please", "now", "and", "then", "just", "can", "could", "would", "you", "bitte", "jetzt", "und", "instead", "also",
    "s'il", "te", "plaît", "por", "favor", "next",
];

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    let orders: Vec<&[&str]> = sentences(text).filter_map(order).collect();
    if orders.is_empty() || !are_most(text) {
        return None;
    }
    let written = words(&plain(answer));
    let is_there = |stems: &[&str]| written.iter().any(|word| stems.iter().any(|stem| begins(word, stem)));
    // A word of asking does for any of them; else every order has its own word.
    let kept = is_there(&SPOKEN_OF) || orders.iter().any(|order| is_there(order));
    (!kept && is_known(answer)).then_some(Doubt::Order)
}

/// What the sentence tells somebody to do, if it does.
fn order(sentence: &str) -> Option<&'static [&'static str]> {
    let words = words(sentence);
    let first = words.iter().find(|word| !BEFORE.contains(&word.as_str()))?;
    DEEDS
        .iter()
        .find(|stems| begins(first, stems[0]) || stems.iter().any(|stem| stem.len() > 3 && begins(first, stem)))
        .copied()
}

/// Orders that are a small part of a text may be left out of it.
fn are_most(text: &str) -> bool {
    let told: usize =
        sentences(text).filter(|sentence| order(sentence).is_some()).map(|sentence| words(sentence).len()).sum();
    told * 2 >= words(text).len()
}

/// The words above are of these scripts and languages only.
fn is_known(answer: &str) -> bool {
    let known = ["eng", "deu", "fra", "spa", "ita", "por", "nld"];
    let letters: Vec<char> = answer.chars().filter(|letter| letter.is_alphabetic()).collect();
    letters.iter().all(|letter| (*letter as u32) < 0x250)
        && whatlang::detect(answer).is_none_or(|found| !found.is_reliable() || known.contains(&found.lang().code()))
}
