//! What is wrong with a configuration file: where, what, and what to do about it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;

/// `Display` says where and what, `hint` what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", place(file, *line))]
pub struct ConfigError {
    pub file: PathBuf,
    /// Counted from 1; 0 if the problem is with the file as a whole.
    pub line: u32,
    pub problem: String,
    pub hint: String,
}

const ALL_KEYS: &str = "`man hob` lists all keys";

impl ConfigError {
    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            problem: format!("cannot be read: {}", error.kind()),
            hint: "give the path of a file you may read in HOB_CONFIG, or put one at this place".to_owned(),
        }
    }

    pub(super) fn unwritable(file: &Path, error: &io::Error) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            problem: format!("cannot be written: {}", error.kind()),
            hint: "make the file and its folder writable, or edit it where it is made".to_owned(),
        }
    }

    /// For a key that is none, or stands where the file has something else.
    pub(super) fn no_place(file: &Path, key: &str) -> Self {
        Self { file: file.to_owned(), line: 0, problem: format!("there is no key `{key}`"), hint: ALL_KEYS.to_owned() }
    }

    pub(super) fn not_utf8(file: &Path, bytes: &[u8], error: Utf8Error) -> Self {
        Self {
            file: file.to_owned(),
            line: line_at(bytes, error.valid_up_to()),
            problem: "not UTF-8 text".to_owned(),
            hint: "save the file as UTF-8".to_owned(),
        }
    }

    /// `key` is the path to the value serde was reading, empty for the file itself; `known` are all keys, dotted.
    pub(super) fn of_toml(file: &Path, text: &str, key: &str, error: &toml::de::Error, known: &[String]) -> Self {
        let line = error.span().map_or(0, |span| line_at(text.as_bytes(), span.start));
        let (problem, hint) = explain(key, error.message(), known);
        Self { file: file.to_owned(), line, problem, hint }
    }
}

impl From<ConfigError> for hob_protocol::Error {
    fn from(ConfigError { file, line, problem, hint }: ConfigError) -> Self {
        Self::ConfigInvalid { file: file.display().to_string(), line, problem, hint }
    }
}

fn place(file: &Path, line: u32) -> String {
    if line == 0 { file.display().to_string() } else { format!("{}:{line}", file.display()) }
}

pub(super) fn line_at(text: &[u8], offset: usize) -> u32 {
    text[..offset.min(text.len())].split(|&byte| byte == b'\n').count() as u32
}

/// Problem and hint out of a message of serde, whose forms are fixed: unknown field `a`, expected …; invalid type: what, expected
/// …; invalid value: what, expected …. Anything else is about TOML itself.
fn explain(key: &str, message: &str, known: &[String]) -> (String, String) {
    if let Some(rest) = message.strip_prefix("unknown field `")
        && let Some((field, _)) = rest.split_once('`')
    {
        let key = if ends_with_key(key, field) { key.to_owned() } else { format!("{key}.{field}") };
        let key = key.trim_start_matches('.');
        return (format!("unknown key `{key}`"), suggestion(key, known));
    }
    if let Some(field) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return (format!("`{key}` has no `{field}`"), format!("add a line `{field} = …`"));
    }
    let refused = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((value, allowed)) = refused.and_then(|refused| refused.rsplit_once(", expected ")) {
        return (format!("`{key}` cannot be {value}"), format!("it takes {allowed}"));
    }
    let problem = message.lines().collect::<Vec<_>>().join(", ");
    (problem, format!("write `key = value` below a line such as [speech], with texts in quotes; {ALL_KEYS}"))
}

fn ends_with_key(path: &str, key: &str) -> bool {
    path == key || path.strip_suffix(key).is_some_and(|around| around.ends_with('.'))
}

/// The known keys and sections nearest to a wrong one. A right name in the wrong section counts as near, too.
fn suggestion(wrong: &str, known: &[String]) -> String {
    /// Jaro-Winkler similarity from which two names are taken for one misspelt.
    const NEAR: f64 = 0.82;
    /// What another section costs: enough to prefer the right one among equals.
    const ELSEWHERE: f64 = 0.01;
    let (wrong_section, wrong_name) = wrong.rsplit_once('.').unwrap_or(("", wrong));
    let similarity = |known: &str| {
        let (section, name) = known.rsplit_once('.').unwrap_or(("", known));
        strsim::jaro_winkler(wrong_name, name) - if section == wrong_section { 0.0 } else { ELSEWHERE }
    };
    let sections: BTreeSet<&str> =
        known.iter().filter_map(|key| key.split_once('.')).map(|(section, _)| section).collect();
    let names = || known.iter().map(String::as_str).chain(sections.iter().copied());
    let best = names().map(similarity).fold(NEAR, f64::max);
    let nearest: Vec<String> =
        names().filter(|name| similarity(name) >= best).map(|name| format!("`{name}`")).collect();
    if nearest.is_empty() { ALL_KEYS.to_owned() } else { format!("did you mean {}? {ALL_KEYS}", nearest.join(" or ")) }
}
