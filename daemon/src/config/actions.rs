//! What the configuration says about text actions: the user's own, each a section `[actions.NAME]`, and where actions are named elsewhere.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use super::value::{self, OneOf};
use super::{Choice, Config, ConfigError};
use crate::actions::{self, Keep, Output, Registry};

/// An action of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section: keys below a line [actions.NAME]")]
pub struct OwnAction {
    /// What to do with the text. `{language}`, `{tone}` and `{question}` stand for the options of these names, which it then needs.
    #[serde(deserialize_with = "prompt")]
    pub prompt: String,
    /// One line for lists and menus; the prompt if left out.
    #[serde(default, deserialize_with = "help")]
    pub help: String,
    /// `replace` (the result takes the place of the text), `text`, `line` or `json`. If left out, `json` with a schema, else `replace`.
    #[serde(default, deserialize_with = "output", serialize_with = "output_as_written")]
    pub output: Option<Output>,
    /// The JSON schema of the result: a table, or a text in JSON.
    #[serde(default, deserialize_with = "schema")]
    pub schema: Option<serde_json::Value>,
    /// What has to be in the result as it is in the text: `numbers`, `names`, `links`, `code`, `language`.
    #[serde(default)]
    pub keep: Vec<Kept>,
    /// How long the result may become, in percent of the text, 1 to 1000.
    #[serde(default = "usual_percent", deserialize_with = "value::whole::<_, _, 1, 1000>")]
    pub percent: u32,
    /// Name of a text model, or `auto`.
    #[serde(default, deserialize_with = "value::model")]
    pub model: Choice,
    /// What good results look like.
    #[serde(default)]
    pub examples: Vec<Example>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `text` and `answer`")]
pub struct Example {
    pub text: String,
    pub answer: String,
}

/// One of [`Keep`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept(Keep);

/// The keys of an action, for suggestions; not `model`, which other sections have as well.
pub(super) const ACTION_KEYS: [&str; 7] = [
    "actions.examples",
    "actions.help",
    "actions.keep",
    "actions.output",
    "actions.percent",
    "actions.prompt",
    "actions.schema",
];

const OUTPUTS: OneOf<Output> = OneOf {
    allowed: "\"replace\", \"text\", \"line\" or \"json\"",
    values: &[("replace", Output::Replace), ("text", Output::Text), ("line", Output::Line), ("json", Output::Json)],
};

const KEPT: OneOf<Keep> = OneOf {
    allowed: "\"numbers\", \"names\", \"links\", \"code\" or \"language\"",
    values: &[
        ("numbers", Keep::Numbers),
        ("names", Keep::Names),
        ("links", Keep::Links),
        ("code", Keep::Code),
        ("language", Keep::Language),
    ],
};

impl Config {
    /// The actions that come with hob, and those of this configuration.
    pub fn registry(&self) -> Registry {
        let own = self.actions.iter().map(|(name, action)| action.named(name));
        Registry::new(own).with_adapters(self.text.adapters.clone())
    }

    /// Actions that are named as if there were one.
    pub(super) fn with_known_actions(self, file: &Path, text: &str) -> Result<Self, ConfigError> {
        let registry = self.registry();
        let by_app = self.apps.iter().filter_map(|app| app.action.as_ref());
        let named = self.keys.actions.keys().map(|name| ("keys.actions", name));
        let named = named.chain(self.text.adapters.keys().map(|name| ("text.adapters", name)));
        for (key, name) in named.chain(by_app.map(|name| ("apps.action", name))) {
            if registry.check(name).is_err() {
                return Err(ConfigError {
                    file: file.to_owned(),
                    line: line_of(text, name),
                    problem: format!("`{key}` names the action `{name}`, which there is not"),
                    hint: "`hob actions` lists the actions; one of your own is a section [actions.NAME]".to_owned(),
                });
            }
        }
        let with_useless_schema = |action: &OwnAction| action.schema.is_some() && action.kind() != Output::Json;
        if let Some((name, _)) = self.actions.iter().find(|(_, action)| with_useless_schema(action)) {
            return Err(ConfigError {
                file: file.to_owned(),
                line: line_of(text, "schema"),
                problem: format!("`actions.{name}.schema` has no effect with another output than \"json\""),
                hint: "leave out `output`, or the schema".to_owned(),
            });
        }
        Ok(self)
    }
}

impl OwnAction {
    fn kind(&self) -> Output {
        let usual = if self.schema.is_some() { Output::Json } else { Output::default() };
        self.output.unwrap_or(usual)
    }

    fn named(&self, name: &str) -> actions::OwnAction {
        let help = if self.help.is_empty() { first_line(&self.prompt) } else { &self.help };
        let examples = self.examples.iter();
        actions::OwnAction {
            name: name.to_owned(),
            help: help.to_owned(),
            prompt: self.prompt.trim().to_owned(),
            output: self.kind(),
            examples: examples
                .map(|Example { text, answer }| actions::OwnExample { text: text.clone(), answer: answer.clone() })
                .collect(),
            model: self.model.named().map(str::to_owned),
            percent: self.percent,
            keep: self.keep.iter().map(|kept| kept.0).collect(),
            schema: self.schema.clone(),
        }
    }
}

/// By name.
pub(super) fn own<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, OwnAction>, D::Error> {
    deserializer.deserialize_map(OwnActions)
}

struct OwnActions;

impl<'de> Visitor<'de> for OwnActions {
    type Value = BTreeMap<String, OwnAction>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sections [actions.NAME], with a name of small letters, digits and hyphens that no action has yet")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut own = BTreeMap::new();
        let built_in = Registry::default();
        let is_name = |name: &str| {
            name.starts_with(|letter: char| letter.is_ascii_lowercase())
                && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
        };
        while let Some(name) = map.next_key::<String>()? {
            if !is_name(&name) || built_in.check(&name).is_ok() {
                return Err(M::Error::invalid_value(Unexpected::Str(&name), &self));
            }
            let action = map.next_value()?;
            own.insert(name, action);
        }
        Ok(own)
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KEPT).map(Self)
    }
}

impl Serialize for Kept {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(KEPT.written(self.0))
    }
}

fn prompt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    value::text(deserializer, "what to do with a text, such as \"Write the notes as a letter.\"", |text| {
        !text.trim().is_empty()
    })
}

fn help<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    value::text(deserializer, "one line of text", |text| !text.contains('\n'))
}

fn output<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Output>, D::Error> {
    deserializer.deserialize_str(OUTPUTS).map(Some)
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde's serialize_with asks for"
)]
fn output_as_written<S: serde::Serializer>(output: &Option<Output>, serializer: S) -> Result<S::Ok, S::Error> {
    output.map(|output| OUTPUTS.written(output)).serialize(serializer)
}

fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<serde_json::Value>, D::Error> {
    deserializer.deserialize_any(Schema).map(Some)
}

/// A table, or JSON of one in a text. Whether it is a schema that can be followed only the engine knows.
struct Schema;

impl<'de> Visitor<'de> for Schema {
    type Value = serde_json::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON schema, as a table or as a text such as '{\"type\": \"object\"}'")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match serde_json::from_str(text) {
            Ok(schema @ serde_json::Value::Object(_)) => Ok(schema),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
        serde_json::Value::deserialize(serde::de::value::MapAccessDeserializer::new(map))
    }
}

fn usual_percent() -> u32 {
    actions::OwnAction::USUAL_PERCENT
}

fn first_line(prompt: &str) -> &str {
    prompt.trim().lines().next().unwrap_or_default()
}

/// The first line that has the word; places do not belong into the configuration, so the text is looked at again.
fn line_of(text: &str, word: &str) -> u32 {
    let is_it = |line: &str| {
        let line = line.split('#').next().unwrap_or_default();
        line.split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_').any(|part| part == word)
    };
    text.lines().position(is_it).map_or(0, |line| line as u32 + 1)
}
