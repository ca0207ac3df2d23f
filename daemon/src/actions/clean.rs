//! Makes an answer fit for use. Small models announce what they do, put it between quotation marks and add remarks; what the text
//! itself begins or ends with has to stay.

use super::prompt::tag_for;
use super::spec::Shape;

/// How announcements begin.
const OPENERS: [&str; 20] = [
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "okay",
    "here is",
    "here's",
    "here’s",
    "here are",
    "the corrected",
    "corrected",
    "the rewritten",
    "rewritten",
    "the shortened",
    "shortened",
    "the translat",
    "translat",
    "summary",
    "title",
    "answer",
];
/// One of these is named in an announcement that ends with a colon.
const PRODUCTS: [&str; 14] = [
    "text",
    "version",
    "summary",
    "translat",
    "title",
    "list",
    "bullet",
    "points",
    "explanation",
    "answer",
    "sentence",
    "correct",
    "rewrit",
    "shorten",
];
/// An announcement with more bytes is none.
pub(super) const ANNOUNCEMENT_BYTES: usize = 100;
/// How lines begin that talk about the work.
const REMARKS: [&str; 11] = [
    "note:",
    "(note",
    "note that",
    "explanation:",
    "changes made",
    "changes:",
    "i corrected",
    "i have ",
    "i've ",
    "let me know",
    "i hope",
];
const QUOTES: [(char, char); 6] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’'), ('`', '`')];

/// The usable part of `output`, which a model wrote about `original`. If nothing is usable, the output as it is.
pub(super) fn result(shape: Shape, original: &str, output: &str) -> String {
    if shape == Shape::Json {
        return output.trim().to_owned();
    }
    let mut text = without_delimiters(original, output.trim());
    text = without_announcement(original, text);
    text = without_delimiters(original, without_fence(original, text));
    if shape == Shape::InPlace {
        text = without_remarks(original, text);
    }
    if shape == Shape::Line {
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        text = without_announcement(original, without_quotes(original, line.trim_matches(['#', '*', ' '])));
    }
    text = without_quotes(original, text);
    if shape == Shape::Line {
        text = text.trim_end_matches('.');
    }
    if text.is_empty() {
        text = output.trim();
    }
    match shape {
        Shape::InPlace => in_place_of(original, text),
        Shape::Text | Shape::Line | Shape::Json => text.to_owned(),
    }
}

/// Drops "Sure! Here is the corrected text:" and the like.
pub(super) fn without_announcement<'a>(original: &str, text: &'a str) -> &'a str {
    let mut rest = text;
    while let Some(shorter) = without_one_announcement(original, rest) {
        rest = shorter;
    }
    rest
}

/// Whether `text` may be the beginning of an announcement, or is one.
pub(super) fn may_announce(original: &str, text: &str) -> bool {
    let lower = text.to_lowercase();
    !begin_alike(original, text) && OPENERS.iter().any(|opener| lower.starts_with(opener) || opener.starts_with(&lower))
}

fn without_one_announcement<'a>(original: &str, text: &'a str) -> Option<&'a str> {
    let text = text.trim_start();
    let (line, below) = text.split_once('\n').unwrap_or((text, ""));
    let begins_so = OPENERS.iter().any(|opener| line.to_lowercase().starts_with(opener));
    if !begins_so || begin_alike(original, line) {
        return None;
    }
    // "Sure!" on a line of its own.
    if line.trim_end().ends_with(['!', '.']) && line.split_whitespace().count() <= 2 && !below.trim().is_empty() {
        return Some(below.trim_start());
    }
    // Where the text has a colon in its first line, so may its translation.
    let first_line = original.trim().lines().next().unwrap_or_default();
    let colon = line.find(':').filter(|colon| *colon < ANNOUNCEMENT_BYTES && !first_line.contains(':'))?;
    let announced = line[..colon].to_lowercase();
    let rest = text[colon + 1..].trim_start_matches('*').trim_start();
    (PRODUCTS.iter().any(|product| announced.contains(product)) && !rest.is_empty()).then_some(rest)
}

/// Their first words are the same, so what looks like an announcement is the text.
fn begin_alike(original: &str, text: &str) -> bool {
    let first_word = |text: &str| {
        let words = text.split(|character: char| !character.is_alphanumeric());
        words.into_iter().find(|word| !word.is_empty()).map(str::to_lowercase)
    };
    let first = first_word(original);
    first.is_some() && first == first_word(text)
}

fn without_delimiters<'a>(original: &str, text: &'a str) -> &'a str {
    let tag = tag_for(original);
    let text = text.strip_prefix(&format!("<{tag}>")).unwrap_or(text);
    text.strip_suffix(&format!("</{tag}>")).unwrap_or(text).trim()
}

fn without_fence<'a>(original: &str, text: &'a str) -> &'a str {
    let inside =
        text.strip_prefix("```").and_then(|text| text.strip_suffix("```")).and_then(|text| text.split_once('\n'));
    match inside {
        Some((_, inside)) if !original.contains("```") && !inside.contains("```") => inside.trim_end(),
        _ => text,
    }
}

/// Drops lines at the end that talk about the work, as long as there are more lines than the text has.
fn without_remarks<'a>(original: &str, text: &'a str) -> &'a str {
    let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
    let known = original.to_lowercase();
    let is_remark = |line: &str| {
        let line = line.trim_start_matches(['*', '_', ' ']).to_lowercase();
        REMARKS.iter().any(|remark| line.starts_with(remark) && !known.contains(remark))
    };
    let starts = text.match_indices('\n').map(|(newline, _)| newline + 1);
    starts
        .filter(|start| lines(&text[..*start]) >= lines(original))
        .find(|start| is_remark(&text[*start..]))
        .map_or(text, |start| text[..start].trim_end())
}

fn without_quotes<'a>(original: &str, text: &'a str) -> &'a str {
    let original = original.trim_start();
    QUOTES
        .iter()
        .filter(|(open, _)| !original.starts_with(*open))
        .find_map(|(open, close)| {
            let inside = text.strip_prefix(*open)?.strip_suffix(*close)?;
            (!inside.is_empty() && !inside.contains([*open, *close])).then_some(inside.trim())
        })
        .unwrap_or(text)
}

/// With the white space around it that the original has.
fn in_place_of(original: &str, text: &str) -> String {
    let body = original.trim();
    let start = original.len() - original.trim_start().len();
    let (before, after) = (&original[..start], &original[start + body.len()..]);
    format!("{before}{text}{after}")
}
