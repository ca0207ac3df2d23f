//! What a notification says, for each kind of notice. Pure.

use notify_rust::Urgency;

use hob_protocol::text::Action;

use crate::core::{DictationId, Notice};
use crate::shown::Shown;

/// Notices of one kind share a place on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Something the person has to know, or do something about.
    Trouble,
    /// What became of a text.
    Text,
    Model,
    /// Something to choose from.
    Menu,
}

impl Kind {
    pub(super) fn urgency(self) -> Urgency {
        match self {
            // Critical ones stay until they are clicked away, which nothing of hob is worth: the words are safe.
            Self::Trouble | Self::Menu => Urgency::Normal,
            Self::Text | Self::Model => Urgency::Low,
        }
    }

    /// Of the freedesktop specification.
    pub(super) fn category(self) -> &'static str {
        match self {
            Self::Trouble => "device.error",
            Self::Text => "im.received",
            Self::Model => "transfer.complete",
            Self::Menu => "x-hob.menu",
        }
    }

    pub(super) fn is_fleeting(self) -> bool {
        matches!(self, Self::Text | Self::Model | Self::Menu)
    }
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Retry(DictationId),
    Load(String),
    /// A text action on the selection, by its name.
    Run(String),
}

impl Step {
    pub(super) fn label(&self) -> String {
        match self {
            Self::Retry(_) => "Try again".to_owned(),
            Self::Load(_) => "Use it now".to_owned(),
            Self::Run(action) => sentence(action),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) kind: Kind,
    pub(super) title: String,
    /// May be read as markup, and is written so that it means the same either way as far as possible.
    pub(super) body: String,
    /// A button each.
    pub(super) steps: Vec<Step>,
}

impl Content {
    /// `None` if this is not to be shown.
    pub(super) fn of(notice: &Notice, words: Shown) -> Option<Self> {
        Some(match notice {
            Notice::Failed { problem, hint } => Self::failed(problem, hint.as_deref()),
            Notice::NothingHeard => {
                Self::new(Kind::Text, "Nothing heard", "There was no speech in the recording.", None)
            }
            Notice::OnClipboard { problem } => {
                let body = format!("{}. It can be pasted from there.", sentence(problem));
                Self::new(Kind::Trouble, "Your text is on the clipboard", &body, None)
            }
            Notice::Kept { dictation, problem } => {
                let body = format!("{}. What you said is kept.", sentence(problem));
                Self::new(Kind::Trouble, "No text yet", &body, Some(Step::Retry(*dictation)))
            }
            Notice::ModelReady { name } => {
                Self::new(Kind::Model, "New model", &format!("{name} is installed."), Some(Step::Load(name.clone())))
            }
            Notice::ClipboardReady => {
                Self::new(Kind::Text, "Your text is on the clipboard", "The action is done; paste its result.", None)
            }
            Notice::Arrived { text } => match words {
                Shown::Yes => Self::new(Kind::Text, "Dictated", text.as_str(), None),
                Shown::No => return None,
            },
        })
    }

    pub(super) fn failed(problem: &str, hint: Option<&str>) -> Self {
        Self::new(Kind::Trouble, &sentence(problem), &hint.map(sentence).unwrap_or_default(), None)
    }

    /// The actions that need to know nothing more, for the selection. `None` if there is none.
    pub(super) fn menu(actions: &[Action]) -> Option<Self> {
        let simple = actions.iter().filter(|action| action.options.is_empty());
        let steps: Vec<_> = simple.map(|action| Step::Run(action.name.clone())).collect();
        let body = plain("What is to be done with the selected text?");
        (!steps.is_empty()).then(|| Self { kind: Kind::Menu, title: "Text action".to_owned(), body, steps })
    }

    pub(super) fn copied() -> Self {
        Self::new(Kind::Text, "Your text is on the clipboard", "", None)
    }

    pub(super) fn loaded(model: &str) -> Self {
        Self::new(Kind::Model, "Model loaded", &format!("{model} is in use now."), None)
    }

    fn new(kind: Kind, title: &str, body: &str, step: Option<Step>) -> Self {
        Self { kind, title: title.to_owned(), body: plain(body), steps: step.into_iter().collect() }
    }
}

/// With a capital at its beginning: errors are written without.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Most programs read the body as a small HTML; what could be a tag or an entity is written as text.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
