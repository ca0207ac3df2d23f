//! What is selected, by what a desktop tells of it and by the key that copies: when that key is to be pressed, and what its answer means.
//! Pure: the desktops tell and press.

use std::time::Duration;

use super::paste_key::{self, CopyKey};
use crate::core::Window;

/// A window that has something to copy does so in this time.
const COPIES: Duration = Duration::from_millis(400);
/// One that has told of a selection, and so is likely to have something.
const LIKELY_COPIES: Duration = Duration::from_secs(1);

/// What a desktop tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// This desktop tells of no selections.
    Untold,
    /// No text is selected, wherever.
    NoText,
    /// What is selected belongs to another program than the window with the keyboard, which may have something selected and not tell.
    Elsewhere,
    Text {
        text: String,
        certainty: Certainty,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It is selected in the window with the keyboard.
    Sure,
    /// It was selected last, perhaps in another window, perhaps no more.
    Doubtful,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// That is the answer.
    Take(Option<String>),
    Press(Copying),
}

/// The key that is to be pressed. What then is on the clipboard goes to [`Copying::settle`].
#[derive(Debug, PartialEq, Eq)]
pub struct Copying {
    pub key: CopyKey,
    /// How long to wait for a change of the clipboard.
    pub patience: Duration,
    told: Option<String>,
}

/// What to do about it in this window, the one with the keyboard. In a terminal the key for other windows would end programs, so it is
/// pressed only where it is known what the window is.
pub fn next(told: Told, window: Option<&Window>) -> Step {
    let key = window.and_then(paste_key::copy_key);
    let press = |told: Option<String>| {
        let patience = if told.is_some() { LIKELY_COPIES } else { COPIES };
        key.map(|key| Step::Press(Copying { key, patience, told }))
    };
    let is_terminal = window.is_some_and(paste_key::is_terminal);
    match told {
        Told::NoText => Step::Take(None),
        Told::Text { text, certainty: Certainty::Sure } => Step::Take(Some(text)),
        Told::Text { text, certainty: Certainty::Doubtful } => {
            let is_known = !is_terminal && window.is_some_and(paste_key::is_known);
            let confirmed = if is_known { press(Some(text.clone())) } else { None };
            confirmed.unwrap_or(Step::Take(Some(text)))
        }
        // Terminals always tell of what is selected in them, where it can be told.
        Told::Elsewhere if is_terminal => Step::Take(None),
        Told::Elsewhere | Told::Untold => press(None).unwrap_or(Step::Take(None)),
    }
}

impl Copying {
    /// The answer, when the key has led to this.
    pub fn settle(self, copied: Option<String>) -> Option<String> {
        let copied = copied?;
        match self.told {
            Some(told) => is_the_same(&copied, &told).then_some(told),
            None => Some(copied),
        }
    }

    /// The answer where the key cannot be pressed, or what is on the clipboard cannot be kept: that is worth more than certainty. `None` if
    /// there is none.
    pub fn unconfirmed(self) -> Option<String> {
        self.told
    }
}

/// Whether two ways to the selection of a window have led to the same text. White space may differ between formats.
fn is_the_same(copied: &str, told: &str) -> bool {
    copied.split_whitespace().eq(told.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(class: &str, program: &str) -> Window {
        Window { class: class.to_owned(), program: program.to_owned(), ..Window::default() }
    }

    fn text(certainty: Certainty) -> Told {
        Told::Text { text: "some words".to_owned(), certainty }
    }

    fn pressed(told: Told, window: &Window) -> Option<CopyKey> {
        match next(told, Some(window)) {
            Step::Press(copying) => Some(copying.key),
            Step::Take(_) => None,
        }
    }

    #[test]
    fn what_is_certain_needs_no_key() {
        let editor = window("Gedit", "gedit");
        let some = Some("some words".to_owned());
        assert_eq!(next(text(Certainty::Sure), Some(&editor)), Step::Take(some.clone()));
        assert_eq!(next(Told::NoText, Some(&editor)), Step::Take(None));
        assert_eq!(next(text(Certainty::Doubtful), None), Step::Take(some));
        assert_eq!(next(Told::Untold, None), Step::Take(None), "it may be a terminal");
    }

    #[test]
    fn the_key_is_pressed_where_it_copies() {
        for (class, program, doubtful, elsewhere, untold) in [
            ("Gedit", "gedit", Some(CopyKey::CtrlC), Some(CopyKey::CtrlC), Some(CopyKey::CtrlC)),
            ("notes", "kitty", None, None, Some(CopyKey::CtrlShiftC)),
            ("notes", "xterm", None, None, None),
            ("Emacs", "emacs", None, None, None),
            ("notes", "", None, Some(CopyKey::CtrlC), Some(CopyKey::CtrlC)),
            ("firefox", "", Some(CopyKey::CtrlC), Some(CopyKey::CtrlC), Some(CopyKey::CtrlC)),
        ] {
            let window = window(class, program);
            let keys = [text(Certainty::Doubtful), Told::Elsewhere, Told::Untold].map(|told| pressed(told, &window));
            assert_eq!(keys, [doubtful, elsewhere, untold], "{class} {program}");
        }
    }

    #[test]
    fn what_is_copied_confirms_what_was_told() {
        let editor = window("Gedit", "gedit");
        let copying = |told| match next(told, Some(&editor)) {
            Step::Press(copying) => copying,
            Step::Take(text) => panic!("{text:?}"),
        };
        let some = |text: &str| Some(text.to_owned());
        let settle = |copied| copying(text(Certainty::Doubtful)).settle(copied);
        assert_eq!(settle(some("some\u{a0} words\n")), some("some words"));
        assert_eq!(settle(some("others")), None);
        assert_eq!(settle(None), None, "it is selected no more");
        assert_eq!(copying(text(Certainty::Doubtful)).unconfirmed(), some("some words"));
        assert_eq!(copying(Told::Elsewhere).settle(some("others")), some("others"));
        assert_eq!(copying(Told::Elsewhere).unconfirmed(), None);
    }
}
