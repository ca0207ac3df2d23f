//! What a way to the cursor is, and what a desktop is, for the thread that uses them. To add a way: a file with a [`Backend`], and
//! a line in `list.rs`.
//!
//! All calls come from one thread and may block it, each for a few seconds at most. Nothing may be connected before it is asked for,
//! and what has broken is connected anew by the next call of `fitness`.

use std::time::Instant;

use hob_protocol::Secret;

use crate::core::{Newline, PasteKey, Window};

/// One way to bring a text to the cursor.
pub trait Backend {
    /// By this name the configuration asks for it, and people see it.
    fn name(&self) -> &'static str;

    fn way(&self) -> Way;

    /// Whether it can work here and now; looks again each time, and connects if it has to.
    fn fitness(&mut self) -> Fitness;

    /// Brings the text to the cursor; keys of the person that are still down must not change its meaning. The text has no control
    /// characters but `\n` and `\t`. The caller has just seen that the window of `aim` has the keyboard.
    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure>;

    /// Presses `BackSpace` so many times. Only ways that press keys can.
    fn erase(&mut self, _times: usize, _aim: &Aim) -> Result<(), Failure> {
        Err(Failure::before(format!("{} cannot press keys", self.name())))
    }

    /// The settings have changed.
    fn configure(&mut self, _settings: &super::Settings) {}

    /// When [`Backend::tidy`] is due, if there is something to tidy up after an insertion.
    fn tidy_at(&self) -> Option<Instant> {
        None
    }

    fn tidy(&mut self) {}
}

/// What a desktop has besides: which window has the keyboard, what is selected, a clipboard.
pub trait Session {
    /// As people call it, such as `X11`.
    fn name(&self) -> &'static str;

    /// As [`Backend::fitness`], for reading the selection.
    fn fitness(&mut self) -> Fitness;

    /// The window that has the keyboard; `None` if none has it, or nothing tells.
    fn window(&mut self) -> Result<Option<Window>, Failure>;

    /// The text that is selected in the window with the keyboard; `None` if there is none.
    fn selection(&mut self) -> Result<Option<Secret>, Failure>;

    /// The text on the clipboard; `None` if there is none.
    fn clipboard(&mut self) -> Result<Option<Secret>, Failure>;

    /// Puts the text on the clipboard, where it stays until something else is copied.
    fn copy(&mut self, text: &Secret) -> Result<(), Failure>;

    /// A text is about to be put into this window.
    fn prepare(&mut self, _window: Option<&Window>) {}

    /// It has been; from now on [`Session::touched`] is asked for this window, if for any. For none if `None`.
    fn follow(&mut self, _window: Option<&Window>) {}

    /// Whether the person has typed, pasted or clicked in the window since this text was put there.
    fn touched(&mut self, _window: &Window, _text: &str) -> Touched {
        Touched::Unknown
    }

    /// Moves the beginning of what is selected left of the cursor, by keys, and gives what is selected then; `None`, with nothing changed, if
    /// nothing would tell. Waits a while, unless it is what is likely.
    fn select(&mut self, _window: &Window, _steps: Steps, _likely: &str) -> Option<Secret> {
        None
    }

    /// Undoes [`Session::select`].
    fn unselect(&mut self) {}

    /// What stands left of the cursor, or the end of it. `None` if nothing tells.
    fn before_cursor(&mut self) -> Option<String> {
        None
    }
}

/// In letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    Left(usize),
    Right(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    Yes,
    No,
    Unknown,
}

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Key by key, or in one go through an input method: nothing else is touched. Better for short texts.
    Types,
    /// Over the clipboard and a key that pastes: as fast for long texts.
    Pastes,
    /// To a program of the user's, which does with it what it likes.
    HandsOver,
}

impl Way {
    /// All backends of this way, in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Types => "type",
            Self::Pastes => "paste",
            Self::HandsOver => "command",
        }
    }
}

/// Whether something can be used, in the words of `hob doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fitness {
    /// `why` says by what it was found, such as `DISPLAY is :0 and the server has XTEST`.
    Works {
        why: String,
    },
    /// It works, but not for everything.
    Limited {
        why: String,
        hint: Option<String>,
    },
    Missing {
        why: String,
        hint: Option<String>,
    },
}

impl Fitness {
    pub fn is_usable(&self) -> bool {
        !matches!(self, Self::Missing { .. })
    }

    pub fn why(&self) -> &str {
        match self {
            Self::Works { why } | Self::Limited { why, .. } | Self::Missing { why, .. } => why,
        }
    }
}

/// Whose the keyboard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyboard {
    /// A window's, or nothing tells.
    Somebodys,
    /// The session says that no window has it. A menu or a launcher may still, which are no windows to a compositor.
    Nobodys,
}

/// Where a text goes and in which manner.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The window that has the keyboard, as the session sees it.
    pub window: Option<Window>,
    pub keyboard: Keyboard,
    pub paste_key: PasteKey,
    /// [`Newline::Return`] or [`Newline::ShiftReturn`]; the other two are dealt with before.
    pub newline: Newline,
    pub restore_clipboard: bool,
    /// What the window may have to take in before the text.
    pub before: Before,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    Nothing,
    /// Keys of hob's own, which only keys are sure to come behind.
    Keys,
}

/// A text has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was read back, or the window took it.
    Verified,
    /// Nothing tells whether it arrived.
    Sent,
}

/// Why a text is not where it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Failure {
    pub problem: String,
    pub reach: Reach,
}

/// How far a failed insertion got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The window is as it was, so another way may try.
    Nothing,
    /// A part may have arrived. Nobody tries again.
    Perhaps,
}

impl Failure {
    /// Before anything was sent.
    pub fn before(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), reach: Reach::Nothing }
    }

    /// When something had been sent.
    pub fn midway(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), reach: Reach::Perhaps }
    }
}
