//! Links, e-mail addresses, domains and paths are copied letter by letter.

use std::sync::LazyLock;

use regex::Regex;

use super::{Doubt, Kept};
use crate::actions::pattern::any_of;

pub(super) fn check(kept: Kept, text: &str, answer: &str) -> Option<Doubt> {
    let lost = kept != Kept::NoneNew && links(text).iter().any(|link| !answer.contains(link));
    (lost || links(answer).iter().any(|link| !text.contains(link))).then_some(Doubt::Links)
}

pub(super) fn links(text: &str) -> Vec<&str> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        any_of(&[
            r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s<>]+",
            r"mailto:[^\s<>]+",
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
            r"www\.[^\s<>]+",
            r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|edu|gov|info|app|de|at|ch|fr|es|it|nl|uk|eu)\b(?:/[^\s<>]*)?",
            r"~?(?:/[\w.@+-]+){2,}/?",
            r"~/[\w.@+-]+",
            r"\.{1,2}/[\w.@+/-]+",
            r"[A-Za-z]:\\[^\s<>]+",
        ])
    });
    // What ends a sentence is no part of a link, nor is what encloses it.
    let ends = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '"', '\'', '”', '’', '»', '*', '`'];
    LINK.find_iter(text).map(|link| link.as_str().trim_end_matches(ends)).collect()
}
