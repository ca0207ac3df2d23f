//! The menu of the tray, from what is known. Pure.

use hob_protocol::daemon::{EngineKind, EngineState, Phase};
use hob_protocol::text::Action;

use super::choice::{Choice, On};
use super::scene::{Entry, Known, Tick, is_loading};

/// Texts of the history.
pub(super) const RECENT: usize = 8;
/// Letters of a text that are shown.
const FIRST_LETTERS: usize = 36;
/// Languages that are offered beside the configured ones: those spoken by most people who have computers.
const LANGUAGES: [(&str, &str); 12] = [
    ("en", "English"),
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
    ("zh", "Chinese"),
    ("ja", "Japanese"),
];

/// For the actions that take a tone.
pub(super) const TONES: [&str; 4] = ["formal", "friendly", "concise", "simple"];

pub(super) fn of(known: &Known) -> Vec<Entry> {
    let mut menu = Vec::new();
    if let Some(problem) = known.problem() {
        menu.extend([Entry::Note(format!("⚠ {}", sentence(&problem))), Entry::Line]);
    }
    menu.extend(dictation(known));
    menu.push(Entry::Line);
    if !known.recent.is_empty() && known.settings.recent_texts > 0 {
        menu.push(Entry::Menu("Recent texts".to_owned(), recent(known)));
    }
    for on in On::ALL {
        let title = match on {
            On::Selection => "Selected text",
            On::Clipboard => "Text on the clipboard",
        };
        menu.push(Entry::Menu(title.to_owned(), actions(known, on)));
    }
    menu.push(Entry::Line);
    menu.push(Entry::Menu("Microphone".to_owned(), microphones(known)));
    menu.push(Entry::Menu("Language".to_owned(), languages(known)));
    menu.push(Entry::Menu("Speech model".to_owned(), models(known, EngineKind::Speech)));
    menu.push(Entry::Menu("Text model".to_owned(), models(known, EngineKind::Text)));
    menu.push(Entry::Line);
    let (pause, tick) = if known.is_paused() { (Choice::Resume, Tick::On) } else { (Choice::Pause, Tick::Off) };
    menu.push(Entry::Check(pause, "Pause (microphone off)".to_owned(), tick));
    menu.push(item(Choice::Settings, "Settings"));
    menu.push(item(Choice::History, "History"));
    menu.push(item(Choice::Quit, "Quit"));
    menu
}

fn dictation(known: &Known) -> Vec<Entry> {
    match known.phase() {
        Phase::Idle if known.is_paused() => vec![Entry::Note("Dictate".to_owned())],
        Phase::Idle => vec![item(Choice::Dictate, "Dictate"), item(Choice::Undo, "Take back the last insertion")],
        Phase::Opening | Phase::Recording => {
            vec![item(Choice::Stop, "Stop dictating"), item(Choice::Cancel, "Throw this dictation away")]
        }
        Phase::Finishing => {
            vec![Entry::Note("Your text is on its way".to_owned()), item(Choice::Cancel, "Throw this dictation away")]
        }
    }
}

fn recent(known: &Known) -> Vec<Entry> {
    let texts = known.recent.iter().filter_map(|entry| Some((entry.id, entry.text.as_ref()?)));
    texts.take(RECENT).map(|(id, text)| Entry::Item(Choice::Copy(id), first_words(text.as_str()))).collect()
}

fn actions(known: &Known, on: On) -> Vec<Entry> {
    // A question cannot be asked in a menu.
    let offered = known.actions.iter().filter(|action| !takes(action, "question"));
    offered
        .map(|action| {
            let run = |language, tone| Choice::Run { action: action.name.clone(), on, language, tone };
            if takes(action, "language") {
                let languages = wanted_languages(known).into_iter();
                let into = languages.map(|(code, name)| Entry::Item(run(Some(code), None), name));
                Entry::Menu(action.help.clone(), into.collect())
            } else if takes(action, "tone") {
                let tones = TONES.map(|tone| Entry::Item(run(None, Some(tone.to_owned())), sentence(tone)));
                Entry::Menu(action.help.clone(), tones.into())
            } else {
                Entry::Item(run(None, None), action.help.clone())
            }
        })
        .collect()
}

fn takes(action: &Action, option: &str) -> bool {
    action.options.iter().any(|taken| taken == option)
}

fn microphones(known: &Known) -> Vec<Entry> {
    let is_chosen = known.microphones.iter().any(|microphone| microphone.is_chosen);
    let default = known.microphones.iter().find(|microphone| microphone.is_default);
    let followed = default.map_or_else(
        || "Follow the system".to_owned(),
        |microphone| format!("Follow the system ({})", microphone.description),
    );
    let named = known.settings.microphone.as_deref();
    let mut entries = vec![Entry::Check(Choice::Microphone(None), followed, tick(named.is_none())), Entry::Line];
    entries.extend(known.microphones.iter().map(|microphone| {
        let muted = if microphone.is_muted { " (muted)" } else { "" };
        let label = format!("{}{muted}", microphone.description);
        Entry::Check(Choice::Microphone(Some(microphone.name.clone())), label, tick(microphone.is_chosen))
    }));
    // The configured one that is not plugged in stays visible as the choice it is.
    if let Some(absent) = named.filter(|_| !is_chosen) {
        let choice = Choice::Microphone(Some(absent.to_owned()));
        entries.push(Entry::Check(choice, format!("{absent} (not there)"), Tick::On));
    }
    entries
}

fn languages(known: &Known) -> Vec<Entry> {
    let configured = known.state.language.as_str();
    let mut entries =
        vec![Entry::Check(Choice::Language("auto".to_owned()), "Automatic".to_owned(), tick(configured == "auto"))];
    // Several that are detected among are a choice of the configuration, which stays visible.
    if configured.contains(',') {
        entries.push(Entry::Check(Choice::Language(configured.to_owned()), configured.to_owned(), Tick::On));
    }
    entries.push(Entry::Line);
    entries.extend(all_languages(known).into_iter().map(|(code, name)| {
        let tick = tick(code == configured);
        Entry::Check(Choice::Language(code), name, tick)
    }));
    entries
}

/// Codes and names: the configured ones first, then the usual ones.
fn all_languages(known: &Known) -> Vec<(String, String)> {
    let configured = configured_languages(known);
    let others = LANGUAGES.iter().filter(|(code, _)| !configured.contains(code));
    let all = configured.iter().copied().chain(others.map(|(code, _)| *code));
    all.map(|code| (code.to_owned(), name_of(code))).collect()
}

/// To translate into: the configured ones and English; else the first of the usual ones.
fn wanted_languages(known: &Known) -> Vec<(String, String)> {
    let mut codes = configured_languages(known);
    if codes.is_empty() {
        codes.extend(LANGUAGES.iter().take(4).map(|(code, _)| *code));
    } else if !codes.contains(&"en") {
        codes.push("en");
    }
    codes.into_iter().map(|code| (code.to_owned(), name_of(code))).collect()
}

fn configured_languages(known: &Known) -> Vec<&str> {
    known.state.language.split(',').map(str::trim).filter(|code| !code.is_empty() && *code != "auto").collect()
}

fn name_of(code: &str) -> String {
    LANGUAGES.iter().find(|(known, _)| *known == code).map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

fn models(known: &Known, kind: EngineKind) -> Vec<Entry> {
    let (state, loaded) = known.engine(kind);
    let resident =
        known.state.engines.iter().find(|engine| engine.name == kind).and_then(|engine| engine.resident_bytes);
    let loads = is_loading(state);
    let runs = loads || matches!(state, EngineState::Ready | EngineState::Busy);
    let installed: Vec<_> = known.models.iter().filter(|model| model.kind == kind && model.installed).collect();
    if installed.is_empty() {
        return vec![Entry::Note("None is installed: hob models pull".to_owned())];
    }
    let mut entries: Vec<_> = installed
        .into_iter()
        .map(|model| {
            let is_loaded = runs && loaded == Some(model.name.as_str());
            // What it takes, or else what its file promises.
            let memory = match resident.filter(|_| is_loaded) {
                _ if is_loaded && loads => "loading".to_owned(),
                Some(bytes) => format!("{} of memory in use", size(bytes)),
                None => format!("about {} of memory", size(model.bytes)),
            };
            Entry::Check(Choice::Load(model.name.clone()), format!("{} – {memory}", model.name), tick(is_loaded))
        })
        .collect();
    if runs {
        entries.extend([Entry::Line, item(Choice::Unload(kind), "Unload, and free its memory")]);
    }
    entries
}

fn item(choice: Choice, label: &str) -> Entry {
    Entry::Item(choice, label.to_owned())
}

fn tick(on: bool) -> Tick {
    if on { Tick::On } else { Tick::Off }
}

/// In whole megabytes, or gigabytes with one digit.
fn size(bytes: u64) -> String {
    const MEGABYTE: f64 = 1e6;
    let megabytes = bytes as f64 / MEGABYTE;
    if megabytes < 1000.0 { format!("{megabytes:.0} MB") } else { format!("{:.1} GB", megabytes / 1000.0) }
}

/// On one line, as far as there is room.
pub(super) fn first_words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= FIRST_LETTERS {
        return line;
    }
    let cut: String = line.chars().take(FIRST_LETTERS).collect();
    let whole_words = cut.rfind(' ').filter(|end| *end > 0).map_or(cut.as_str(), |end| &cut[..end]);
    format!("{whole_words} …")
}

/// With a capital at its beginning: errors are written without.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
