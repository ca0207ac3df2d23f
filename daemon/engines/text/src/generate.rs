//! One request: prompt, prefill, and as many attempts at an answer as it needs.

use std::time::Instant;

use hob_protocol::engine::{Failure, LoadOptions, TextRequest, Urgency};
use hob_protocol::text::Completion;
use hob_worker::{Job, TextDone};
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;

use crate::attempt::{Attempt, Told};
use crate::engine;
use crate::prompt::{self, Fit, Overflow, Prompt};
use crate::schema::{Go, Vocabulary, Wanted};
use crate::sequence::{Prefill, Sequence, Step};
use crate::serve::serve;
use crate::template::ChatTemplate;

/// Where a request does not say.
const MAX_TOKENS: u32 = 1024;

/// What a loaded model consists of.
pub(crate) struct Loaded {
    pub(crate) model: &'static LlamaModel,
    pub(crate) template: ChatTemplate,
    pub(crate) sequence: Sequence,
    /// For answers of a schema; learned when the first one is asked for.
    pub(crate) vocabulary: Option<Vocabulary>,
    pub(crate) backend: &'static LlamaBackend,
    pub(crate) options: LoadOptions,
}

/// Runs a request.
pub(crate) fn generate(loaded: &mut Loaded, job: &Job, request: TextRequest) -> Result<Completion, Failure> {
    let begin = Instant::now();
    let TextRequest {
        messages,
        sampling,
        truncate,
        constant_bytes,
        is_impersonal,
        adapter,
        without_guesses,
        urgency,
        schema,
    } = request;
    let wanted = schema.map(|schema| loaded.wanted(&schema)).transpose()?;
    let overflow = if truncate { Overflow::Shorten } else { Overflow::Refuse };
    let room = Room::new(loaded.sequence.capacity(), sampling.max_tokens);
    let fit = Fit { limit: room.prompt, overflow };
    let mut prompt = prompt::build(loaded.model, &loaded.template, (&messages, constant_bytes), fit)?;
    prompt.is_impersonal = is_impersonal;
    prompt.adapter = loaded.sequence.adapter(adapter.as_deref())?;
    if prompt.tokens.is_empty() {
        return Err(Failure::Inference { problem: "the prompt is empty".into() });
    }
    let turn = Turn { job, urgency };
    let cached = turn.prefill(loaded, &prompt)?;
    let attempt = Attempt {
        begin,
        prompt: &prompt,
        sampling: &sampling,
        constraint: None,
        told: Told::PieceByPiece,
        most: room.answer(prompt.tokens.len() as u32) as usize,
        guesses: if without_guesses { 0 } else { loaded.sequence.guesses(prompt.adapter.as_ref()) },
    };
    let written = match wanted {
        None => attempt.write(loaded, turn)?,
        Some(wanted) => {
            let written = wanted.first_valid(&sampling, |Go { number, sampling, constraint, told }| {
                if number > 0 {
                    turn.prefill(loaded, &prompt)?;
                }
                let attempt = Attempt { sampling: &sampling, constraint: Some(constraint), told, ..attempt.clone() };
                attempt.write(loaded, turn)
            })?;
            if wanted.told() == Told::Whole {
                job.delta(written.text.as_str());
            }
            written
        }
    };
    Ok(Completion {
        text: written.text,
        finish: written.finish,
        prompt_tokens: prompt.tokens.len() as u32,
        cached_tokens: cached as u32,
        output_tokens: written.tokens,
        truncated: prompt.truncated,
        queue_ms: 0.0,
        first_token_ms: written.first_token_ms,
        total_ms: milliseconds(begin),
    })
}

/// Computes what is constant of a request, for those that will begin with it.
pub(crate) fn prepare(loaded: &mut Loaded, job: &Job, request: TextRequest) -> Result<TextDone, Failure> {
    let TextRequest { messages, constant_bytes, is_impersonal, adapter, urgency, .. } = request;
    let fit = Fit { limit: loaded.sequence.capacity(), overflow: Overflow::Refuse };
    let mut prompt = prompt::build(loaded.model, &loaded.template, (&messages, constant_bytes), fit)?.constant_part();
    prompt.is_impersonal = is_impersonal;
    prompt.adapter = loaded.sequence.adapter(adapter.as_deref())?;
    let tokens = prompt.tokens.len();
    let cached =
        if loaded.sequence.make_ready(&prompt)? { tokens } else { Turn { job, urgency }.prefill(loaded, &prompt)? };
    Ok(TextDone::Prepared { tokens: tokens as u32, cached: cached as u32 })
}

impl Loaded {
    /// For another context of the same model.
    pub(crate) fn context_params(&self, context_tokens: u32) -> LlamaContextParams {
        engine::context_params(self.model, &LoadOptions { context_tokens, ..self.options.clone() })
    }

    fn wanted(&mut self, schema: &serde_json::Value) -> Result<Wanted, Failure> {
        let vocabulary = match self.vocabulary.take() {
            Some(vocabulary) => vocabulary,
            None => Vocabulary::new(self.model)?,
        };
        self.vocabulary.insert(vocabulary).wanted(schema)
    }
}

/// What happens to a request between two decodes.
#[derive(Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub(crate) job: &'a Job,
    urgency: Urgency,
}

impl Turn<'_> {
    /// Returns how many tokens of the prompt were there already.
    fn prefill(self, loaded: &mut Loaded, prompt: &Prompt) -> Result<usize, Failure> {
        let mut known = None;
        loop {
            let step = || {
                self.job.pause_point()?;
                Ok(if self.job.more_urgent_waits(self.urgency) { Step::Interrupt } else { Step::On })
            };
            match loaded.sequence.prefill(prompt, step)? {
                Prefill::Done { cached } => return Ok(known.unwrap_or(cached)),
                Prefill::Interrupted { cached } => {
                    known.get_or_insert(cached);
                    self.step(loaded)?;
                }
            }
        }
    }

    /// Waits while the daemon wants silence, and lets more urgent requests run to their ends.
    pub(crate) fn step(self, loaded: &mut Loaded) -> Result<(), Failure> {
        self.job.pause_point()?;
        if self.job.more_urgent_waits(self.urgency) {
            let aside = loaded.sequence.set_aside()?;
            self.job.run_more_urgent(self.urgency, |job, work| serve(loaded, job, work));
            loaded.sequence.bring_back(&aside)?;
            self.job.pause_point()?;
        }
        Ok(())
    }
}

/// How prompt and answer share the context, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    context: u32,
    /// For the prompt at the most.
    prompt: u32,
    max_tokens: u32,
}

impl Room {
    /// The answer gets what it asks for, but a large wish does not push out a prompt that fits into half of the context.
    fn new(context: u32, max_tokens: Option<u32>) -> Self {
        let max_tokens = max_tokens.unwrap_or(MAX_TOKENS);
        Self { context, prompt: context - max_tokens.min(context / 2), max_tokens }
    }

    /// For the answer, beside a prompt of this length.
    fn answer(self, prompt: u32) -> u32 {
        self.max_tokens.min(self.context.saturating_sub(prompt))
    }
}

pub(crate) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::Room;

    #[test]
    fn prompt_and_answer_share_the_context() {
        let cases = [
            // max_tokens, limit of the prompt, a prompt, what it leaves for the answer
            (None, 3072, 100, 1024),
            (None, 3072, 3072, 1024),
            (Some(10), 4086, 4086, 10),
            (Some(100_000), 2048, 100, 3996),
            (Some(0), 4096, 4096, 0),
        ];
        for (max_tokens, limit, prompt, answer) in cases {
            let room = Room::new(4096, max_tokens);
            assert_eq!((room.prompt, room.answer(prompt)), (limit, answer), "{max_tokens:?}");
        }
    }
}
