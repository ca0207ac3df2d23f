//! Recognises a recording whose samples come as fast as they can be read. Pieces are recognised while later ones still arrive, so that a
//! recording of any length needs the memory of half a minute.

use std::sync::atomic::Ordering;

use hob_protocol::engine::Failure;
use hob_protocol::speech::{SAMPLE_RATE, Segment, Transcript};
use hob_worker::{Audio, AudioIn, Job};

use crate::context::Context;
use crate::decode::Undecoded;
use crate::effort::{Effort, Tally};
use crate::language::Spoken;
use crate::pieces::{self, Input, Piece, Step};
use crate::recognizer::{Care, Recognizer, Stretch};
use crate::sentences;
use crate::vad::{self, Ear, FRAME, Heard};

pub(crate) fn transcribe(
    recognizer: &mut Recognizer,
    context: Context,
    job: &Job,
    audio: &AudioIn,
) -> Result<Transcript, Failure> {
    recognizer.tally = Tally::default();
    let (effort, transcript) = (Effort::begin(), Transcript::default());
    let mut session = Session { recognizer, context, job, tape: Tape::default(), transcript, effort, voiced: 0 };
    loop {
        match pieces::next(&session.tape.frames, session.tape.input) {
            Step::Wait if session.tape.input == Input::Ended => break,
            Step::Wait => session.tape.wait(audio)?,
            Step::Skip(frames) => session.tape.drop_front(frames),
            Step::Recognize(piece) => {
                session.recognize(&piece)?;
                session.tape.drop_front(piece.used);
                let arrived = audio.arrived().load(Ordering::Relaxed);
                job.progress(session.tape.start as f64 / arrived.max(1) as f64);
            }
        }
    }
    Ok(session.finish(audio))
}

struct Session<'a> {
    recognizer: &'a mut Recognizer,
    context: Context,
    job: &'a Job,
    tape: Tape,
    transcript: Transcript,
    effort: Effort,
    /// Samples with voice.
    voiced: usize,
}

impl Session<'_> {
    fn recognize(&mut self, piece: &Piece) -> Result<(), Failure> {
        let tape = &self.tape;
        let stretch = Stretch {
            samples: &tape.samples[piece.range.start * FRAME..piece.range.end * FRAME],
            voiced_s: seconds(piece.voiced * FRAME),
            presence: piece.presence,
            care: Care::Thorough,
        };
        self.voiced += piece.voiced * FRAME;
        let outcome = self.recognizer.recognize(stretch, &self.context, self.job.cancel_flag());
        let recognized = outcome.map_err(failure)?;
        self.transcript.recognition_ms += recognized.took.as_secs_f64() * 1000.0;
        if recognized.text.is_empty() {
            return Ok(());
        }
        // Once detected, the language stays: a clip is one person's speech far more often than several languages.
        self.context.settle(recognized.language);
        self.context.add(&recognized.text, recognized.language);
        let time = |frame: usize| seconds(tape.start + (piece.range.start + frame) * FRAME);
        for sentence in sentences::place(&recognized.text, &tape.frames[piece.range.clone()]) {
            let segment = Segment {
                start_s: time(sentence.frames.start),
                end_s: time(sentence.frames.end),
                text: sentence.text.into(),
            };
            self.job.segment(segment.clone());
            self.transcript.segments.push(segment);
        }
        Ok(())
    }

    fn finish(mut self, audio: &AudioIn) -> Transcript {
        self.effort.tally = self.recognizer.tally;
        let language = match self.context.spoken {
            Spoken::Known(language) => language,
            Spoken::OneOf(_) => "",
        };
        Transcript {
            text: self.context.text().into(),
            language: language.to_owned(),
            recognition: Some(self.effort.so_far(self.voiced)),
            audio_s: seconds(audio.arrived().load(Ordering::Relaxed) as usize),
            ..self.transcript
        }
    }
}

pub(crate) fn failure(undecoded: Undecoded) -> Failure {
    match undecoded {
        Undecoded::Stopped => Failure::Cancelled,
        Undecoded::Failed(problem) => Failure::Inference { problem },
        Undecoded::Doubtful => Failure::Inference { problem: Undecoded::Doubtful.to_string() },
    }
}

pub(crate) fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

/// The samples that wait, and what is heard in them.
struct Tape {
    /// The place of the first waiting sample in the clip.
    start: usize,
    samples: Vec<f32>,
    /// Of the whole frames in `samples`.
    frames: Vec<Heard>,
    ear: Ear,
    input: Input,
}

impl Default for Tape {
    fn default() -> Self {
        Self { start: 0, samples: Vec::new(), frames: Vec::new(), ear: Ear::default(), input: Input::Open }
    }
}

impl Tape {
    fn wait(&mut self, audio: &AudioIn) -> Result<(), Failure> {
        match audio.recv() {
            Audio::Samples(mut samples) => {
                vad::sanitize(&mut samples);
                self.take(&samples);
            }
            Audio::End => {
                self.input = Input::Ended;
                // The last frame is filled up: a clip may end in the middle of a word.
                let whole = self.samples.len().next_multiple_of(FRAME);
                self.take(&vec![0.0; whole - self.samples.len()]);
            }
            Audio::Cancelled => return Err(Failure::Cancelled),
        }
        Ok(())
    }

    fn take(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
        self.ear.hear(samples, |heard| self.frames.push(heard));
    }

    fn drop_front(&mut self, frames: usize) {
        self.frames.drain(..frames);
        self.samples.drain(..frames * FRAME);
        self.start += frames * FRAME;
    }
}
