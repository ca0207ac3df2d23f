//! The one dictation: recording, finishing, idle. Says what to do as [`Step`]s; samples and words pass through, but what
//! they are is the engine's business.

use std::time::{Duration, Instant};

use hob_protocol::dictation::{Outcome, StartReply, Target, Timings};
use hob_protocol::speech::Transcript;
use hob_protocol::{Error, Secret, daemon};

use super::desk::{Inserted, Notice};
use super::ear::{Ear, Voice};
use super::event::{Captured, DictationId, Effect, Ending, Finality, JournalNote, Reply, Report, RequestId};
use super::session::{Form, Plan, Session, Source, Waiter, milliseconds};

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
    /// Recording has ended, and the text will be for the cursor.
    LookAtEnd,
    /// The text is in the journal and is for the desktop. [`Dictation::inserted`] goes on.
    Insert {
        text: Secret,
        target: Target,
    },
    /// The text is in the journal and may leave, or has.
    Deliver {
        id: DictationId,
        outcome: Outcome,
        waiters: Vec<Waiter>,
        whither: Whither,
    },
}

/// Where a text is when a dictation has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whither {
    /// On its way to those who wait for it, or kept for the next who asks.
    Callers,
    /// At the cursor or on the clipboard, as was asked for.
    Arrived,
    /// Nowhere but in the journal, and maybe on the clipboard for want of a better place.
    Journal,
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

    pub fn captured(&mut self, now: Instant, news: Captured) -> Vec<Step> {
        match news {
            Captured::Opened { .. } => Vec::new(),
            Captured::Started { latency } => {
                self.session_mut().map_or_else(Vec::new, |session| session.source_started(latency))
            }
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

    pub fn acted(&mut self, now: Instant, text: &Secret) -> Vec<Step> {
        let Self::Finishing(session, Stage::Acting { released }) = self else { return Vec::new() };
        let released = *released;
        session.timings.text_ms = milliseconds(now - released) - session.timings.speech_ms;
        self.store(text.clone(), released)
    }

    /// The action has come to nothing that can be used: the words stay as they were said, and whoever said them is told.
    pub fn not_acted(&mut self, now: Instant, why: &Error) -> Vec<Step> {
        let mut steps = self.notice(why.to_string());
        let Some(session) = self.session() else { return steps };
        let said = session.stable.clone();
        let notice =
            Notice::Failed { problem: why.to_string(), hint: Some("your words are as you said them".to_owned()) };
        steps.extend(session.for_the_person(Effect::Notify(notice)));
        steps.extend(self.acted(now, &said));
        steps
    }

    /// The text is on the disk, or cannot be: now it may leave.
    pub fn stored(&mut self, now: Instant, id: DictationId) -> Vec<Step> {
        let Self::Finishing(session, stage @ Stage::Storing { .. }) = self else { return Vec::new() };
        let Stage::Storing { released, text } = stage else { return Vec::new() };
        if session.id != id {
            return Vec::new();
        }
        let (released, text) = (*released, text.clone());
        let Timings { speech_ms, text_ms, .. } = session.timings;
        session.timings.store_ms = milliseconds(now - released) - speech_ms - text_ms;
        // What its speaker has taken back is nothing to insert.
        if session.target == Target::Caller || text.is_empty() {
            return self.deliver(now, None);
        }
        *stage = Stage::Inserting { released, text: text.clone() };
        vec![Step::Insert { text, target: session.target }]
    }

    /// The text is where it was meant to go, or will not get there.
    pub fn inserted(&mut self, now: Instant, inserted: &Inserted) -> Vec<Step> {
        let Self::Finishing(session, Stage::Inserting { released, text }) = self else { return Vec::new() };
        let Timings { speech_ms, text_ms, store_ms, .. } = session.timings;
        session.timings.insert_ms = milliseconds(now - *released) - speech_ms - text_ms - store_ms;
        let mut steps: Vec<_> = inserted.for_the_person(text).map(Step::Effect).into();
        steps.extend(self.deliver(now, Some(inserted)));
        steps
    }

    /// Ends it with its text, which is on the disk, and has been where it was to go.
    fn deliver(&mut self, now: Instant, inserted: Option<&Inserted>) -> Vec<Step> {
        let (session, released, text) = match std::mem::take(self) {
            Self::Finishing(session, Stage::Storing { released, text } | Stage::Inserting { released, text }) => {
                (session, released, text)
            }
            other => {
                *self = other;
                return Vec::new();
            }
        };
        let release_to_text_ms = milliseconds(now - released);
        let timings = Timings { release_to_text_ms, audio_ms: session.audio_ms(), ..session.timings };
        let (id, waiters) = (session.id, session.waiters());
        let report = Step::Effect(Effect::Report { dictation: id, report: Report::Text(timings) });
        let insertion = inserted.map(Inserted::for_the_wire);
        let outcome = Outcome { text, timings, notices: session.notices, insertion };
        let whither = match (session.target, inserted) {
            (Target::Caller, _) => Whither::Callers,
            // There was nothing to insert.
            (_, None) => Whither::Arrived,
            (_, Some(inserted)) if inserted.has_arrived() => Whither::Arrived,
            _ => Whither::Journal,
        };
        vec![report, Step::Deliver { id, outcome, waiters, whither }]
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

    fn hear(&mut self, now: Instant, samples: Vec<f32>) -> Vec<Step> {
        let Some(session) = self.session_mut() else { return Vec::new() };
        session.samples += samples.len() as u64;
        session.level.hear(&samples);
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
        let mut steps = Vec::new();
        let (session, released) = match std::mem::take(self) {
            Self::Recording(session) => {
                steps.extend((session.target == Target::Cursor).then_some(Step::LookAtEnd));
                (session, now)
            }
            Self::Finishing(session, Stage::Closing { released }) => (session, released),
            other => {
                *self = other;
                return Vec::new();
            }
        };
        let broken = session.broken.clone();
        *self = Self::Finishing(session, Stage::Recognizing { released });
        steps.extend(broken.map_or_else(|| vec![Step::Audio(None)], |error| self.fail(&error)));
        steps
    }

    fn store(&mut self, text: Secret, released: Instant) -> Vec<Step> {
        let Self::Finishing(session, stage) = self else { return Vec::new() };
        *stage = Stage::Storing { released, text: text.clone() };
        vec![Step::Effect(Effect::WriteJournal { dictation: session.id, note: JournalNote::Text(text) })]
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
