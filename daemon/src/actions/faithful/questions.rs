//! What is a question in a text stays one: it may be put in other words, and is never answered.

use super::Doubt;
use super::words::{akin, begins, clauses, is_share, own_words, plain, sentences, words};

/// Percent of what a question is about that a statement has if it answers it.
const STATED: u32 = 60;
/// How questions end in Japanese, Chinese and Korean, where a mark is not needed.
const ASKING_ENDS: [char; 4] = ['か', '吗', '呢', '까'];
const MARKS: [char; 5] = ['?', '？', '؟', '⁇', '⁈'];
/// How a question may be spoken about, by the beginnings of words.
const INDIRECT: [&str; 37] = [
    "ask", "question", "whether", "wonder", "know", "inquir", "enquir", "inform", "tell", "clarif", "confirm",
    "curious", "unclear", "let me", "advise", "frag", "wissen", "wüsst", "ob", "bitte", "mitteil", "demand", "savoir",
    "si", "dire", "pregunt", "saber", "dime", "domand", "sapere", "please", "could", "would", "wants", "find out",
    "seek", "query",
];
/// How a question begins where nobody has typed its mark.
const OPENINGS: [&str; 40] = [
    "what is",
    "what's",
    "whats",
    "what are",
    "what was",
    "what does",
    "what do",
    "what time",
    "what day",
    "who is",
    "who was",
    "who are",
    "who wrote",
    "where is",
    "where are",
    "when is",
    "when was",
    "when did",
    "when does",
    "why is",
    "why are",
    "why do",
    "why does",
    "how do",
    "how does",
    "how many",
    "how much",
    "how can",
    "how to",
    "how old",
    "how far",
    "can you",
    "could you",
    "do you",
    "is there",
    "was ist",
    "wie viel",
    "wie heißt",
    "qu'est-ce",
    "cuál es",
];

/// Words of a question that do not say what it is about.
const ASKING: [&str; 32] = [
    "what", "when", "where", "which", "whom", "whose", "does", "have", "could", "would", "should", "will", "please",
    "tell", "know", "many", "much", "long", "think", "this", "that", "there", "they", "with", "from", "your", "also",
    "about", "welche", "bitte", "sind", "kann",
];
/// With one of these in it, a sentence asks or speaks of somebody who does.
const WONDERING: [&str; 40] = [
    "who", "what", "when", "where", "why", "how", "which", "whose", "whom", "whether", "wer", "wann", "wo", "warum",
    "wie", "welche", "welcher", "welches", "wieso", "quand", "où", "pourquoi", "comment", "combien", "quel", "quelle",
    "quels", "qué", "cuándo", "dónde", "cómo", "cuánto", "cuál", "quién", "dove", "perché", "quanto", "wanneer",
    "waarom", "hoe",
];

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    (is_asked_no_more(text, answer) || states_what_is_asked(text, answer)).then_some(Doubt::Question)
}

/// A text that is mostly questions has become one without.
fn is_asked_no_more(text: &str, answer: &str) -> bool {
    if !is_asking(text) || answer.contains(MARKS) || clauses(answer).any(is_question) {
        return false;
    }
    let (before, after) = (words(text), words(answer));
    // Corrected, and its mark is missing still.
    let begins_alike = !before.is_empty() && before.first() == after.first() || is_request(text, answer);
    let is_indirect = || after.iter().any(|word| INDIRECT.iter().any(|stem| begins(word, stem)));
    !begins_alike && !is_indirect()
}

/// The words of a question stand in a sentence that asks nothing: "When does it begin?" has become "It begins on Monday."
fn states_what_is_asked(text: &str, answer: &str) -> bool {
    let about = |clause: &str| {
        let mut about = own_words(clause);
        about.retain(|word| !ASKING.contains(&word.as_str()));
        about
    };
    let statements = clauses(answer).filter(|clause| !asks(clause) && !is_request(text, clause));
    let statements: Vec<Vec<String>> = statements.map(words).collect();
    // What the text also says itself may be said.
    let is_said = |asked: &[String]| {
        let mut said = clauses(text).filter(|clause| !asks(clause)).map(about);
        said.any(|said| shared(asked, &said) * 2 >= asked.len())
    };
    let is_stated =
        |asked: &[String]| statements.iter().any(|statement| is_share(shared(asked, statement), asked.len(), STATED));
    let mut questions = clauses(text).filter(|clause| is_question(clause)).map(about);
    questions.any(|asked| asked.len() > 1 && is_stated(&asked) && !is_said(&asked))
}

/// "Could you send it?" may become "Send it."
fn is_request(text: &str, answer: &str) -> bool {
    let (before, after) = (words(text), words(answer));
    let asked = before.iter().skip_while(|word| *word != "you");
    after.first().is_some_and(|first| asked.skip(1).any(|word| word == first))
}

fn shared(some: &[String], others: &[String]) -> usize {
    some.iter().filter(|word| others.iter().any(|other| akin(word, other))).count()
}

pub(super) fn asks(sentence: &str) -> bool {
    sentence.contains(MARKS)
        || is_question(sentence)
        || words(sentence)
            .iter()
            .any(|word| WONDERING.contains(&word.as_str()) || INDIRECT.iter().any(|stem| begins(word, stem)))
}

/// Most of its words are in questions.
pub(super) fn is_asking(text: &str) -> bool {
    let all = words(text).len();
    let asking: usize =
        sentences(text).filter(|sentence| is_question(sentence)).map(|sentence| words(sentence).len()).sum();
    asking > 0 && asking * 2 >= all
}

pub(super) fn is_question(sentence: &str) -> bool {
    let plain = plain(sentence);
    let bare = sentence.trim_end_matches(['"', '”', '»', '」', ')', ' ']);
    // Greek has the semicolon for it.
    let is_greek = || sentence.chars().any(|letter| matches!(letter, 'α'..='ω'));
    bare.ends_with(MARKS)
        || bare.ends_with(';') && is_greek()
        || bare.trim_end_matches(['.', '。']).ends_with(ASKING_ENDS)
        || asks_with_verb(&plain)
        || OPENINGS
            .iter()
            .any(|opening| plain.strip_prefix(opening).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// "What colour does …", "how many legs did …", and not "what I do".
fn asks_with_verb(plain: &str) -> bool {
    let words = words(plain);
    let Some((first, following)) = words.split_first() else { return false };
    let following = &following[..following.len().min(3)];
    let is_verb = |word: &String| matches!(word.as_str(), "do" | "does" | "did");
    let is_somebody = |word: &String| matches!(word.as_str(), "i" | "you" | "we" | "they" | "he" | "she" | "it");
    let verb = following.iter().position(is_verb);
    matches!(first.as_str(), "what" | "which" | "whose" | "how")
        && verb.is_some_and(|verb| !following[..verb].iter().any(is_somebody))
}
