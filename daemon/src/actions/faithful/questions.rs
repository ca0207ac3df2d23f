//! What is a question in a text stays one: it may be put in other words, and is never answered.

use super::Doubt;
use super::asking::{MARKS, is_question};
use super::words::{akin, alike, begins, clauses, is_share, own_words, words};

/// Percent of what a question is about that a statement has if it answers it.
const STATED: u32 = 60;
/// How a question may be spoken about, by the beginnings of words.
const INDIRECT: [&str; 37] = [
    "ask", "question", "whether", "wonder", "know", "inquir", "enquir", "inform", "tell", "clarif", "confirm",
    "curious", "unclear", "let me", "advise", "frag", "wissen", "wüsst", "ob", "bitte", "mitteil", "demand", "savoir",
    "si", "dire", "pregunt", "saber", "dime", "domand", "sapere", "please", "could", "would", "wants", "find out",
    "seek", "query",
];
/// The same in Russian, and of Chinese single characters.
const INDIRECT_ELSEWHERE: &str = "спраш спрос вопрос интерес узна скаж сообщ знать пожалуйста 问 询 请 告";
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
const WONDERING_ELSEWHERE: &str =
    "кто что где когда почему зачем сколько какой какая какое какие куда 谁 哪 什 几 怎 何";

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    let is_answered =
        is_asked_no_more(text, answer) || states_what_is_asked(text, answer) || is_turned_round(text, answer);
    is_answered.then_some(Doubt::Question)
}

/// "Is water wet" has become "Water is wet", of the same words.
fn is_turned_round(text: &str, answer: &str) -> bool {
    const FIRST: [&str; 10] = ["is", "are", "was", "were", "do", "does", "did", "can", "will", "has"];
    let (before, after) = (words(text), words(answer));
    let Some(verb) = before.first().filter(|word| FIRST.contains(&word.as_str())) else { return false };
    let place = after.iter().position(|word| word == verb).unwrap_or(0);
    place > 0 && !answer.contains(MARKS) && after[..place].iter().all(|word| before.contains(word))
}

/// A text that is mostly questions has become one without.
fn is_asked_no_more(text: &str, answer: &str) -> bool {
    if !is_asking(text) || answer.contains(MARKS) || clauses(answer).any(is_question) {
        return false;
    }
    let (before, after) = (words(text), words(answer));
    // Corrected, and its mark is missing still.
    let begins_alike = !before.is_empty() && before.first() == after.first() || is_request(text, answer);
    let speaks_of_it = || after.iter().any(|word| is_indirect(word));
    !begins_alike && !speaks_of_it()
}

/// The words of a question stand in a sentence that asks nothing: "When does it begin?" has become "It begins on Monday."
fn states_what_is_asked(text: &str, answer: &str) -> bool {
    let about = |clause: &str| {
        let mut about = own_words(clause);
        about.retain(|word| !ASKING.contains(&word.as_str()));
        about
    };
    let statements = clauses(answer).filter(|clause| !asks(clause) && !is_request(text, clause));
    // Whoever dictates puts no mark between "can you send it" and "I need it".
    let is_cut_out = |said: &Vec<String>| {
        let known = words(text);
        let mut parts = known.windows(said.len());
        answer.contains(MARKS) && parts.any(|part| part.iter().zip(said).all(|(word, said)| alike(word, said)))
    };
    let statements: Vec<Vec<String>> = statements.map(words).filter(|said| !is_cut_out(said)).collect();
    // What the text also says itself may be said.
    let is_said = |asked: &[String]| {
        let mut said = clauses(text).filter(|clause| !asks(clause)).map(about);
        said.any(|said| shared(asked, &said) * 2 >= asked.len())
    };
    let is_stated =
        |asked: &[String]| statements.iter().any(|statement| is_share(shared(asked, statement), asked.len(), STATED));
    let questions = clauses(text).filter(|clause| is_question(clause)).map(|clause| about(asked_part(clause)));
    let wondered = clauses(text).filter(|clause| !is_question(clause)).filter_map(wondered_at);
    questions
        .chain(wondered.map(|part| about(&part)))
        .any(|asked| asked.len() > 1 && is_stated(&asked) && !is_said(&asked))
}

/// Of "The meeting is at ten, who is coming?" what is behind the comma.
fn asked_part(clause: &str) -> &str {
    let parts = clause.match_indices(',').map(|(comma, _)| &clause[comma + 1..]);
    parts.into_iter().find(|part| is_question(part.trim_end_matches(MARKS))).unwrap_or(clause)
}

/// What somebody wants to know without asking: "Be so kind as to tell me what it is called."
fn wondered_at(clause: &str) -> Option<String> {
    const WANTING: &str = "tell know wonder wondering ask asking explain curious idea wissen sagen sag savoir dire saber decir знать скажи скажите";
    /// Words between wanting to know and what.
    const BETWEEN: usize = 3;
    let words = words(clause);
    let wants = words.iter().position(|word| WANTING.split(' ').any(|wanting| wanting == word))?;
    let asking = |word: &&String| {
        WONDERING.contains(&word.as_str()) || WONDERING_ELSEWHERE.split(' ').any(|other| other == *word)
    };
    let within = words[wants + 1..].iter().take(BETWEEN).position(|word| asking(&word))?;
    Some(words[wants + within + 2..].join(" "))
}

/// "Could you send it?" may become "Send it."
fn is_request(text: &str, answer: &str) -> bool {
    const POLITE: [&str; 8] = ["please", "kindly", "perhaps", "maybe", "possibly", "also", "just", "be"];
    let (before, after) = (words(text), words(answer));
    let asked = before.iter().skip_while(|word| *word != "you").skip(1);
    let mut asked = asked.skip_while(|word| POLITE.contains(&word.as_str()));
    after.first().is_some_and(|first| asked.next() == Some(first))
}

fn shared(some: &[String], others: &[String]) -> usize {
    some.iter().filter(|word| others.iter().any(|other| akin(word, other))).count()
}

pub(super) fn asks(sentence: &str) -> bool {
    sentence.contains(MARKS)
        || is_question(sentence)
        || words(sentence).iter().any(|word| {
            let mut wondering = WONDERING.iter().copied().chain(WONDERING_ELSEWHERE.split(' '));
            wondering.any(|other| word == other) || is_indirect(word)
        })
}

fn is_indirect(word: &str) -> bool {
    INDIRECT.iter().copied().chain(INDIRECT_ELSEWHERE.split(' ')).any(|stem| begins(word, stem))
}

/// Most of its words are in questions.
pub(super) fn is_asking(text: &str) -> bool {
    let all = words(text).len();
    let asking: usize = clauses(text).filter(|clause| is_question(clause)).map(|clause| words(clause).len()).sum();
    asking > 0 && asking * 2 >= all
}
