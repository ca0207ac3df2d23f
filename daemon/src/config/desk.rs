//! What the configuration says about the desktop: keys, insertion, rules for single programs, and what the person is told.

use std::collections::BTreeMap;

use hob_protocol::Secret;
use regex::Regex;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::value::{self, OneOf};
use super::{Choice, section};
use crate::core::{Newline, PasteKey};

/// Keys that work whatever window has the keyboard. A key is written as its name with `ctrl`, `alt`, `shift` and `super` before
/// it, such as `ctrl+alt+space` or `F9`; empty for none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [keys]")]
pub struct Keys {
    /// Held it is push-to-talk; tapped it begins a dictation, and the next press ends it.
    #[serde(deserialize_with = "key")]
    pub dictate: String,
    /// Throws the running dictation away.
    #[serde(deserialize_with = "key")]
    pub cancel: String,
    /// Takes back what was inserted last.
    #[serde(deserialize_with = "key")]
    pub undo: String,
    /// Shows the text actions for the selection.
    #[serde(deserialize_with = "key")]
    pub menu: String,
    /// Where keys come from: `auto`, `x11`, `global-hotkey` (X11 through a crate of that name), `portal`, `evdev` (reads the keyboard's device, never on its own accord) or `none`.
    #[serde(deserialize_with = "source")]
    pub source: KeySource,
    /// The dictation key released before so many milliseconds is a tap, 0 to 5000; with 0 it is always held.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 5000>")]
    pub hold_ms: u32,
    /// A key for a text action on the selection, by the action's name.
    #[serde(deserialize_with = "action_keys")]
    pub actions: BTreeMap<String, String>,
}

/// Where keys come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeySource {
    /// The best one this desktop has.
    #[default]
    Auto,
    X11,
    /// X11 through the crate of this name.
    #[serde(rename = "global-hotkey")]
    GlobalHotkey,
    Portal,
    Evdev,
    None,
}

/// How text gets to the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [insert]")]
pub struct Insert {
    /// Names of insertion methods in the order in which they are tried, as `hob doctor` shows them; empty leaves the order to hob.
    #[serde(deserialize_with = "value::methods")]
    pub methods: Vec<String>,
    /// The program of the method `command`, with its arguments; it gets the text on its standard input.
    #[serde(deserialize_with = "value::command")]
    pub command: Vec<String>,
    /// What pastes: `auto`, `ctrl+v`, `shift+insert` or `ctrl+shift+v`.
    #[serde(deserialize_with = "paste_key", serialize_with = "as_written")]
    pub paste_key: PasteKey,
    /// What ends a line: `auto`, `return`, `shift+return` or `space`.
    #[serde(deserialize_with = "newline", serialize_with = "as_written")]
    pub newline: Newline,
    /// A text of so many characters or more is pasted, a shorter one typed, 0 to 100000; 0 pastes every text.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 100_000>")]
    pub paste_from_chars: u32,
    /// Put back what was on the clipboard before a paste.
    #[serde(deserialize_with = "value::switch")]
    pub restore_clipboard: bool,
}

/// What is different for some windows. Of several rules that fit, the first one that has a key decides about it; vocabularies add up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table: keys below a line [[apps]]")]
pub struct App {
    /// A regular expression for the class of an X11 window or the application id of a Wayland one. Left out, any fits.
    pub class: Option<Pattern>,
    /// A regular expression for the window's title. Left out, any fits.
    pub title: Option<Pattern>,
    /// As `speech.language`.
    #[serde(deserialize_with = "language")]
    pub language: Option<Choice>,
    /// Words beside those of `speech.vocabulary`.
    #[serde(deserialize_with = "value::vocabulary")]
    pub vocabulary: Vec<Secret>,
    /// A text action for what is dictated there.
    #[serde(deserialize_with = "action")]
    pub action: Option<String>,
    /// An insertion method, as in `insert.methods`.
    #[serde(deserialize_with = "method")]
    pub method: Option<String>,
    #[serde(deserialize_with = "some_paste_key", serialize_with = "some_as_written")]
    pub paste_key: Option<PasteKey>,
    #[serde(deserialize_with = "some_newline", serialize_with = "some_as_written")]
    pub newline: Option<Newline>,
}

/// How hob makes itself felt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [feedback]")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the file")]
pub struct Feedback {
    /// Short sounds when recording begins, when the text has arrived, and when something failed.
    #[serde(deserialize_with = "value::switch")]
    pub sounds: bool,
    #[serde(deserialize_with = "value::switch")]
    pub notifications: bool,
    /// A small window with the level and the words while you speak.
    #[serde(deserialize_with = "value::switch")]
    pub indicator: bool,
    #[serde(deserialize_with = "value::switch")]
    pub tray: bool,
    /// Dictated words may be shown in notifications.
    #[serde(deserialize_with = "value::switch")]
    pub show_text: bool,
}

/// A regular expression of the crate `regex`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pattern(String);

/// The keys of a rule for some windows, for suggestions.
pub(super) const APP_KEYS: [&str; 8] = [
    "apps.action",
    "apps.class",
    "apps.language",
    "apps.method",
    "apps.newline",
    "apps.paste_key",
    "apps.title",
    "apps.vocabulary",
];

impl Keys {
    pub const DEFAULT_DICTATE: &str = "ctrl+alt+space";
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            dictate: Self::DEFAULT_DICTATE.to_owned(),
            cancel: String::new(),
            undo: String::new(),
            menu: String::new(),
            source: KeySource::Auto,
            hold_ms: 400,
            actions: BTreeMap::new(),
        }
    }
}

impl Default for Insert {
    fn default() -> Self {
        Self {
            methods: Vec::new(),
            command: Vec::new(),
            paste_key: PasteKey::Auto,
            newline: Newline::Auto,
            paste_from_chars: 200,
            restore_clipboard: true,
        }
    }
}

impl Default for Feedback {
    fn default() -> Self {
        Self { sounds: true, notifications: true, indicator: false, tray: true, show_text: false }
    }
}

impl Pattern {
    /// Small and capital letters are the same to it.
    pub fn regex(&self) -> Regex {
        compiled(&self.0).expect("a configuration is checked when it is read")
    }
}

fn compiled(pattern: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(pattern).case_insensitive(true).build()
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowed = "a regular expression in single quotes, such as '^firefox$'";
        value::text(deserializer, allowed, |text| compiled(text).is_ok()).map(Self)
    }
}

const SOURCES: OneOf<KeySource> = OneOf {
    allowed: "\"auto\", \"x11\", \"global-hotkey\", \"portal\", \"evdev\" or \"none\"",
    values: &[
        ("auto", KeySource::Auto),
        ("x11", KeySource::X11),
        ("global-hotkey", KeySource::GlobalHotkey),
        ("portal", KeySource::Portal),
        ("evdev", KeySource::Evdev),
        ("none", KeySource::None),
    ],
};

const PASTE_KEYS: OneOf<PasteKey> = OneOf {
    allowed: "\"auto\", \"ctrl+v\", \"shift+insert\" or \"ctrl+shift+v\"",
    values: &[
        ("auto", PasteKey::Auto),
        ("ctrl+v", PasteKey::CtrlV),
        ("shift+insert", PasteKey::ShiftInsert),
        ("ctrl+shift+v", PasteKey::CtrlShiftV),
    ],
};

const NEWLINES: OneOf<Newline> = OneOf {
    allowed: "\"auto\", \"return\", \"shift+return\" or \"space\"",
    values: &[
        ("auto", Newline::Auto),
        ("return", Newline::Return),
        ("shift+return", Newline::ShiftReturn),
        ("space", Newline::Space),
    ],
};

const KEY: &str = "a key such as \"ctrl+alt+space\" or \"F9\", or \"\" for none";

fn source<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeySource, D::Error> {
    deserializer.deserialize_str(SOURCES)
}

fn paste_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PasteKey, D::Error> {
    deserializer.deserialize_str(PASTE_KEYS)
}

fn some_paste_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PasteKey>, D::Error> {
    paste_key(deserializer).map(Some)
}

fn newline<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Newline, D::Error> {
    deserializer.deserialize_str(NEWLINES)
}

fn some_newline<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Newline>, D::Error> {
    newline(deserializer).map(Some)
}

fn language<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Choice>, D::Error> {
    value::language(deserializer).map(Some)
}

fn method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    value::method(deserializer).map(Some)
}

fn action<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let allowed = "the name of a text action (`hob actions`)";
    value::text(deserializer, allowed, |name| !name.is_empty()).map(Some)
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    value::text(deserializer, KEY, is_key)
}

/// Whether it looks like a key. Which names there are depends on the desktop; the adapter of keys knows.
fn is_key(text: &str) -> bool {
    text.is_empty() || text.split('+').all(|part| !part.is_empty() && !part.contains(char::is_whitespace))
}

fn action_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let allowed = "a section [keys.actions]: the name of an action (`hob actions`), and its key";
    section::texts::<_, Key>(deserializer, allowed)
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        key(deserializer).map(Self)
    }
}

impl From<Key> for String {
    fn from(Key(key): Key) -> Self {
        key
    }
}

/// A value that has one spelling in the file.
trait Written: Copy {
    fn written(self) -> &'static str;
}

impl Written for PasteKey {
    fn written(self) -> &'static str {
        PASTE_KEYS.written(self)
    }
}

impl Written for Newline {
    fn written(self) -> &'static str {
        NEWLINES.written(self)
    }
}

fn as_written<T: Written, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.written())
}

#[expect(clippy::ref_option, reason = "the signature that serde's serialize_with asks for")]
fn some_as_written<T: Written, S: serde::Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(T::written).serialize(serializer)
}
