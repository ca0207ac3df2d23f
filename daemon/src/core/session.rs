//! What belongs to one dictation from its start to its end, and whoever waits for it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hob_protocol::dictation::{Outcome, RetryReply, StartReply, StopReply, Target, Timings, ToggleReply};
use hob_protocol::speech::SAMPLE_RATE;
use hob_protocol::{Error, Secret};
use serde::Serialize;
use serde_json::Value;

use super::desk::{Chime, Notice};
use super::dictation::Step;
use super::ear::Ear;
use super::effect::{Effect, Finality, Reply, SourceSpec, Wish};
use super::event::{DictationId, RequestId};
use super::level::Level;

#[derive(Debug)]
pub struct Session {
    pub(super) id: DictationId,
    pub(super) action: Option<String>,
    pub(super) target: Target,
    pub(super) began: Instant,
    pub(super) source: Source,
    pub(super) samples: u64,
    /// What is known of them by now.
    pub(super) timings: Timings,
    pub(super) stable: Secret,
    pub(super) unstable: Secret,
    /// Why there will be no text. Recording goes on all the same: somebody speaks, and the journal listens.
    pub(super) broken: Option<Error>,
    pub(super) notices: Vec<String>,
    pub(super) ear: Ear,
    pub(super) level: Level,
    /// Silence that ends it.
    pub(super) auto_stop: Option<Duration>,
    /// Who waits to hear that recording has begun.
    pub(super) starters: Vec<Waiter>,
    /// Who waits for the text.
    pub(super) finishers: Vec<Waiter>,
}

#[derive(Debug)]
pub(super) enum Source {
    File,
    /// A microphone that gives no sound yet that is worth speaking into.
    Opening,
    Microphone,
}

/// How a new dictation is to be.
#[derive(Debug)]
pub struct Plan {
    pub id: DictationId,
    pub wish: Wish,
    pub file: Option<PathBuf>,
    /// It ends after so much silence.
    pub auto_stop: Option<Duration>,
    pub target: Target,
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

impl Session {
    /// A dictation that begins. Nobody waits for one that a key has started.
    pub(super) fn begin(now: Instant, plan: Plan, waiter: Option<Waiter>) -> (Self, Effect) {
        let (source, spec) = match plan.file {
            Some(file) => (Source::File, SourceSpec::File(file)),
            None => (Source::Opening, SourceSpec::Microphone),
        };
        let session = Self {
            id: plan.id,
            action: plan.wish.action.clone(),
            target: plan.target,
            began: now,
            source,
            samples: 0,
            timings: Timings::default(),
            stable: Secret::default(),
            unstable: Secret::default(),
            broken: None,
            notices: Vec::new(),
            ear: Ear::default(),
            level: Level::default(),
            auto_stop: plan.auto_stop,
            starters: waiter.into_iter().collect(),
            finishers: Vec::new(),
        };
        (session, Effect::StartSource { dictation: plan.id, source: spec, wish: plan.wish })
    }

    /// The microphone gives sound: whoever waits for that is told.
    pub(super) fn source_started(&mut self, latency: Duration) -> Vec<Step> {
        let mut steps = Vec::new();
        if matches!(self.source, Source::Opening) {
            self.source = Source::Microphone;
            steps.extend(self.for_the_person(Effect::Chime(Chime::Go)));
        }
        self.timings.capture_ms = milliseconds(latency);
        let id = self.id.0;
        for waiter in std::mem::take(&mut self.starters) {
            let begun = StartReply { id, ..StartReply::default() };
            let reply = match waiter.form {
                Form::Start(Finality::More) => {
                    self.finishers.push(waiter);
                    Reply::More(value(&begun))
                }
                Form::Toggle => Reply::Last(Ok(value(&ToggleReply { id, result: None }))),
                Form::Start(Finality::Last) | Form::Stop | Form::Retry => Reply::Last(Ok(value(&begun))),
            };
            steps.push(Step::Reply(waiter.id, reply));
        }
        steps
    }

    pub(super) fn heard(&self) -> Duration {
        Duration::from_secs_f64(self.samples as f64 / f64::from(SAMPLE_RATE))
    }

    /// How long to listen after the key has come up: whoever still speaks then lets go a little early.
    pub(super) fn tail(&self) -> Duration {
        /// The end of a word.
        const TAIL: Duration = Duration::from_millis(150);
        let is_over = matches!(self.source, Source::File) || self.ear.is_silent(self.heard());
        if is_over { Duration::ZERO } else { TAIL }
    }

    pub(super) fn audio_ms(&self) -> f64 {
        self.samples as f64 * 1000.0 / f64::from(SAMPLE_RATE)
    }

    pub(super) fn waiters(&self) -> Vec<Waiter> {
        self.starters.iter().chain(&self.finishers).copied().collect()
    }

    /// Says something to those who follow the dictation.
    pub(super) fn stream(&self, reply: &StartReply) -> Vec<Step> {
        let reply = value(reply);
        let streaming = self.finishers.iter().filter(|waiter| waiter.form == Form::Start(Finality::More));
        streaming.map(|waiter| Step::Reply(waiter.id, Reply::More(reply.clone()))).collect()
    }

    /// What a person at the desktop sees and hears: where the text is not for a program, maybe none is there to tell.
    pub(super) fn for_the_person(&self, effect: Effect) -> Option<Step> {
        (self.target != Target::Caller).then_some(Step::Effect(effect))
    }

    /// There is no text.
    pub(super) fn tell_of_failure(&self, error: &Error) -> Vec<Step> {
        let notice = match error {
            // Somebody wanted it so, and has seen it.
            Error::Cancelled { .. } => return Vec::new(),
            Error::NoSpeech { .. } => Notice::NothingHeard,
            error if self.samples > 0 => Notice::Kept { dictation: self.id, problem: error.to_string() },
            error => Notice::Failed { problem: error.to_string(), hint: error.hint() },
        };
        let told = [Effect::Chime(Chime::Failed), Effect::Notify(notice)];
        told.into_iter().filter_map(|effect| self.for_the_person(effect)).collect()
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

fn value(reply: &impl Serialize) -> Value {
    serde_json::to_value(reply).expect("replies hold strings and finite numbers")
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
