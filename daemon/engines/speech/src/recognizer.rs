//! Recognises one stretch of speech: the decoder with a window that fits, and again with the full one if the guard doubts the result.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hob_protocol::engine::{Failure, Listening};
use hob_worker::log;

use crate::context::Context;
use crate::decode::{Call, Decoded, Decoder, Part, Times, Undecoded};
use crate::vad::Presence;
use crate::{guard, window};

pub(crate) struct Recognizer {
    decoder: Decoder,
}

/// A stretch of samples, at most [`window::FULL_SAMPLES`], and what voice activity detection says about it.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) samples: &'a [f32],
    pub(crate) voiced_s: f64,
    pub(crate) presence: Presence,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recognized {
    /// Empty if nobody spoke.
    pub(crate) text: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) language: &'static str,
    pub(crate) took: Duration,
}

impl Recognizer {
    pub(crate) fn new(decoder: Decoder) -> Self {
        Self { decoder }
    }

    /// Checks what the caller said about the audio.
    pub(crate) fn context(&self, listening: Listening) -> Result<Context, Failure> {
        let language = self.decoder.languages().choose(listening.language.as_deref())?;
        Ok(Context::new(language, listening.prompt))
    }

    pub(crate) fn recognize(
        &mut self,
        stretch: Stretch<'_>,
        context: &Context,
        times: Times,
        stop: &AtomicBool,
    ) -> Result<Recognized, Undecoded> {
        let start = Instant::now();
        let prompt = self.decoder.tokenize(&context.whisper_prompt());
        let call = Call {
            samples: stretch.samples,
            language: context.language,
            prompt: &prompt,
            window: window::steps(stretch.samples.len()),
            times,
            temperature: 0.0,
        };
        let decoded = self.decode_with_care(call, stretch.voiced_s, stop)?;
        let (text, parts) = if guard::is_speech(&decoded, stretch.presence) {
            (decoded.text, decoded.parts)
        } else {
            (String::new(), Vec::new())
        };
        Ok(Recognized { text, parts, language: decoded.language, took: start.elapsed() })
    }

    /// Each attempt removes one cause of bad results: the short window, the prompt, the one most likely path.
    fn decode_with_care(&mut self, call: Call<'_>, voiced_s: f64, stop: &AtomicBool) -> Result<Decoded, Undecoded> {
        let attempts = [
            call,
            Call { window: window::FULL, ..call },
            Call { window: window::FULL, prompt: &[], temperature: 0.2, ..call },
        ];
        let mut best: Option<Decoded> = None;
        for attempt in attempts {
            let decoded = self.decoder.decode(attempt, stop)?;
            let Some(doubt) = guard::doubt(&decoded, voiced_s) else { return Ok(decoded) };
            log::debug(&format!(
                "doubtful result: {doubt:?} (window {}, log probability {:.2}, no speech {:.2})",
                attempt.window, decoded.logprob, decoded.no_speech
            ));
            if best.as_ref().is_none_or(|best| is_better(&decoded, best)) {
                best = Some(decoded);
            }
        }
        Ok(best.expect("there was an attempt"))
    }
}

/// Between two doubtful results. Loops are the most likely texts of all, so that their probability says nothing.
fn is_better(one: &Decoded, other: &Decoded) -> bool {
    let score = |decoded: &Decoded| (guard::is_loop(decoded), -decoded.logprob);
    score(one) < score(other)
}
