//! One text measured one way: what is printed, summed up and saved.

use serde::Serialize;

use super::texts::Size;

/// The ways to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    /// hob, as it is.
    Hob,
    /// llama-server.
    Rival,
    /// hob, one token after the other.
    Plain,
}

impl Way {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hob => "hob",
            Self::Rival => "rival",
            Self::Plain => "no guesses",
        }
    }
}

/// What came of one text. Times begin when the question is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Answer {
    /// `null` if there was no word.
    pub(super) first_ms: Option<f64>,
    pub(super) total_ms: f64,
    pub(super) prompt_tokens: u32,
    pub(super) cached_tokens: u32,
    /// Tokens that came after the first one, with the one that ends the answer.
    pub(super) steps: u32,
    pub(super) text: String,
}

impl Answer {
    /// Tokens in a second after the first one.
    pub(super) fn speed(&self) -> Option<f64> {
        let seconds = (self.total_ms - self.first_ms?) / 1000.0;
        (self.steps > 0 && seconds > 0.0).then(|| f64::from(self.steps) / seconds)
    }
}

/// One line of the file that `--json` writes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Single {
    pub(super) way: Way,
    pub(super) pass: u32,
    pub(super) name: String,
    pub(super) words: usize,
    #[serde(skip)]
    pub(super) size: Size,
    #[serde(flatten)]
    pub(super) answer: Answer,
}
