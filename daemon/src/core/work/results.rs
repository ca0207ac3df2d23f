//! How a job ended, and what that means to whoever asked.

use std::time::Instant;

use hob_protocol::models::LoadReply;
use hob_protocol::speech::{StreamEvent, TranscribeReply, Transcript};
use hob_protocol::text::{Completion, CompletionReply, EmbedReply, Embeddings};
use hob_protocol::{Error, Secret};

use crate::actions::Next;
use crate::core::Core;
use crate::core::answers::value;
use crate::core::effect::Effect;
use crate::core::event::JobId;
use crate::core::jobs::{Job, Keep, Purpose, Work};
use crate::core::residency::{End, Finished};

impl Core {
    pub(super) fn finished(&mut self, now: Instant, finished: Finished, out: &mut Vec<Effect>) {
        let Finished { job, waited, end } = finished;
        let queue_ms = waited.as_secs_f64() * 1000.0;
        match end {
            End::Failed(error) => self.failed(now, job, error, out),
            End::Loaded { load_ms } => {
                if let Purpose::Request { id, .. } = job.purpose {
                    if matches!(job.work, Work::Load(Keep::Pinned)) {
                        self.settings.pinned_by_hand.insert(job.model.name.clone());
                    }
                    self.preferred.insert(job.model.kind, job.model.name);
                    self.answer(id, Ok(value(&LoadReply { load_ms })), out);
                }
            }
            End::Recognized(transcript) => {
                let transcript = match &job.work {
                    Work::Live(live) => live.whole(transcript),
                    _ => transcript,
                };
                let transcript = self.polished(&job, Transcript { queue_ms, ..transcript });
                self.recognized(now, &job, transcript, out);
            }
            End::Generated(completion) => self.generated(now, job, Completion { queue_ms, ..completion }, out),
            End::Prepared => {}
            End::Embedded(embeddings) => {
                if let Purpose::Request { id, .. } = job.purpose {
                    let result = Some(Embeddings { queue_ms, model: job.model.name, ..embeddings });
                    self.answer(id, Ok(value(&EmbedReply { result, ..EmbedReply::default() })), out);
                }
            }
        }
    }

    fn recognized(&mut self, now: Instant, job: &Job, transcript: Transcript, out: &mut Vec<Effect>) {
        match (job.purpose, &job.work) {
            (Purpose::Dictation, _) => {
                let steps = self.dictation.recognized(now, &transcript);
                self.dictate(now, steps, out);
            }
            (Purpose::Retry { id }, _) => self.retry_recognized(now, id, &transcript, out),
            (Purpose::Selection | Purpose::Warmth | Purpose::Preparation, _) => unreachable!("none of them has sound"),
            (Purpose::Request { id, .. }, _) if transcript.text.is_empty() => {
                self.answer(id, Err(Error::NoSpeech { audio_ms: transcript.audio_s * 1000.0 }), out);
            }
            (Purpose::Request { id, .. }, Work::Live(_)) => {
                let event = StreamEvent { result: Some(transcript), ..Default::default() };
                self.answer(id, Ok(value(&event)), out);
            }
            (Purpose::Request { id, .. }, _) => {
                let reply = TranscribeReply { result: Some(transcript), ..TranscribeReply::default() };
                self.answer(id, Ok(value(&reply)), out);
            }
        }
    }

    fn generated(&mut self, now: Instant, job: Job, completion: Completion, out: &mut Vec<Effect>) {
        let Job { purpose, model, adapter, work, queued_at, spoke, .. } = job;
        let Work::Generate { action: Some(mut assignment), .. } = work else {
            return self.acted(now, purpose, completion, out);
        };
        if let Purpose::Request { id, more: true, .. } = purpose {
            self.say_delta(id, assignment.rest(), out);
        }
        match assignment.take(completion) {
            Next::Ask => {
                let work = self.next_piece(purpose, assignment, out);
                let job = Job { id: JobId(0), purpose, model, adapter, work, queued_at, deaths: 0, spoke };
                self.go_on_with(now, job, out);
            }
            Next::Done(completion) => {
                if let Purpose::Request { id, more: true, .. } = purpose {
                    self.say_delta(id, assignment.between(), out);
                }
                self.acted(now, purpose, completion, out);
            }
            Next::Refused(error) => self.refused(now, purpose, (error, assignment.original()), out),
        }
    }

    /// A job that follows from one that has ended, before others of its priority.
    fn go_on_with(&mut self, now: Instant, job: Job, out: &mut Vec<Effect>) {
        let job = Job { id: JobId(self.next_job), ..job };
        self.next_job += 1;
        let kind = job.model.kind;
        self.with_engine(now, kind, out, |engine, _, step| engine.enqueue_first(now, job, step));
    }

    /// The text of an action, or what a client's own conversation came to.
    pub(super) fn acted(&mut self, now: Instant, purpose: Purpose, completion: Completion, out: &mut Vec<Effect>) {
        match purpose {
            Purpose::Dictation => {
                let steps = self.dictation.acted(now, &completion.text);
                self.dictate(now, steps, out);
            }
            Purpose::Retry { id } => self.retry_acted(now, id, completion.text, out),
            Purpose::Selection => self.acted_on_selection(now, completion, out),
            Purpose::Warmth | Purpose::Preparation => {}
            Purpose::Request { id, .. } => {
                let reply = CompletionReply { result: Some(completion), ..CompletionReply::default() };
                self.answer(id, Ok(value(&reply)), out);
            }
        }
    }

    /// The model has not edited the text but done something else. What somebody has said is delivered as it was said.
    fn refused(&mut self, now: Instant, purpose: Purpose, (error, original): (Error, &Secret), out: &mut Vec<Effect>) {
        match purpose {
            Purpose::Dictation => {
                let steps = self.dictation.not_acted(now, &error);
                self.dictate(now, steps, out);
            }
            Purpose::Retry { id } => {
                self.notice_retry(id, &error);
                self.retry_acted(now, id, original.clone(), out);
            }
            Purpose::Selection | Purpose::Warmth | Purpose::Preparation | Purpose::Request { .. } => {
                self.fail(now, purpose, error, out);
            }
        }
    }

    fn failed(&mut self, now: Instant, mut job: Job, error: Error, out: &mut Vec<Effect>) {
        if let (Error::ContextExceeded { .. }, Work::Generate { action: Some(assignment), .. }) =
            (&error, &mut job.work)
            && assignment.too_large()
        {
            let Work::Generate { action: Some(assignment), .. } =
                std::mem::replace(&mut job.work, Work::Load(Keep::AsUsual))
            else {
                unreachable!("it was looked at just now")
            };
            let work = self.next_piece(job.purpose, assignment, out);
            return self.go_on_with(now, Job { work, ..job }, out);
        }
        self.fail(now, job.purpose, error, out);
    }

    pub(in crate::core) fn fail_pending(&mut self, now: Instant, id: JobId, error: Error, out: &mut Vec<Effect>) {
        let Some(pending) = self.pending.remove(&id) else { return };
        if pending.purpose == Purpose::Dictation {
            // Known at once, so that nobody goes on speaking for nothing.
            let steps = self.dictation.fail(&error);
            return self.dictate(now, steps, out);
        }
        self.fail(now, pending.purpose, error, out);
    }

    pub(in crate::core) fn fail(&mut self, now: Instant, purpose: Purpose, error: Error, out: &mut Vec<Effect>) {
        match purpose {
            Purpose::Request { id, .. } => self.answer(id, Err(error), out),
            Purpose::Retry { id } => self.fail_retry(id, error, out),
            Purpose::Selection => self.fail_errand(error, out),
            // Nobody waits for it. Whoever needs the model will be told.
            Purpose::Warmth | Purpose::Preparation => {}
            Purpose::Dictation => {
                let steps = self.dictation.break_off(error);
                self.dictate(now, steps, out);
            }
        }
    }
}
