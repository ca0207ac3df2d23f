//! What becomes of a text before it leaves, and how long it is to those who take it back. Pure.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::backend::Way;
use crate::core::Newline;

/// The text as it is inserted: one kind of line end, no control characters (an escape would be a command to a terminal), letters
/// with their accents in one piece, so that one keystroke is one letter.
pub fn prepared(text: &str, newline: Newline) -> String {
    let one_kind = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean = one_kind.nfc().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
    match newline {
        Newline::Space => clean.map(|letter| if letter == '\n' { ' ' } else { letter }).collect(),
        Newline::Auto | Newline::Return | Newline::ShiftReturn => clean.collect(),
    }
}

/// How many times somebody would press `BackSpace` to remove it: once for what looks like one letter.
pub fn presses(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Whether what looks like one letter is one character everywhere.
pub fn is_one_character_a_letter(text: &str) -> bool {
    presses(text) == length(text)
}

/// A tab that is typed moves the keyboard to the next field of a form, and what follows it goes there; in a shell it completes a word. Lines
/// that are indented are indented once more by editors when they are typed.
pub fn preferred_way(text: &str, paste_from_chars: usize) -> Way {
    let is_for_keys = !text.contains('\t') && !text.contains("\n ") && length(text) < paste_from_chars;
    if is_for_keys { Way::Types } else { Way::Pastes }
}

/// In characters.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cleaned_before_it_leaves() {
        let cases = [
            ("a\r\nb\rc\nd", Newline::Auto, "a\nb\nc\nd"),
            ("a\n\nb\tc", Newline::Space, "a  b\tc"),
            ("bell \u{7} escape \u{1b}[2J end \u{9b}", Newline::Return, "bell  escape [2J end "),
            ("cafe\u{301}", Newline::Return, "caf\u{e9}"),
        ];
        for (text, newline, expected) in cases {
            assert_eq!(prepared(text, newline), expected);
        }
    }

    #[test]
    fn short_texts_are_typed_and_long_ones_tabs_and_indented_lines_pasted() {
        for (text, expected) in [
            ("four", Way::Types),
            ("f\niv", Way::Types),
            ("fünf!", Way::Pastes),
            ("a\tb", Way::Pastes),
            ("a\n b", Way::Pastes),
        ] {
            assert_eq!(preferred_way(text, 5), expected, "{text}");
        }
    }

    #[test]
    fn what_looks_like_one_letter_is_removed_by_one_press() {
        let cases = [("héé", 3), ("a\n\tb", 4), ("漢字 🙂", 4), ("👩‍👩‍👧", 1), ("🇩🇪🇫🇷", 2), ("", 0)];
        for (text, expected) in cases {
            assert_eq!(presses(text), expected, "{text}");
        }
        for (text, expected) in [("héé\n漢🙂", true), ("👩‍👩‍👧", false), ("हिन्दी", false), ("❤️", false)]
        {
            assert_eq!(is_one_character_a_letter(text), expected, "{text}");
        }
    }
}
