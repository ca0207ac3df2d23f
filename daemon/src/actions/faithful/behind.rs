//! What stands behind a question or an order, where the text has nothing: its answer, or what was ordered. "What colour is the sky?" may become
//! "Which colour does the sky have?", and not "What colour is the sky? Blue.".

use super::words::{akin, begins, clauses, own_words, words};
use super::{Doubt, deeds, orders, questions};

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
    let (wanted, said) = (clauses(text).last()?, clauses(answer).last()?);
    let asks = questions::is_question(wanted);
    let tells = deeds::order(wanted).is_some() && orders::is_known(answer);
    if !(asks || tells) || questions::asks(said) || deeds::is_spoken_of(said) {
        return None;
    }
    let (known, own) = (words(text), own_words(said));
    let new = own.iter().filter(|word| !known.iter().any(|other| akin(word, other))).count();
    let is_courteous = words(said).iter().any(|word| COURTESY.iter().any(|stem| begins(word, stem)));
    // One clause alone is looked at by others: it is the question or the order in other words, or it is not.
    let is_behind = clauses(answer).count() > 1;
    (is_behind && !is_courteous && new * 2 > own.len()).then_some(if asks { Doubt::Question } else { Doubt::Order })
}
