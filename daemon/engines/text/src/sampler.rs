//! The sampling chain of one request.

use hob_protocol::text::Sampling;
use llama_cpp_2::sampling::LlamaSampler;

/// Used when a request samples and leaves these out: the defaults of llama.cpp's own programs.
const TOP_K: i32 = 40;
const TOP_P: f32 = 0.95;
const MIN_P: f32 = 0.05;

/// Greedy without a temperature: editing wants the likeliest words, and the same ones every time.
pub(crate) fn chain(sampling: &Sampling, random_seed: u32) -> LlamaSampler {
    match sampling.temperature {
        Some(temperature) if temperature > 0.0 => {
            let top_k = sampling.top_k.map_or(TOP_K, |k| i32::try_from(k).unwrap_or(i32::MAX));
            let top_p = sampling.top_p.unwrap_or(TOP_P).clamp(0.0, 1.0);
            let min_p = sampling.min_p.unwrap_or(MIN_P).clamp(0.0, 1.0);
            LlamaSampler::chain_simple([
                LlamaSampler::top_k(top_k),
                LlamaSampler::top_p(top_p, 1),
                LlamaSampler::min_p(min_p, 1),
                LlamaSampler::temp(temperature),
                LlamaSampler::dist(sampling.seed.unwrap_or(random_seed)),
            ])
        }
        _ => LlamaSampler::greedy(),
    }
}
