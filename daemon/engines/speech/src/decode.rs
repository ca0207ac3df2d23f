//! One call of Whisper: samples in, text out. The only module that calls whisper-rs to recognise, and the only one with callbacks.

use std::collections::HashMap;
use std::ffi::c_void;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hob_protocol::engine::Failure;
use hob_protocol::speech::SAMPLE_RATE;
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError, WhisperState, WhisperTokenId,
};

use crate::context::join;
use crate::language::{IsMultilingual, Languages};
use crate::window::Room;
use crate::{native_log, weights};

/// A loaded model and its working memory.
pub(crate) struct Decoder {
    context: WhisperContext,
    state: WhisperState,
    threads: i32,
    languages: Languages,
    /// One for each language ever asked for, to be copied for each call: `FullParams` leaks the language's C string whenever it is set.
    params: HashMap<&'static str, FullParams<'static, 'static>>,
}

/// What to recognise, and how.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// At most 30 s.
    pub(crate) samples: &'a [f32],
    pub(crate) language: &'static str,
    pub(crate) prompt: &'a [WhisperTokenId],
    /// As [`window::Room::steps`] counts.
    pub(crate) window: i32,
    pub(crate) temperature: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) language: &'static str,
    /// Without time stamps and other special tokens.
    pub(crate) tokens: Vec<WhisperTokenId>,
    /// Mean over the tokens; 0 if there are none.
    pub(crate) logprob: f32,
    /// The text went on until it was cut off.
    pub(crate) endless: Endless,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    Yes,
    No,
}

impl Decoded {
    /// That nobody speaks.
    pub(crate) fn nothing(language: &'static str) -> Self {
        Self { text: String::new(), language, tokens: Vec::new(), logprob: 0.0, endless: Endless::No }
    }

    /// What two stretches hold that follow on each other.
    pub(crate) fn followed_by(&self, after: &Self) -> Self {
        let (here, there) = (self.tokens.len() as f32, after.tokens.len() as f32);
        Self {
            text: join(&self.text, &after.text, self.language).into_owned(),
            language: self.language,
            tokens: [&self.tokens[..], &after.tokens].concat(),
            logprob: (self.logprob * here + after.logprob * there) / (here + there).max(1.0),
            endless: if self.endless == Endless::Yes { Endless::Yes } else { after.endless },
        }
    }
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undecoded {
    /// The flag was set. Seen before and after the encoder and between tokens, but not inside the encoder.
    #[error("stopped")]
    Stopped,
    /// There is one, but it was to be good at once.
    #[error("doubtful")]
    Doubtful,
    #[error("{0}")]
    Failed(String),
}

impl Decoder {
    pub(crate) fn load(model: &Path, threads: i32) -> Result<Self, Failure> {
        native_log::forget_errors();
        let unusable = |error: WhisperError| {
            let problem = native_log::first_error().unwrap_or_else(|| error.to_string());
            Failure::ModelUnusable { problem }
        };
        // Without flash attention, which is slower on processors.
        let parameters = WhisperContextParameters::default();
        // What cannot be read here is Whisper's to complain about.
        let context = match weights::in_8_bits(model) {
            Ok(Some(bytes)) => WhisperContext::new_from_buffer_with_params(&bytes, parameters),
            Ok(None) | Err(_) => WhisperContext::new_with_params(model, parameters),
        };
        let context = context.map_err(unusable)?;
        let state = context.create_state().map_err(unusable)?;
        let multilingual = if context.is_multilingual() { IsMultilingual::Yes } else { IsMultilingual::No };
        let languages = Languages::of(multilingual, context.model_n_vocab());
        Ok(Self { context, state, threads, languages, params: HashMap::new() })
    }

    pub(crate) fn languages(&self) -> Languages {
        self.languages
    }

    /// One of Whisper's tiny models, whose encoder is 384 numbers wide.
    pub(crate) fn is_tiny(&self) -> bool {
        self.context.model_n_audio_state() <= 384
    }

    pub(crate) fn room(&self) -> Room {
        Room::of(self.context.model_n_audio_state())
    }

    /// Recognises a little silence, so that memory is touched and threads run before the first real request.
    pub(crate) fn warm_up(&mut self, stop: &AtomicBool) -> Result<(), Failure> {
        let samples = vec![0.0; SAMPLE_RATE as usize];
        let window = self.room().steps(samples.len());
        let call = Call { samples: &samples, language: "en", prompt: &[], window, temperature: 0.0 };
        match self.decode(call, stop) {
            Ok(_) => Ok(()),
            Err(Undecoded::Stopped) => Err(Failure::Cancelled),
            Err(undecoded) => Err(Failure::ModelUnusable { problem: undecoded.to_string() }),
        }
    }

    /// The tokens of a text; none if Whisper cannot take it.
    pub(crate) fn tokenize(&self, text: &str) -> Vec<WhisperTokenId> {
        let text = text.replace('\0', "");
        // whisper-rs takes too short a buffer for a success; a token stands for a byte at least, so that this one is never too short.
        self.context.tokenize(&text, text.len() + 1).unwrap_or_default()
    }

    /// How likely each language is, by its number in whisper.cpp's table. Costs a pass of the encoder.
    pub(crate) fn detect(&mut self, samples: &[f32], stop: &AtomicBool) -> Result<Vec<f32>, Undecoded> {
        if stop.load(Ordering::Relaxed) {
            return Err(Undecoded::Stopped);
        }
        native_log::forget_errors();
        let padded = padded(samples);
        let threads = usize::try_from(self.threads).unwrap_or(1);
        let heard = self.state.pcm_to_mel(padded.as_deref().unwrap_or(samples), threads);
        // The encoder's window is that of the call before this one: too short for all of a long stretch, long enough for its language.
        let outcome = heard.and_then(|()| self.state.lang_detect(0, threads));
        let failed = |error: WhisperError| native_log::first_error().unwrap_or_else(|| error.to_string());
        outcome.map(|(_, likely)| likely).map_err(|error| Undecoded::Failed(failed(error)))
    }

    pub(crate) fn decode(&mut self, call: Call<'_>, stop: &AtomicBool) -> Result<Decoded, Undecoded> {
        if stop.load(Ordering::Relaxed) {
            return Err(Undecoded::Stopped);
        }
        let base = self.params.entry(call.language).or_insert_with(|| params(call.language, self.threads));
        let mut params: FullParams<'_, '_> = base.clone();
        params.set_tokens(call.prompt);
        params.set_audio_ctx(call.window);
        params.set_temperature(call.temperature);
        let most_tokens = most_tokens(call.samples.len());
        params.set_max_tokens(most_tokens);
        stop_with(&mut params, stop);

        native_log::forget_errors();
        let padded = padded(call.samples);
        let outcome = self.state.full(params, padded.as_deref().unwrap_or(call.samples));
        if stop.load(Ordering::Relaxed) {
            return Err(Undecoded::Stopped);
        }
        outcome.map_err(|error| Undecoded::Failed(native_log::first_error().unwrap_or_else(|| error.to_string())))?;
        Ok(self.collect(call, most_tokens))
    }

    fn collect(&self, call: Call<'_>, most_tokens: i32) -> Decoded {
        let end_of_text = self.context.token_eot();
        let (mut bytes, mut tokens) = (Vec::new(), Vec::new());
        let (mut logprobs, mut endless) = (0.0, Endless::No);
        for segment in self.state.as_iter() {
            // Not character by character: Whisper may cut one in two at the end of a segment.
            bytes.extend_from_slice(segment.to_bytes().unwrap_or_default());
            if segment.n_tokens() >= most_tokens {
                endless = Endless::Yes;
            }
            for token in (0..segment.n_tokens()).filter_map(|index| segment.get_token(index)) {
                let data = token.token_data();
                if data.id < end_of_text {
                    tokens.push(data.id);
                    logprobs += data.plog;
                }
            }
        }
        Decoded {
            text: String::from_utf8_lossy(&bytes).trim().to_owned(),
            language: call.language,
            logprob: if tokens.is_empty() { 0.0 } else { logprobs / tokens.len() as f32 },
            tokens,
            endless,
        }
    }
}

/// Everything that does not change from call to call. Its language is never freed.
fn params(language: &'static str, threads: i32) -> FullParams<'static, 'static> {
    let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    params.set_language(Some(language));
    params.set_n_threads(threads);
    params.set_no_context(true);
    params.set_suppress_blank(true);
    params.set_suppress_nst(true);
    // Time stamps cost time and accuracy, and would let whisper.cpp go over the same window again.
    params.set_no_timestamps(true);
    params.set_single_segment(true);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_timestamps(false);
    // One temperature a call: whether the result is doubtful is decided in `guard`, which also knows how long the speech was.
    params.set_temperature_inc(0.0);
    params
}

/// More tokens than anybody can speak in that time: it ends loops early. Scripts that take several tokens a letter need the slack.
fn most_tokens(samples: usize) -> i32 {
    const PER_SECOND: usize = 20;
    const SLACK: usize = 24;
    i32::try_from(samples * PER_SECOND / SAMPLE_RATE as usize + SLACK).unwrap_or(i32::MAX)
}

/// whisper.cpp answers anything below a tenth of a second with nothing.
fn padded(samples: &[f32]) -> Option<Vec<f32>> {
    const LEAST: usize = SAMPLE_RATE as usize / 4;
    (samples.len() < LEAST).then(|| {
        let mut padded = samples.to_vec();
        padded.resize(LEAST, 0.0);
        padded
    })
}

#[expect(unsafe_code, reason = "the safe variant casts its closure to the wrong type")]
fn stop_with(params: &mut FullParams<'_, '_>, stop: &AtomicBool) {
    // SAFETY: the callback reads an `AtomicBool` through the pointer, which lives until `full` has returned: `decode` borrows it for
    // longer, and the parameters are consumed by `full`.
    unsafe {
        params.set_abort_callback(Some(is_stopped));
        params.set_abort_callback_user_data(std::ptr::from_ref(stop).cast_mut().cast::<c_void>());
    }
}

#[expect(unsafe_code, reason = "called by whisper.cpp")]
unsafe extern "C" fn is_stopped(stop: *mut c_void) -> bool {
    // SAFETY: the pointer set in `stop_with`, to an `AtomicBool` that outlives the call of `full`. Any thread may read it.
    unsafe { &*stop.cast::<AtomicBool>() }.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::{most_tokens, padded};

    #[test]
    fn short_clips_are_padded_and_tokens_bounded() {
        assert_eq!(padded(&[1.0; 10]).map(|samples| (samples.len(), samples[9], samples[10])), Some((4000, 1.0, 0.0)));
        assert_eq!(padded(&[1.0; 4000]), None);
        assert_eq!((most_tokens(0), most_tokens(160_000)), (24, 224));
    }
}
