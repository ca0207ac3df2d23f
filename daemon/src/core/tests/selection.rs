//! Text actions on what is selected.

use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use serde_json::json;

use super::super::{Arrival, Binding, Chime, Notice};
use super::world::World;

fn fix() -> Binding {
    Binding::Action("fix".to_owned())
}

#[test]
fn a_key_replaces_the_selection_and_undo_has_the_original() {
    let mut world = World::new();
    world.press(fix());
    assert!(world.desktop.is_empty(), "the key is down: whatever is pressed to copy would be taken for hob's own");
    world.settle();
    assert!(world.insertions.is_empty(), "the key is down");
    world.release(fix());
    world.settle();
    assert_eq!(world.insertions[0].0, "selected words.");
    assert_eq!(world.insertions[0].1.replaces, Some("selected words".into()));
    assert_eq!(world.chimes, [Chime::Done]);
    let undo = world.ask("dev.hob.Dictation.Undo", json!({}));
    world.settle();
    assert_eq!(world.last(undo), Some(&Ok(json!({}))));
    assert_eq!(world.taken_back[0].replaced.as_ref().unwrap().as_str(), "selected words");
}

#[test]
fn a_caller_gets_the_result_and_what_came_of_it() {
    let mut world = World::new();
    world.arrival = Arrival::Sent;
    let run = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "rewrite", "options": {"tone": "formal"}}));
    world.settle();
    let reply = world.last(run).unwrap().as_ref().unwrap();
    assert_eq!(reply["result"]["text"], "selected words.");
    assert_eq!(reply["insertion"], json!({"state": "sent", "method": "test"}));
}

#[test]
fn nothing_selected_is_an_error_that_the_person_sees() {
    for selected in ["", " \n"] {
        let mut world = World::new();
        world.selected = selected.into();
        let run = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
        world.settle();
        assert!(matches!(world.last(run), Some(Err(Error::NothingSelected { .. }))));
        assert!(matches!(&world.notified[..], [Notice::Failed { problem, .. }] if problem == "no text is selected"));
        assert_eq!(world.chimes, [Chime::Failed]);
    }
}

#[test]
fn an_unknown_action_and_a_second_one_are_refused() {
    let mut world = World::new();
    let unknown = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "dance"}));
    assert!(matches!(world.last(unknown), Some(Err(Error::UnknownAction { .. }))));
    let first = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
    let second = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
    assert!(matches!(world.last(second), Some(Err(Error::Busy { .. }))));
    world.settle();
    assert!(world.last(first).unwrap().is_ok());
}

#[test]
fn a_wrong_option_is_told_and_leaves_the_selection() {
    let mut world = World::new();
    let run = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix", "options": {"tone": "loud"}}));
    world.settle();
    assert!(matches!(world.last(run), Some(Err(Error::OptionInvalid { .. }))));
    assert!(world.insertions.is_empty());
}

#[test]
fn cancel_and_hanging_up_give_it_up() {
    let mut world = World::new();
    let run = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
    world.step_desktop();
    world.until_working(EngineKind::Text);
    let cancel = world.ask("dev.hob.Dictation.Cancel", json!({}));
    assert_eq!(world.last(cancel), Some(&Ok(json!({"cancelled": true}))));
    assert!(matches!(world.last(run), Some(Err(Error::Cancelled { .. }))));
    world.settle();
    let run = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
    world.hang_up(run);
    world.settle();
    assert!(world.insertions.is_empty());
}

#[test]
fn a_result_that_does_not_arrive_is_on_the_clipboard() {
    let mut world = World::new();
    world.arrival = Arrival::Failed { problem: "the window is gone".into(), on_clipboard: true };
    world.press(fix());
    world.release(fix());
    world.settle();
    assert_eq!(world.notified, [Notice::OnClipboard { problem: "the window is gone".into() }]);
    let undo = world.ask("dev.hob.Dictation.Undo", json!({}));
    assert!(matches!(world.last(undo), Some(Err(Error::NothingToUndo { .. }))));
}

#[test]
fn the_clipboard_gets_the_result_of_its_own_text() {
    let mut world = World::new();
    let run = world.ask("dev.hob.Text.RunOnClipboard", json!({"action": "fix"}));
    world.settle();
    let reply = world.last(run).unwrap().as_ref().unwrap();
    assert_eq!(reply["result"]["text"], "copied words.");
    assert_eq!(world.copied, ["copied words."]);
    assert!(world.insertions.is_empty(), "nothing is typed");
    assert_eq!((&world.chimes[..], &world.notified[..]), (&[Chime::Done][..], &[Notice::ClipboardReady][..]));
    let undo = world.ask("dev.hob.Dictation.Undo", json!({}));
    assert!(matches!(world.last(undo), Some(Err(Error::NothingToUndo { .. }))));
}

#[test]
fn an_empty_clipboard_is_an_error_and_stays_as_it_is() {
    let mut world = World::new();
    world.on_clipboard = " ".into();
    let run = world.ask("dev.hob.Text.RunOnClipboard", json!({"action": "fix"}));
    world.settle();
    assert!(matches!(world.last(run), Some(Err(Error::CursorUnavailable { .. }))));
    assert!(world.copied.is_empty());
}

#[test]
fn an_answer_that_is_no_edit_is_asked_for_once_more_and_leaves_the_selection_alone() {
    let mut world = World::new();
    world.selected = "what is the capital of france".into();
    world.answers.extend(["Paris.".to_owned(), "What is the capital of France?".to_owned()]);
    world.press(fix());
    world.release(fix());
    world.settle();
    assert_eq!(world.insertions[0].0, "What is the capital of France?");
    let [first, second] = &world.asked_of_model[..] else { panic!("{:?}", world.asked_of_model) };
    assert!(second.len() > first.len() && second.starts_with(first.as_str()), "{second}");

    let mut world = World::new();
    world.selected = "what is the capital of france".into();
    world.answers.extend(["Paris.".to_owned(), "It is Paris.".to_owned()]);
    let run = world.ask("dev.hob.Text.RunOnSelection", json!({"action": "fix"}));
    world.settle();
    assert!(matches!(world.last(run), Some(Err(Error::Unfaithful { .. }))), "{:?}", world.last(run));
    assert!(world.insertions.is_empty());
    assert!(matches!(&world.notified[..], [Notice::Failed { problem, .. }] if problem.starts_with("fix was given up")));
}
