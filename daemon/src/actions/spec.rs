//! What an action consists of.

use hob_protocol::Error;
use hob_protocol::text::Options;

/// One action. The texts for the model come in the order in which it reads them, the constant ones first: their KV cache is reused.
#[derive(Debug)]
pub struct ActionSpec {
    pub name: &'static str,
    /// One line for people.
    pub help: &'static str,
    /// The options it takes, beside those that every action takes.
    pub options: &'static [&'static str],
    /// What the model is, and the rules it follows.
    pub(super) system: &'static str,
    /// What good answers look like. Small models follow these more than any rule.
    pub(super) examples: &'static [Example],
    /// What to do with the one text, from the options.
    pub(super) directive: fn(&Options) -> Result<String, Error>,
    pub(super) length: Length,
    pub(super) shape: Shape,
}

/// A request and the answer one would wish for.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) directive: &'static str,
    pub(super) text: &'static str,
    pub(super) answer: &'static str,
}

/// How long an answer may become.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    /// A percentage of the text.
    OfText(u32),
    /// As many tokens, however long the text is.
    Tokens(u32),
}

/// What the result looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Takes the place of the text: the white space around that stays.
    InPlace,
    /// Stands for itself.
    Text,
    /// One line without an end.
    Line,
}

impl ActionSpec {
    /// Refuses an option that would have no effect: the caller expects one.
    pub(super) fn check_options(&self, options: &Options) -> Result<(), Error> {
        let given = [
            ("language", options.language.is_some()),
            ("tone", options.tone.is_some()),
            ("question", options.question.is_some()),
        ];
        if let Some((option, _)) = given.iter().find(|(option, given)| *given && !self.options.contains(option)) {
            return Err(invalid(option, format!("the action {} does not take it", self.name)));
        }
        if options.max_tokens == Some(0) {
            return Err(invalid("max_tokens", "must be 1 or more".to_owned()));
        }
        Ok(())
    }
}

pub(super) fn invalid(option: &str, problem: String) -> Error {
    Error::OptionInvalid { option: option.to_owned(), problem }
}
