//! Texts into vectors: the last hidden states of the model, pooled as its metadata say, else by their mean, and brought to the length 1.
//! A context of its own for each request, because that of the generations gives no hidden states; it goes with the request.

use std::time::Instant;

use hob_protocol::engine::{EmbedRequest, Failure};
use hob_protocol::text::{Embedding, Embeddings, Pooling};
use hob_worker::Job;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaPoolingType;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use crate::generate::Loaded;
use crate::sequence::BATCH_TOKENS;
use crate::serve::serve;

/// llama.cpp's number of the sequence.
const SEQUENCE: i32 = 0;
/// Contexts are a multiple of this many tokens long; llama.cpp rounds up as well.
const CONTEXT_STEP: u32 = 256;

pub(crate) fn embed(loaded: &mut Loaded, job: &Job, request: &EmbedRequest) -> Result<Embeddings, Failure> {
    let begin = Instant::now();
    let pooling = pooling(loaded.model)?;
    let limit = loaded.sequence.capacity();
    let texts = request.texts.iter().enumerate().map(|(index, text)| {
        let mut tokens = loaded.model.vocab().tokenize(text.as_str().as_bytes(), true, false);
        let truncated = tokens.len() > limit as usize;
        if truncated && !request.truncate {
            let count = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
            return Err(Failure::TextTooLong { text: index as u32 + 1, tokens: count, limit });
        }
        tokens.truncate(limit as usize);
        Ok((tokens, truncated))
    });
    let texts: Vec<(Vec<LlamaToken>, bool)> = texts.collect::<Result<_, _>>()?;
    let longest = texts.iter().map(|(tokens, _)| tokens.len() as u32).max().unwrap_or(0);

    let mut embedder = Embedder::new(loaded, longest.next_multiple_of(CONTEXT_STEP))?;
    let mut embeddings = Vec::with_capacity(texts.len());
    for (tokens, truncated) in texts {
        let vector = embedder.vector(&tokens, pooling, || {
            job.pause_point()?;
            if job.more_urgent_waits(request.urgency) {
                job.run_more_urgent(request.urgency, |job, work| serve(loaded, job, work));
            }
            job.pause_point()
        })?;
        embeddings.push(Embedding { vector, tokens: tokens.len() as u32, truncated });
    }
    let dimensions = embeddings.first().map_or(0, |embedding| embedding.vector.len() as u32);
    let total_ms = begin.elapsed().as_secs_f64() * 1000.0;
    Ok(Embeddings { model: String::new(), pooling, dimensions, embeddings, queue_ms: 0.0, total_ms })
}

/// How the model was made to be read.
fn pooling(model: &LlamaModel) -> Result<Pooling, Failure> {
    let architecture = model.meta_val_str("general.architecture").unwrap_or_default();
    match model.meta_val_str(&format!("{architecture}.pooling_type")).as_deref() {
        Ok("2") => Ok(Pooling::First),
        Ok("3") => Ok(Pooling::Last),
        Ok("4") => Err(Failure::Inference { problem: "a model that ranks texts gives no vectors".to_owned() }),
        _ => Ok(Pooling::Mean),
    }
}

struct Embedder {
    context: LlamaContext<'static>,
    batch: LlamaBatch<'static>,
}

impl Embedder {
    fn new(loaded: &Loaded, context_tokens: u32) -> Result<Self, Failure> {
        let params = loaded
            .context_params(context_tokens)
            .with_embeddings(true)
            // The pooling of llama.cpp wants a whole text in one decode, which nothing could interrupt.
            .with_pooling_type(LlamaPoolingType::None);
        let context = loaded
            .model
            .new_context(loaded.backend, params)
            .map_err(|error| Failure::Inference { problem: format!("no context for vectors: {error}") })?;
        Ok(Self { context, batch: LlamaBatch::new(BATCH_TOKENS, 1) })
    }

    /// `step` is asked before every decode.
    fn vector(
        &mut self,
        tokens: &[LlamaToken],
        pooling: Pooling,
        mut step: impl FnMut() -> Result<(), Failure>,
    ) -> Result<Vec<f32>, Failure> {
        self.context.clear_kv_cache();
        let mut pool = Pool::new(pooling);
        let mut position = 0;
        for piece in tokens.chunks(BATCH_TOKENS) {
            step()?;
            self.batch.clear();
            for token in piece {
                self.batch
                    .add(*token, position, &[SEQUENCE], true)
                    .expect("a piece is no longer than the batch was made for");
                position += 1;
            }
            let failed = |problem: String| Failure::Inference { problem };
            self.context
                .decode(&mut self.batch)
                .map_err(|error| failed(format!("the model could not be run: {error}")))?;
            for place in 0..self.batch.n_tokens() {
                pool.add(self.context.embeddings_ith(place).map_err(|error| failed(error.to_string()))?);
            }
        }
        pool.vector().ok_or_else(|| Failure::Inference { problem: "the model gave no vector for this text".to_owned() })
    }
}

/// Makes one vector of those of all tokens.
#[derive(Debug)]
struct Pool {
    pooling: Pooling,
    /// In double precision: a long text has thousands of tokens.
    sum: Vec<f64>,
}

impl Pool {
    fn new(pooling: Pooling) -> Self {
        Self { pooling, sum: Vec::new() }
    }

    fn add(&mut self, state: &[f32]) {
        let state = state.iter().map(|value| f64::from(*value));
        match self.pooling {
            Pooling::First if !self.sum.is_empty() => {}
            Pooling::Mean if !self.sum.is_empty() => {
                for (sum, value) in self.sum.iter_mut().zip(state) {
                    *sum += value;
                }
            }
            Pooling::First | Pooling::Mean | Pooling::Last => self.sum = state.collect(),
        }
    }

    /// Of the length 1, for which a sum is as good as a mean. `None` if there is no direction.
    fn vector(self) -> Option<Vec<f32>> {
        let length = self.sum.iter().map(|value| value * value).sum::<f64>().sqrt();
        (length.is_finite() && length > 0.0).then(|| self.sum.iter().map(|value| (value / length) as f32).collect())
    }
}

#[cfg(test)]
mod tests {
    use hob_protocol::text::Pooling;

    use super::Pool;

    #[test]
    fn states_become_one_vector_of_the_length_1() {
        let states: [&[f32]; 3] = [&[3.0, 0.0], &[0.0, 2.0], &[0.0, 2.0]];
        for (pooling, expected) in
            [(Pooling::Mean, [0.6, 0.8]), (Pooling::First, [1.0, 0.0]), (Pooling::Last, [0.0, 1.0])]
        {
            let mut pool = Pool::new(pooling);
            for state in states {
                pool.add(state);
            }
            assert_eq!(pool.vector(), Some(expected.to_vec()), "{pooling:?}");
        }
    }

    #[test]
    fn what_has_no_direction_is_no_vector() {
        for states in [&[][..], &[0.0, 0.0], &[f32::NAN, 1.0], &[f32::INFINITY, 1.0]] {
            let mut pool = Pool::new(Pooling::Mean);
            pool.add(states);
            assert_eq!(pool.vector(), None, "{states:?}");
        }
    }
}
