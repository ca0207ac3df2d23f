//! The regular expressions of the checks. With Unicode's own tables of letters and figures they would take two megabytes, from the first text
//! that is judged until the daemon ends.

use regex::Regex;

/// What words are written with, and a little more: everything that is no ASCII, but for what stands among punctuation there.
const WORD: &str = r"0-9A-Za-z_\u{c0}-\u{1fff}\u{2c00}-\u{2fff}\u{3040}-\u{feff}\u{ff66}-\u{10ffff}";

/// Matches any of these, the first one where several do. `\w` stands within brackets only.
pub(super) fn any_of(alternatives: &[&str]) -> Regex {
    Regex::new(&alternatives.join("|").replace(r"\w", WORD)).expect("a constant that compiles")
}
