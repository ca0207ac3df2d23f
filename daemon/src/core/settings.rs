//! What the configuration means to the core, in its own terms.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::apps::AppRule;
use crate::actions::Registry;
use crate::polish::Polish;

#[derive(Debug, Clone)]
pub struct Settings {
    pub speech: SpeechSettings,
    pub text: TextSettings,
    /// What is done to text that was recognised.
    pub polish: Arc<Polish>,
    /// An engine without work ends after this time; `None` keeps it for ever.
    pub idle: Option<Duration>,
    /// What all models together may take, estimated; `None` sets no limit.
    pub budget_bytes: Option<u64>,
    /// Models that stay loaded once they are.
    pub pinned: Vec<String>,
    /// The same, asked for by `Load` and not by the configuration.
    pub pinned_by_hand: BTreeSet<String>,
    /// Threads of an engine on battery; 0 makes no difference.
    pub battery_threads: u16,
    /// The machine is on battery.
    pub economy: bool,
    /// An engine that works on a request and says nothing for this long is taken for dead.
    pub silence: Duration,
    /// Requests that may be open at once.
    pub requests: usize,
    /// The longest dictation; it then ends by itself, with its words.
    pub longest_dictation: Duration,
    /// Silence that ends a dictation that is not held by a key.
    pub auto_stop: Option<Duration>,
    /// A key that is released before it was tapped, and not held.
    pub hold: Duration,
    pub apps: Vec<AppRule>,
    /// Those that come with hob, and the user's own.
    pub actions: Arc<Registry>,
    /// What is said for the cursor is shown on the screen while it is spoken.
    pub indicator: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpeechSettings {
    /// `None` takes the best one installed.
    pub model: Option<String>,
    /// ISO 639-1 code; `None` detects it.
    pub language: Option<String>,
    pub prompt: Option<String>,
    /// 0 leaves the choice to the engine.
    pub threads: u16,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextSettings {
    pub model: Option<String>,
    pub threads: u16,
    /// 0 leaves the choice to the engine.
    pub context_tokens: u32,
    /// Where the engine may keep what it has computed, and how many bytes of it.
    pub states: Option<(PathBuf, u64)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            speech: SpeechSettings::default(),
            text: TextSettings::default(),
            polish: Arc::default(),
            idle: Some(Duration::from_mins(15)),
            budget_bytes: None,
            pinned: Vec::new(),
            pinned_by_hand: BTreeSet::new(),
            battery_threads: 0,
            economy: false,
            silence: Duration::from_mins(5),
            requests: 64,
            longest_dictation: Duration::from_mins(30),
            auto_stop: None,
            hold: Duration::from_millis(400),
            apps: Vec::new(),
            actions: Arc::default(),
            indicator: false,
        }
    }
}

impl Settings {
    pub fn is_pinned(&self, model: &str) -> bool {
        self.pinned_by_hand.contains(model) || self.pinned.iter().any(|pinned| pinned == model)
    }
}
