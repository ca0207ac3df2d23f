//! What the configuration says about the polish of text, and what is wrong with it that only the rules themselves can tell.

use std::path::Path;

use hob_protocol::Secret;
use serde::{Deserialize, Serialize};

use super::{Config, ConfigError, value};
use crate::polish::{self, Case, Commands, Fault, Fillers, From, Numbers, Rules};

/// What is done to dictated text without a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [polish]")]
pub struct Polish {
    /// Spoken punctuation and commands: `on` obeys those that are meant, `all` every one, `off` none.
    #[serde(deserialize_with = "value::commands")]
    pub commands: Commands,
    /// Numbers, dates, times and units in digits.
    #[serde(deserialize_with = "value::switch")]
    pub numbers: bool,
    /// Sounds of hesitation are left out.
    #[serde(deserialize_with = "value::switch")]
    pub fillers: bool,
}

/// A text that always gives way to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: `from` and `to` below a line [[replacements]]")]
pub struct Replacement {
    /// Whole words, or a regular expression.
    #[serde(deserialize_with = "value::prompt")]
    pub from: Secret,
    /// With a regular expression, `$1` is what its first group has found.
    #[serde(deserialize_with = "value::prompt")]
    pub to: Secret,
    #[serde(default, deserialize_with = "value::switch")]
    pub regex: bool,
    /// Capital and small letters differ.
    #[serde(default, deserialize_with = "value::switch")]
    pub match_case: bool,
}

/// The keys of a replacement, for suggestions.
pub(super) const REPLACEMENT_KEYS: [&str; 4] =
    ["replacements.from", "replacements.match_case", "replacements.regex", "replacements.to"];

impl Config {
    /// The rules as the polish knows them.
    pub fn polish_rules(&self) -> Rules {
        Rules {
            vocabulary: self.speech.vocabulary.iter().map(|word| word.as_str().to_owned()).collect(),
            replacements: self.replacements.iter().map(polish::Replacement::from).collect(),
            commands: self.polish.commands,
            fillers: if self.polish.fillers { Fillers::Removed } else { Fillers::Kept },
            numbers: if self.polish.numbers { Numbers::InDigits } else { Numbers::AsRecognised },
        }
    }

    /// A configuration in which every replacement works.
    pub(super) fn checked(self, file: &Path, text: &str) -> Result<Self, ConfigError> {
        match polish::Polish::new(self.polish_rules()) {
            Ok(_) => Ok(self),
            Err((index, fault)) => Err(refused(file, text, index, &fault)),
        }
    }
}

impl std::convert::From<&Replacement> for polish::Replacement {
    fn from(replacement: &Replacement) -> Self {
        Self {
            from: replacement.from.as_str().to_owned(),
            to: replacement.to.as_str().to_owned(),
            from_is: if replacement.regex { From::Pattern } else { From::Words },
            case: if replacement.match_case { Case::Matters } else { Case::Ignored },
        }
    }
}

fn refused(file: &Path, text: &str, index: usize, fault: &Fault) -> ConfigError {
    let (key, hint) = match fault {
        Fault::Empty => (Key::From, "it takes the words to replace"),
        Fault::Pattern { .. } => (
            Key::From,
            "it takes a regular expression in single quotes, such as '(\\d+) percent'; without `regex = true` it is plain words",
        ),
        Fault::FitsEmpty(_) => (Key::From, "write + in place of *, so that there is something to replace"),
        Fault::NoGroup(_) => (Key::To, "groups are written $1 or ${1}, and a dollar sign $$"),
    };
    ConfigError {
        file: file.to_owned(),
        line: line(text, index, key),
        problem: format!("`replacements[{index}].{}` {fault}", key.name()),
        hint: hint.to_owned(),
    }
}

#[derive(Clone, Copy)]
enum Key {
    From,
    To,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
        }
    }
}

/// The line of a replacement's key. The text is read again for it, because places do not belong into the configuration.
fn line(text: &str, index: usize, key: Key) -> u32 {
    #[derive(Deserialize)]
    struct Places {
        replacements: Vec<Place>,
    }
    #[derive(Deserialize)]
    struct Place {
        from: toml::Spanned<String>,
        to: toml::Spanned<String>,
    }
    let Ok(Places { replacements }) = toml::from_str(text) else { return 0 };
    replacements.get(index).map_or(0, |place| {
        let place = match key {
            Key::From => &place.from,
            Key::To => &place.to,
        };
        super::error::line_at(text.as_bytes(), place.span().start)
    })
}
