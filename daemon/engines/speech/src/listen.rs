//! Recognises somebody who is speaking. One thread listens: it takes samples, detects voice and keeps [`Live`] up to date; the main thread
//! does the work that comes of it. Work that has become useless is stopped through a flag.

mod recording;
mod turns;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hob_protocol::engine::{Failure, Listening};
use hob_protocol::speech::{Recognition, Segment, Transcript};
use hob_worker::{Audio, AudioIn, Job, log};

use self::recording::Recording;
use self::turns::Turns;
use crate::clip::{failure, seconds};
use crate::context::Context;
use crate::decode::{Decoded, Undecoded};
use crate::effort::{Effort, Tally};
use crate::language::Spoken;
use crate::live::{Commit, Found, Live, Next, Partials, Purpose, Running, Work};
use crate::recognizer::{Care, Recognizer, Stretch};
use crate::vad::{self, Ear, FRAME, Voice};

/// How to listen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Along {
    pub(crate) partials: Partials,
    /// Of the room, if known.
    pub(crate) noise_db: Option<f32>,
}

impl From<&Listening> for Along {
    fn from(listening: &Listening) -> Self {
        let partials = if listening.partials { Partials::Wanted } else { Partials::Unwanted };
        Self { partials, noise_db: listening.noise_db }
    }
}

pub(crate) fn listen(
    recognizer: &mut Recognizer,
    context: Context,
    job: &Job,
    audio: &AudioIn,
    along: Along,
) -> Result<Transcript, Failure> {
    let desk = Desk::new(Live::new(recognizer.pace(), along.partials));
    thread::scope(|scope| {
        scope.spawn(|| hear(audio, job, along.noise_db, &desk));
        let transcript = work(recognizer, context, job, &desk);
        // If it failed, the other thread still waits for audio.
        audio.close();
        transcript
    })
}

/// What the two threads share.
#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
    /// Ends the running work.
    stop: AtomicBool,
}

#[derive(Default)]
struct State {
    live: Live,
    recording: Recording,
    commits: Vec<Commit>,
    /// Samples with voice.
    voiced: usize,
    ended: Option<Instant>,
    cancelled: bool,
}

impl Desk {
    fn new(live: Live) -> Self {
        Self { state: Mutex::new(State { live, ..State::default() }), ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hear(audio: &AudioIn, job: &Job, noise_db: Option<f32>, desk: &Desk) {
    let mut ear = Ear::new(noise_db);
    let mut turns = Turns::default();
    loop {
        let next = audio.recv();
        let mut state = desk.lock();
        let State { live, recording, commits, voiced, ended, cancelled } = &mut *state;
        let mut running = Running::Wanted;
        let mut note = |(now_running, new): (Running, Vec<Commit>)| {
            running = now_running;
            commits.extend(new);
        };
        let mut hear = |ear: &mut Ear, samples: &[f32]| {
            ear.hear(samples, |heard| {
                turns.take(heard.voice);
                *voiced += if heard.voice == Voice::Speaking { FRAME } else { 0 };
                note(live.hear(heard));
            });
        };
        let is_last = match next {
            Audio::Samples(mut samples) => {
                vad::sanitize(&mut samples);
                recording.add(&samples);
                hear(&mut ear, &samples);
                recording.forget_before(live.needed_from());
                false
            }
            Audio::End => {
                // Fills up the last frame: the recording may end in the middle of a word.
                hear(&mut ear, &[0.0; FRAME - 1]);
                note(live.end());
                *ended = Some(Instant::now());
                true
            }
            Audio::Cancelled => {
                *cancelled = true;
                running = Running::Stale;
                true
            }
        };
        if running == Running::Stale {
            desk.stop.store(true, Ordering::Relaxed);
        }
        drop(state);
        desk.changed.notify_one();
        turns.tell(job, ear.noise_db());
        if is_last {
            return;
        }
    }
}

/// Speech this long is enough to tell its language by; a shorter stretch is detected anew each time.
const SURE_OF_LANGUAGE_S: f64 = 3.0;

/// The main thread's part.
struct Session<'a> {
    recognizer: &'a mut Recognizer,
    context: Context,
    /// As detected last, or as asked for.
    language: &'static str,
    /// What a review would go on from.
    doubtful: Option<(Work, Decoded)>,
    transcript: Transcript,
    job: &'a Job,
    /// The last partial.
    shown: (String, String, usize),
    effort: Effort,
    speculations: u32,
    hits: u32,
    worked_until: Option<Instant>,
}

fn work(recognizer: &mut Recognizer, context: Context, job: &Job, desk: &Desk) -> Result<Transcript, Failure> {
    let language = match context.spoken {
        Spoken::Known(language) => language,
        Spoken::OneOf(_) => "",
    };
    recognizer.tally = Tally::default();
    let mut session = Session {
        recognizer,
        context,
        language,
        doubtful: None,
        transcript: Transcript::default(),
        job,
        shown: Default::default(),
        effort: Effort::begin(),
        speculations: 0,
        hits: 0,
        worked_until: None,
    };
    let mut state = desk.lock();
    loop {
        if state.cancelled {
            return Err(Failure::Cancelled);
        }
        let commits = std::mem::take(&mut state.commits);
        session.show(commits, state.live.unstable(), state.live.needed_from());
        match state.live.next() {
            Next::Wait => state = desk.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Next::Finished => return Ok(session.finish(&state)),
            Next::Work(work) => {
                desk.stop.store(false, Ordering::Relaxed);
                let samples = state.recording.copy(work.from, work.to);
                drop(state);
                let begun = Instant::now();
                let found = session.recognize(work, &samples, &desk.stop)?;
                session.worked_until = Some(Instant::now());
                state = desk.lock();
                let commits = state.live.done(found, begun.elapsed());
                state.commits.extend(commits);
            }
        }
    }
}

impl Session<'_> {
    /// `None` if it was stopped, or is a partial nobody should see.
    fn recognize(&mut self, work: Work, samples: &[f32], stop: &AtomicBool) -> Result<Option<Found>, Failure> {
        let voiced_s = seconds(work.voiced);
        self.speculations += u32::from(work.purpose == Purpose::Speculation);
        let care = match work.purpose {
            Purpose::Segment | Purpose::Speculation => Care::Swift,
            Purpose::Review => Care::Thorough,
            Purpose::Partial => Care::Once,
        };
        let stretch = Stretch { samples, voiced_s, presence: work.presence, care };
        let first = self.doubtful.take().filter(|(of, _)| work.purpose == Purpose::Review && of.is_same_stretch(&work));
        let outcome = match first {
            Some((_, first)) => self.recognizer.review(stretch, first, &self.context, stop),
            None => self.recognizer.recognize(stretch, &self.context, stop),
        };
        match outcome {
            Ok(recognized) => {
                log::debug(&format!(
                    "{:?} of {:.2} s took {:.0} ms",
                    work.purpose,
                    seconds(samples.len()),
                    recognized.took.as_secs_f64() * 1000.0
                ));
                self.transcript.recognition_ms += recognized.took.as_secs_f64() * 1000.0;
                self.language = recognized.language;
                if voiced_s >= SURE_OF_LANGUAGE_S && !recognized.text.is_empty() {
                    self.context.settle(recognized.language);
                }
                let doubtful = recognized.doubtful.is_some();
                self.doubtful = recognized.doubtful.map(|decoded| (work, decoded));
                Ok(Some(Found { text: recognized.text, doubtful }))
            }
            Err(Undecoded::Stopped | Undecoded::Doubtful) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    /// Takes what is committed, and tells the daemon if the text has changed.
    fn show(&mut self, commits: Vec<Commit>, unstable: &str, settled: usize) {
        /// Samples of silence after which the daemon is told that it may forget them.
        const SILENCE: usize = 160_000;

        for commit in commits.into_iter().filter(|commit| !commit.text.is_empty()) {
            self.hits += u32::from(commit.purpose == Purpose::Speculation);
            self.context.add(&commit.text, self.language);
            self.transcript.segments.push(Segment {
                start_s: seconds(commit.from),
                end_s: seconds(commit.to),
                text: commit.text.into(),
            });
        }
        let (stable, shown_unstable, shown_settled) = &self.shown;
        if stable != self.context.text() || shown_unstable != unstable || settled > shown_settled + SILENCE {
            self.job.partial(self.context.text(), unstable, seconds(settled));
            self.shown = (self.context.text().to_owned(), unstable.to_owned(), settled);
        }
    }

    fn finish(mut self, state: &State) -> Transcript {
        self.effort.tally = self.recognizer.tally;
        let late = match (state.ended, self.worked_until) {
            (Some(ended), Some(worked)) => worked.saturating_duration_since(ended),
            _ => Duration::ZERO,
        };
        Transcript {
            text: self.context.text().into(),
            language: self.language.to_owned(),
            audio_s: seconds(state.recording.end()),
            recognition: Some(Recognition {
                late_ms: late.as_secs_f64() * 1000.0,
                speculations: self.speculations,
                hits: self.hits,
                ..self.effort.so_far(state.voiced)
            }),
            ..self.transcript
        }
    }
}
