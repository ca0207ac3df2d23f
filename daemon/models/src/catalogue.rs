//! The catalogue of models hob knows (`catalogue.toml`, embedded): names, licences, and the sources of each file.
//! Says nothing about what is installed; that is the store's business.

mod source;

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::ModelError;
pub use source::{Part, PipFormat, PipSource, Source, SourceKind};

/// All models and sets hob knows. Within a kind, entries go from the best to the least able.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "model")]
    entries: Vec<Entry>,
    #[serde(rename = "set", default)]
    sets: Vec<ModelSet>,
}

impl Catalogue {
    /// The catalogue this build of hob carries.
    pub fn builtin() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| {
            Self::parse(include_str!("../catalogue.toml")).expect("the embedded catalogue is checked by a test")
        })
    }

    /// Reads a catalogue and checks that it holds together.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let catalogue: Self =
            toml::from_str(text).map_err(|error| ModelError::Catalogue { what: error.to_string() })?;
        catalogue.check().map_err(|what| ModelError::Catalogue { what })?;
        Ok(catalogue)
    }

    /// Every entry, best first within a kind.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Named groups of models, for example `starter`.
    pub fn sets(&self) -> &[ModelSet] {
        &self.sets
    }

    /// The entry with this name or alias.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name || entry.aliases.iter().any(|alias| alias == name))
    }

    /// The set with this name.
    pub fn set(&self, name: &str) -> Option<&ModelSet> {
        self.sets.iter().find(|set| set.name == name)
    }

    /// The entry one of whose sources yields a file with this sha256.
    pub fn by_sha256(&self, sha256: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.sources.iter().any(|source| source.sha256() == Some(sha256)))
    }

    fn check(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        for entry in &self.entries {
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                if !is_model_name(name) {
                    return Err(format!("'{name}' is no model name"));
                }
                if !names.insert(name.as_str()) {
                    return Err(format!("the name '{name}' is used twice"));
                }
            }
            if !is_file_name(&entry.file) {
                return Err(format!("{}: '{}' is no file name", entry.name, entry.file));
            }
            if entry.sources.is_empty() {
                return Err(format!("{} has no source", entry.name));
            }
            for source in &entry.sources {
                source.check().map_err(|what| format!("{}: {what}", entry.name))?;
            }
        }
        for set in &self.sets {
            if !names.insert(set.name.as_str()) {
                return Err(format!("the name '{}' is used twice", set.name));
            }
            if let Some(name) = set.models.iter().find(|name| self.get(name).is_none()) {
                return Err(format!("the set {} names '{name}', which is no model", set.name));
            }
        }
        Ok(())
    }
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Speech to text: a Whisper model in ggml format.
    Speech,
    /// Text to text: a language model in GGUF format.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Speech => "speech",
            Self::Text => "text",
        })
    }
}

/// One model hob knows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What the user types, and the name of the model's folder.
    pub name: String,
    /// What the model is for.
    pub kind: Kind,
    /// What people call it.
    pub title: String,
    /// One line that helps to choose.
    pub description: String,
    /// The name of the model file inside the model's folder.
    pub file: String,
    /// SPDX identifier.
    pub licence: String,
    /// Which languages it knows, for people.
    pub languages: String,
    /// Text models: the context the model was trained for, in tokens.
    pub context: Option<u32>,
    /// Other names it answers to.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where it can be had, in the order they are tried.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

impl Entry {
    /// Bytes on disk once installed, from the first source.
    pub fn bytes(&self) -> u64 {
        self.sources.first().map_or(0, Source::bytes)
    }
}

/// A named group of models.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSet {
    /// What the user types.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Names of entries.
    pub models: Vec<String>,
}

/// Whether this can be a model's name and the name of its folder: no slash, no leading dot, nothing a shell would touch.
pub(crate) fn is_model_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && !name.starts_with(['.', '-'])
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_holds_together() {
        let catalogue = Catalogue::builtin();
        let starter = catalogue.set("starter").unwrap();
        assert_eq!(starter.models, ["tiny.en", "smollm2-135m"]);
        assert_eq!(catalogue.set("recommended").unwrap().models, ["base", "qwen2.5-coder-1.5b"]);
        assert_eq!(catalogue.get("turbo").unwrap().name, "large-v3-turbo");
        for name in starter.models.iter().chain(&catalogue.set("recommended").unwrap().models) {
            let kinds: Vec<_> = catalogue.get(name).unwrap().sources.iter().map(Source::kind).collect();
            assert_eq!(kinds, [SourceKind::Hub, SourceKind::Pip], "{name}");
        }
    }

    #[test]
    fn hub_addresses_are_https_and_name_a_revision() {
        for entry in Catalogue::builtin().entries() {
            for source in &entry.sources {
                if let Source::Hub { url, .. } = source {
                    assert!(url.starts_with("https://"), "{url}");
                    let revision = url.split("/resolve/").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
                    assert_eq!(revision.len(), 40, "{url}");
                    assert!(url.ends_with(&entry.file), "{url}");
                }
            }
        }
    }

    #[test]
    fn a_bad_catalogue_is_refused() {
        let entry = |name: &str, sum: &str| {
            format!(
                "[[model]]\nname = \"{name}\"\nkind = \"text\"\ntitle = \"t\"\ndescription = \"d\"\nfile = \"f\"\nlicence = \"MIT\"\n\
                 languages = \"English\"\n[[model.source]]\nfrom = \"hub\"\nurl = \"https://hub/f\"\nbytes = 1\nsha256 = \"{sum}\"\n"
            )
        };
        let refused = |text: &str| Catalogue::parse(text).unwrap_err().to_string();
        assert!(Catalogue::parse(&entry("fine", "unstated")).is_ok());
        assert!(refused(&entry("../up", "unstated")).contains("'../up' is no model name"));
        assert!(refused(&entry("fine", "123")).contains("'123' is no sha256"));
        assert!(refused(&(entry("twice", "unstated") + &entry("twice", "unstated"))).contains("used twice"));
        assert!(refused("[[model]]\nshape = 1").contains("shape"));
    }
}
