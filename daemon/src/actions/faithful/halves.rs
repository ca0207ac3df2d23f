//! What is said in fewer words is about all of the text, and not about its beginning or its end alone.

use super::Doubt;
use super::words::{akin, own_words, words};

/// A half with fewer words of its own than this may have nothing that matters.
const FEW: usize = 8;

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    let own = own_words(text);
    let (first, second) = own.split_at(own.len() / 2);
    let said = words(answer);
    let is_in = |word: &String, others: &[String]| others.iter().any(|other| akin(word, other));
    let is_left_out = |half: &[String], other: &[String]| {
        let only_here: Vec<&String> = half.iter().filter(|word| !is_in(word, other)).collect();
        only_here.len() >= FEW && !only_here.into_iter().any(|word| is_in(word, &said))
    };
    (is_left_out(first, second) || is_left_out(second, first)).then_some(Doubt::Half)
}
