//! One go at an answer: token after token until something ends it.

use std::time::Instant;

use hob_protocol::Secret;
use hob_protocol::engine::Failure;
use hob_protocol::text::{Finish, Sampling};
use llama_cpp_2::token::LlamaToken;

use crate::answer::{Answer, Stopped};
use crate::draft::Drafter;
use crate::generate::{Loaded, Turn, milliseconds};
use crate::prompt::Prompt;
use crate::sampler::Choice;
use crate::schema::{Constraint, Next};

#[derive(Clone)]
pub(crate) struct Attempt<'a> {
    pub(crate) begin: Instant,
    pub(crate) prompt: &'a Prompt,
    pub(crate) sampling: &'a Sampling,
    pub(crate) constraint: Option<Constraint>,
    pub(crate) told: Told,
    /// Tokens of the answer.
    pub(crate) most: usize,
    /// Guessed tokens in one decode.
    pub(crate) guesses: usize,
}

/// When the client hears of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    PieceByPiece,
    /// Nobody knows yet whether it is one.
    Whole,
}

/// What came of it.
pub(crate) struct Written {
    pub(crate) text: Secret,
    pub(crate) finish: Finish,
    pub(crate) tokens: u32,
    pub(crate) first_token_ms: f64,
    /// By the grammar of a schema. Without one every answer is whole.
    pub(crate) is_whole: bool,
}

impl Attempt<'_> {
    /// Sends text as it comes, and between two decodes looks whether the request is cancelled, is to pause, or is to let another one go
    /// first. The prompt is computed already.
    pub(crate) fn write(self, loaded: &mut Loaded, turn: Turn<'_>) -> Result<Written, Failure> {
        let vocab = loaded.model.vocab();
        let mut constraint = self.constraint;
        let mut choice = Choice::new(self.sampling, self.begin.elapsed().subsec_nanos());
        let told = self.told;
        let mut answer = Answer::new(self.sampling.stop.clone().unwrap_or_default(), |text: &str| {
            if told == Told::PieceByPiece {
                turn.job.delta(text);
            }
        });
        let mut drafter = Drafter::new(&self.prompt.tokens[self.prompt.text.clone()], self.guesses);
        let mut written: Vec<LlamaToken> = Vec::new();
        let mut first_token_ms = None;
        // Guesses stand in the last decode at the places from 1 on. So many of them are read off the text, and not prescribed by a schema.
        let mut draft: Vec<LlamaToken> = Vec::new();
        let mut place = 0;
        let mut guessed = 0;
        let mut fits = true;
        let finish = loop {
            if written.len() == self.most {
                break Finish::Length;
            }
            // The last step of the prompt has logits for its end alone.
            let row = (!written.is_empty()).then_some(place);
            let next = match &mut constraint {
                None => Next::Token(loaded.sequence.sample(&mut choice, row)),
                Some(constraint) => {
                    constraint.next(loaded.sequence.logits(row), &mut choice, self.most - written.len())?
                }
            };
            first_token_ms.get_or_insert_with(|| milliseconds(self.begin));
            let token = match next {
                Next::Token(token) => token,
                Next::CutShort => break Finish::Length,
                Next::Nothing => {
                    fits = false;
                    break Finish::Stop;
                }
            };
            if vocab.is_eog(token) {
                break Finish::Stop;
            }
            written.push(token);
            if answer.push(&vocab.token_to_piece(token, false, None)) == Stopped::Yes {
                break Finish::StopString;
            }
            if let Some(constraint) = constraint.as_ref().filter(|constraint| constraint.is_over()) {
                break if constraint.is_cut_short() { Finish::Length } else { Finish::Stop };
            }
            if draft.get(place) == Some(&token) {
                place += 1;
                continue;
            }
            answer.send_if_due(Instant::now());
            drafter.learn(guessed, place.min(guessed));
            loaded.sequence.take_back(draft.len() - place);
            turn.step(loaded)?;
            if written.len() < self.most {
                let room = self.guesses.min(self.most - written.len() - 1);
                draft = constraint.as_ref().map_or_else(Vec::new, |constraint| {
                    constraint.prescribed(room, |bytes| vocab.tokenize(bytes, false, false))
                });
                guessed = 0;
                if draft.is_empty() {
                    draft = drafter.guess(&written, room).to_vec();
                    guessed = draft.len();
                }
                place = 0;
                let next: Vec<LlamaToken> = std::iter::once(token).chain(draft.iter().copied()).collect();
                loaded.sequence.extend(&next)?;
            }
        };
        let is_whole = fits && constraint.is_none_or(|mut constraint| constraint.is_complete());
        Ok(Written {
            text: answer.finish(finish),
            finish,
            tokens: written.len() as u32,
            first_token_ms: first_token_ms.unwrap_or_else(|| milliseconds(self.begin)),
            is_whole,
        })
    }
}
