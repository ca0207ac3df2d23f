//! What an action consists of.

use hob_protocol::Error;
use hob_protocol::text::Options;

use super::faithful::Check;

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
    /// What stands behind the text, from how many words the answer should have at most. What comes last weighs most with small models.
    pub(super) closing: Option<fn(usize) -> String>,
    pub(super) length: Length,
    pub(super) shape: Shape,
    pub(super) division: Division,
    /// What an answer has to be like, or it is no result of this action.
    pub(super) checks: &'static [Check],
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

/// How a long text is divided, so that a model does each piece well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Division {
    /// The result has the lines of the text.
    Lines,
    /// Paragraphs are worked on for themselves.
    Paragraphs,
    /// The result is a list, and that of a long text has the items of all its pieces.
    List,
    /// The pieces of a long text are summarized, and the action gets the summaries.
    Digest,
    /// It makes sense as a whole only.
    Whole,
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
    /// JSON, which is used as it is.
    Json,
}

pub(super) fn invalid(option: &str, problem: String) -> Error {
    Error::OptionInvalid { option: option.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::super::{BUILT_IN, faithful};

    #[test]
    fn the_answers_of_examples_pass_the_checks_of_their_action() {
        for action in BUILT_IN {
            for example in action.examples {
                let target = example.directive.split_once(" into ").map(|(_, language)| language.trim_end_matches('.'));
                // Good words may be none of those in the text, which no check can tell from other things.
                let is_exact = |check: &&faithful::Check| {
                    !matches!(check, faithful::Check::SharedWords { .. } | faithful::Check::OtherWords { .. })
                };
                let checks: Vec<faithful::Check> = action.checks.iter().filter(is_exact).copied().collect();
                let verdict = faithful::judge(&checks, target, example.text, example.answer);
                assert_eq!(verdict, Ok(()), "{}: {}", action.name, example.answer);
            }
        }
    }
}
