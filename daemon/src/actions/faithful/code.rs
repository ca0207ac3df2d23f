//! Code stays what it is: between backticks, and words that only code has.

use std::sync::LazyLock;

use regex::Regex;

use super::Doubt;

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    code(text).iter().any(|code| !answer.contains(code)).then_some(Doubt::Code)
}

fn code(text: &str) -> Vec<&str> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        let alternatives = [
            r"(?s:```.*?```)",
            r"`[^`\n]+`",
            // snake_case, call(), a::path, --flag, $VARIABLE
            r"\b\w*[A-Za-z0-9]_\w+",
            r"\b\w+\(\)",
            r"\b\w+(?:::\w+)+",
            r"\B--[A-Za-z][\w-]*",
            r"\$[A-Za-z_{]\w*\}?",
        ];
        Regex::new(&alternatives.join("|")).expect("a constant that compiles")
    });
    CODE.find_iter(text).map(|code| code.as_str()).collect()
}
