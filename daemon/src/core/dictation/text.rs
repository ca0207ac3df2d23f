//! The way of a dictation's text: recognised, worked on by an action, into the journal, to where it is meant to go.

use std::time::Instant;

use hob_protocol::dictation::{Outcome, Target, Timings};
use hob_protocol::speech::Transcript;
use hob_protocol::{Error, Secret};

use super::{Dictation, Stage, Step, Whither};
use crate::core::desk::{Inserted, Notice};
use crate::core::effect::{Effect, Ending, JournalNote, Report};
use crate::core::event::DictationId;
use crate::core::session::milliseconds;

impl Dictation {
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

    fn store(&mut self, text: Secret, released: Instant) -> Vec<Step> {
        let Self::Finishing(session, stage) = self else { return Vec::new() };
        *stage = Stage::Storing { released, text: text.clone() };
        vec![Step::Effect(Effect::WriteJournal { dictation: session.id, note: JournalNote::Text(text) })]
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
}
