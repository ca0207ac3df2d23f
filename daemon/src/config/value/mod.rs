//! What a key can take. Each function says in words what it allows; a refused value's hint is made of these words.

mod kinds;

use std::marker::PhantomData;

use hob_protocol::Secret;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::{App, Audio, Replacement};
use crate::polish::Commands;
pub(super) use kinds::OneOf;
use kinds::{List, Name, OrNever, Switch, Whole, Zero};

/// A name, or the daemon's own choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    Auto,
    Named(String),
}

impl Choice {
    const AUTO: &str = "auto";

    /// The name; `None` for the daemon's own choice.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Auto => None,
            Self::Named(name) => Some(name),
        }
    }
}

impl From<String> for Choice {
    fn from(name: String) -> Self {
        if name == Self::AUTO { Self::Auto } else { Self::Named(name) }
    }
}

impl Serialize for Choice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.named().unwrap_or(Self::AUTO))
    }
}

/// A whole number from `MIN` to `MAX`.
pub(super) fn whole<'de, D, T, const MIN: u32, const MAX: u32>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    deserializer.deserialize_u32(Whole { min: MIN, max: MAX, zero: Zero::AsAnyOther, number: PhantomData })
}

/// 0, or a whole number from `MIN` to `MAX`.
pub(super) fn zero_or_whole<'de, D, T, const MIN: u32, const MAX: u32>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    deserializer.deserialize_u32(Whole { min: MIN, max: MAX, zero: Zero::Allowed, number: PhantomData })
}

/// A whole number from 0 to `MAX`, or `never`, which is 0.
pub(super) fn whole_or_never<'de, D, const MAX: u32>(deserializer: D) -> Result<u32, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(OrNever(Whole { min: 0, max: MAX, zero: Zero::AsAnyOther, number: PhantomData }))
}

/// The name of a model. Whether there is one of that name only the model folder knows.
pub(super) fn model<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Choice, D::Error> {
    const MODEL: Name = Name { allowed: "the name of a model (`hob models list`), or \"auto\"", fits: is_name };
    deserializer.deserialize_str(MODEL).map(Choice::from)
}

/// The codes of languages, with commas between them. Whether a model knows them only the engine knows.
pub(super) fn language<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Choice, D::Error> {
    const LANGUAGE: Name = Name {
        allowed: "the ISO 639 code of a language, such as \"en\", several with commas, or \"auto\"",
        fits: are_languages,
    };
    deserializer.deserialize_str(LANGUAGE).map(Choice::from)
}

pub(super) fn device<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    const DEVICE: Name = Name { allowed: "the name of an input device, or \"default\"", fits: is_filled };
    deserializer.deserialize_str(DEVICE)
}

/// The name of a sound system.
pub(super) fn audio<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Audio, D::Error> {
    const SYSTEMS: OneOf<Audio> = OneOf {
        allowed: "\"auto\", \"pipewire\", \"pulseaudio\" or \"alsa\"",
        values: &[
            ("auto", Audio::Auto),
            ("pipewire", Audio::PipeWire),
            ("pulseaudio", Audio::PulseAudio),
            ("alsa", Audio::Alsa),
        ],
    };
    deserializer.deserialize_str(SYSTEMS)
}

pub(super) fn prompt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    const PROMPT: Name = Name { allowed: "a text", fits: |_| true };
    deserializer.deserialize_str(PROMPT).map(Secret::from)
}

pub(super) fn builds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    const BUILDS: List<Build> =
        List { allowed: "a list of engine builds, such as [\"x86-64-v4\"]", items: PhantomData };
    Ok(deserializer.deserialize_seq(BUILDS)?.into_iter().map(|Build(build)| build).collect())
}

pub(super) fn vocabulary<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Secret>, D::Error> {
    const WORDS: List<Word> =
        List { allowed: "a list of names and words, such as [\"Ada Lovelace\"]", items: PhantomData };
    Ok(deserializer.deserialize_seq(WORDS)?.into_iter().map(|Word(word)| word).collect())
}

pub(super) fn replacements<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Replacement>, D::Error> {
    const REPLACEMENTS: List<Replacement> =
        List { allowed: "tables: lines [[replacements]] with `from` and `to` below each", items: PhantomData };
    deserializer.deserialize_seq(REPLACEMENTS)
}

pub(super) fn apps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<App>, D::Error> {
    const APPS: List<App> =
        List { allowed: "tables: lines [[apps]] with `class` and what is different below each", items: PhantomData };
    deserializer.deserialize_seq(APPS)
}

/// One of the words for what to do about spoken commands.
pub(super) fn commands<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Commands, D::Error> {
    const COMMANDS: OneOf<Commands> = OneOf {
        allowed: "\"on\", \"off\" or \"all\"",
        values: &[("on", Commands::On), ("off", Commands::Off), ("all", Commands::All)],
    };
    deserializer.deserialize_str(COMMANDS)
}

pub(super) fn switch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_bool(Switch)
}

/// A text that `fits`; `allowed` says in words which do.
pub(super) fn text<'de, D: Deserializer<'de>>(
    deserializer: D,
    allowed: &'static str,
    fits: fn(&str) -> bool,
) -> Result<String, D::Error> {
    deserializer.deserialize_str(Name { allowed, fits })
}

/// The names of models.
pub(super) fn pinned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    const MODELS: List<Model> =
        List { allowed: "a list of models (`hob models list`), such as [\"base\"]", items: PhantomData };
    Ok(deserializer.deserialize_seq(MODELS)?.into_iter().map(|Model(name)| name).collect())
}

/// The names of insertion methods. Which there are depends on the desktop.
pub(super) fn methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    const METHODS: List<InsertionMethod> =
        List { allowed: "a list of insertion methods (`hob doctor`), such as [\"clipboard\"]", items: PhantomData };
    Ok(deserializer.deserialize_seq(METHODS)?.into_iter().map(|InsertionMethod(name)| name).collect())
}

pub(super) fn method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, "the name of an insertion method (`hob doctor`)", is_name)
}

/// A program and its arguments.
pub(super) fn command<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    const COMMAND: List<String> =
        List { allowed: "a list: a program and its arguments, such as [\"wl-copy\"]", items: PhantomData };
    deserializer.deserialize_seq(COMMAND)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn are_languages(text: &str) -> bool {
    let is_code = |code: &str| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    text == Choice::AUTO || text.split(',').all(|code| is_code(code.trim()))
}

pub(super) fn is_filled(text: &str) -> bool {
    !text.trim().is_empty()
}

struct Build(String);

impl<'de> Deserialize<'de> for Build {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const BUILD: Name = Name { allowed: "the name of an engine build, such as \"x86-64-v4\"", fits: is_name };
        deserializer.deserialize_str(BUILD).map(Self)
    }
}

struct InsertionMethod(String);

impl<'de> Deserialize<'de> for InsertionMethod {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        method(deserializer).map(Self)
    }
}

struct Model(String);

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "the name of a model (`hob models list`)", is_name).map(Self)
    }
}

struct Word(Secret);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WORD: Name = Name { allowed: "a name or a word, such as \"Ada Lovelace\"", fits: is_filled };
        deserializer.deserialize_str(WORD).map(|word| Self(word.into()))
    }
}
