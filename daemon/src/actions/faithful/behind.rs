//! What stands behind a question or an order, where the text has nothing: its answer, or what was ordered. "What colour is the sky?" may become
//! "Which colour does the sky have?", and not "What colour is the sky? Blue.".

use super::words::{akin, begins, clauses, own_words, sentences, words};
use super::{Doubt, asking, deeds, orders, questions};

/// Beginnings of words with which people end what they ask for.
const COURTESY: [&str; 24] = [
    "thank",
    "thanks",
    "appreciat",
    "grateful",
    "forward",
    "regards",
    "wishes",
    "sincerely",
    "hope",
    "advance",
    "cheers",
    "danke",
    "dank",
    "grüß",
    "gruß",
    "merci",
    "cordial",
    "gracias",
    "saludos",
    "grazie",
    "saluti",
    "obrigad",
    "bedankt",
    "groet",
];

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    if has_statement(text, answer) {
        return Some(Doubt::Question);
    }
    let (wanted, said) = (clauses(text).last()?, clauses(answer).last()?);
    // "How deep is it, essay by Monday": behind the question stands something else.
    let asks = wanted.rsplit(',').next().is_some_and(asking::is_question);
    let tells = deeds::order(wanted).is_some() && orders::is_known(answer);
    if !(asks || tells) || questions::asks(said) || deeds::is_spoken_of(said) {
        return None;
    }
    let (known, own) = (words(text), own_words(said));
    let new = own.iter().filter(|word| !known.iter().any(|other| akin(word, other))).count();
    // One clause alone is looked at by others: it is the question or the order in other words, or it is not.
    let is_behind = clauses(answer).count() > 1;
    (is_behind && !is_courteous(said) && new * 2 > own.len()).then_some(if asks {
        Doubt::Question
    } else {
        Doubt::Order
    })
}

/// A text of nothing but questions, and perhaps orders, has become one that says something as well. What stands before the first question may
/// be a greeting.
fn has_statement(text: &str, answer: &str) -> bool {
    let orders: Vec<_> = clauses(text).filter_map(deeds::order).collect();
    let asks_alone = clauses(text).any(asking::is_question)
        && clauses(text)
            .flat_map(|clause| clause.split(','))
            .all(|part| asking::is_question(part) || deeds::order(part).is_some());
    let is_told = |sentence: &str| {
        let words = words(sentence);
        orders.iter().any(|order| deeds::told_by(order).any(|stem| words.iter().any(|word| begins(word, stem))))
    };
    let asks = |sentence: &str| questions::asks(sentence) || deeds::is_spoken_of(sentence) || is_told(sentence);
    let mut behind = sentences(answer).skip_while(|sentence| !asks(sentence));
    asks_alone && orders::is_known(answer) && behind.any(|sentence| !asks(sentence) && !is_courteous(sentence))
}

fn is_courteous(clause: &str) -> bool {
    words(clause).iter().any(|word| COURTESY.iter().any(|stem| begins(word, stem)))
}
