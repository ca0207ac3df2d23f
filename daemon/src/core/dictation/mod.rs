//! The one dictation: recording, finishing, idle. Says what to do as [`Step`]s; samples and words pass through, but what
//! they are is the engine's business.

mod sound;
mod steps;
mod text;

use std::time::{Duration, Instant};

use hob_protocol::dictation::Target;
use hob_protocol::{Error, Secret, daemon};

use super::ear::Ear;
use super::effect::{Effect, Ending, Finality, JournalNote, Reply, Report};
use super::event::{DictationId, RequestId};
use super::session::{Form, Plan, Session, Source, Waiter};
pub use steps::{Step, Whither};

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
    /// The text is on its way to the cursor or the clipboard. That cannot be taken back.
    Inserting {
        released: Instant,
        text: Secret,
    },
}

impl Dictation {
    pub fn running(&self) -> Option<DictationId> {
        self.session().map(|session| session.id)
    }

    /// The one that is recording, and not told to stop.
    pub fn recording(&self) -> Option<DictationId> {
        match self {
            Self::Recording(session) => Some(session.id),
            Self::Idle | Self::Finishing(..) => None,
        }
    }

    /// A job works for it. None does after it has failed, and once there is a text.
    pub fn has_job(&self) -> bool {
        !self.has_text() && self.session().is_some_and(|session| session.broken.is_none())
    }

    /// The text is on its way to the disk or the desktop.
    fn has_text(&self) -> bool {
        matches!(self, Self::Finishing(_, Stage::Storing { .. } | Stage::Inserting { .. }))
    }

    /// Somebody speaks, or waits for the words; not while a text model works on them.
    pub fn needs_the_processor(&self) -> bool {
        !matches!(self, Self::Idle | Self::Finishing(_, Stage::Acting { .. }))
    }

    /// The engine listens, and nobody has said anything yet.
    pub fn waits_for_the_first_word(&self) -> bool {
        matches!(self, Self::Recording(session) if matches!(session.ear, Ear::Waiting { .. }))
    }

    /// The action that will work on the words. Only once the engine listens, which is to be disturbed by nothing before.
    pub fn foreseen(&self) -> Option<(DictationId, &str)> {
        match self {
            Self::Recording(session) if session.ear != Ear::Deaf => Some((session.id, session.action.as_deref()?)),
            _ => None,
        }
    }

    pub fn is_inserting(&self) -> bool {
        matches!(self, Self::Finishing(_, Stage::Inserting { .. }))
    }

    /// The key that started it was tapped, so it may end by itself.
    pub fn tapped(&mut self, auto_stop: Option<Duration>) {
        if let Some(session) = self.session_mut() {
            session.auto_stop = auto_stop;
        }
    }

    /// The action of whoever started it comes first.
    pub fn suggest_action(&mut self, action: String) {
        if let Some(session) = self.session_mut() {
            session.action.get_or_insert(action);
        }
    }

    /// The source may deliver for this dictation: it is open, or closing.
    pub fn listens_to(&self, id: DictationId) -> bool {
        match self {
            Self::Recording(session) | Self::Finishing(session, Stage::Closing { .. }) => session.id == id,
            _ => false,
        }
    }

    /// Without a waiter a key has started it.
    pub fn start(&mut self, now: Instant, plan: Plan, waiter: Option<Waiter>) -> Vec<Step> {
        let (session, source) = Session::begin(now, plan, waiter);
        *self = Self::Recording(session);
        vec![Step::Effect(source)]
    }

    /// The key is up. Without a waiter the text is kept.
    pub fn stop(&mut self, now: Instant, waiter: Option<Waiter>) -> Vec<Step> {
        let mut steps = Vec::new();
        *self = match std::mem::take(self) {
            Self::Recording(mut session) => {
                let (dictation, tail) = (session.id, session.tail());
                steps.push(Step::Effect(Effect::StopSource { dictation, tail }));
                steps.extend((session.target == Target::Cursor).then_some(Step::LookAtEnd));
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

    /// Too late for a text that is on its way to the cursor: what is half typed would stay there.
    pub fn cancel(&mut self) -> Vec<Step> {
        if self.is_inserting() {
            return Vec::new();
        }
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
        steps.extend(session.tell_of_failure(&error));
        steps.extend(session.waiters().iter().map(|waiter| Step::Reply(waiter.id, Reply::Last(Err(error.clone())))));
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
        if !streamed || waits || self.has_text() {
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
            level: if phase == daemon::Phase::Recording { session.level.latest() } else { 0.0 },
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
