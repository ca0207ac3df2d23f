//! As many attempts at an answer of a schema as it needs, and the verdict on each. Pure.

use hob_protocol::engine::Failure;
use hob_protocol::text::{Finish, Sampling};

use super::{Constraint, Grammar, Wanted};
use crate::attempt::{Told, Written};

/// Of an answer that the grammar cannot tell whether it is valid.
const ATTEMPTS: u32 = 8;
/// Behind the second one, no other attempt begins when they have come to so many tokens together.
const TOKENS: u32 = 1024;
/// From this attempt on, lists may have an element twice: it may be another list than the one that must not.
const ALIKE_FROM: u32 = 5;
/// Another attempt must not come to the same answer.
const TEMPERATURE: f32 = 0.8;

/// What is different in an attempt.
pub(crate) struct Go {
    /// From 0 on.
    pub(crate) number: u32,
    pub(crate) sampling: Sampling,
    pub(crate) constraint: Constraint,
    pub(crate) told: Told,
}

impl Wanted {
    pub(crate) fn told(&self) -> Told {
        match self.grammar {
            Grammar::Exact => Told::PieceByPiece,
            Grammar::Near => Told::Whole,
        }
    }

    /// The first answer that is valid, or what was wrong with the very first one.
    pub(crate) fn first_valid(
        &self,
        sampling: &Sampling,
        mut write: impl FnMut(Go) -> Result<Written, Failure>,
    ) -> Result<Written, Failure> {
        let attempts = if self.grammar == Grammar::Exact { 1 } else { ATTEMPTS };
        let mut first = None;
        let mut tokens = 0;
        for number in 0..attempts {
            let constraint = self.beginning.clone();
            let written = write(Go {
                number,
                sampling: sampled(sampling, number),
                constraint: if number < ALIKE_FROM { constraint } else { constraint.alike() },
                told: self.told(),
            })?;
            match self.fault(&written) {
                None => return Ok(written),
                Some(fault) => drop(first.get_or_insert(fault)),
            }
            tokens += written.tokens;
            if number > 0 && tokens >= TOKENS {
                break;
            }
        }
        Err(first.expect("there was an attempt"))
    }

    fn fault(&self, written: &Written) -> Option<Failure> {
        let problem = self.validity.problem(written.text.as_str())?;
        let ended = written.finish != Finish::StopString;
        Some(if written.is_whole && ended {
            Failure::SchemaInvalid { problem: format!("no answer was valid: {problem}") }
        } else if written.finish == Finish::Stop {
            Failure::SchemaInvalid { problem: "the model came to where nothing fits it".to_owned() }
        } else {
            Failure::SchemaUnfinished { tokens: written.tokens }
        })
    }
}

fn sampled(sampling: &Sampling, number: u32) -> Sampling {
    if number == 0 {
        return sampling.clone();
    }
    Sampling {
        temperature: Some(sampling.temperature.unwrap_or_default().max(TEMPERATURE)),
        seed: Some(sampling.seed.unwrap_or_default().wrapping_add(number)),
        ..sampling.clone()
    }
}
