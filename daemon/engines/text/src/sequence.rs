//! The one sequence the context holds: tokens and, in step with them, their KV cache. What the next request has in common with
//! the last one at its beginning is not computed again.

use std::sync::atomic::{AtomicBool, Ordering};

use hob_protocol::engine::Failure;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;

/// Tokens in one decode of a prompt at the most. A decode cannot be interrupted, so this bounds how long a cancel waits; larger ones
/// were no faster on two cores.
pub(crate) const BATCH_TOKENS: usize = 64;

/// llama.cpp's number of the sequence.
const SEQUENCE: u16 = 0;

pub(crate) struct Sequence {
    context: LlamaContext<'static>,
    batch: LlamaBatch<'static>,
    /// What the KV cache holds.
    tokens: Vec<LlamaToken>,
}

impl Sequence {
    pub(crate) fn new(context: LlamaContext<'static>) -> Self {
        Self { context, batch: LlamaBatch::new(BATCH_TOKENS, 1), tokens: Vec::new() }
    }

    /// Tokens that fit.
    pub(crate) fn capacity(&self) -> u32 {
        self.context.n_ctx()
    }

    /// Makes `prompt` the content of the sequence, ready to sample from its end. Returns how many tokens were there already.
    /// `cancelled` is looked at before every decode; a prompt that was cancelled half-way is a head start for the next try.
    pub(crate) fn prefill(&mut self, prompt: &[LlamaToken], cancelled: &AtomicBool) -> Result<usize, Failure> {
        // The last token is always computed again: sampling needs what the model makes of it. Always by itself: in a batch it would come
        // out a little differently, and the same request could get another answer the second time, when the rest is there already.
        let (before, last) = prompt.split_at(prompt.len().saturating_sub(1));
        let common = self.tokens.iter().zip(before).take_while(|(known, wanted)| known == wanted).count();
        let kept = self.rewind(common);
        for tokens in before[kept..].chunks(BATCH_TOKENS).chain(last.chunks(1)) {
            if cancelled.load(Ordering::Relaxed) {
                return Err(Failure::Cancelled);
            }
            self.decode(tokens)?;
        }
        Ok(kept)
    }

    /// Adds one token, as chosen by [`Self::sample`].
    pub(crate) fn push(&mut self, token: LlamaToken) -> Result<(), Failure> {
        self.decode(&[token])
    }

    /// Chooses what comes after the last token.
    pub(crate) fn sample(&self, sampler: &mut LlamaSampler) -> LlamaToken {
        sampler.sample(&self.context, -1)
    }

    /// Begins again with nothing.
    pub(crate) fn clear(&mut self) {
        self.context.clear_kv_cache();
        self.tokens.clear();
    }

    /// Shortens the sequence to its first `length` tokens. Returns how many really remain: models with a recurrent state can
    /// only begin again.
    fn rewind(&mut self, length: usize) -> usize {
        if length == self.tokens.len() {
            return length;
        }
        let removed = self.context.clear_kv_cache_seq(Some(SEQUENCE.into()), Some(length as u32), None);
        if !matches!(removed, Ok(true)) {
            self.clear();
        }
        self.tokens.truncate(length);
        self.tokens.len()
    }

    fn decode(&mut self, tokens: &[LlamaToken]) -> Result<(), Failure> {
        self.batch.clear();
        for (index, token) in tokens.iter().enumerate() {
            let position = i32::try_from(self.tokens.len() + index).expect("a context of less than 2^31 tokens");
            let wants_logits = index + 1 == tokens.len();
            self.batch
                .add(*token, position, &[SEQUENCE.into()], wants_logits)
                .expect("callers pass no more than the batch was made for");
        }
        if let Err(error) = self.context.decode(&mut self.batch) {
            self.clear();
            return Err(Failure::Inference { problem: format!("the model could not be run: {error}") });
        }
        self.tokens.extend_from_slice(tokens);
        Ok(())
    }
}
