//! Keys, and texts on their way to the cursor.

use hob_protocol::Error;
use hob_protocol::daemon::{EngineKind, Phase};
use serde_json::json;
use std::time::Duration;

use super::super::{
    AppRule, Arrival, Binding, Captured, Chime, Effect, Ending, Event, JournalNote, Manner, MicrophoneUse, Newline,
    Notice, Settings, Window,
};
use super::desktop::Asked;
use super::world::World;

const DICTATE: Binding = Binding::Dictate;

fn window(class: &str) -> Window {
    Window { id: format!("{class}-1"), class: class.to_owned(), ..Window::default() }
}

/// A key is down, and somebody has spoken for a second.
fn speaking() -> World {
    speaking_with(Settings::default())
}

fn speaking_with(settings: Settings) -> World {
    let mut world = World::with(settings);
    world.window = Some(window("editor"));
    world.press(DICTATE);
    world.step_desktop();
    world.captured(Captured::Started { latency: Duration::from_millis(20) });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    world.pass(1000);
    world
}

fn spoken() -> World {
    let mut world = speaking();
    world.release(DICTATE);
    world.settle();
    world
}

fn inserted(world: &World) -> Vec<&str> {
    world.insertions.iter().map(|(text, _)| text.as_str()).collect()
}

#[test]
fn a_held_key_brings_the_words_to_the_cursor() {
    let world = spoken();
    assert_eq!(inserted(&world), ["spoken words"]);
    assert_eq!(world.chimes, [Chime::Go, Chime::Done]);
    assert_eq!(world.notified, [Notice::Arrived { text: "spoken words".into() }]);
    assert_eq!(world.last_note(1), Some(&JournalNote::Ended(Ending::Delivered)));
    let timings = world.core.last_timings().unwrap();
    assert!(timings.insert_ms > 0.0, "{timings:?}");
    let stages = timings.speech_ms + timings.text_ms + timings.store_ms + timings.insert_ms;
    assert!((stages - timings.release_to_text_ms).abs() < 1e-6, "{timings:?}");
}

#[test]
fn the_text_is_on_the_disk_before_it_leaves() {
    let mut world = speaking();
    world.release(DICTATE);
    world.captured(Captured::Ended);
    world.find_next_model();
    while world.step_engine(EngineKind::Speech) {}
    world.step_desktop();
    assert!(world.desktop.is_empty(), "{:?}", world.desktop);
    world.store_next_text();
    assert!(matches!(&world.desktop[0], Asked::Insertion(_, _, _, Some(window)) if window.class == "editor"));
}

#[test]
fn a_tapped_key_begins_and_the_next_press_ends_but_nothing_is_typed_while_it_is_down() {
    let mut world = World::new();
    world.press(DICTATE);
    world.pass(100);
    world.release(DICTATE);
    world.captured(Captured::Started { latency: Duration::from_millis(20) });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    world.pass(5000);
    assert_eq!(world.core.dictation().phase, Phase::Recording);
    world.press(DICTATE);
    world.settle();
    assert_eq!(inserted(&world), [] as [&str; 0], "the key is down");
    assert_eq!(world.core.dictation().phase, Phase::Finishing);
    world.release(DICTATE);
    world.settle();
    assert_eq!(inserted(&world), ["spoken words"]);
}

#[test]
fn a_key_that_is_stuck_costs_no_words() {
    let mut world = speaking();
    world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    while world.copied.is_empty() {
        world.wait();
    }
    world.step_desktop();
    assert_eq!((inserted(&world), &world.copied[..]), (vec![], &["spoken words".to_owned()][..]));
    assert_eq!(world.notified, [Notice::OnClipboard { problem: "a key is still down".into() }]);
    assert_eq!(world.core.dictation().phase, Phase::Idle);
}

#[test]
fn a_lost_source_of_keys_ends_the_hold_with_its_words() {
    let mut world = speaking();
    world.held.clear();
    world.event(Event::KeysLost);
    world.settle();
    assert_eq!(inserted(&world), ["spoken words"]);
}

#[test]
fn a_press_that_comes_too_early_begins_when_it_can() {
    let mut world = speaking();
    world.release(DICTATE);
    world.pass(50);
    world.press(DICTATE);
    assert_eq!(world.core.dictation().id, Some(1));
    world.captured(Captured::Ended);
    world.settle();
    assert_eq!(inserted(&world), [] as [&str; 0], "the key is down again, so the words wait for its release");
    world.release(DICTATE);
    world.settle();
    assert_eq!(inserted(&world), ["spoken words"]);
    assert_eq!(world.core.dictation().phase, Phase::Idle, "the key is up: nobody speaks");
}

#[test]
fn a_text_that_does_not_arrive_is_on_the_clipboard_and_stays_in_the_journal() {
    let mut world = speaking();
    world.arrival = Arrival::Failed { problem: "the window is gone".into(), on_clipboard: true };
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.release(DICTATE);
    world.settle();
    assert_eq!(world.notified, [Notice::OnClipboard { problem: "the window is gone".into() }]);
    assert_eq!(world.chimes, [Chime::Go, Chime::Failed]);
    assert!(matches!(world.last_note(1), Some(JournalNote::Text(_))), "nobody has got it");
    let result = &world.last(stop).unwrap().as_ref().unwrap()["result"];
    assert_eq!(result["insertion"]["state"], "failed");
    assert_eq!(result["insertion"]["problem"], "the window is gone; the text is on the clipboard");
    assert_eq!(result["text"], "spoken words");
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    assert!(matches!(world.last(stop), Some(Err(Error::NotRecording { .. }))), "it is not kept for somebody else");
}

#[test]
fn a_desktop_that_never_answers_is_a_failure() {
    let mut world = speaking();
    world.release(DICTATE);
    world.captured(Captured::Ended);
    for _ in 0..30 {
        world.desktop.clear();
        world.find_next_model();
        while world.step_engine(EngineKind::Speech) {}
        world.store_next_text();
        world.wait();
    }
    assert_eq!(world.copied, ["spoken words"]);
    assert_eq!(world.core.dictation().phase, Phase::Idle);
    let told = Notice::Failed { problem: "the desktop does not answer".into(), hint: None };
    assert!(
        matches!((&world.notified[..], told), ([Notice::Failed { problem, .. }], Notice::Failed { problem: expected, .. }) if *problem == expected),
        "it is not said to be on a clipboard that did not answer: {:?}",
        world.notified
    );
}

#[test]
fn what_goes_wrong_is_told_where_nobody_waits() {
    let mut world = World::new();
    world.press(DICTATE);
    let error = Error::NoSpeech { audio_ms: 0.0 };
    world.captured(Captured::Failed(Error::Internal { problem: "no microphone".into() }));
    assert_eq!(world.notified, [Notice::Failed { problem: "internal error: no microphone".into(), hint: None }]);
    world.release(DICTATE);

    let mut world = speaking();
    world.release(DICTATE);
    let steps = |world: &mut World| {
        world.captured(Captured::Ended);
        while world.step_engine(EngineKind::Speech) {}
    };
    let (job, ..) = world.finding.pop_front().unwrap();
    world.event(Event::ModelFound { job, result: Err(error.clone()) });
    steps(&mut world);
    assert_eq!(world.notified, [Notice::NothingHeard]);

    let mut world = speaking();
    let (job, ..) = world.finding.pop_front().unwrap();
    let no_model = Error::NoModel { kind: EngineKind::Speech, hint: String::new() };
    world.event(Event::ModelFound { job, result: Err(no_model) });
    assert!(matches!(&world.notified[..], [Notice::Kept { .. }]), "{:?}", world.notified);
}

#[test]
fn a_cancelled_dictation_is_told_to_nobody() {
    let mut world = speaking();
    world.press(Binding::Cancel);
    world.release(Binding::Cancel);
    world.release(DICTATE);
    world.settle();
    assert_eq!((world.notified.len(), world.chimes.len(), world.insertions.len()), (0, 1, 0));
}

#[test]
fn dictations_for_their_caller_leave_the_desktop_alone() {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Start", json!({}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    assert_eq!((world.chimes.len(), world.notified.len(), world.desktop.len()), (0, 0, 0));
}

#[test]
fn a_text_for_the_clipboard_is_copied() {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Toggle", json!({"target": "clipboard"}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    let stop = world.ask("dev.hob.Dictation.Toggle", json!({}));
    world.settle();
    assert_eq!(world.copied, ["spoken words"]);
    assert_eq!(world.last(stop).unwrap().as_ref().unwrap()["result"]["insertion"]["state"], "sent");
    let undo = world.ask("dev.hob.Dictation.Undo", json!({}));
    assert!(matches!(world.last(undo), Some(Err(Error::NothingToUndo { .. }))));
}

#[test]
fn undo_takes_back_the_last_insertion_once() {
    let mut world = spoken();
    world.press(Binding::Undo);
    assert!(world.desktop.is_empty(), "the key is down");
    world.release(Binding::Undo);
    world.settle();
    assert_eq!(world.taken_back.len(), 1);
    assert_eq!(world.taken_back[0].text.as_str(), "spoken words");
    let again = world.ask("dev.hob.Dictation.Undo", json!({}));
    assert!(matches!(world.last(again), Some(Err(Error::NothingToUndo { .. }))));
}

#[test]
fn an_undo_in_the_wrong_window_works_later() {
    let mut world = spoken();
    let undo = world.ask("dev.hob.Dictation.Undo", json!({}));
    world.refuse_desktop();
    assert!(matches!(world.last(undo), Some(Err(Error::CursorUnavailable { .. }))));
    let undo = world.ask("dev.hob.Dictation.Undo", json!({}));
    world.settle();
    assert_eq!(world.last(undo), Some(&Ok(json!({}))));
}

#[test]
fn the_window_chooses_language_words_action_and_manner() {
    let regex = |pattern| Some(regex::Regex::new(pattern).unwrap());
    let rule = AppRule {
        class: regex("^editor$"),
        language: Some("de".into()),
        vocabulary: vec!["Hobgoblin".into()],
        action: Some("fix".into()),
        method: Some("paste".into()),
        newline: Some(Newline::Space),
        ..AppRule::default()
    };
    let mut world = World::with(Settings { apps: vec![rule], ..Settings::default() });
    world.window = Some(window("editor"));
    world.press(DICTATE);
    assert!(world.finding.is_empty(), "the recognition waits for its language");
    world.step_desktop();
    world.captured(Captured::Started { latency: Duration::ZERO });
    world.captured(Captured::Samples(vec![0.5; 16_000]));
    world.until_working(EngineKind::Speech);
    let listening = world.listenings.last().unwrap();
    assert_eq!(listening.language.as_deref(), Some("de"));
    assert_eq!(listening.prompt.as_ref().unwrap().as_str(), "Hobgoblin.");
    world.pass(1000);
    world.release(DICTATE);
    world.settle();
    let manner = Manner { method: Some("paste".into()), newline: Newline::Space, ..Manner::default() };
    assert_eq!(world.insertions, [("spoken words.".to_owned(), manner)]);
}

#[test]
fn a_desktop_that_does_not_tell_its_window_delays_nothing_for_long() {
    let rule = AppRule { language: Some("de".into()), ..AppRule::default() };
    let mut world = World::with(Settings { apps: vec![rule], ..Settings::default() });
    world.press(DICTATE);
    let before = world.now;
    world.wait();
    assert!(world.now - before <= Duration::from_millis(200));
    assert_eq!(world.finding.len(), 1);
}

#[test]
fn a_paused_microphone_stays_closed() {
    let mut world = speaking();
    let pause = world.ask("dev.hob.Dictation.Pause", json!({}));
    assert_eq!(world.last(pause), Some(&Ok(json!({"changed": true}))));
    assert_eq!(world.microphone, Some(MicrophoneUse::Paused));
    world.release(DICTATE);
    world.settle();
    assert_eq!(inserted(&world), ["spoken words"], "what was said before is a dictation");
    let start = world.ask("dev.hob.Dictation.Start", json!({}));
    assert!(matches!(world.last(start), Some(Err(Error::Paused { .. }))));
    world.notified.clear();
    world.press(DICTATE);
    world.release(DICTATE);
    assert!(matches!(&world.notified[..], [Notice::Failed { .. }]));
    let file = world.ask("dev.hob.Dictation.Start", json!({"file": "/a.wav"}));
    world.captured(Captured::Started { latency: Duration::ZERO });
    assert!(world.last(file).unwrap().is_ok());
    let resume = world.ask("dev.hob.Dictation.Resume", json!({}));
    assert_eq!(world.last(resume), Some(&Ok(json!({"changed": true}))));
    assert_eq!(world.microphone, Some(MicrophoneUse::AsConfigured));
}

#[test]
fn whoever_listens_sees_the_keys_and_they_do_nothing_else() {
    let mut world = World::new();
    let keys = world.ask_more("dev.hob.Daemon.Keys", json!({}));
    world.press(DICTATE);
    world.release(DICTATE);
    let told: Vec<_> = world.replies[&keys].iter().map(|reply| format!("{reply:?}")).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[1].contains("dictate") && told[1].contains("pressed") && told[2].contains("released"), "{told:?}");
    assert_eq!(world.core.dictation().phase, Phase::Idle);
    world.hang_up(keys);
    world.press(DICTATE);
    assert_eq!(world.core.dictation().phase, Phase::Opening);
    world.release(DICTATE);
}

#[test]
fn a_paused_microphone_stays_so_when_the_configuration_is_read() {
    let mut world = World::new();
    world.ask("dev.hob.Dictation.Pause", json!({}));
    let id = world.ask("dev.hob.Daemon.Reload", json!({}));
    let effects = world.core.handle(world.now, Event::ConfigRead { id, result: Ok((Settings::default(), Vec::new())) });
    assert!(effects.contains(&Effect::UseMicrophone(MicrophoneUse::Paused)));
}

#[test]
fn the_menu_is_shown_once_for_a_press() {
    let mut world = World::new();
    world.press(Binding::Menu);
    world.press(Binding::Menu);
    assert_eq!(world.menus, 1);
}

#[test]
fn a_text_is_copied_or_its_failure_told() {
    let mut world = World::new();
    let copy = world.ask("dev.hob.Dictation.Copy", json!({"text": "words"}));
    assert_eq!(world.last(copy), None, "nothing says yet that it is there");
    world.settle();
    assert_eq!((world.last(copy), &world.copied[..]), (Some(&Ok(json!({}))), &["words".to_owned()][..]));
    let copy = world.ask("dev.hob.Dictation.Copy", json!({"text": "words"}));
    world.refuse_desktop();
    assert!(matches!(world.last(copy), Some(Err(Error::CursorUnavailable { .. }))));
}
