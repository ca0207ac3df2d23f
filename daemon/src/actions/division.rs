//! Divides a text into pieces that a model does well, and into what it must not touch. Joined again, the parts are the text.

use hob_protocol::Secret;
use unicode_segmentation::UnicodeSegmentation;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Blank space, code blocks, rules: they stay as they are.
    Kept(Secret),
    Work(Secret),
    /// Work that is done: what takes its place.
    Done(Secret),
}

impl Part {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Kept(text) | Self::Work(text) | Self::Done(text) => text.as_str(),
        }
    }
}

/// Where a text may be divided, the best places first.
#[derive(Debug, Clone, Copy)]
enum Seam {
    Paragraphs,
    Lines,
    Sentences,
    Words,
}

impl Seam {
    fn finer(self) -> Option<Self> {
        match self {
            Self::Paragraphs => Some(Self::Lines),
            Self::Lines => Some(Self::Sentences),
            Self::Sentences => Some(Self::Words),
            Self::Words => None,
        }
    }

    /// Joined, they are the text.
    fn split(self, text: &str) -> Vec<&str> {
        match self {
            Self::Paragraphs => paragraphs(text),
            Self::Lines => text.split_inclusive('\n').collect(),
            Self::Sentences => text.split_sentence_bounds().collect(),
            Self::Words => text.split_inclusive(char::is_whitespace).collect(),
        }
    }
}

/// Pieces of at most so many bytes where that can be, which end where a paragraph does, else a line, a sentence or a word. Fenced
/// code is no work.
pub(super) fn divide(text: &str, most: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    for (block, is_code) in blocks(text) {
        if is_code {
            parts.push(Part::Kept(block.into()));
        } else {
            for piece in pieces(block, Seam::Paragraphs, most) {
                push_piece(&mut parts, piece);
            }
        }
    }
    parts
}

/// Every line on its own.
pub(super) fn lines(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for line in text.split_inclusive('\n') {
        push_piece(&mut parts, line);
    }
    parts
}

/// The piece without the space around it, which stays. A piece without letters is no work.
fn push_piece(parts: &mut Vec<Part>, piece: &str) {
    let body = piece.trim();
    let start = piece.len() - piece.trim_start().len();
    let mut push = |part: Part| {
        if !part.as_str().is_empty() {
            parts.push(part);
        }
    };
    if !body.chars().any(char::is_alphabetic) {
        return push(Part::Kept(piece.into()));
    }
    push(Part::Kept(piece[..start].into()));
    push(Part::Work(body.into()));
    push(Part::Kept(piece[start + body.len()..].into()));
}

/// As large as may be.
fn pieces(text: &str, seam: Seam, most: usize) -> Vec<&str> {
    if text.len() <= most {
        return vec![text];
    }
    let mut pieces = Vec::new();
    let (mut start, mut end) = (0, 0);
    for unit in seam.split(text) {
        if end > start && end + unit.len() - start > most {
            pieces.push(&text[start..end]);
            start = end;
        }
        if unit.len() > most
            && let Some(finer) = seam.finer()
        {
            pieces.extend(self::pieces(unit, finer, most));
            start += unit.len();
        }
        end = start.max(end + unit.len());
    }
    if end > start {
        pieces.push(&text[start..end]);
    }
    pieces
}

/// Each with the blank lines behind it.
fn paragraphs(text: &str) -> Vec<&str> {
    let mut paragraphs = Vec::new();
    let (mut start, mut end, mut blank) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        if blank && !is_blank && end > start {
            paragraphs.push(&text[start..end]);
            start = end;
        }
        blank = is_blank;
        end += line.len();
    }
    paragraphs.push(&text[start..]);
    paragraphs
}

/// Prose and fenced code in turn. A fence that is never closed begins no code.
fn blocks(text: &str) -> Vec<(&str, bool)> {
    let mut blocks = Vec::new();
    let (mut start, mut place) = (0, 0);
    let mut fence: Option<(usize, &str)> = None;
    for line in text.split_inclusive('\n') {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some((place, mark)),
            (Some((begin, opened)), Some(mark)) if mark == opened => {
                let end = place + line.len();
                blocks.extend([(&text[start..begin], false), (&text[begin..end], true)]);
                start = end;
                fence = None;
            }
            _ => {}
        }
        place += line.len();
    }
    blocks.push((&text[start..], false));
    blocks.retain(|(block, _)| !block.is_empty());
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Part, divide, lines};

    fn work(parts: &[Part]) -> Vec<&str> {
        parts.iter().filter(|part| matches!(part, Part::Work(_))).map(Part::as_str).collect()
    }

    #[test]
    fn texts_are_divided_at_the_best_place_that_fits() {
        let cases: [(&str, usize, &[&str]); 8] = [
            ("One. Two.", 100, &["One. Two."]),
            ("  One.\n\n", 100, &["One."]),
            ("One.\n\nTwo.\n\nThree.", 12, &["One.\n\nTwo.", "Three."]),
            ("One two.\nThree four.\n\nFive.", 14, &["One two.", "Three four.", "Five."]),
            ("One two. Three four. Five.", 12, &["One two.", "Three four.", "Five."]),
            ("one two three four", 8, &["one two", "three", "four"]),
            ("Before.\n```\nlet x = 1;\n```\nAfter.", 100, &["Before.", "After."]),
            ("---\n1234\n", 100, &[]),
        ];
        for (text, most, expected) in cases {
            assert_eq!(work(&divide(text, most)), expected, "{text:?}");
        }
        assert_eq!(work(&lines("- a\r\n\r\n  b\n---\n")), ["- a", "b"]);
        assert_eq!(work(&divide("open\n```\nx", 100)), ["open\n```\nx"], "a fence that is not closed");
    }

    proptest! {
        #[test]
        fn joined_the_parts_are_the_text(text in "([a-c]{1,9}|[.?] |\n|\r\n|```\n| |é){0,60}", most in 1usize..40) {
            let joined = |parts: Vec<Part>| parts.iter().map(Part::as_str).collect::<String>();
            prop_assert_eq!(joined(divide(&text, most)), text.clone());
            prop_assert_eq!(joined(lines(&text)), text);
        }
    }
}
