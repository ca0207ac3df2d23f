//! How the tokens of one request are chosen.

use hob_protocol::text::Sampling;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

/// Used when a request samples and leaves these out: the defaults of llama.cpp's own programs.
const TOP_K: i32 = 40;
const TOP_P: f32 = 0.95;
const MIN_P: f32 = 0.05;
/// Logits that are compared side by side.
const LANES: usize = 16;

pub(crate) enum Choice {
    /// Editing wants the likeliest words, and the same ones every time.
    Likeliest,
    Chance(LlamaSampler),
}

impl Choice {
    pub(crate) fn new(sampling: &Sampling, random_seed: u32) -> Self {
        match sampling.temperature {
            Some(temperature) if temperature > 0.0 => {
                let top_k = sampling.top_k.map_or(TOP_K, |k| i32::try_from(k).unwrap_or(i32::MAX));
                let top_p = sampling.top_p.unwrap_or(TOP_P).clamp(0.0, 1.0);
                let min_p = sampling.min_p.unwrap_or(MIN_P).clamp(0.0, 1.0);
                Self::Chance(LlamaSampler::chain_simple([
                    LlamaSampler::top_k(top_k),
                    LlamaSampler::top_p(top_p, 1),
                    LlamaSampler::min_p(min_p, 1),
                    LlamaSampler::temp(temperature),
                    LlamaSampler::dist(sampling.seed.unwrap_or(random_seed)),
                ]))
            }
            _ => Self::Likeliest,
        }
    }

    /// After the token in this row of the last decode, as llama.cpp counts rows.
    pub(crate) fn among_all(&mut self, context: &LlamaContext<'_>, row: i32) -> LlamaToken {
        match self {
            Self::Likeliest => likeliest(context.get_logits_ith(row)),
            Self::Chance(sampler) => sampler.sample(context, row),
        }
    }

    pub(crate) fn among(&mut self, mut candidates: LlamaTokenDataArray) -> LlamaToken {
        match self {
            Self::Likeliest => candidates.sample_token_greedy(),
            Self::Chance(sampler) => {
                candidates.apply_sampler(sampler);
                let token = candidates.selected_token().expect("every chain ends with a choice");
                sampler.accept(token);
                token
            }
        }
    }
}

/// The first token with the greatest logit. llama.cpp's own way builds a list of the whole vocabulary for it, token after token.
fn likeliest(logits: &[f32]) -> LlamaToken {
    let mut greatest = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = logits.as_chunks::<LANES>();
    for chunk in chunks {
        for (greatest, logit) in greatest.iter_mut().zip(chunk) {
            *greatest = if *logit > *greatest { *logit } else { *greatest };
        }
    }
    let greatest = greatest.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
    let place = logits.iter().position(|logit| *logit >= greatest).unwrap_or_default();
    LlamaToken(i32::try_from(place).expect("tokens are numbered by 32 bits"))
}

#[cfg(test)]
mod tests {
    use super::likeliest;

    #[test]
    fn the_first_of_the_greatest_is_chosen() {
        for length in [1, 15, 16, 17, 100] {
            for place in 0..length {
                let mut logits: Vec<f32> = (0..length).map(|place| -1.0 - place as f32).collect();
                logits[place] = 2.5;
                logits[length - 1] = 2.5;
                assert_eq!(usize::try_from(likeliest(&logits).0), Ok(place), "{length}");
            }
        }
        assert_eq!(likeliest(&[f32::NAN; 40]).0, 0);
        assert_eq!(likeliest(&[f32::NEG_INFINITY, f32::NAN, -1.0]).0, 2);
    }
}
