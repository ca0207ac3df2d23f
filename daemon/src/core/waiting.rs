//! What those who follow their requests are told while they wait: what for, and at which place in the line.

use std::collections::BTreeMap;

use hob_protocol::daemon::Waiting;
use hob_protocol::speech::TranscribeReply;
use hob_protocol::text::{EmbedReply, RunReply};
use serde_json::Value;

use super::Core;
use super::answers::value;
use super::effect::Effect;
use super::event::RequestId;
use super::jobs::{Job, Purpose, Work};

impl Core {
    /// Tells each of what is another than it was.
    pub(super) fn tell_who_waits(&mut self, out: &mut Vec<Effect>) {
        let line = self.speech.line().chain(self.text.line());
        let waiting = line.filter_map(|(job, waiting)| Some((follower(job)?, (waiting, news(job, waiting)?))));
        let waiting: BTreeMap<RequestId, (Waiting, Value)> = waiting.collect();
        for (id, (now, news)) in &waiting {
            if self.waiting.get(id) != Some(now) {
                self.say(*id, news.clone(), out);
            }
        }
        self.waiting = waiting.into_iter().map(|(id, (now, _))| (id, now)).collect();
    }
}

/// Who follows this job.
fn follower(job: &Job) -> Option<RequestId> {
    match job.purpose {
        Purpose::Request { id, more: true, .. } => Some(id),
        _ => None,
    }
}

/// As the method of the request tells it.
fn news(job: &Job, waiting: Waiting) -> Option<Value> {
    let waiting = Some(waiting);
    match job.work {
        Work::Clip { .. } => Some(value(&TranscribeReply { waiting, ..TranscribeReply::default() })),
        Work::Generate { .. } => Some(value(&RunReply { waiting, ..RunReply::default() })),
        Work::Embed { .. } => Some(value(&EmbedReply { waiting, ..EmbedReply::default() })),
        // Their methods give no stream of that kind, or nobody asked for them.
        Work::Load(_) | Work::Live(_) | Work::Prepare { .. } => None,
    }
}
