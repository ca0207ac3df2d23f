//! How many words of a text are wrong: both texts are brought into one form, then their words are compared. Pure; knows no recording
//! and no engine.

mod english;
mod numbers;
mod plain;
mod spelling;
#[cfg(test)]
mod tests;

use serde::Serialize;

/// The mistakes in one text, or in several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Mistakes {
    /// Words to replace, leave out or put in to get from what was heard to what was said.
    pub(crate) wrong: usize,
    /// Words that were said; none if nobody spoke.
    pub(crate) said: usize,
    /// Words that were heard.
    pub(crate) heard: usize,
}

impl Mistakes {
    /// `language` is an ISO 639 code. For languages written without blanks a word is a character.
    pub(crate) fn between(language: &str, said: &str, heard: &str) -> Self {
        let (said, heard) = (words(language, said), words(language, heard));
        Self { wrong: strsim::generic_levenshtein(&said, &heard), said: said.len(), heard: heard.len() }
    }

    /// Nobody spoke, and yet there are words.
    pub(crate) fn is_ghost(self) -> bool {
        self.said == 0 && self.heard > 0
    }

    /// Wrong words for each word said; `None` if nothing was said.
    pub(crate) fn rate(self) -> Option<f64> {
        (self.said > 0).then(|| self.wrong as f64 / self.said as f64)
    }
}

impl std::iter::Sum for Mistakes {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            wrong: sum.wrong + one.wrong,
            said: sum.said + one.said,
            heard: sum.heard + one.heard,
        })
    }
}

/// The words of a text, in the one form in which texts are compared.
pub(crate) fn words(language: &str, text: &str) -> Vec<String> {
    match language {
        "en" => english::words(text),
        "zh" | "yue" | "ja" | "th" | "lo" | "my" | "km" => plain::letters(text),
        _ => plain::words(text),
    }
}
