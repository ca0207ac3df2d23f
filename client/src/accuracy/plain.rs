//! The form for languages without rules of their own: small letters, no punctuation, nothing in brackets.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub(super) fn words(text: &str) -> Vec<String> {
    let text: String = without_brackets(&text.to_lowercase()).nfkc().collect();
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// For languages that put no blanks between words.
pub(super) fn letters(text: &str) -> Vec<String> {
    words(text).iter().flat_map(|word| word.chars()).map(String::from).collect()
}

/// Leaves out notes such as `[music]`, `<unk>` and `(coughs)`. A bracket that is never closed is punctuation.
pub(super) fn without_brackets(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['[', '<', '(']) {
        let closing: &[char] = if rest[open..].starts_with('(') { &[')'] } else { &[']', '>'] };
        kept.push_str(&rest[..open]);
        kept.push(' ');
        rest = match rest[open..].find(closing) {
            Some(length) => &rest[open + length + 1..],
            None => &rest[open + 1..],
        };
    }
    kept + rest
}
