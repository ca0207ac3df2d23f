//! Puts back what an answer wrote in other letters than its text, capital or small, where that has to be exact: "Ada@example.org" at the
//! beginning of a sentence is ada@example.org.

use super::code::code;
use super::links::links;

pub(in super::super) fn restored(text: &str, answer: &str) -> String {
    let mut restored = answer.to_owned();
    for exact in links(text).into_iter().chain(code(text)) {
        if restored.contains(exact) {
            continue;
        }
        // Places are the same in small letters only where these are as long.
        let (lower, wanted) = (restored.to_ascii_lowercase(), exact.to_ascii_lowercase());
        if let Some(place) = lower.find(&wanted) {
            restored.replace_range(place..place + exact.len(), exact);
        }
    }
    restored
}

#[cfg(test)]
mod tests {
    use super::restored;

    #[test]
    fn exact_things_get_their_letters_back() {
        for (text, answer, expected) in [
            ("ada@example.org is new", "Ada@example.org is new.", "ada@example.org is new."),
            ("max_tokens are wrong", "Max_tokens is wrong.", "max_tokens is wrong."),
            ("see /usr/Local/bin", "See /usr/local/bin.", "See /usr/Local/bin."),
            ("call `Get()` or get()", "Call `Get()` or get().", "Call `Get()` or get()."),
            ("mail ben@example.org", "Mail ben@example.com.", "Mail ben@example.com."),
        ] {
            assert_eq!(restored(text, answer), expected, "{text}");
        }
    }
}
