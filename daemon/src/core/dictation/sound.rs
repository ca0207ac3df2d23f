//! What a dictation hears: samples on their way to the engine, and what the engine makes of them while somebody speaks.

use std::time::{Duration, Instant};

use hob_protocol::Secret;
use hob_protocol::dictation::{StartReply, Target};

use super::{Dictation, Stage, Step};
use crate::core::ear::Voice;
use crate::core::event::Captured;
use crate::core::session::Source;

impl Dictation {
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

    pub(super) fn notice(&mut self, notice: String) -> Vec<Step> {
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
}
