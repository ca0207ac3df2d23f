//! The two fake engines over one script.

use std::path::Path;
use std::process::exit;
use std::thread;
use std::time::{Duration, Instant};

use hob_protocol::Secret;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{EmbedRequest, Failure, FromEngine, Listening, LoadOptions, RecognitionMode, TextRequest};
use hob_protocol::speech::{Recognition, SAMPLE_RATE, Segment, Transcript};
use hob_protocol::text::{Completion, Embedding, Embeddings, Finish};
use hob_worker::{Audio, AudioIn, Engine, Job, TextDone, TextWork};
use rustix::process::Signal;

use crate::behaviour::{self, Behaviour, Order};
use crate::mischief;
use crate::script::{self, Refused, Script};

/// If the request names no context length.
const CONTEXT_TOKENS: u32 = 4096;

/// What both engines share.
pub(crate) struct Fake {
    refused: Refused,
    script: Script,
    requests: usize,
    context_tokens: u32,
}

pub(crate) struct Speech(pub(crate) Fake);

pub(crate) struct Text(pub(crate) Fake);

impl Fake {
    pub(crate) fn new(executable: &Path) -> Self {
        let refused = script::refused(executable);
        Self { refused, script: Script::default(), requests: 0, context_tokens: CONTEXT_TOKENS }
    }

    fn load(&mut self, job: &Job, model: &Path, options: &LoadOptions) -> Result<(), Failure> {
        if self.refused == Refused::AtLoad {
            mischief::die_of(Signal::ILL);
        }
        let unusable = |problem| Failure::ModelUnusable { problem };
        self.script = Script::read(model).map_err(unusable)?;
        if options.context_tokens > 0 {
            self.context_tokens = options.context_tokens;
        }
        let Some(order) = self.script.on_load else { return Ok(()) };
        let behaviour = script::settle(order).map_err(unusable)?;
        let loaded = |id| FromEngine::Loaded { id, load_ms: 0.0, context_tokens: 0 };
        match misbehave(behaviour, job, loaded) {
            Ok(pause) => {
                thread::sleep(pause);
                Ok(())
            }
            Err(_) => Err(unusable("the script says so".to_owned())),
        }
    }

    /// The behaviour for the next request, and its words without the order in them.
    fn next(&mut self, words: &str) -> Result<(Behaviour, String), Failure> {
        if self.refused == Refused::AtRequest {
            mischief::die_of(Signal::ILL);
        }
        let scripted = self.script.on_request.get(self.requests).copied();
        self.requests += 1;
        let (order, words): (Option<Order>, String) = match behaviour::find(words) {
            Some((order, rest)) => (Some(order), rest),
            None => (scripted, words.to_owned()),
        };
        let settled = order.map_or(Ok(Behaviour::ECHO), script::settle);
        settled.map(|behaviour| (behaviour, words)).map_err(|problem| Failure::OutOfPlace { problem })
    }
}

/// Returns the pause between words for an echo; everything else fails or does not return.
fn misbehave(behaviour: Behaviour, job: &Job, answer: impl Fn(u64) -> FromEngine) -> Result<Duration, Failure> {
    match behaviour {
        Behaviour::Echo { pause } => Ok(pause),
        Behaviour::Abort => std::process::abort(),
        Behaviour::Segv => mischief::die_of(Signal::SEGV),
        Behaviour::Sigill => mischief::die_of(Signal::ILL),
        Behaviour::Exit => exit(mischief::EXIT_CODE),
        Behaviour::Panic => panic!("the script says so"),
        Behaviour::Hang => mischief::hang(),
        Behaviour::Garbage => mischief::garbage(),
        Behaviour::Half => mischief::half(&answer(job.id())),
        Behaviour::WrongId => {
            mischief::whole(&answer(job.id() + 1_000_000));
            mischief::hang()
        }
        Behaviour::Fail => Err(Failure::Inference { problem: "the script says so".to_owned() }),
        Behaviour::Flood => {
            while !job.is_cancelled() {
                match answer(job.id()) {
                    FromEngine::Recognized { .. } => job.segment(segment(0.0, "flood")),
                    _ => job.delta("flood "),
                }
            }
            Err(Failure::Cancelled)
        }
    }
}

impl Engine for Speech {
    const KIND: EngineKind = EngineKind::Speech;

    fn load(&mut self, job: &Job, model: &Path, options: LoadOptions) -> Result<u32, Failure> {
        self.0.load(job, model, &options).map(|()| 0)
    }

    fn recognize(
        &mut self,
        job: &Job,
        mode: RecognitionMode,
        listening: Listening,
        audio: AudioIn,
    ) -> Result<Transcript, Failure> {
        let start = Instant::now();
        let prompt = listening.prompt.unwrap_or_default();
        let (behaviour, _) = self.0.next(prompt.as_str())?;
        let transcript = |text: &str| Transcript { text: Secret::new(text), ..Transcript::default() };
        let mut samples = 0;
        let mut pause = None;
        loop {
            let next = audio.recv();
            // Not before there is audio: the daemon is then in the middle of sending.
            let pause = match pause {
                Some(pause) => pause,
                None => *pause.insert(misbehave(behaviour, job, |id| FromEngine::Recognized {
                    id,
                    transcript: transcript("nobody asked"),
                })?),
            };
            match next {
                Audio::Samples(piece) => {
                    samples += piece.len();
                    thread::sleep(pause);
                    if mode == RecognitionMode::Live {
                        job.partial("", &heard(samples), 0.0);
                    }
                }
                Audio::End => break,
                Audio::Cancelled => return Err(Failure::Cancelled),
            }
        }
        let audio_s = samples as f64 / f64::from(SAMPLE_RATE);
        let text = if samples == 0 { String::new() } else { heard(samples) };
        let segments = if samples == 0 { Vec::new() } else { vec![segment(audio_s, &text)] };
        if mode == RecognitionMode::Clip {
            job.progress(1.0);
            segments.iter().cloned().for_each(|segment| job.segment(segment));
        }
        let language = listening.language.unwrap_or_else(|| "en".to_owned());
        let recognition_ms = start.elapsed().as_secs_f64() * 1000.0;
        let voice_ms = audio_s * 1000.0;
        let recognition = Some(Recognition { voice_ms, decoded_ms: voice_ms, ..Recognition::default() });
        Ok(Transcript { language, segments, audio_s, recognition_ms, recognition, ..transcript(&text) })
    }
}

/// What stands between the tags of a text action, which wants that alone edited; else everything.
fn delimited(request: &str) -> &str {
    let text = request.split_once(">\n").and_then(|(_, text)| text.rsplit_once("\n</"));
    text.map_or(request, |(text, _)| text)
}

fn heard(samples: usize) -> String {
    format!("heard {samples} samples")
}

fn segment(end_s: f64, text: &str) -> Segment {
    Segment { start_s: 0.0, end_s, text: Secret::new(text) }
}

impl Engine for Text {
    const KIND: EngineKind = EngineKind::Text;

    fn load(&mut self, job: &Job, model: &Path, options: LoadOptions) -> Result<u32, Failure> {
        self.0.load(job, model, &options).map(|()| self.0.context_tokens)
    }

    fn work_on_text(&mut self, job: &Job, work: TextWork) -> Result<TextDone, Failure> {
        match work {
            TextWork::Generate(request) => self.generate(job, request).map(TextDone::Generated),
            // There is nothing to prepare, and no order of a script is for it.
            TextWork::Prepare(_) => Ok(TextDone::Prepared { tokens: 0, cached: 0 }),
            TextWork::Embed(request) => self.embed(job, &request).map(TextDone::Embedded),
        }
    }
}

impl Text {
    /// As many dimensions as the alphabet has letters, and how often each of them stands in the text.
    fn embed(&mut self, job: &Job, request: &EmbedRequest) -> Result<Embeddings, Failure> {
        let mut embeddings = Vec::new();
        for (place, text) in request.texts.iter().enumerate() {
            let (behaviour, text) = self.0.next(text.as_str())?;
            let pause = misbehave(behaviour, job, |id| FromEngine::Embedded { id, embeddings: Embeddings::default() })?;
            thread::sleep(pause);
            if job.is_cancelled() {
                return Err(Failure::Cancelled);
            }
            let (tokens, limit) = (text.split_whitespace().count() as u32, self.0.context_tokens);
            if tokens > limit && !request.truncate {
                return Err(Failure::TextTooLong { text: place as u32 + 1, tokens, limit });
            }
            let count = |letter: char| text.matches(letter).count() as f32;
            let counts: Vec<f32> = ('a'..='z').map(count).collect();
            let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt().max(1.0);
            let vector = counts.iter().map(|count| count / length).collect();
            embeddings.push(Embedding { vector, tokens: tokens.min(limit), truncated: tokens > limit });
        }
        Ok(Embeddings { dimensions: 26, embeddings, ..Embeddings::default() })
    }

    fn generate(&mut self, job: &Job, request: TextRequest) -> Result<Completion, Failure> {
        let TextRequest { messages, sampling, truncate, .. } = request;
        let start = Instant::now();
        let last = messages.last().map(|message| message.content.as_str()).unwrap_or_default();
        script::keep_request(last).map_err(|problem| Failure::OutOfPlace { problem })?;
        let (behaviour, text) = self.0.next(last)?;
        let text = delimited(&text);
        let generated = |id| FromEngine::Generated { id, completion: Completion::default() };
        let pause = misbehave(behaviour, job, generated)?;

        let mut words: Vec<&str> = text.split_inclusive(' ').collect();
        let prompt_tokens = words.len() as u32;
        let limit = self.0.context_tokens;
        let truncated = prompt_tokens > limit;
        if truncated && !truncate {
            return Err(Failure::ContextExceeded { tokens: prompt_tokens, limit });
        }
        words.truncate(limit as usize);
        let output = sampling.max_tokens.map_or(words.len(), |most| words.len().min(most as usize));
        let finish = if output < words.len() { Finish::Length } else { Finish::Stop };

        let mut completion = Completion { finish, prompt_tokens, truncated, ..Completion::default() };
        for word in &words[..output] {
            thread::sleep(pause);
            if job.is_cancelled() {
                return Err(Failure::Cancelled);
            }
            if completion.output_tokens == 0 {
                completion.first_token_ms = start.elapsed().as_secs_f64() * 1000.0;
            }
            job.delta(word);
            completion.text.push_str(word);
            completion.output_tokens += 1;
        }
        completion.total_ms = start.elapsed().as_secs_f64() * 1000.0;
        Ok(completion)
    }
}
