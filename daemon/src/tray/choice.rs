//! What can be chosen in the menu. A choice travels through the tray's library as the id of its entry, and never holds words of the
//! user: a dictation is named by its number.

use hob_protocol::daemon::EngineKind;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Choice {
    /// Begins a dictation whose text goes to the cursor.
    Dictate,
    Stop,
    /// Throws the running dictation away.
    Cancel,
    Undo,
    /// A text of the history, to the clipboard.
    Copy(u64),
    Run {
        action: String,
        on: On,
        language: Option<String>,
        tone: Option<String>,
    },
    /// By its name; else follow the system.
    Microphone(Option<String>),
    /// A code, several with commas, or `auto`.
    Language(String),
    Load(String),
    Unload(EngineKind),
    Pause,
    Resume,
    Settings,
    History,
    Quit,
}

/// The text that an action works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum On {
    Selection,
    Clipboard,
}

impl Choice {
    pub(super) fn id(&self) -> String {
        serde_json::to_string(self).expect("a choice holds strings and numbers")
    }

    /// `None` for an entry that can only be read.
    pub(super) fn of_id(id: &str) -> Option<Self> {
        serde_json::from_str(id).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_its_id() {
        let run = Choice::Run { action: "fix".into(), on: On::Selection, language: None, tone: None };
        for choice in [Choice::Dictate, Choice::Copy(7), run, Choice::Microphone(None), Choice::Load("a & b_c".into())]
        {
            assert_eq!(Choice::of_id(&choice.id()), Some(choice));
        }
        assert_eq!(Choice::of_id("1"), None);
    }
}
