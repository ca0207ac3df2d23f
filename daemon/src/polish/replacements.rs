//! The user's replacements: what is found as whole words, or by a pattern, gives way to what the user wrote, exactly.
//!
//! Plain ones go first, all at once, the longest that fits at each place; then the patterns, one after another.

use std::borrow::Cow;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

/// A pattern that needs more memory than this, in bytes, is refused.
const LARGEST_PATTERN: usize = 1 << 20;

/// One replacement, as the user states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    pub from: String,
    pub to: String,
    pub from_is: From,
    pub case: Case,
}

/// What `from` is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum From {
    /// Whole words.
    #[default]
    Words,
    /// A regular expression of the crate `regex`; `to` may name its groups.
    Pattern,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Case {
    #[default]
    Ignored,
    Matters,
}

/// What is wrong with a replacement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("has nothing to find")]
    Empty,
    #[error("cannot be the regular expression `{pattern}`: {problem}")]
    Pattern { pattern: String, problem: String },
    #[error("cannot be the regular expression `{0}`: it fits the empty text, which is everywhere")]
    FitsEmpty(String),
    #[error("names the group `${0}`, which the regular expression does not have")]
    NoGroup(String),
}

#[derive(Debug, Default)]
pub(super) struct Replacements {
    plain: Vec<Plain>,
    /// By the first part; the longest first.
    by_first: HashMap<String, Vec<usize>>,
    patterns: Vec<(Regex, String)>,
}

#[derive(Debug)]
struct Plain {
    parts: Vec<Part>,
    to: String,
    case: Case,
}

/// A word, or a single mark.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    small: String,
    /// Blanks stand before it.
    apart: bool,
    start: usize,
    end: usize,
}

impl Replacements {
    /// The first fault, with the number of the replacement that has it.
    pub(super) fn new(replacements: &[Replacement]) -> Result<Self, (usize, Fault)> {
        let mut compiled = Self::default();
        for (index, replacement) in replacements.iter().enumerate() {
            compiled.add(replacement).map_err(|fault| (index, fault))?;
        }
        let Self { plain, by_first, .. } = &mut compiled;
        for indices in by_first.values_mut() {
            indices.sort_by_key(|&index| std::cmp::Reverse(plain[index].parts.len()));
        }
        Ok(compiled)
    }

    fn add(&mut self, replacement: &Replacement) -> Result<(), Fault> {
        let Replacement { from, to, from_is, case } = replacement;
        if from.trim().is_empty() {
            return Err(Fault::Empty);
        }
        match from_is {
            From::Words => {
                let parts = parts(from.trim());
                self.by_first.entry(parts[0].small.clone()).or_default().push(self.plain.len());
                self.plain.push(Plain { parts, to: to.clone(), case: *case });
            }
            From::Pattern => {
                let mut builder = RegexBuilder::new(from);
                builder.case_insensitive(*case == Case::Ignored).size_limit(LARGEST_PATTERN);
                let problem = |error| Fault::Pattern { pattern: from.clone(), problem: in_one_line(&error) };
                let regex = builder.build().map_err(problem)?;
                if regex.is_match("") {
                    return Err(Fault::FitsEmpty(from.clone()));
                }
                check_groups(&regex, to)?;
                self.patterns.push((regex, to.clone()));
            }
        }
        Ok(())
    }

    pub(super) fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = if self.plain.is_empty() { Cow::Borrowed(text) } else { self.replace_words(text) };
        for (regex, to) in &self.patterns {
            if let Cow::Owned(replaced) = regex.replace_all(&text, to) {
                text = Cow::Owned(replaced);
            }
        }
        text
    }

    fn replace_words<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let parts = parts(text);
        let mut replaced = String::new();
        let (mut at, mut copied) = (0, 0);
        while at < parts.len() {
            let candidates = self.by_first.get(&parts[at].small).into_iter().flatten();
            let Some(plain) = candidates.map(|&index| &self.plain[index]).find(|plain| plain.is_at(&parts[at..]))
            else {
                at += 1;
                continue;
            };
            let last = at + plain.parts.len() - 1;
            replaced.push_str(&text[copied..parts[at].start]);
            replaced.push_str(&plain.to);
            copied = parts[last].end;
            at = last + 1;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        replaced.push_str(&text[copied..]);
        Cow::Owned(replaced)
    }
}

impl Plain {
    fn is_at(&self, parts: &[Part]) -> bool {
        let Some(parts) = parts.get(..self.parts.len()) else { return false };
        self.parts.iter().zip(parts).enumerate().all(|(index, (wanted, found))| {
            let same = match self.case {
                Case::Ignored => wanted.small == found.small,
                Case::Matters => wanted.text == found.text,
            };
            same && (index == 0 || wanted.apart == found.apart)
        })
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut apart = false;
    // The end of the word that the next letter belongs to.
    let mut open_word = None;
    let mut letters = text.char_indices().peekable();
    while let Some((start, c)) = letters.next() {
        let end = start + c.len_utf8();
        let inner_apostrophe = matches!(c, '\'' | '’')
            && open_word == Some(start)
            && letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if c.is_whitespace() {
            apart = true;
        } else if let Some(word) = parts.last_mut().filter(|_| open_word == Some(start))
            && (c.is_alphanumeric() || inner_apostrophe)
        {
            word.text.push(c);
            word.end = end;
            open_word = Some(end);
        } else {
            open_word = c.is_alphanumeric().then_some(end);
            parts.push(Part { text: c.to_string(), small: String::new(), apart, start, end });
            apart = false;
        }
    }
    for part in &mut parts {
        part.small = part.text.to_lowercase().replace('’', "'");
    }
    parts
}

/// A group that does not exist would silently be empty; `$1st` is one, to the surprise of most.
fn check_groups(regex: &Regex, to: &str) -> Result<(), Fault> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = to;
    while let Some((_, after)) = rest.split_once('$') {
        let name = match after.strip_prefix('{') {
            _ if after.starts_with('$') => {
                rest = &after[1..];
                continue;
            }
            Some(braced) => braced.split_once('}').map_or("", |(name, _)| name),
            None => &after[..after.find(|c| !is_name(c)).unwrap_or(after.len())],
        };
        rest = after;
        let exists = match name.parse::<usize>() {
            Ok(number) => number < regex.captures_len(),
            Err(_) => name.is_empty() || regex.capture_names().flatten().any(|known| known == name),
        };
        if !exists {
            return Err(Fault::NoGroup(name.to_owned()));
        }
    }
    Ok(())
}

/// The last line of what the crate says; those before it draw the place.
fn in_one_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Fault, From, Replacement, Replacements};

    fn words(from: &str, to: &str) -> Replacement {
        Replacement { from: from.into(), to: to.into(), from_is: From::Words, case: Case::Ignored }
    }

    fn pattern(from: &str, to: &str) -> Replacement {
        Replacement { from_is: From::Pattern, ..words(from, to) }
    }

    #[track_caller]
    fn apply(replacements: &[Replacement], text: &str) -> String {
        Replacements::new(replacements).unwrap().apply(text).into_owned()
    }

    #[test]
    fn whole_words_are_replaced() {
        for (from, to, text, expected) in [
            ("btw", "by the way", "btw, the BTW btws", "by the way, the by the way btws"),
            ("my mail", "ada@example.org", "Send it to my  mail.", "Send it to ada@example.org."),
            ("my mail", "x", "my, mail mymail", "my, mail mymail"),
            ("c++", "C plus plus", "We use C++.", "We use C plus plus."),
            ("c++", "x", "c + +", "c + +"),
            ("(c)", "©", "(C) 2026", "© 2026"),
            ("don't", "do not", "Don’t and don't", "do not and do not"),
            ("grün", "gruen", "GRÜN ist grün", "gruen ist gruen"),
            ("a", "$1", "a", "$1"),
            ("漢", "kan", "漢 漢字", "kan 漢字"),
            ("uh", "", "well uh yes", "well  yes"),
        ] {
            assert_eq!(apply(&[words(from, to)], text), expected, "{from}");
        }
    }

    #[test]
    fn the_longest_wins_and_nothing_is_replaced_twice() {
        let both = [
            words("new york", "NY"),
            words("new york city", "NYC"),
            words("NY", "no"),
            words("ab", "ba"),
            words("ba", "ab"),
        ];
        assert_eq!(apply(&both, "New York City, New York, NY, ab ba"), "NYC, NY, no, ba ab");
    }

    #[test]
    fn case_can_matter() {
        let exact = Replacement { case: Case::Matters, ..words("US", "United States") };
        assert_eq!(apply(&[exact], "US and us"), "United States and us");
        let exact = Replacement { case: Case::Matters, ..pattern("^A", "B") };
        assert_eq!(apply(std::slice::from_ref(&exact), "Aa"), "Ba");
        assert_eq!(apply(&[exact], "aa"), "aa");
    }

    #[test]
    fn patterns_have_groups_and_go_in_order() {
        let table = [
            (vec![pattern(r"(\d+) dollars", "$$$1")], "5 Dollars", "$5"),
            (vec![pattern(r"(?<a>\w+) at (\w+)", "${a}@$2")], "ada at home", "ada@home"),
            (vec![pattern("a", "b"), pattern("b", "c")], "a", "c"),
            (vec![pattern("x", "y"), words("z", "x")], "z", "y"),
        ];
        for (replacements, text, expected) in table {
            assert_eq!(apply(&replacements, text), expected);
        }
    }

    #[test]
    fn faults_name_the_replacement_and_the_problem() {
        let fault = |replacement| {
            let (index, fault) = Replacements::new(&[words("a", "b"), replacement]).unwrap_err();
            assert_eq!(index, 1);
            fault.to_string()
        };
        assert_eq!(fault(words("  ", "b")), "has nothing to find");
        assert_eq!(fault(pattern("(a", "b")), "cannot be the regular expression `(a`: unclosed group");
        assert_eq!(
            fault(pattern(r"(a)\1", "b")),
            r"cannot be the regular expression `(a)\1`: backreferences are not supported"
        );
        assert_eq!(
            fault(pattern("x*", "b")),
            "cannot be the regular expression `x*`: it fits the empty text, which is everywhere"
        );
        assert_eq!(fault(pattern("(a)", "$1st")), Fault::NoGroup("1st".into()).to_string());
        assert_eq!(fault(pattern("(a)", "$2")), Fault::NoGroup("2".into()).to_string());
        assert_eq!(
            fault(pattern(r"(\w{1000}){1000}", "b")),
            r"cannot be the regular expression `(\w{1000}){1000}`: it is too large"
        );
    }
}
