//! From what is known to what is shown.

use hob_protocol::daemon::{EngineKind, EngineState, Phase, State};
use hob_protocol::dictation::{Entry as Dictated, EntryState, Microphone};
use hob_protocol::models::Model;
use hob_protocol::text::{Options, Run};
use serde_json::{Value, json};

use super::Settings;
use super::choice::{Choice, On};
use super::icon::Face;
use super::menu::TONES;
use super::scene::{Entry, Known, Scene, Tick};
use crate::actions::{Assignment, Registry};

fn engine(name: &str, state: &str) -> Value {
    json!({"name": name, "state": state, "build": null, "refused_builds": [], "pid": 7, "model": "base",
        "resident_bytes": 210_000_000, "load_ms": null, "restarts": 0, "last_death": null})
}

fn known() -> Known {
    let state = json!({"version": "0.1.0", "pid": 7, "uptime_s": 1.5, "resident_bytes": 1, "socket": "/s", "config": "/c",
        "models": "/m", "engines": [engine("speech", "ready"), engine("text", "stopped")],
        "dictation": {"phase": "idle", "id": null, "stable": "", "unstable": ""},
        "microphone": {"state": "closed", "name": null}, "desktop": [], "language": "auto", "queued": 0, "connections": 0});
    Known {
        state: serde_json::from_value::<State>(state).unwrap(),
        settings: Settings { recent_texts: 100, ..Settings::default() },
        models: vec![model("base", EngineKind::Speech, 148_000_000), model("tiny", EngineKind::Speech, 77_000_000)],
        microphones: vec![microphone("one", "Built-in"), microphone("two", "Head & set")],
        actions: Registry::default().list(),
        recent: vec![dictated(8, "Dear all,\n\nthe meeting of tomorrow is moved to Friday."), dictated(7, "Yes.")],
        trouble: None,
        clicks: 0,
    }
}

fn model(name: &str, kind: EngineKind, bytes: u64) -> Model {
    Model {
        name: name.into(),
        kind,
        title: String::new(),
        licence: String::new(),
        bytes,
        installed: true,
        loaded: false,
        path: None,
        sha256: None,
        trust: "verified".into(),
    }
}

fn microphone(name: &str, description: &str) -> Microphone {
    Microphone {
        name: name.into(),
        description: description.into(),
        is_default: name == "one",
        is_chosen: false,
        in_use: false,
        is_muted: false,
    }
}

fn dictated(id: u64, text: &str) -> Dictated {
    Dictated {
        id,
        began: 0,
        state: EntryState::Delivered,
        audio_ms: 900.0,
        has_audio: false,
        action: None,
        file: None,
        language: None,
        text: Some(text.into()),
        error: None,
    }
}

fn with(change: impl FnOnce(&mut Known)) -> Scene {
    let mut known = known();
    change(&mut known);
    Scene::of(&known)
}

fn set_engine(known: &mut Known, kind: EngineKind, state: EngineState) {
    let engine = known.state.engines.iter_mut().find(|engine| engine.name == kind).unwrap();
    engine.state = state;
}

/// The entries below a title.
#[track_caller]
fn below(scene: &Scene, title: &str) -> Vec<Entry> {
    let found = scene.menu.iter().find_map(|entry| match entry {
        Entry::Menu(label, entries) if label == title => Some(entries.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no menu `{title}`: {:?}", scene.menu))
}

fn offers(entries: &[Entry], choice: &Choice) -> bool {
    entries.iter().any(|entry| match entry {
        Entry::Item(offered, _) | Entry::Check(offered, ..) => offered == choice,
        Entry::Menu(_, entries) => offers(entries, choice),
        Entry::Note(_) | Entry::Line => false,
    })
}

#[test]
fn the_icon_says_what_happens() {
    let phase = |phase| move |known: &mut Known| known.state.dictation.phase = phase;
    assert_eq!(with(|_| {}).face, Face::Idle);
    assert_eq!(with(phase(Phase::Opening)).face, Face::Opening);
    assert_eq!(with(phase(Phase::Finishing)).face, Face::Working);
    let loud = with(|known| {
        known.state.dictation.phase = Phase::Recording;
        known.state.dictation.level = 0.5;
    });
    assert_eq!(loud.face, Face::Listening(4));
    assert_eq!(with(|known| set_engine(known, EngineKind::Speech, EngineState::Stopped)).face, Face::EngineOff);
    assert_eq!(with(|known| set_engine(known, EngineKind::Text, EngineState::Busy)).face, Face::Working);
    assert_eq!(with(|known| known.state.paused = true).face, Face::Paused);
    let failed = with(|known| set_engine(known, EngineKind::Speech, EngineState::Failed));
    assert_eq!((failed.face, failed.tooltip.as_str()), (Face::Failed, "The speech engine has failed"));
}

#[test]
fn a_model_that_is_being_loaded_is_shown() {
    for state in [EngineState::Starting, EngineState::Loading] {
        let loading = with(|known| set_engine(known, EngineKind::Speech, state));
        let expected = (Face::Working, "Loading a model\nspeech: base, loading");
        assert_eq!((loading.face, loading.tooltip.as_str()), expected);
        let models = below(&loading, "Speech model");
        let label = "base – loading".to_owned();
        assert!(models.contains(&Entry::Check(Choice::Load("base".into()), label, Tick::On)), "{models:?}");
    }
    let busy = with(|known| set_engine(known, EngineKind::Text, EngineState::Busy));
    assert!(busy.tooltip.starts_with("Working on a text\n"), "{}", busy.tooltip);
}

#[test]
fn trouble_is_told_until_something_works() {
    let scene = with(|known| known.trouble = Some("the microphone is muted".into()));
    assert_eq!(scene.face, Face::Failed);
    assert_eq!(scene.menu[0], Entry::Note("⚠ The microphone is muted".into()));
    assert!(!with(|_| {}).menu.iter().any(|entry| matches!(entry, Entry::Note(_))));
}

#[test]
fn a_running_dictation_can_be_stopped_and_thrown_away() {
    let idle = with(|_| {});
    assert!(offers(&idle.menu, &Choice::Dictate) && !offers(&idle.menu, &Choice::Stop));
    let recording = with(|known| known.state.dictation.phase = Phase::Recording);
    assert!(!offers(&recording.menu, &Choice::Dictate));
    assert!(offers(&recording.menu, &Choice::Stop) && offers(&recording.menu, &Choice::Cancel));
    let paused = with(|known| known.state.paused = true);
    assert!(!offers(&paused.menu, &Choice::Dictate) && offers(&paused.menu, &Choice::Resume));
}

#[test]
fn recent_texts_show_their_first_words_only() {
    let texts = below(&with(|_| {}), "Recent texts");
    let expected = [(8, "Dear all, the meeting of tomorrow …"), (7, "Yes.")];
    assert_eq!(texts, expected.map(|(id, label)| Entry::Item(Choice::Copy(id), label.into())));
    let hidden = with(|known| known.settings.recent_texts = 0);
    assert!(!offers(&hidden.menu, &Choice::Copy(8)));
}

#[test]
fn actions_are_offered_for_the_selection_and_the_clipboard() {
    let scene = with(|known| known.state.language = "de".into());
    let run = |action: &str, language: Option<&str>, tone: Option<&str>| {
        let [language, tone] = [language, tone].map(|option| option.map(str::to_owned));
        let choice = |on| Choice::Run { action: action.into(), on, language: language.clone(), tone: tone.clone() };
        let offered = [("Selected text", On::Selection), ("Text on the clipboard", On::Clipboard)]
            .map(|(title, on)| offers(&below(&scene, title), &choice(on)));
        assert_eq!(offered[0], offered[1], "{action}");
        offered[0]
    };
    assert!(run("fix", None, None) && run("shorten", None, None));
    assert!(run("translate", Some("de"), None) && run("translate", Some("en"), None));
    assert!(!run("translate", None, None) && !run("rewrite", None, None), "they need to know more");
    for tone in TONES {
        assert!(run("rewrite", None, Some(tone)));
        let options = Options { tone: Some(tone.into()), ..Options::default() };
        let asked = Run { action: "rewrite".into(), text: "a".into(), options: Some(options), ..Run::default() };
        assert!(Assignment::new(&Registry::default(), asked).is_ok(), "{tone}");
    }
    assert!(!run("ask", None, None), "a menu cannot ask a question");
}

#[test]
fn the_microphone_in_use_is_ticked() {
    let scene = with(|known| {
        known.settings.microphone = Some("two".into());
        known.microphones[1].is_chosen = true;
    });
    let check = |name: Option<&str>, label: &str, tick| {
        Entry::Check(Choice::Microphone(name.map(str::to_owned)), label.to_owned(), tick)
    };
    let expected = [
        check(None, "Follow the system (Built-in)", Tick::Off),
        Entry::Line,
        check(Some("one"), "Built-in", Tick::Off),
        check(Some("two"), "Head & set", Tick::On),
    ];
    assert_eq!(below(&scene, "Microphone"), expected);
    let absent = with(|known| known.settings.microphone = Some("usb".into()));
    assert_eq!(below(&absent, "Microphone").last(), Some(&check(Some("usb"), "usb (not there)", Tick::On)));
}

#[test]
fn the_language_in_use_is_ticked() {
    let ticked = |language: &str| {
        let scene = with(|known| known.state.language = language.to_owned());
        let ticked = below(&scene, "Language").into_iter().filter_map(|entry| match entry {
            Entry::Check(_, label, Tick::On) => Some(label),
            _ => None,
        });
        ticked.collect::<Vec<_>>()
    };
    assert_eq!(ticked("auto"), ["Automatic"]);
    assert_eq!(ticked("de"), ["German"]);
    assert_eq!(ticked("sw"), ["sw"]);
    assert_eq!(ticked("en,de"), ["en,de"]);
}

#[test]
fn models_show_the_memory_they_take() {
    let scene = with(|_| {});
    let load = |name: &str, label: &str, tick| Entry::Check(Choice::Load(name.into()), label.to_owned(), tick);
    let expected = [
        load("base", "base – 210 MB of memory in use", Tick::On),
        load("tiny", "tiny – about 77 MB of memory", Tick::Off),
        Entry::Line,
        Entry::Item(Choice::Unload(EngineKind::Speech), "Unload, and free its memory".into()),
    ];
    assert_eq!(below(&scene, "Speech model"), expected);
    assert!(matches!(below(&scene, "Text model").as_slice(), [Entry::Note(_)]));
}
