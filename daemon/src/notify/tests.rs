//! What is said, and what never is.

use hob_protocol::Secret;

use super::content::{Content, Kind, Step};
use crate::actions::Registry;
use crate::core::{DictationId, Notice};
use crate::shown::Shown;

const WORDS: &str = "meet <me> at nine & ten";

fn of(notice: &Notice) -> Option<Content> {
    Content::of(notice, Shown::No)
}

fn said(notice: &Notice) -> (String, String) {
    let content = of(notice).unwrap();
    (content.title, content.body)
}

#[test]
fn a_notice_says_what_happened_and_what_to_do() {
    let failed = Notice::Failed { problem: "the microphone is muted".into(), hint: Some("unmute it".into()) };
    assert_eq!(said(&failed), ("The microphone is muted".into(), "Unmute it".into()));
    let clipboard = Notice::OnClipboard { problem: "the window is gone".into() };
    let expected = ("Your text is on the clipboard", "The window is gone. It can be pasted from there.");
    assert_eq!(said(&clipboard), (expected.0.into(), expected.1.into()));
    assert_eq!(said(&Notice::NothingHeard).0, "Nothing heard");
}

#[test]
fn the_button_does_the_next_step() {
    let kept = Notice::Kept { dictation: DictationId(7), problem: "the engine died".into() };
    assert_eq!(of(&kept).unwrap().steps, [Step::Retry(DictationId(7))]);
    let ready = Notice::ModelReady { name: "base".into() };
    assert_eq!(of(&ready).unwrap().steps, [Step::Load("base".into())]);
    assert_eq!(of(&Notice::NothingHeard).unwrap().steps, []);
}

#[test]
fn words_are_shown_only_where_that_is_asked_for() {
    let arrived = || Notice::Arrived { text: Secret::from(WORDS) };
    assert_eq!(of(&arrived()), None);
    let shown = Content::of(&arrived(), Shown::Yes).unwrap();
    assert_eq!(shown.body, "meet &lt;me&gt; at nine &amp; ten");
}

#[test]
fn trouble_does_not_replace_a_text() {
    let kind = |notice: &Notice| of(notice).unwrap().kind;
    assert_eq!(kind(&Notice::Failed { problem: "a".into(), hint: None }), Kind::Trouble);
    assert_eq!(kind(&Notice::NothingHeard), Kind::Text);
    assert!(!Kind::Trouble.is_fleeting() && Kind::Text.is_fleeting());
}

#[test]
fn the_menu_has_a_button_for_each_action_that_needs_nothing_more() {
    let menu = Content::menu(&Registry::default().list()).unwrap();
    assert!(menu.steps.contains(&Step::Run("fix".into())) && menu.steps.contains(&Step::Run("summarize".into())));
    for needy in ["ask", "rewrite", "translate"] {
        assert!(!menu.steps.contains(&Step::Run(needy.into())), "{needy}");
    }
    assert_eq!(menu.steps[0].label(), "Fix");
    assert_eq!(Content::menu(&[]), None);
}
