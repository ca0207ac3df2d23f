//! From a conversation to tokens, within what the context holds. Special tokens come from the template alone: a text that contains
//! `<|im_end|>` is just that text.

use hob_protocol::engine::Failure;
use hob_protocol::text::{Message, Role};
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use crate::template::{ChatTemplate, Piece};

/// Stands where words were left out.
const OMISSION: &str = " […] ";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) tokens: Vec<LlamaToken>,
    pub(crate) truncated: bool,
}

/// What to do with a text that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overflow {
    Refuse,
    /// Leave out the middle of the last message of the user.
    Shorten,
}

/// Tokens that fit into `limit`, ready to be read by the model.
pub(crate) fn build(
    model: &LlamaModel,
    template: &ChatTemplate,
    messages: &[Message],
    fit: Fit,
) -> Result<Prompt, Failure> {
    let pieces = template.render(messages).map_err(|error| Failure::Inference { problem: error.to_string() })?;
    let last = messages.iter().rposition(|message| message.role == Role::User);
    let vocab = model.vocab();
    let mut stretches: Vec<Stretch> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Markup(text) => Stretch { tokens: vocab.tokenize(text.as_bytes(), false, true), shortens: false },
            Piece::Content(index) => Stretch {
                tokens: vocab.tokenize(messages[*index].content.as_str().as_bytes(), false, false),
                shortens: last == Some(*index),
            },
        })
        .collect();
    let starts_with_bos = stretches.first().and_then(|first| first.tokens.first()) == Some(&vocab.bos());
    if vocab.should_add_bos() && !starts_with_bos {
        stretches.insert(0, Stretch { tokens: vec![vocab.bos()], shortens: false });
    }

    let total: usize = stretches.iter().map(|stretch| stretch.tokens.len()).sum();
    let excess = total.saturating_sub(fit.limit as usize);
    if excess > 0 {
        let exceeded =
            || Failure::ContextExceeded { tokens: u32::try_from(total).unwrap_or(u32::MAX), limit: fit.limit };
        if fit.overflow == Overflow::Refuse {
            return Err(exceeded());
        }
        let omission = vocab.tokenize(OMISSION.as_bytes(), false, false);
        let continues = |token: LlamaToken| {
            vocab.token_to_piece(token, false, None).first().is_some_and(|byte| (0x80..0xc0).contains(byte))
        };
        let text = stretches.iter_mut().find(|stretch| stretch.shortens).ok_or_else(exceeded)?;
        text.tokens =
            without_middle(&text.tokens, Cut { excess, omission: &omission }, continues).ok_or_else(exceeded)?;
    }
    Ok(Prompt { tokens: stretches.into_iter().flat_map(|stretch| stretch.tokens).collect(), truncated: excess > 0 })
}

/// The room for a prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// In tokens.
    pub(crate) limit: u32,
    pub(crate) overflow: Overflow,
}

struct Stretch {
    tokens: Vec<LlamaToken>,
    /// This is the text that may be shortened.
    shortens: bool,
}

/// How much to leave out, and what to put there instead.
#[derive(Clone, Copy)]
struct Cut<'a> {
    excess: usize,
    omission: &'a [LlamaToken],
}

/// The beginning and the end of a text, the beginning three times as long: it says what the text is about, and the end holds what
/// an action wrote behind the text. No character is cut in half: `continues` tells of a token that begins inside one.
/// `None` if nothing would remain.
fn without_middle(tokens: &[LlamaToken], cut: Cut, continues: impl Fn(LlamaToken) -> bool) -> Option<Vec<LlamaToken>> {
    let kept = tokens.len().checked_sub(cut.excess + cut.omission.len()).filter(|kept| *kept > 0)?;
    let mut head = kept - kept / 4;
    let mut tail = tokens.len() - kept / 4;
    while head > 0 && continues(tokens[head]) {
        head -= 1;
    }
    while tail < tokens.len() && continues(tokens[tail]) {
        tail += 1;
    }
    Some([&tokens[..head], cut.omission, &tokens[tail..]].concat())
}

#[cfg(test)]
mod tests {
    use llama_cpp_2::token::LlamaToken;

    use super::{Cut, without_middle};

    /// Tokens 0 to `length`, of which those in `continuing` begin inside a character; the omission is token -1.
    fn shortened(length: i32, excess: usize, continuing: &[i32]) -> Option<Vec<i32>> {
        let tokens: Vec<LlamaToken> = (0..length).map(LlamaToken).collect();
        let cut = Cut { excess, omission: &[LlamaToken(-1)] };
        let kept = without_middle(&tokens, cut, |token| continuing.contains(&token.0));
        kept.map(|tokens| tokens.into_iter().map(|token| token.0).collect())
    }

    #[test]
    fn the_middle_goes_and_characters_stay_whole() {
        assert_eq!(shortened(12, 3, &[]), Some(vec![0, 1, 2, 3, 4, 5, -1, 10, 11]));
        assert_eq!(shortened(12, 3, &[5, 6]), Some(vec![0, 1, 2, 3, -1, 10, 11]));
        assert_eq!(shortened(12, 3, &[10]), Some(vec![0, 1, 2, 3, 4, 5, -1, 11]));
        assert_eq!(shortened(12, 3, &[10, 11]), Some(vec![0, 1, 2, 3, 4, 5, -1]));
        assert_eq!(shortened(3, 1, &[]), Some(vec![0, -1]));
        assert_eq!(shortened(3, 2, &[]), None);
        assert_eq!(shortened(3, 9, &[]), None);
    }
}
