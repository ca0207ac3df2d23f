//! The desktop as the core knows it: keys, the window and the text at the cursor, what is said to the person. Plain data, no
//! adapter and no display in here.

use std::fmt;

use hob_protocol::Secret;
use hob_protocol::dictation::{Insertion, InsertionState};

use super::effect::Effect;
use super::event::DictationId;

/// What a key is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// Held it is push-to-talk, tapped it begins and ends a dictation.
    Dictate,
    Cancel,
    Undo,
    Menu,
    /// A text action on the selection, by its name.
    Action(String),
}

/// For people and on the wire: `dictate`, or the name of an action.
impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dictate => "dictate",
            Self::Cancel => "cancel",
            Self::Undo => "undo",
            Self::Menu => "menu",
            Self::Action(action) => action,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Pressed,
    Released,
}

/// One thing to do at the cursor, and the one answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CursorId(pub u64);

/// How a text is to get to the cursor, from the configuration and the rules of the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// A backend by its name; else the first that works.
    pub method: Option<String>,
    pub paste_key: PasteKey,
    pub newline: Newline,
    /// The text takes the place of this, which was selected: if it is selected no more, nothing must be inserted by chance.
    pub replaces: Option<Secret>,
}

/// The keys that paste.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PasteKey {
    /// By what the window is.
    #[default]
    Auto,
    CtrlV,
    ShiftInsert,
    CtrlShiftV,
}

/// What becomes of a line's end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Newline {
    /// As [`Newline::Return`]; where that would send a line (a terminal, a chat) a rule says otherwise.
    #[default]
    Auto,
    Return,
    ShiftReturn,
    Space,
}

/// What came of a text that was to be inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// It was read back, and is there.
    Verified,
    /// The desktop took it; nothing tells whether it arrived.
    Sent,
    Failed {
        problem: String,
        on_clipboard: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    pub arrival: Arrival,
    /// The backend's name.
    pub method: String,
    /// Where there is something to take back.
    pub receipt: Option<Receipt>,
}

impl Inserted {
    pub(super) fn has_arrived(&self) -> bool {
        !matches!(self.arrival, Arrival::Failed { .. })
    }

    /// For whoever asked.
    pub(super) fn for_the_wire(&self) -> Insertion {
        let (state, problem) = match &self.arrival {
            Arrival::Verified => (InsertionState::Verified, None),
            Arrival::Sent => (InsertionState::Sent, None),
            Arrival::Failed { problem, on_clipboard: true } => {
                (InsertionState::Failed, Some(format!("{problem}; the text is on the clipboard")))
            }
            Arrival::Failed { problem, on_clipboard: false } => (InsertionState::Failed, Some(problem.clone())),
        };
        Insertion { state, method: self.method.clone(), problem }
    }

    /// For the person at the desktop.
    pub(super) fn for_the_person(&self, text: &Secret) -> [Effect; 2] {
        let (chime, notice) = match &self.arrival {
            Arrival::Verified | Arrival::Sent => (Chime::Done, Notice::Arrived { text: text.clone() }),
            Arrival::Failed { problem, on_clipboard: true } => {
                (Chime::Failed, Notice::OnClipboard { problem: problem.clone() })
            }
            Arrival::Failed { problem, on_clipboard: false } => {
                let hint = Some("`hob history` has the text of a dictation".to_owned());
                (Chime::Failed, Notice::Failed { problem: problem.clone(), hint })
            }
        };
        [Effect::Chime(chime), Effect::Notify(notice)]
    }
}

/// What the next undo needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub window: Option<Window>,
    /// What was added, as it stands in the window.
    pub text: Secret,
    /// What it took the place of.
    pub replaced: Option<Secret>,
}

/// A window that has, or had, the keyboard.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// Two windows that exist at the same time differ in it.
    pub id: String,
    /// `WM_CLASS`, or the application id of Wayland.
    pub class: String,
    pub title: String,
    pub pid: Option<u32>,
    /// The name of its program, as the kernel has it (15 bytes of it); empty if nothing tells. A class may be anything that a person wants.
    pub program: String,
}

/// Without the title, which may hold words of the user.
impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("id", &self.id)
            .field("class", &self.class)
            .field("program", &self.program)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub text: Secret,
    pub window: Option<Window>,
}

/// What a person who pressed a key has to be told, because no caller waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    Failed {
        problem: String,
        hint: Option<String>,
    },
    NothingHeard,
    /// The text could not be inserted and is on the clipboard.
    OnClipboard {
        problem: String,
    },
    /// There is no text, but the recording is kept: `hob dictate retry`.
    Kept {
        dictation: DictationId,
        problem: String,
    },
    /// A model that was not there before.
    ModelReady {
        name: String,
    },
    /// The result of a text action is on the clipboard, where its text was.
    ClipboardReady,
    /// The text that has arrived; shown only where the configuration asks for texts in notifications.
    Arrived {
        text: Secret,
    },
}

/// A sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chime {
    /// The microphone gives sound: speak.
    Go,
    Done,
    Failed,
}
