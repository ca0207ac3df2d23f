//! The one dictation: recording, finishing, idle. Says what to do as [`Step`]s; samples and words pass through, but what
//! they are is the engine's business.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hob_protocol::dictation::{Outcome, RetryReply, StartReply, StopReply, Timings, ToggleReply};
use hob_protocol::speech::{SAMPLE_RATE, Transcript};
use hob_protocol::text::Completion;
use hob_protocol::{Error, Secret, daemon};
use serde::Serialize;
use serde_json::Value;

use super::ear::{Ear, Voice};
use super::event::{
    Captured, DictationId, Effect, Ending, Finality, JournalNote, Reply, Report, RequestId, SourceSpec, Wish,
};

#[derive(Debug, Default)]
pub enum Dictation {
    #[default]
    Idle,
    /// The source is open, or opening.
    Recording(Session),
    /// The key is up: the source is closing or closed, and the words are on their way.
    Finishing(Session, Stage),
}

#[derive(Debug)]
pub struct Session {
    id: DictationId,
    action: Option<String>,
    began: Instant,
    source: Source,
    samples: u64,
    /// What is known of them by now.
    timings: Timings,
    stable: Secret,
    unstable: Secret,
    /// Why there will be no text. Recording goes on all the same: somebody speaks, and the journal listens.
    broken: Option<Error>,
    notices: Vec<String>,
    ear: Ear,
    /// Silence that ends it.
    auto_stop: Option<Duration>,
    /// Who waits to hear that recording has begun.
    starters: Vec<Waiter>,
    /// Who waits for the text.
    finishers: Vec<Waiter>,
}

#[derive(Debug)]
enum Source {
    File,
    /// A microphone that gives no sound yet that is worth speaking into.
    Opening,
    Microphone,
}

#[derive(Debug)]
pub enum Stage {
    /// What the source still holds is coming in.
    Closing {
        released: Instant,
    },
    Recognizing {
        released: Instant,
    },
    Acting {
        released: Instant,
    },
    /// The text is on its way to the disk, and leaves only then.
    Storing {
        released: Instant,
        text: Secret,
    },
}

/// A request and the shape of its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiter {
    pub id: RequestId,
    pub form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Start(Finality),
    Stop,
    Toggle,
    Retry,
}

/// What the dictation asks of the rest of the core.
#[derive(Debug, PartialEq)]
pub enum Step {
    Effect(Effect),
    Reply(RequestId, Reply),
    /// Samples for the live job, or their end.
    Audio(Option<Vec<f32>>),
    /// Whatever works for this dictation is to stop.
    CancelJobs,
    RunAction {
        action: String,
        text: Secret,
    },
    /// The text is in the journal and may leave.
    Deliver {
        id: DictationId,
        outcome: Outcome,
        waiters: Vec<Waiter>,
    },
}

/// How a new dictation is to be.
#[derive(Debug)]
pub struct Plan {
    pub id: DictationId,
    pub wish: Wish,
    pub file: Option<PathBuf>,
    /// It ends after so much silence.
    pub auto_stop: Option<Duration>,
}

impl Dictation {
    pub fn running(&self) -> Option<DictationId> {
        self.session().map(|session| session.id)
    }

    /// A job works for it. None does after it has failed, and while the text is on its way to the disk.
    pub fn has_job(&self) -> bool {
        let stores = matches!(self, Self::Finishing(_, Stage::Storing { .. }));
        !stores && self.session().is_some_and(|session| session.broken.is_none())
    }

    /// The source may deliver for this dictation: it is open, or closing.
    pub fn listens_to(&self, id: DictationId) -> bool {
        match self {
            Self::Recording(session) | Self::Finishing(session, Stage::Closing { .. }) => session.id == id,
            _ => false,
        }
    }

    pub fn start(&mut self, now: Instant, plan: Plan, waiter: Waiter) -> Vec<Step> {
        let (source, spec) = match plan.file {
            Some(file) => (Source::File, SourceSpec::File(file)),
            None => (Source::Opening, SourceSpec::Microphone),
        };
        *self = Self::Recording(Session {
            id: plan.id,
            action: plan.wish.action.clone(),
            began: now,
            source,
            samples: 0,
            timings: Timings::default(),
            stable: Secret::default(),
            unstable: Secret::default(),
            broken: None,
            notices: Vec::new(),
            ear: Ear::default(),
            auto_stop: plan.auto_stop,
            starters: vec![waiter],
            finishers: Vec::new(),
        });
        vec![Step::Effect(Effect::StartSource { dictation: plan.id, source: spec, wish: plan.wish })]
    }

    /// The key is up. Without a waiter the text is kept.
    pub fn stop(&mut self, now: Instant, waiter: Option<Waiter>) -> Vec<Step> {
        let mut steps = Vec::new();
        *self = match std::mem::take(self) {
            Self::Recording(mut session) => {
                let (dictation, tail) = (session.id, session.tail());
                steps.push(Step::Effect(Effect::StopSource { dictation, tail }));
                session.finishers.extend(waiter);
                Self::Finishing(session, Stage::Closing { released: now })
            }
            Self::Finishing(mut session, stage) => {
                session.finishers.extend(waiter);
                Self::Finishing(session, stage)
            }
            Self::Idle => Self::Idle,
        };
        steps
    }

    pub fn captured(&mut self, now: Instant, news: Captured) -> Vec<Step> {
        match news {
            Captured::Opened { .. } => Vec::new(),
            Captured::Started { latency } => self.source_started(latency),
            Captured::Samples(samples) => self.hear(now, samples),
            Captured::Ended => self.source_ended(now),
            Captured::Notice(notice) => self.notice(notice),
            // What was said before the source failed is worth as much as ever.
            Captured::Failed(error) if self.session().is_some_and(|session| session.samples > 0) => {
                let mut steps = self.notice(error.to_string());
                steps.extend(self.source_ended(now));
                steps
            }
            Captured::Failed(error) => self.fail(&error),
        }
    }

    /// The engine has what was said until now.
    pub fn engine_listens(&mut self) {
        if let Some(session) = self.session_mut() {
            let heard = session.heard();
            session.ear.listens(heard);
        }
    }

    /// Somebody begins or ends speaking at a place of the recording.
    pub fn voice(&mut self, voice: Voice, at: Duration) {
        if let Some(session) = self.session_mut() {
            let heard = session.heard();
            session.ear.voice(voice, at, heard);
        }
    }

    pub fn is_from_microphone(&self) -> bool {
        self.session().is_some_and(|session| !matches!(session.source, Source::File))
    }

    pub fn partial(&mut self, stable: Secret, unstable: Secret) -> Vec<Step> {
        let Some(session) = self.session_mut() else { return Vec::new() };
        session.stable = stable;
        session.unstable = unstable;
        session.stream(&StartReply {
            id: session.id.0,
            stable: Some(session.stable.clone()),
            unstable: Some(session.unstable.clone()),
            ..StartReply::default()
        })
    }

    pub fn recognized(&mut self, now: Instant, transcript: &Transcript) -> Vec<Step> {
        let Self::Finishing(session, stage @ Stage::Recognizing { .. }) = self else { return Vec::new() };
        let Stage::Recognizing { released } = *stage else { return Vec::new() };
        // No text where there are segments was taken back by its speaker.
        if transcript.text.is_empty() && transcript.segments.is_empty() {
            let audio_ms = session.audio_ms();
            return self.end(&Error::NoSpeech { audio_ms }, Ending::Discarded);
        }
        session.timings = Timings {
            queue_ms: transcript.queue_ms,
            speech_ms: milliseconds(now - released),
            recognition_ms: transcript.recognition_ms,
            recognition: transcript.recognition.unwrap_or_default(),
            ..session.timings
        };
        session.stable = transcript.text.clone();
        session.unstable = Secret::default();
        match session.action.clone() {
            Some(action) if !transcript.text.as_str().trim().is_empty() => {
                *stage = Stage::Acting { released };
                let note = JournalNote::Heard(transcript.text.clone());
                let heard = Step::Effect(Effect::WriteJournal { dictation: session.id, note });
                vec![heard, Step::RunAction { action, text: transcript.text.clone() }]
            }
            _ => self.store(transcript.text.clone(), released),
        }
    }

    pub fn acted(&mut self, now: Instant, completion: &Completion) -> Vec<Step> {
        let Self::Finishing(session, Stage::Acting { released }) = self else { return Vec::new() };
        let released = *released;
        session.timings.text_ms = milliseconds(now - released) - session.timings.speech_ms;
        self.store(completion.text.clone(), released)
    }

    /// The text is on the disk, or cannot be: now it may leave.
    pub fn stored(&mut self, now: Instant, id: DictationId) -> Vec<Step> {
        let (session, released, text) = match std::mem::take(self) {
            Self::Finishing(session, Stage::Storing { released, text }) if session.id == id => {
                (session, released, text)
            }
            other => {
                *self = other;
                return Vec::new();
            }
        };
        let release_to_text_ms = milliseconds(now - released);
        let Timings { speech_ms, text_ms, .. } = session.timings;
        let store_ms = release_to_text_ms - speech_ms - text_ms;
        let timings = Timings { store_ms, release_to_text_ms, audio_ms: session.audio_ms(), ..session.timings };
        let waiters = session.starters.iter().chain(&session.finishers).copied().collect();
        let report = Step::Effect(Effect::Report { dictation: id, report: Report::Text(timings) });
        vec![report, Step::Deliver { id, outcome: Outcome { text, timings, notices: session.notices }, waiters }]
    }

    pub fn cancel(&mut self) -> Vec<Step> {
        let error = Error::Cancelled { reason: "the dictation was thrown away".to_owned() };
        self.end(&error, Ending::Discarded)
    }

    /// There will be no text. Whoever speaks is heard to the end and told then: what they say is not lost.
    pub fn break_off(&mut self, error: Error) -> Vec<Step> {
        match self {
            Self::Recording(session) | Self::Finishing(session, Stage::Closing { .. }) => {
                session.broken.get_or_insert(error);
                Vec::new()
            }
            Self::Idle | Self::Finishing(..) => self.fail(&error),
        }
    }

    /// Ends the dictation with an error for all who wait. What was said stays in the journal.
    pub fn fail(&mut self, error: &Error) -> Vec<Step> {
        self.end(error, Ending::Failed { why: error.to_string() })
    }

    fn end(&mut self, error: &Error, ending: Ending) -> Vec<Step> {
        let (session, mut steps) = match std::mem::take(self) {
            Self::Idle => return Vec::new(),
            Self::Recording(session) | Self::Finishing(session, Stage::Closing { .. }) => {
                let stop = Step::Effect(Effect::StopSource { dictation: session.id, tail: Duration::ZERO });
                (session, vec![stop])
            }
            Self::Finishing(session, _) => (session, Vec::new()),
        };
        steps.push(Step::CancelJobs);
        let no_text = Report::NoText { audio_ms: session.audio_ms(), why: error.to_string() };
        steps.push(Step::Effect(Effect::Report { dictation: session.id, report: no_text }));
        let ending = if session.samples == 0 { Ending::Discarded } else { ending };
        steps.push(Step::Effect(Effect::WriteJournal { dictation: session.id, note: JournalNote::Ended(ending) }));
        let error = told(error, session.samples);
        let waiting = session.starters.iter().chain(&session.finishers);
        steps.extend(waiting.map(|waiter| Step::Reply(waiter.id, Reply::Last(Err(error.clone())))));
        steps
    }

    /// A client is gone. Whoever streams a dictation ends it by leaving; whoever only waits for its text does not. A program may
    /// leave because it crashed, so what was said stays in the journal.
    pub fn hung_up(&mut self, id: RequestId) -> Vec<Step> {
        let Some(session) = self.session_mut() else { return Vec::new() };
        let mut gone = session.starters.extract_if(.., |waiter| waiter.id == id).collect::<Vec<_>>();
        gone.extend(session.finishers.extract_if(.., |waiter| waiter.id == id));
        let waits = !session.finishers.is_empty();
        let streamed = gone.iter().any(|waiter| waiter.form == Form::Start(Finality::More));
        let stores = matches!(self, Self::Finishing(_, Stage::Storing { .. }));
        if !streamed || waits || stores {
            return Vec::new();
        }
        self.fail(&Error::Cancelled { reason: "the program that listened is gone".to_owned() })
    }

    pub fn deadline(&self, longest: Duration) -> Option<Instant> {
        match self {
            Self::Recording(session) => Some(session.began + longest),
            _ => None,
        }
    }

    pub fn view(&self) -> daemon::Dictation {
        let phase = match self {
            Self::Idle => return daemon::Dictation::default(),
            Self::Recording(Session { source: Source::Opening, .. }) => daemon::Phase::Opening,
            Self::Recording(_) => daemon::Phase::Recording,
            Self::Finishing(..) => daemon::Phase::Finishing,
        };
        let session = self.session().expect("only Idle has no session");
        daemon::Dictation {
            phase,
            id: Some(session.id.0),
            stable: session.stable.clone(),
            unstable: session.unstable.clone(),
            notice: session.notices.last().cloned(),
        }
    }

    fn session(&self) -> Option<&Session> {
        match self {
            Self::Idle => None,
            Self::Recording(session) | Self::Finishing(session, _) => Some(session),
        }
    }

    fn session_mut(&mut self) -> Option<&mut Session> {
        match self {
            Self::Idle => None,
            Self::Recording(session) | Self::Finishing(session, _) => Some(session),
        }
    }

    fn source_started(&mut self, latency: Duration) -> Vec<Step> {
        let Some(session) = self.session_mut() else { return Vec::new() };
        if matches!(session.source, Source::Opening) {
            session.source = Source::Microphone;
        }
        session.timings.capture_ms = milliseconds(latency);
        let id = session.id.0;
        let mut steps = Vec::new();
        for waiter in std::mem::take(&mut session.starters) {
            let begun = StartReply { id, ..StartReply::default() };
            let reply = match waiter.form {
                Form::Start(Finality::More) => {
                    session.finishers.push(waiter);
                    Reply::More(value(&begun))
                }
                Form::Toggle => Reply::Last(Ok(value(&ToggleReply { id, result: None }))),
                Form::Start(Finality::Last) | Form::Stop | Form::Retry => Reply::Last(Ok(value(&begun))),
            };
            steps.push(Step::Reply(waiter.id, reply));
        }
        steps
    }

    fn hear(&mut self, now: Instant, samples: Vec<f32>) -> Vec<Step> {
        let Some(session) = self.session_mut() else { return Vec::new() };
        session.samples += samples.len() as u64;
        let mut steps = Vec::new();
        if session.broken.is_none() {
            steps.push(Step::Audio(Some(samples)));
        }
        let silent = |silence| session.ear.is_silent_for(silence, session.heard());
        if session.auto_stop.is_some_and(silent) && matches!(self, Self::Recording(_)) {
            steps.extend(self.stop(now, None));
        }
        steps
    }

    fn notice(&mut self, notice: String) -> Vec<Step> {
        let Some(session) = self.session_mut() else { return Vec::new() };
        session.notices.push(notice.clone());
        session.stream(&StartReply { id: session.id.0, notice: Some(notice), ..StartReply::default() })
    }

    fn source_ended(&mut self, now: Instant) -> Vec<Step> {
        let (session, released) = match std::mem::take(self) {
            Self::Recording(session) => (session, now),
            Self::Finishing(session, Stage::Closing { released }) => (session, released),
            other => {
                *self = other;
                return Vec::new();
            }
        };
        let broken = session.broken.clone();
        *self = Self::Finishing(session, Stage::Recognizing { released });
        broken.map_or_else(|| vec![Step::Audio(None)], |error| self.fail(&error))
    }

    fn store(&mut self, text: Secret, released: Instant) -> Vec<Step> {
        let Self::Finishing(session, stage) = self else { return Vec::new() };
        *stage = Stage::Storing { released, text: text.clone() };
        vec![Step::Effect(Effect::WriteJournal { dictation: session.id, note: JournalNote::Text(text) })]
    }
}

impl Session {
    fn heard(&self) -> Duration {
        Duration::from_secs_f64(self.samples as f64 / f64::from(SAMPLE_RATE))
    }

    /// How long to listen after the key has come up: whoever still speaks then lets go a little early.
    fn tail(&self) -> Duration {
        /// The end of a word.
        const TAIL: Duration = Duration::from_millis(150);
        let is_over = matches!(self.source, Source::File) || self.ear.is_silent(self.heard());
        if is_over { Duration::ZERO } else { TAIL }
    }

    fn audio_ms(&self) -> f64 {
        self.samples as f64 * 1000.0 / f64::from(SAMPLE_RATE)
    }

    /// Says something to those who follow the dictation.
    fn stream(&self, reply: &StartReply) -> Vec<Step> {
        let reply = value(reply);
        let streaming = self.finishers.iter().filter(|waiter| waiter.form == Form::Start(Finality::More));
        streaming.map(|waiter| Step::Reply(waiter.id, Reply::More(reply.clone()))).collect()
    }
}

impl Form {
    /// The final reply that carries a result.
    pub fn result(self, id: DictationId, outcome: &Outcome) -> Value {
        let result = outcome.clone();
        match self {
            Self::Start(_) => value(&StartReply { id: id.0, result: Some(result), ..StartReply::default() }),
            Self::Stop => value(&StopReply { id: id.0, result }),
            Self::Toggle => value(&ToggleReply { id: id.0, result: Some(result) }),
            Self::Retry => value(&RetryReply { id: id.0, result }),
        }
    }
}

/// The error as whoever spoke is told it.
fn told(error: &Error, samples: u64) -> Error {
    match error.clone() {
        Error::EngineDied { engine, cause, .. } if samples > 0 => {
            let hint = "`hob dictate retry` tries again with what you said; `hob status` shows the engines".to_owned();
            Error::EngineDied { engine, cause, hint }
        }
        other => other,
    }
}

fn value(reply: &impl Serialize) -> Value {
    serde_json::to_value(reply).expect("replies hold strings and finite numbers")
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
