//! How far an answer of a schema is, what comes next, and what can only come next, which is decoded in one go as guesses are.

use std::collections::VecDeque;

use hob_protocol::engine::Failure;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;
use llguidance::Matcher;
use llguidance::toktrie::SimpleVob;

use super::digits::leading_to_an_end;
use super::outline::{Outline, Repeated};
use super::way_out::{WayOut, way_out};
use crate::sampler::Choice;

/// Steps between two looks at how far the end is, while it is far away.
const LOOK_EVERY: usize = 16;
/// The end is near when no more tokens are left than twice what a short end takes, and so many: what begins until the next look takes some.
const RESERVE: usize = 96;
/// How many tokens are refused for making what is there already, an element of a list or the name of a property, before it is given up.
const REFUSALS: usize = 256;
/// Elements that a list could have next are all looked at if they are so few.
const FEW: usize = 64;
/// How llguidance begins to say so.
const NOTHING_FITS: &str = "NoExtensionBias";
/// What a number may go on with.
const DIGITS: &[u8] = b"0123456789.eE";

#[derive(Clone)]
pub(crate) struct Constraint {
    matcher: Matcher,
    outline: Outline,
    /// No list gets an element twice.
    unlike: bool,
    way: Way,
    /// Steps until the next look at the end.
    unseen: usize,
}

#[derive(Debug, Clone)]
enum Way {
    /// The model chooses. With the way to an end from here, if it was looked for.
    Free(Option<VecDeque<LlamaToken>>),
    /// Tokens are running out: what closes the answer.
    Ending(VecDeque<LlamaToken>),
}

/// How an answer goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Token(LlamaToken),
    /// It is whole, and what the model would have liked to add had no room.
    CutShort,
    /// No token fits.
    Nothing,
}

impl Constraint {
    pub(super) fn new(matcher: Matcher, unlike: bool) -> Self {
        Self { matcher, outline: Outline::default(), unlike, way: Way::Free(None), unseen: 0 }
    }

    /// Lists may have an element twice after all.
    #[must_use]
    pub(crate) fn alike(mut self) -> Self {
        self.unlike = false;
        self
    }

    /// Chooses what comes next, with `left` tokens to go: what the model likes best of what the schema allows, as long as the answer can be
    /// brought to an end behind it.
    pub(crate) fn next(&mut self, logits: &[f32], choice: &mut Choice, left: usize) -> Result<Next, Failure> {
        if let Way::Ending(way) = &mut self.way {
            return match way.pop_front() {
                Some(token) => self.take(token),
                None => Ok(Next::CutShort),
            };
        }
        let Some(token) = self.choose(logits, choice)? else { return Ok(Next::Nothing) };
        if let Some(way) = self.has_to_end(token, left) {
            self.way = Way::Ending(way);
            return self.next(logits, choice, left);
        }
        self.take(token)
    }

    /// At most so many tokens that will come next for want of a choice, as far as that is known: bytes that the schema prescribes, in these
    /// words, or the way to the end. The model may put the same bytes into other words.
    pub(crate) fn prescribed(&self, most: usize, words: impl FnOnce(&[u8]) -> Vec<LlamaToken>) -> Vec<LlamaToken> {
        let mut tokens = match &self.way {
            _ if most == 0 => Vec::new(),
            Way::Ending(way) => way.iter().copied().collect(),
            Way::Free(_) => {
                // Of a copy, so that what is allowed next cannot depend on it.
                let bytes = self.matcher.clone().compute_ff_bytes();
                if bytes.is_empty() { Vec::new() } else { words(&bytes) }
            }
        };
        tokens.truncate(most);
        tokens
    }

    /// What was written so far is an answer of the schema.
    pub(crate) fn is_complete(&mut self) -> bool {
        self.matcher.is_accepting().unwrap_or(false) || (self.matcher.is_stopped() && !self.matcher.is_error())
    }

    /// Nothing may follow.
    pub(crate) fn is_over(&self) -> bool {
        self.matcher.is_stopped()
    }

    /// For lack of tokens.
    pub(crate) fn is_cut_short(&self) -> bool {
        matches!(self.way, Way::Ending(_))
    }

    fn take(&mut self, token: LlamaToken) -> Result<Next, Failure> {
        if !self.matcher.is_stopped() {
            // What it says was looked at before.
            let _ = self.outline.push(&self.word(token));
            self.matcher.consume_token(id(token)).map_err(|error| broken(&error))?;
        }
        Ok(Next::Token(token))
    }

    fn choose(&mut self, logits: &[f32], choice: &mut Choice) -> Result<Option<LlamaToken>, Failure> {
        let mut mask = match self.matcher.compute_mask_or_eos() {
            Ok(mask) => mask,
            Err(error) if error.to_string().starts_with(NOTHING_FITS) => return Ok(None),
            Err(error) => return Err(broken(&error)),
        };
        if self.outline.ends_with_a_long_number() {
            without_digits(&mut mask, &self.matcher);
        }
        let mut second_best = None;
        for _ in 0..REFUSALS {
            let mut candidates = Vec::new();
            mask.iter_set_entries(|token| {
                if let (Some(logit), Ok(token)) = (logits.get(token), i32::try_from(token)) {
                    candidates.push(LlamaTokenData::new(LlamaToken(token), *logit, 0.0));
                }
            });
            if candidates.is_empty() {
                break;
            }
            let token = choice.among(LlamaTokenDataArray::new(candidates, false));
            let word = self.word(token);
            if self.outline.clone().push(&word) == Err(Repeated::Name) {
                second_best.get_or_insert(token);
            } else if !self.unlike || !repeats(&self.matcher, &self.outline, id(token)) {
                return Ok(Some(token));
            }
            mask.disallow_token(id(token));
        }
        // A name may be there twice if there is no other.
        Ok(second_best)
    }

    /// The way to an end, if none would be left behind this token.
    fn has_to_end(&mut self, token: LlamaToken, left: usize) -> Option<VecDeque<LlamaToken>> {
        if self.unseen > 0 {
            self.unseen -= 1;
            self.way = Way::Free(None);
            return None;
        }
        let known = match std::mem::replace(&mut self.way, Way::Free(None)) {
            Way::Free(known) => known,
            Way::Ending(way) => Some(way),
        };
        if let Some(mut way) = known.clone()
            && way.front() == Some(&token)
        {
            way.pop_front();
            self.way = Way::Free(Some(way));
            return None;
        }
        let mut ahead = self.matcher.clone();
        let mut outline = self.outline.clone();
        let _ = outline.push(&self.word(token));
        if ahead.consume_token(id(token)).is_err() {
            return None;
        }
        let behind = way_out(&ahead, outline, left.saturating_sub(1));
        if let WayOut::Known(way) = behind {
            self.unseen = if left > 2 * way.len() + RESERVE { LOOK_EVERY } else { 0 };
            self.way = Way::Free(Some(way.into()));
            return None;
        }
        let here = known.or_else(|| match way_out(&self.matcher, self.outline.clone(), left) {
            WayOut::Known(way) => Some(way.into()),
            WayOut::TooLong | WayOut::Unknown => None,
        });
        let is_near = here.as_ref().is_some_and(|here| left <= 2 * here.len() + RESERVE);
        if behind == WayOut::Unknown && !is_near {
            self.unseen = LOOK_EVERY;
            return None;
        }
        here
    }

    fn word(&self, token: LlamaToken) -> Vec<u8> {
        word(&self.matcher, id(token))
    }
}

/// Whether a list has an element twice after this token, or must have it soon.
fn repeats(matcher: &Matcher, outline: &Outline, token: u32) -> bool {
    let mut outline = outline.clone();
    if outline.push(&word(matcher, token)).is_err() {
        return true;
    }
    let mut ahead = matcher.clone();
    if ahead.consume_token(token).is_err() || ahead.is_stopped() {
        return false;
    }
    if outline.begins_another_element() {
        return repeats_whatever_comes(&mut ahead, &outline);
    }
    let forced = ahead.compute_ff_bytes();
    if outline.push(&forced).is_err() {
        return true;
    }
    let is_at_its_end = !forced.is_empty() || !has_more_digits(&mut ahead) || outline.ends_with_an_idle_zero();
    outline.ends_with_an_element() && is_at_its_end && outline.push(b",").is_err()
}

fn repeats_whatever_comes(ahead: &mut Matcher, outline: &Outline) -> bool {
    let Ok(mask) = ahead.compute_mask() else { return false };
    mask.num_set() <= FEW && mask.iter().all(|token| repeats(ahead, outline, token))
}

fn word(matcher: &Matcher, token: u32) -> Vec<u8> {
    matcher.tok_env().map(|words| words.tok_trie().token(token).to_vec()).unwrap_or_default()
}

/// Unless nothing else is left; then with the one that leads to an end.
fn without_digits(mask: &mut SimpleVob, matcher: &Matcher) {
    let Ok(words) = matcher.tok_env() else { return };
    let begins_with_digit =
        |token: &u32| words.tok_trie().token(*token).first().is_some_and(|byte| DIGITS.contains(byte));
    let (digits, others): (Vec<u32>, Vec<u32>) = mask.iter().partition(begins_with_digit);
    let last = if others.is_empty() { leading_to_an_end(matcher) } else { None };
    if !others.is_empty() || last.is_some() {
        for token in digits.into_iter().filter(|token| Some(*token) != last) {
            mask.disallow_token(token);
        }
    }
}

fn has_more_digits(matcher: &mut Matcher) -> bool {
    let Ok(words) = matcher.tok_env() else { return false };
    let mut tokens =
        DIGITS.iter().filter(|byte| byte.is_ascii_digit()).filter_map(|digit| words.tok_trie().token_id(&[*digit]));
    tokens.any(|token| matcher.validate_tokens(&[token]).is_ok_and(|count| count == 1))
}

fn id(token: LlamaToken) -> u32 {
    token.0.cast_unsigned()
}

fn broken(error: &impl std::fmt::Display) -> Failure {
    // What follows the first line is all that the grammar and the answer are.
    let problem = error.to_string();
    let problem = problem.lines().next().unwrap_or_default();
    Failure::Inference { problem: format!("the schema could not be followed: {problem}") }
}
