//! One request: prompt, prefill, and token after token until something ends it.

use std::time::Instant;

use hob_protocol::Secret;
use hob_protocol::engine::Failure;
use hob_protocol::text::{Completion, Finish, Message, Sampling};
use hob_worker::Job;
use llama_cpp_2::model::LlamaModel;

use crate::prompt::{self, Fit, Overflow};
use crate::sampler;
use crate::sequence::Sequence;
use crate::stop::{StopMatcher, Watched};
use crate::template::ChatTemplate;
use crate::utf8::Utf8Stream;

/// Where a request does not say.
const MAX_TOKENS: u32 = 1024;

/// What a loaded model consists of.
pub(crate) struct Loaded {
    pub(crate) model: &'static LlamaModel,
    pub(crate) template: ChatTemplate,
    pub(crate) sequence: Sequence,
}

/// What to generate.
pub(crate) struct Request {
    pub(crate) messages: Vec<Message>,
    pub(crate) sampling: Sampling,
    pub(crate) overflow: Overflow,
}

/// Runs a request. Sends text as it comes, and looks at the cancel flag before every decode.
pub(crate) fn generate(loaded: &mut Loaded, job: &Job, request: Request) -> Result<Completion, Failure> {
    let begin = Instant::now();
    let Request { messages, sampling, overflow } = request;
    let room = Room::new(loaded.sequence.capacity(), sampling.max_tokens);
    let prompt = prompt::build(loaded.model, &loaded.template, &messages, Fit { limit: room.prompt, overflow })?;
    if prompt.tokens.is_empty() {
        return Err(Failure::Inference { problem: "the prompt is empty".into() });
    }
    let prompt_tokens = prompt.tokens.len() as u32;
    let cached_tokens = loaded.sequence.prefill(&prompt.tokens, job.cancel_flag())? as u32;

    let mut sampler = sampler::chain(&sampling, begin.elapsed().subsec_nanos());
    let mut answer = Answer::new(job, sampling.stop.unwrap_or_default());
    let vocab = loaded.model.vocab();
    let most = room.answer(prompt_tokens);
    let mut first_token_ms = None;
    let mut output_tokens = 0;
    let finish = loop {
        if output_tokens == most {
            break Finish::Length;
        }
        let token = loaded.sequence.sample(&mut sampler);
        first_token_ms.get_or_insert_with(|| milliseconds(begin));
        if vocab.is_eog(token) {
            break Finish::Stop;
        }
        output_tokens += 1;
        if answer.push(&vocab.token_to_piece(token, false, None)) == Stopped::Yes {
            break Finish::StopString;
        }
        if job.is_cancelled() {
            return Err(Failure::Cancelled);
        }
        if output_tokens < most {
            loaded.sequence.push(token)?;
        }
    };
    Ok(Completion {
        text: answer.finish(finish),
        finish,
        prompt_tokens,
        cached_tokens,
        output_tokens,
        truncated: prompt.truncated,
        queue_ms: 0.0,
        first_token_ms: first_token_ms.unwrap_or_else(|| milliseconds(begin)),
        total_ms: milliseconds(begin),
    })
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

/// The text of the answer, on its way out.
struct Answer<'a> {
    job: &'a Job,
    characters: Utf8Stream,
    stops: StopMatcher,
    text: Secret,
}

#[derive(Debug, PartialEq, Eq)]
enum Stopped {
    Yes,
    No,
}

impl<'a> Answer<'a> {
    fn new(job: &'a Job, stops: Vec<String>) -> Self {
        Self { job, characters: Utf8Stream::default(), stops: StopMatcher::new(stops), text: Secret::default() }
    }

    fn push(&mut self, bytes: &[u8]) -> Stopped {
        let characters = self.characters.push(bytes);
        match self.stops.push(&characters) {
            Watched::Text(text) => {
                self.send(&text);
                Stopped::No
            }
            Watched::Stopped(text) => {
                self.send(&text);
                Stopped::Yes
            }
        }
    }

    fn finish(mut self, finish: Finish) -> Secret {
        let held = std::mem::replace(&mut self.stops, StopMatcher::new(Vec::new())).finish();
        if finish != Finish::StopString {
            self.send(&held);
        }
        self.text
    }

    fn send(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.job.delta(text);
        }
    }
}

fn milliseconds(since: Instant) -> f64 {
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
