//! What an engine tells of a job while it works on it.

use std::time::{Duration, Instant};

use hob_protocol::Secret;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::FromEngine;
use hob_protocol::speech::{Segment, StreamEvent, TranscribeReply};
use hob_protocol::text::CompletionReply;

use crate::core::Core;
use crate::core::answers::value;
use crate::core::ear::Voice;
use crate::core::effect::Effect;
use crate::core::event::{Generation, RequestId};
use crate::core::jobs::{Purpose, Work};
use crate::core::polishing::Whose;

impl Core {
    pub(in crate::core) fn engine_said(
        &mut self,
        now: Instant,
        kind: EngineKind,
        generation: Generation,
        message: FromEngine,
        out: &mut Vec<Effect>,
    ) {
        let (id, news) = match message {
            FromEngine::Progress { id, fraction } => {
                (id, News::Progress(value(&TranscribeReply { progress: Some(fraction), ..TranscribeReply::default() })))
            }
            FromEngine::Segment { id, segment } => (id, News::Segment(segment)),
            FromEngine::Partial { id, stable, unstable, settled_s } => {
                (id, News::Partial { stable, unstable, settled_s })
            }
            FromEngine::Delta { id, text } => (id, News::Delta(text)),
            FromEngine::Voice { id, speaking, at_s, noise_db } => (id, News::Voice { speaking, at_s, noise_db }),
            last => {
                return self.with_engine(now, kind, out, |engine, _, step| engine.said(now, generation, last, step));
            }
        };
        let Some(job) = self.engine(kind).hears(now, generation, id) else { return };
        let (purpose, whose) = (job.purpose, Whose::of(job));
        let news = match (news, &mut job.work) {
            (News::Partial { stable, unstable, settled_s }, Work::Live(live)) => {
                News::Partial { stable: live.settle(&stable, settled_s), unstable, settled_s }
            }
            (News::Voice { speaking, at_s, noise_db }, Work::Live(live)) => {
                News::Voice { speaking, at_s: live.place_s(at_s), noise_db }
            }
            (news, _) => news,
        };
        match (news, purpose) {
            (News::Progress(reply), Purpose::Request { id, more: true, .. })
                if matches!(job.work, Work::Clip { .. }) =>
            {
                self.say(id, reply, out);
            }
            (News::Segment(segment), Purpose::Request { id, more: true, .. }) => {
                if let Work::Clip { told, .. } = &mut job.work
                    && told.is_news()
                {
                    let segment = Some(self.polished_segment(&whose, segment));
                    self.say(id, value(&TranscribeReply { segment, ..TranscribeReply::default() }), out);
                }
            }
            (News::Delta(text), Purpose::Request { id, more: true, .. }) => {
                let text = match &mut job.work {
                    Work::Generate { action: Some(action), .. } => action.push(text.as_str()),
                    _ => text.into_string(),
                };
                job.spoke |= !text.is_empty();
                self.say_delta(id, text, out);
            }
            (News::Partial { stable, unstable, .. }, Purpose::Dictation) => {
                let (stable, unstable) = self.polished_partial(&whose, &stable, &unstable);
                let steps = self.dictation.partial(stable, unstable);
                self.dictate(now, steps, out);
            }
            (News::Voice { speaking, at_s, noise_db }, Purpose::Dictation) => {
                let at = Duration::try_from_secs_f64(at_s).unwrap_or_default();
                self.dictation.voice(if speaking { Voice::Begins } else { Voice::Ends }, at);
                if let Some(floor_db) = noise_db.filter(|_| self.dictation.is_from_microphone())
                    && self.noise.heard(floor_db)
                {
                    out.push(Effect::RememberNoise(self.noise.clone()));
                }
            }
            (News::Partial { stable, unstable, .. }, Purpose::Request { id, .. }) => {
                let (stable, unstable) = self.polished_partial(&whose, &stable, &unstable);
                let event = StreamEvent { stable: Some(stable), unstable: Some(unstable), ..Default::default() };
                self.say(id, value(&event), out);
            }
            _ => {}
        }
    }

    pub(super) fn say_delta(&self, id: RequestId, text: String, out: &mut Vec<Effect>) {
        if !text.is_empty() {
            let reply = CompletionReply { delta: Some(Secret::new(text)), ..CompletionReply::default() };
            self.say(id, value(&reply), out);
        }
    }
}

enum News {
    Progress(serde_json::Value),
    Segment(Segment),
    Partial { stable: Secret, unstable: Secret, settled_s: f64 },
    Voice { speaking: bool, at_s: f64, noise_db: Option<f32> },
    Delta(Secret),
}
