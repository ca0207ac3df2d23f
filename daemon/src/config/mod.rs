//! The configuration file: what it may hold, its defaults, and how it is read. Every key may be left out, and so may the file.
//! Nothing here watches the file or puts a value into force.

mod actions;
mod desk;
mod edit;
mod error;
mod polish;
mod section;
mod text;
mod value;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use hob_protocol::Secret;
use serde::{Deserialize, Serialize};

pub use actions::OwnAction;
pub use desk::{App, Feedback, Insert, KeySource, Keys, Pattern};
pub use edit::set;
pub use error::ConfigError;
pub use polish::{Polish, Replacement};
pub use text::Text;
pub use value::Choice;

/// Overrides the file's path.
pub const CONFIG_VARIABLE: &str = "HOB_CONFIG";

/// A file beyond this size is not a configuration, and is not read into memory.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The whole configuration. Names ending in `_s` are seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "sections such as [speech]")]
pub struct Config {
    pub speech: Speech,
    pub text: Text,
    pub dictation: Dictation,
    pub polish: Polish,
    pub history: History,
    pub engines: Engines,
    pub memory: Memory,
    pub limits: Limits,
    pub keys: Keys,
    pub insert: Insert,
    pub feedback: Feedback,
    /// The user's own text actions, by name.
    #[serde(deserialize_with = "actions::own")]
    pub actions: BTreeMap<String, OwnAction>,
    #[serde(deserialize_with = "value::replacements")]
    pub replacements: Vec<Replacement>,
    #[serde(deserialize_with = "value::apps")]
    pub apps: Vec<App>,
}

/// Speech recognition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [speech]")]
pub struct Speech {
    /// Name of a speech model, such as `base`, or `auto` for the best one installed.
    #[serde(deserialize_with = "value::model")]
    pub model: Choice,
    /// ISO 639-1 code of the language spoken, such as `en`, several such as `en,de` to detect it among them, or `auto`.
    #[serde(deserialize_with = "value::language")]
    pub language: Choice,
    /// Names and words that may occur, in plain text.
    #[serde(deserialize_with = "value::prompt")]
    pub prompt: Secret,
    /// Names and words that are put right where something like them was recognised. The first of them are part of the prompt, too.
    #[serde(deserialize_with = "value::vocabulary")]
    pub vocabulary: Vec<Secret>,
    /// Threads for recognition, 0 to 256; 0 leaves the choice to the engine.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 256>")]
    pub threads: u16,
}

/// Dictation from the microphone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [dictation]")]
pub struct Dictation {
    /// Name of a microphone as `hob microphones` shows it, or `default` to follow the desktop's own choice.
    #[serde(deserialize_with = "value::device")]
    pub microphone: String,
    /// The sound system to record from: `auto`, `pipewire`, `pulseaudio` or `alsa`.
    #[serde(deserialize_with = "value::audio")]
    pub audio: Audio,
    /// Milliseconds of sound from before the key press that belong to a dictation, 0 to 2000. Beyond 0 the microphone is open
    /// all the time; the sound is in memory only.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 2000>")]
    pub pre_roll_ms: u32,
    /// How many seconds the microphone stays open after a dictation, 0 to 3600, so that the next one begins at once.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 3600>")]
    pub keep_open_s: u32,
    /// A dictation that is not held by a key ends by itself after so many seconds without speech, 0 to 600; 0 never.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 600>")]
    pub auto_stop_s: u32,
    /// The longest dictation in seconds, 1 to 21600 (six hours); it then ends by itself, with its words.
    #[serde(deserialize_with = "value::whole::<_, _, 1, 21_600>")]
    pub max_s: u32,
}

/// What is kept of dictations once their text has been delivered. A recording whose text reached nobody is always kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [history]")]
pub struct History {
    /// Keep recordings as long as their texts.
    #[serde(deserialize_with = "value::switch")]
    pub audio: bool,
    /// Texts that are kept, 0 to 100000; 0 keeps none.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 100_000>")]
    pub texts: u32,
    /// Days after which a text is deleted, 1 to 36500 (a century).
    #[serde(deserialize_with = "value::whole::<_, _, 1, 36_500>")]
    pub days: u32,
}

/// The engine processes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [engines]")]
pub struct Engines {
    /// An engine without work ends after this many seconds, up to 604800 (a week); 0 or `never` keeps it for ever.
    #[serde(deserialize_with = "value::whole_or_never::<_, 604_800>")]
    pub idle_s: u32,
    /// Engine builds that are never used, such as `x86-64-v4`.
    #[serde(deserialize_with = "value::builds")]
    pub forbid_builds: Vec<String>,
}

/// What the models may take, and what is done on battery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [memory]")]
pub struct Memory {
    /// What all models together may take, in MB of 1048576 bytes, up to 1048576; 0 allows half of the machine's memory.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 1_048_576>")]
    pub budget_mb: u32,
    /// Names of models that stay loaded once they are, whatever happens but sleep.
    #[serde(deserialize_with = "value::pinned")]
    pub pinned: Vec<String>,
    /// Threads of an engine while the machine runs on battery, 0 to 256; 0 makes no difference.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 256>")]
    pub battery_threads: u16,
}

/// How much the daemon takes on at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [limits]")]
pub struct Limits {
    /// Connections to the socket at one time, 1 to 4096.
    #[serde(deserialize_with = "value::whole::<_, _, 1, 4096>")]
    pub connections: u32,
    /// Requests that are running or waiting at one time, 1 to 4096.
    #[serde(deserialize_with = "value::whole::<_, _, 1, 4096>")]
    pub requests: u32,
}

/// A sound system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audio {
    /// The best one there is.
    #[default]
    Auto,
    PipeWire,
    PulseAudio,
    Alsa,
}

impl Dictation {
    /// The value of `microphone` that follows the desktop's choice.
    pub const DEFAULT_MICROPHONE: &str = "default";
}

impl Default for Dictation {
    fn default() -> Self {
        Self {
            microphone: Self::DEFAULT_MICROPHONE.to_owned(),
            audio: Audio::Auto,
            pre_roll_ms: 0,
            keep_open_s: 0,
            auto_stop_s: 0,
            max_s: 3600,
        }
    }
}

impl Default for History {
    fn default() -> Self {
        Self { audio: false, texts: 100, days: 30 }
    }
}

impl Default for Engines {
    fn default() -> Self {
        Self { idle_s: 900, forbid_builds: Vec::new() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 128, requests: 64 }
    }
}

/// There is no home folder that could hold a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no place for the configuration: HOME and HOB_CONFIG are both unset")]
pub struct NoConfigPath;

/// `$HOB_CONFIG`, else `hob/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`.
pub fn path(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, NoConfigPath> {
    if let Some(path) = variable(CONFIG_VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    let folders = etcetera::choose_base_strategy().map_err(|_| NoConfigPath)?;
    Ok(folders.config_dir().join("hob").join("config.toml"))
}

/// Reads the file; one that does not exist holds the defaults.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    match read(path) {
        Ok(bytes) => parse(path, &bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(ConfigError::unreadable(path, &error)),
    }
}

/// The keys whose values differ, dotted and in alphabetical order.
pub fn changes(old: &Config, new: &Config) -> Vec<String> {
    let (old, new) = (values(old), values(new));
    // Sections of the user's own come and go.
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).cloned().collect()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Config, ConfigError> {
    let text = std::str::from_utf8(bytes).map_err(|error| ConfigError::not_utf8(path, bytes, error))?;
    // Some editors begin a file with a byte order mark. It is one character of the first line, so lines stay right.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document =
        toml::Deserializer::parse(text).map_err(|error| ConfigError::of_toml(path, text, "", &error, &names()))?;
    let config: Result<Config, _> = serde_path_to_error::deserialize(document);
    let config = config.map_err(|error| {
        let key = error.path().to_string();
        ConfigError::of_toml(path, text, &key, error.inner(), &names())
    })?;
    config.checked(path, text)?.with_known_actions(path, text)
}

/// Everything that can be written, for suggestions.
fn names() -> Vec<String> {
    keys()
        .into_iter()
        .chain(
            polish::REPLACEMENT_KEYS
                .iter()
                .chain(&desk::APP_KEYS)
                .chain(&actions::ACTION_KEYS)
                .map(|&key| key.to_owned()),
        )
        .collect()
}

/// Every key there is, dotted.
fn keys() -> Vec<String> {
    values(&Config::default()).into_keys().collect()
}

fn values(config: &Config) -> BTreeMap<String, serde_json::Value> {
    let sections = serde_json::to_value(config).expect("a configuration holds strings and numbers");
    let serde_json::Value::Object(sections) = sections else { unreachable!("a configuration is a struct") };
    let of_section = |(section, values): (String, serde_json::Value)| match values {
        serde_json::Value::Object(values) => {
            values.into_iter().map(|(key, value)| (format!("{section}.{key}"), value)).collect()
        }
        list => vec![(section, list)],
    };
    sections.into_iter().flat_map(of_section).collect()
}
