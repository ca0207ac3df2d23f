//! Recognises one stretch of speech: the decoder with a window that fits, and again with the full one if the guard doubts the result.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hob_protocol::engine::{Failure, Listening};
use hob_worker::log;

use crate::context::{Carry, Context};
use crate::decode::{Call, Decoded, Decoder, Undecoded};
use crate::effort::Tally;
use crate::language::{self, Spoken};
use crate::live::Pace;
use crate::vad::Presence;
use crate::{guard, halves, window};

pub(crate) struct Recognizer {
    decoder: Decoder,
    /// As detected last: people go on in the language they spoke before.
    spoken_before: Option<&'static str>,
    /// Since somebody took it.
    pub(crate) tally: Tally,
}

/// A stretch of samples, at most [`window::FULL_SAMPLES`], and what voice activity detection says about it.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) samples: &'a [f32],
    pub(crate) voiced_s: f64,
    pub(crate) presence: Presence,
    pub(crate) care: Care,
}

/// How much time a better result may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// Nobody waits: whatever may be better with the full window is tried with it.
    Thorough,
    /// Somebody waits: only what is likely wrong is tried again.
    Swift,
    /// Better text comes soon: a doubtful result is none.
    Once,
}

impl Care {
    /// Results less likely than this are tried again. Clean speech is above -0.3, noisy speech down to -0.9, of which the full window mends
    /// a part; of a few words alone it mends next to nothing, and somebody waits.
    fn least_logprob(self, voiced_s: f64) -> f32 {
        const FEW_WORDS_S: f64 = 2.5;
        match self {
            Self::Thorough => -0.4,
            Self::Swift if voiced_s < FEW_WORDS_S => -1.0,
            Self::Swift | Self::Once => -0.6,
        }
    }

    /// With fewer letters in a second of voice, a text may miss a sentence: of two sentences in its window, Whisper may hear one. Over
    /// clips of two to four sentences, a sixth of the mistakes of base came of that.
    fn least_letters_per_second(self) -> f64 {
        match self {
            Self::Thorough => 11.0,
            Self::Swift | Self::Once => guard::LEAST_LETTERS_PER_SECOND,
        }
    }

    /// The text need not be tried again.
    fn is_sure(self, decoded: &Decoded, voiced_s: f64) -> bool {
        decoded.logprob >= self.least_logprob(voiced_s) && guard::doubt(decoded, voiced_s).is_none()
    }

    fn is_content(self, decoded: &Decoded, voiced_s: f64) -> bool {
        self.is_sure(decoded, voiced_s) && self.is_enough(decoded, voiced_s)
    }

    /// The text is long enough for the speech, as far as that can be said.
    fn is_enough(self, decoded: &Decoded, voiced_s: f64) -> bool {
        /// Shorter speech is not two sentences.
        const LONG_ENOUGH_S: f64 = 6.0;
        voiced_s < LONG_ENOUGH_S || guard::letters_per_second(decoded, voiced_s) >= self.least_letters_per_second()
    }

    /// The window for a second attempt. Somebody who waits gets most of what the full one mends, and sooner.
    fn wider(self, window: i32) -> i32 {
        match self {
            Self::Thorough => window::FULL,
            Self::Swift | Self::Once => (3 * window).min(window::FULL),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recognized {
    /// Empty if nobody spoke.
    pub(crate) text: String,
    pub(crate) language: &'static str,
    pub(crate) took: Duration,
    /// Where more care might find better words: what a review goes on from.
    pub(crate) doubtful: Option<Decoded>,
}

/// The best of some attempts.
struct Best {
    decoded: Decoded,
    /// Of the widest window that was tried.
    window: i32,
}

impl Recognizer {
    pub(crate) fn new(decoder: Decoder) -> Self {
        Self { decoder, spoken_before: None, tally: Tally::default() }
    }

    /// How to go along with a speaker.
    pub(crate) fn pace(&self) -> Pace {
        if self.decoder.is_tiny() { Pace::QUICK } else { Pace::USUAL }
    }

    /// Checks what the caller said about the audio.
    pub(crate) fn context(&self, listening: Listening) -> Result<Context, Failure> {
        let spoken = self.decoder.languages().choose(listening.language.as_deref())?;
        Ok(Context::new(spoken, listening.prompt))
    }

    pub(crate) fn recognize(
        &mut self,
        stretch: Stretch<'_>,
        context: &Context,
        stop: &AtomicBool,
    ) -> Result<Recognized, Undecoded> {
        let start = Instant::now();
        let language = match &context.spoken {
            Spoken::Known(language) => language,
            Spoken::OneOf(candidates) => self.detect(stretch, candidates, stop)?,
        };
        let prompt = self.prompt(context);
        let call = self.call(stretch, language, &prompt);
        let best = self.decode_with_care(call, stretch, stop)?;
        let is_doubtful = best.window < window::FULL && !Care::Thorough.is_content(&best.decoded, stretch.voiced_s);
        let is_speech = guard::is_speech(&best.decoded, stretch.presence);
        let doubtful = (is_speech && is_doubtful).then(|| best.decoded.clone());
        let text = if is_speech { best.decoded.text } else { String::new() };
        Ok(Recognized { text, language, took: start.elapsed(), doubtful })
    }

    /// Goes on from a doubtful result with all care.
    pub(crate) fn review(
        &mut self,
        stretch: Stretch<'_>,
        doubtful: Decoded,
        context: &Context,
        stop: &AtomicBool,
    ) -> Result<Recognized, Undecoded> {
        let start = Instant::now();
        let (language, prompt) = (doubtful.language, self.prompt(context));
        let stretch = Stretch { care: Care::Thorough, ..stretch };
        let call = self.call(stretch, language, &prompt);
        let best = self.improve(doubtful, call, stretch, stop)?;
        let text = if guard::is_speech(&best.decoded, stretch.presence) { best.decoded.text } else { String::new() };
        Ok(Recognized { text, language, took: start.elapsed(), doubtful: None })
    }

    fn prompt(&self, context: &Context) -> Vec<i32> {
        let carry = if self.decoder.is_tiny() { Carry::WithinSentence } else { Carry::Always };
        self.decoder.tokenize(&context.whisper_prompt(carry))
    }

    fn call<'a>(&self, stretch: Stretch<'a>, language: &'static str, prompt: &'a [i32]) -> Call<'a> {
        let window = self.decoder.room().steps(stretch.samples.len());
        Call { samples: stretch.samples, language, prompt, window, temperature: 0.0 }
    }

    fn detect(
        &mut self,
        stretch: Stretch<'_>,
        candidates: &[&'static str],
        stop: &AtomicBool,
    ) -> Result<&'static str, Undecoded> {
        let likely = self.decoder.detect(stretch.samples, stop)?;
        let language = language::likeliest(&likely, candidates, self.spoken_before, stretch.voiced_s);
        self.spoken_before = Some(language);
        Ok(language)
    }

    /// Each attempt removes one cause of bad results: the short window, then the prompt and the one most likely path.
    fn decode_with_care(&mut self, call: Call<'_>, stretch: Stretch<'_>, stop: &AtomicBool) -> Result<Best, Undecoded> {
        let first = self.attempt(call, stretch, stop)?;
        if guard::repeats_prompt(&first.tokens, call.prompt) {
            self.tally.redone += 1;
            let decoded = self.attempt(Call { prompt: &[], ..call }, stretch, stop)?;
            return Ok(Best { decoded, window: window::FULL });
        }
        if stretch.care == Care::Once && !stretch.care.is_sure(&first, stretch.voiced_s) {
            return Err(Undecoded::Doubtful);
        }
        self.improve(first, call, stretch, stop)
    }

    /// As far as the care goes.
    fn improve(
        &mut self,
        first: Decoded,
        call: Call<'_>,
        stretch: Stretch<'_>,
        stop: &AtomicBool,
    ) -> Result<Best, Undecoded> {
        let best = |decoded, window| Ok(Best { decoded, window });
        // What sounds like noise and reads like noise is noise.
        if stretch.presence < Presence::Sure && !guard::is_speech(&first, stretch.presence) {
            return best(first, call.window);
        }
        if stretch.care.is_sure(&first, stretch.voiced_s) {
            let whole = self.by_halves(&first, call, stretch, stop)?;
            return best(whole.unwrap_or(first), call.window);
        }
        self.tally.redone += 1;
        // A prompt invites to repeat it.
        let prompt = if guard::is_loop(&first) { &[] } else { call.prompt };
        let wider = Call { window: stretch.care.wider(call.window), prompt, ..call };
        let second = if (wider.window, prompt.len()) == (call.window, call.prompt.len()) {
            first.clone()
        } else {
            self.attempt(wider, stretch, stop)?
        };
        if let Some(whole) = self.by_halves(&second, call, stretch, stop)? {
            return best(whole, wider.window);
        }
        if !guard::is_loop(&second) {
            // The full window is right more often than it is sure.
            let first_is_better = !guard::is_loop(&first) && first.logprob > second.logprob + 0.1;
            return best(if first_is_better { first } else { second }, wider.window);
        }
        let third =
            self.attempt(Call { prompt: &[], temperature: 0.2, window: window::FULL, ..call }, stretch, stop)?;
        // Somebody may really say the same thing ten times, but not faster than one can speak.
        let could_be_said = |decoded: &Decoded| guard::could_be_said(decoded, stretch.voiced_s);
        let attempts = [third, second, first];
        let likely = attempts.iter().find(|decoded| !guard::is_loop(decoded));
        let likely = likely.or_else(|| attempts.iter().find(|decoded| could_be_said(decoded)));
        best(likely.cloned().unwrap_or_else(|| Decoded::nothing(call.language)), window::FULL)
    }

    /// Both halves, if the text is little for the speech and they hold more of it.
    fn by_halves(
        &mut self,
        heard: &Decoded,
        call: Call<'_>,
        stretch: Stretch<'_>,
        stop: &AtomicBool,
    ) -> Result<Option<Decoded>, Undecoded> {
        /// Halves differ by a word or two for no reason.
        const MORE: f64 = 1.2;
        if stretch.care.is_enough(heard, stretch.voiced_s) {
            return Ok(None);
        }
        let (front, back) = call.samples.split_at(halves::cut(call.samples));
        let room = self.decoder.room();
        let half = |samples| Call { samples, window: room.steps(samples.len()), ..call };
        let first = self.attempt(half(front), stretch, stop)?;
        let second = self.attempt(Call { prompt: &first.tokens, ..half(back) }, stretch, stop)?;
        let whole = first.followed_by(&second);
        let is_better = guard::letters(&whole) > MORE * guard::letters(heard) && !guard::is_loop(&whole);
        Ok(is_better.then_some(whole))
    }

    fn attempt(&mut self, call: Call<'_>, stretch: Stretch<'_>, stop: &AtomicBool) -> Result<Decoded, Undecoded> {
        self.tally.decoded += call.samples.len();
        let decoded = self.decoder.decode(call, stop)?;
        log::debug(&format!(
            "window {}, {} tokens, log probability {:.2}, {:?}, {:.2} s of voice, doubt {:?}",
            call.window,
            decoded.tokens.len(),
            decoded.logprob,
            stretch.presence,
            stretch.voiced_s,
            guard::doubt(&decoded, stretch.voiced_s)
        ));
        Ok(decoded)
    }
}
