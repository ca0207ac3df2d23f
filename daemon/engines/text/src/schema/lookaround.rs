//! Patterns without what the grammar has no words for: groups that look ahead or behind, as pydantic writes them for decimal numbers, and
//! borders of words. Pure.

use std::ops::Range;

/// How groups begin that look and take nothing.
const LOOKS: [&str; 4] = ["(?=", "(?!", "(?<=", "(?<!"];

/// The pattern, which does not look at what it only looked at, and so matches more.
pub(super) fn without_lookaround(pattern: &str) -> String {
    let mut pattern = pattern.to_owned();
    while let Some(group) = looking_group(&pattern) {
        pattern.replace_range(group, "");
    }
    pattern
}

/// The first group or sign of a pattern that takes nothing of a text.
fn looking_group(pattern: &str) -> Option<Range<usize>> {
    let (mut open, mut in_class, mut escaped) = (Vec::new(), false, false);
    for (place, character) in pattern.char_indices() {
        match character {
            'b' | 'B' if escaped && !in_class => return Some(place - 1..place + 1),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => open.push(place),
            ')' => {
                let begin = open.pop()?;
                if LOOKS.iter().any(|look| pattern[begin..].starts_with(look)) {
                    return Some(begin..place + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_lookaround;

    #[test]
    fn patterns_look_neither_ahead_nor_behind() {
        for (pattern, expected) in [
            (r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$", r"^[+-]?0*\d*\.?\d*$"),
            (r"^(?=.*[A-Z)])(?=(a|b)).{8,12}$", r"^.{8,12}$"),
            (r"^(?:a(?<!b))(?<=c\))$", r"^(?:a)$"),
            (r"^\((?:a|b)[(?=]\)$", r"^\((?:a|b)[(?=]\)$"),
            (r"^a\b.\Bc\\b[\b]$", r"^a.c\\b[\b]$"),
            ("(?=", "(?="),
            (")", ")"),
        ] {
            assert_eq!(without_lookaround(pattern), expected);
        }
    }
}
