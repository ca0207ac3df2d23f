//! What the configuration means to the core and to each adapter, in their own terms.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::audio::microphone::{self, System};
use crate::config::{self, Config};
use crate::core::{AppRule, Binding, MicrophoneUse, Settings, SpeechSettings, TextSettings};
use crate::hotkey::{self, Wanted};
use crate::insert;
use crate::journal::Retention;
use crate::polish::Polish;
use crate::state::total_bytes;

pub fn microphone(config: &config::Dictation, microphone_use: MicrophoneUse) -> microphone::Settings {
    let settings = microphone::Settings {
        device: (config.microphone != config::Dictation::DEFAULT_MICROPHONE).then(|| config.microphone.clone()),
        system: match config.audio {
            config::Audio::Auto => System::Auto,
            config::Audio::PipeWire => System::PipeWire,
            config::Audio::PulseAudio => System::PulseAudio,
            config::Audio::Alsa => System::Alsa,
        },
        pre_roll: Duration::from_millis(config.pre_roll_ms.into()),
        keep_open: Duration::from_secs(config.keep_open_s.into()),
    };
    match microphone_use {
        MicrophoneUse::Paused => {
            microphone::Settings { pre_roll: Duration::ZERO, keep_open: Duration::ZERO, ..settings }
        }
        MicrophoneUse::AsConfigured => settings,
    }
}

pub fn insertion(config: &config::Insert) -> insert::Settings {
    insert::Settings {
        methods: config.methods.clone(),
        command: config.command.clone(),
        paste_key: config.paste_key,
        newline: config.newline,
        paste_from_chars: config.paste_from_chars as usize,
        restore_clipboard: config.restore_clipboard,
    }
}

pub fn hotkeys(config: &config::Keys) -> hotkey::Settings {
    let own = [
        (Binding::Dictate, &config.dictate),
        (Binding::Cancel, &config.cancel),
        (Binding::Undo, &config.undo),
        (Binding::Menu, &config.menu),
    ];
    let actions = config.actions.iter().map(|(action, key)| (Binding::Action(action.clone()), key));
    hotkey::Settings {
        source: match config.source {
            config::KeySource::Auto => Wanted::Auto,
            config::KeySource::X11 => Wanted::X11,
            config::KeySource::GlobalHotkey => Wanted::GlobalHotkey,
            config::KeySource::Portal => Wanted::Portal,
            config::KeySource::Evdev => Wanted::Evdev,
            config::KeySource::None => Wanted::None,
        },
        keys: own.into_iter().chain(actions).map(|(binding, key)| (binding, key.clone())).collect(),
    }
}

/// In bytes; with 0 half of the machine's memory, if that can be told.
fn budget(megabytes: u32) -> Option<u64> {
    match megabytes {
        0 => total_bytes().map(|total| total / 2),
        some => Some(u64::from(some) << 20),
    }
}

fn cache_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;

    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.cache_dir().join("hob"))
}

impl From<&config::History> for Retention {
    fn from(history: &config::History) -> Self {
        Self { audio: history.audio, texts: history.texts, days: history.days }
    }
}

impl From<&config::App> for AppRule {
    fn from(app: &config::App) -> Self {
        Self {
            class: app.class.as_ref().map(config::Pattern::regex),
            title: app.title.as_ref().map(config::Pattern::regex),
            language: app.language.as_ref().map(|language| language.named().unwrap_or("auto").to_owned()),
            vocabulary: app.vocabulary.clone(),
            action: app.action.clone(),
            method: app.method.clone(),
            paste_key: app.paste_key,
            newline: app.newline,
        }
    }
}

impl From<&Config> for Settings {
    fn from(config: &Config) -> Self {
        let prompt = config.speech.prompt.as_str();
        Self {
            speech: SpeechSettings {
                model: config.speech.model.named().map(str::to_owned),
                language: config.speech.language.named().map(str::to_owned),
                prompt: (!prompt.is_empty()).then(|| prompt.to_owned()),
                threads: config.speech.threads,
            },
            text: TextSettings {
                model: config.text.model.named().map(str::to_owned),
                threads: config.text.threads,
                context_tokens: config.text.context_tokens,
                states: cache_folder()
                    .filter(|_| config.text.states_mb > 0)
                    .map(|cache| (cache.join("states"), u64::from(config.text.states_mb) << 20)),
            },
            polish: Arc::new(Polish::new(config.polish_rules()).expect("a configuration is checked when it is read")),
            idle: (config.engines.idle_s > 0).then(|| Duration::from_secs(config.engines.idle_s.into())),
            budget_bytes: budget(config.memory.budget_mb),
            pinned: config.memory.pinned.clone(),
            battery_threads: config.memory.battery_threads,
            requests: config.limits.requests as usize,
            longest_dictation: Duration::from_secs(config.dictation.max_s.into()),
            auto_stop: (config.dictation.auto_stop_s > 0)
                .then(|| Duration::from_secs(config.dictation.auto_stop_s.into())),
            hold: Duration::from_millis(config.keys.hold_ms.into()),
            indicator: config.feedback.indicator,
            apps: config.apps.iter().map(AppRule::from).collect(),
            actions: Arc::new(config.registry()),
            ..Self::default()
        }
    }
}
