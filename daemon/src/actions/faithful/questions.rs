//! What is a question in a text stays one: it may be put in other words, and is never answered.

use super::Doubt;
use super::words::{begins, plain, sentences, words};

const MARKS: [char; 5] = ['?', '？', '؟', ';', '⁇'];
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

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    if !is_asking(text) || answer.contains(MARKS) {
        return None;
    }
    let (before, after) = (words(text), words(answer));
    // Corrected, and its mark is missing still.
    let begins_alike = !before.is_empty() && before.first() == after.first();
    let is_indirect = || after.iter().any(|word| INDIRECT.iter().any(|stem| begins(word, stem)));
    (!begins_alike && !is_indirect()).then_some(Doubt::Question)
}

/// Most of its words are in questions.
pub(super) fn is_asking(text: &str) -> bool {
    let all = words(text).len();
    let asking: usize =
        sentences(text).filter(|sentence| is_question(sentence)).map(|sentence| words(sentence).len()).sum();
    asking > 0 && asking * 2 >= all
}

fn is_question(sentence: &str) -> bool {
    let plain = plain(sentence);
    sentence.trim_end_matches(['"', '”', '»', ')', ' ']).ends_with(MARKS)
        || OPENINGS
            .iter()
            .any(|opening| plain.strip_prefix(opening).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}
