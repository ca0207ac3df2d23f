//! Keeps the line structure of a text that an answer replaces: indentation, list markers, blank lines, line ends. A model sees the text
//! without them where it can, and its lines are put back into the frame of the old ones.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::any_of;

/// A line and what stands around its words.
struct Line<'a> {
    indent: &'a str,
    marker: &'a str,
    body: &'a str,
    /// Blanks at the end, and the line end.
    end: &'a str,
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        static MARKER: LazyLock<Regex> =
            LazyLock::new(|| any_of(&[r"^(?:(?:[-*+•–]|[0-9]{1,3}[.)]|#{1,6}|\[[ xX]\]|>+)[ \t]+)+"]));
        let rest = line.trim_start();
        let indent = &line[..line.len() - rest.len()];
        let marker = MARKER.find(rest).map_or("", |marker| marker.as_str());
        let body = rest[marker.len()..].trim_end();
        Self { indent, marker, body, end: &rest[marker.len() + body.len()..] }
    }

    fn is_blank(&self) -> bool {
        self.marker.is_empty() && self.body.is_empty()
    }
}

/// The text as a model is shown it: no indentation, plain line ends; a single line without its marker.
pub(super) fn shown(text: &str) -> String {
    let lines: Vec<Line<'_>> = text.split_inclusive('\n').map(Line::of).collect();
    if let [line] = lines.as_slice() {
        return line.body.to_owned();
    }
    let lines = lines.iter().map(|line| format!("{}{}", line.marker, line.body));
    lines.collect::<Vec<_>>().join("\n")
}

/// The answer in the frame of the text; `None` if it has more lines or fewer.
pub(super) fn framed(text: &str, answer: &str) -> Option<String> {
    let lines: Vec<Line<'_>> = text.split_inclusive('\n').map(Line::of).collect();
    let mut answers = answer.lines().map(Line::of).filter(|line| !line.is_blank());
    let mut framed = String::with_capacity(answer.len());
    for line in &lines {
        framed.push_str(line.indent);
        if !line.is_blank() {
            let answer = answers.next()?;
            framed.push_str(line.marker);
            if line.marker.is_empty() {
                framed.push_str(answer.marker);
            }
            framed.push_str(answer.body);
        }
        framed.push_str(line.end);
    }
    answers.next().is_none().then_some(framed)
}

pub(super) fn has_several(text: &str) -> bool {
    text.lines().filter(|line| !line.trim().is_empty()).count() > 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{framed, shown};

    #[test]
    fn a_frame_is_taken_off_and_put_back() {
        let cases = [
            // text, what a model sees, its answer, the result
            ("hello", "hello", "Hello.", Some("Hello.")),
            ("- hello", "hello", "- Hello.", Some("- Hello.")),
            ("  1. one\r\n  2. two  \r\n", "1. one\n2. two", "1. One.\n2. Two.", Some("  1. One.\r\n  2. Two.  \r\n")),
            ("a\n\n\tb", "a\n\nb", "A.\nB.", Some("A.\n\n\tB.")),
            ("> - [ ] task", "task", "Task.", Some("> - [ ] Task.")),
            ("a\nb", "a\nb", "A b.", None),
            ("a", "a", "A.\nB.", None),
            ("-5 degrees", "-5 degrees", "-5 degrees.", Some("-5 degrees.")),
        ];
        for (text, seen, answer, expected) in cases {
            assert_eq!(shown(text), seen, "{text:?}");
            assert_eq!(framed(text, answer).as_deref(), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_unchanged_answer_gives_the_text(text in "((  |\t)?(- |1[.] |> )?[a-c]{1,4}( [a-c]{1,3})?[ ]?(\n|\r\n|\n\n)){1,6}") {
            prop_assert_eq!(framed(&text, &shown(&text)), Some(text));
        }
    }
}
