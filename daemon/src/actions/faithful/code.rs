//! Code stays what it is: between backticks, and words that only code has. So do words of letters and figures, which name parts, tickets, gates.

use std::sync::LazyLock;

use regex::Regex;

use super::Doubt;
use super::words::is_slang;
use crate::actions::pattern::any_of;

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    let is_lost = code(text).iter().any(|code| !answer.contains(code)) || {
        let answer = answer.to_lowercase();
        labels(text).map(str::to_lowercase).any(|label| !answer.contains(&label) && !is_version(&label, &answer))
    };
    is_lost.then_some(Doubt::Code)
}

/// "v2" of the text may be "version 2" in the answer; its number is looked at by others.
fn is_version(label: &str, answer: &str) -> bool {
    label.strip_prefix('v').is_some_and(|number| {
        number.chars().all(|figure| figure.is_ascii_digit()) && answer.contains(&format!("version {number}"))
    })
}

/// "ABC-123" and "b12", also in capitals. "5kg", "3pm" and "2nd" are figures and may be written in other ways.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    let words = text
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
        .map(|word| word.trim_matches('-'));
    words.filter(|word| {
        let has_figures = word.chars().any(|letter| letter.is_ascii_digit());
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        let begins_with_figure = word.starts_with(|letter: char| letter.is_ascii_digit());
        has_figures && !is_slang(&word.to_lowercase()) && letters > 0 && word.len() > 1 && !begins_with_figure
    })
}

pub(super) fn code(text: &str) -> Vec<&str> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        any_of(&[
            r"(?s:```.*?```)",
            r"`[^`\n]+`",
            // snake_case, camelCase, call(), call(1, x), a::path, --flag, $VARIABLE, main.rs, @somebody, #topic
            r"\b[\w]*[A-Za-z0-9]_[\w]+",
            r"\b[a-z]+[A-Z][\w]*",
            r"\b[\w.]+\((?:[^()\s]{2,}|[0-9]|[a-rt-z]|[^()]*[,=][^()]*)?\)",
            r"\b[\w-]+\.(?:rs|py|js|ts|c|h|cpp|java|go|sh|toml|yaml|yml|json|xml|html|css|md|txt|csv|pdf|docx?|xlsx?|png|jpe?g)\b",
            r"\B[@#][A-Za-z][\w]+",
            r"\b[\w]+(?:::[\w]+)+",
            r"\B--[A-Za-z][\w-]*",
            r"\$[A-Za-z_{][\w]*\}?",
            // <b>, </div>, <br/>, <a href="…">
            r"</?[A-Za-z][\w-]*(?:\s[^<>\n]*)?/?>",
        ])
    });
    // What looks like hob's own delimiters is left out by models, who take it for them.
    let is_delimiter = |code: &str| matches!(code, "<text>" | "</text>");
    CODE.find_iter(text).map(|code| code.as_str()).filter(|code| !is_delimiter(code)).collect()
}
