//! From a conversation to tokens, within what the context holds. Special tokens come from the template alone: a text that contains
//! `<|im_end|>` is just that text.

use std::ops::Range;

use hob_protocol::engine::Failure;
use hob_protocol::text::{Message, Role};
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use crate::adapters::Binding;
use crate::shelf::Computed;
use crate::template::{ChatTemplate, Piece};

/// Stands where words were left out.
const OMISSION: &str = " […] ";

/// A stretch of the conversation shorter than this shares its decode with the next one.
const SHORTEST_STEP: usize = 16;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) tokens: Vec<LlamaToken>,
    pub(crate) truncated: bool,
    /// So many tokens at the beginning are probably the same in other prompts.
    pub(crate) constant: usize,
    /// Those say nothing of the user's.
    pub(crate) is_impersonal: bool,
    /// The adapter that it is for.
    pub(crate) adapter: Option<Binding>,
    /// The tokens of what the prompt is about: the last message, without what is constant of it.
    pub(crate) text: Range<usize>,
    /// Where messages begin: another turn of the same conversation has these in common.
    starts: Vec<usize>,
}

impl Prompt {
    /// What others have in common with this one. That of a model which cannot go back may be none.
    pub(crate) fn constant_part(mut self) -> Self {
        self.tokens.truncate(self.constant);
        self.text = self.constant..self.constant;
        self
    }

    /// What there will be once it is computed, in decodes of `most` tokens at the most.
    pub(crate) fn computed(&self, most: usize) -> Computed {
        Computed { tokens: self.tokens.clone(), ends: self.steps(most), adapter: self.adapter.clone() }
    }

    /// Where the decodes end in which this prompt is computed, each of `most` tokens at the most. What two prompts have in common
    /// at their beginnings, they have in common here.
    pub(crate) fn steps(&self, most: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut done = 0;
        for start in self.starts.iter().copied().chain([self.constant, self.tokens.len()]) {
            let short = start < done + SHORTEST_STEP && start != self.constant && start != self.tokens.len();
            if short || start <= done {
                continue;
            }
            ends.extend((done + most..start).step_by(most));
            ends.push(start);
            done = start;
        }
        ends
    }
}

/// What to do with a text that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overflow {
    Refuse,
    /// Leave out the middle of the last message of the user.
    Shorten,
}

/// Tokens that fit, ready to be read by the model. Of the last message of the user, `constant_bytes` are the same for many texts.
pub(crate) fn build(
    model: &LlamaModel,
    template: &ChatTemplate,
    (messages, constant_bytes): (&[Message], usize),
    fit: Fit,
) -> Result<Prompt, Failure> {
    let pieces = template.render(messages).map_err(|error| Failure::Inference { problem: error.to_string() })?;
    let last = messages.iter().rposition(|message| message.role == Role::User);
    let vocab = model.vocab();
    let mut stretches = Vec::new();
    for piece in &pieces {
        match piece {
            Piece::Markup(text) => {
                stretches.push(Stretch { tokens: vocab.tokenize(text.as_bytes(), false, true), part: Part::Markup });
            }
            Piece::Content(index) => {
                let content = messages[*index].content.as_str();
                let is_last = last == Some(*index);
                let constant = if is_last && content.is_char_boundary(constant_bytes) { constant_bytes } else { 0 };
                let (before, text) = content.split_at(constant);
                // Cut here whatever the text is: a token across the border would be another one for each text.
                stretches
                    .push(Stretch { tokens: vocab.tokenize(before.as_bytes(), false, false), part: Part::Message });
                let part = if is_last { Part::Text } else { Part::Markup };
                stretches.push(Stretch { tokens: vocab.tokenize(text.as_bytes(), false, false), part });
            }
        }
    }
    let starts_with_bos = stretches.first().and_then(|first| first.tokens.first()) == Some(&vocab.bos());
    if vocab.should_add_bos() && !starts_with_bos {
        stretches.insert(0, Stretch { tokens: vec![vocab.bos()], part: Part::Markup });
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
        let text = stretches.iter_mut().find(|stretch| stretch.part == Part::Text).ok_or_else(exceeded)?;
        text.tokens =
            without_middle(&text.tokens, Cut { excess, omission: &omission }, continues).ok_or_else(exceeded)?;
    }
    Ok(assemble(stretches, excess > 0))
}

fn assemble(stretches: Vec<Stretch>, truncated: bool) -> Prompt {
    let mut prompt = Prompt {
        tokens: Vec::new(),
        truncated,
        constant: 0,
        is_impersonal: false,
        adapter: None,
        text: 0..0,
        starts: Vec::new(),
    };
    for Stretch { tokens, part } in stretches {
        let start = prompt.tokens.len();
        prompt.tokens.extend(tokens);
        match part {
            Part::Markup => {}
            Part::Message => prompt.starts.push(start),
            Part::Text => (prompt.constant, prompt.text) = (start, start..prompt.tokens.len()),
        }
    }
    // The last of these is what the prompt is about, and has its own place.
    prompt.starts.retain(|start| *start < prompt.constant);
    prompt
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
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Markup,
    /// A message, or the constant beginning of the last one.
    Message,
    /// What the prompt is about. It may be shortened.
    Text,
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

    use super::{Cut, Part, Prompt, Stretch, assemble, without_middle};

    fn prompt(stretches: &[(Part, usize)]) -> Prompt {
        let stretch = |(part, length): &(Part, usize)| Stretch { tokens: vec![LlamaToken(0); *length], part: *part };
        assemble(stretches.iter().map(stretch).collect(), false)
    }

    #[test]
    fn a_prompt_is_computed_in_steps_that_others_with_the_same_beginning_share() {
        let first =
            [(Part::Markup, 5), (Part::Message, 100), (Part::Markup, 4), (Part::Message, 10), (Part::Text, 150)];
        let turn = prompt(&first);
        assert_eq!((turn.constant, turn.text.clone(), turn.tokens.len()), (119, 119..269, 269));
        assert_eq!(turn.steps(64), [64, 109, 119, 183, 247, 269]);

        let mut later = first.to_vec();
        later[3] = (Part::Message, 160);
        later.truncate(4);
        later.extend([(Part::Markup, 4), (Part::Message, 3), (Part::Text, 9), (Part::Markup, 2)]);
        let turn = prompt(&later);
        assert_eq!(turn.steps(64)[..2], [64, 109]);
        assert_eq!(*turn.steps(64).last().unwrap(), turn.tokens.len());
        assert!(turn.steps(64).is_sorted());
    }

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
