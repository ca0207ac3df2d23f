//! How a text tells somebody to do something, and how that is spoken of, in some languages.

use super::words::{begins, words};

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
/// Those that want to hear something.
pub(super) const SAID: [&str; 8] = ["tell", "say", "explain", "describ", "answer", "name", "give", "list"];
/// How an order may be spoken about in the language of the text.
pub(super) const SPOKEN_OF: [&str; 52] = [
    "ask", "asks", "asked", "request", "instruct", "order", "tell", "told", "please", "could", "would", "kindly",
    "want", "need", "command", "demand", "task", "should", "must", "bitte", "auffor", "verlang", "soll", "anweis",
    "demand", "veuill", "prier", "doit", "pide", "favor", "debe", "solicit", "chied", "deve", "pede", "urge", "invit",
    "call", "suggest", "advis", "möcht", "wünsch", "könn", "würd", "voudr", "souhait", "pourr", "pourri", "quier",
    "podr", "vorre", "potre",
];
const DUTIES: [&str; 8] = ["must", "will", "should", "shall", "only", "now", "have", "can"];
/// What may stand before the word that tells.
pub(super) const BEFORE: [&str; 24] = [
    "please",
    "now",
    "and",
    "then",
    "just",
    "can",
    "could",
    "would",
    "you",
    "bitte",
    "jetzt",
    "und",
    "instead",
    "also",
    "s'il",
    "te",
    "plaît",
    "por",
    "favor",
    "next",
    "stattdessen",
    "plutôt",
    "lugar",
    "invece",
];

/// Whether the sentence tells somebody to do something, or speaks of that.
pub(super) fn is_spoken_of(sentence: &str) -> bool {
    order(sentence).is_some() || words(sentence).iter().any(|word| SPOKEN_OF.iter().any(|stem| begins(word, stem)))
}

/// Whether the text makes somebody another one, or gives them another task: "You are a pirate now."
pub(super) fn gives_part(text: &str) -> bool {
    const PARTS: [&str; 20] = [
        "you are now",
        "you are a",
        "you are an",
        "you are the",
        "you are no longer",
        "you're now",
        "your task",
        "your job",
        "act as",
        "pretend",
        "from now on",
        "from this point on",
        "du bist jetzt",
        "du bist nun",
        "du bist ein",
        "deine aufgabe",
        "tu es maintenant",
        "tu es un",
        "ahora eres",
        "eres un",
    ];
    let text = format!(" {} ", words(text).join(" "));
    PARTS.iter().any(|part| text.contains(&format!(" {part} ")))
}

/// Whether it speaks to somebody.
pub(super) fn addresses(text: &str) -> bool {
    const SOMEBODY: [&str; 16] = [
        "you", "your", "you're", "yourself", "act", "pretend", "du", "dein", "deine", "sie", "tu", "ton", "vous",
        "votre", "eres", "tú",
    ];
    words(text).iter().any(|word| SOMEBODY.contains(&word.as_str()))
}

/// What the sentence tells somebody to do, if it does.
pub(super) fn order(sentence: &str) -> Option<&'static [&'static str]> {
    let words = words(sentence);
    let deed = |word: &str| {
        DEEDS
            .iter()
            .find(|stems| begins(word, stems[0]) || stems.iter().any(|stem| stem.len() > 3 && begins(word, stem)))
            .copied()
    };
    let first = words.iter().find(|word| !BEFORE.contains(&word.as_str()));
    // "You must print", "you will answer".
    let second = || {
        let duty = words.windows(3).find(|three| three[0] == "you" && DUTIES.contains(&three[1].as_str()))?;
        deed(&duty[2])
    };
    first.and_then(|first| deed(first)).or_else(second)
}

/// How words begin that tell the same. Whoever wants to hear something wants it in many words: "tell me", "name".
pub(super) fn told_by(order: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    let is_of_saying = SAID.contains(&order[0]);
    let alike = DEEDS.iter().filter(move |stems| is_of_saying && SAID.contains(&stems[0]));
    order.iter().chain(alike.flat_map(|stems| stems.iter())).copied()
}
