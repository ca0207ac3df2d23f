//! Jobs on their way: from a request to an engine, from an engine to whoever asked.

use std::time::{Duration, Instant};

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::FromEngine;
use hob_protocol::models::LoadReply;
use hob_protocol::speech::{Segment, TranscribeReply, Transcript};
use hob_protocol::text::{Completion, CompletionReply, EmbedReply, Embeddings, Prompt, PromptReply, Run, RunReply};
use hob_protocol::{Error, Secret, speech};

use super::answers::value;
use super::dictation::{self, Whither};
use super::ear::Voice;
use super::event::{DictationId, Effect, Ending, Found, Generation, JobId, JournalNote, RequestId, Samples};
use super::jobs::{Job, Keep, Purpose, Work};
use super::polishing::Whose;
use super::residency::{End, Finished, Residency, Step};
use super::settings::Settings;
use super::{Core, Pending, is_request};
use crate::actions::{Assignment, Next, Prepared};

impl Core {
    /// A job that is not with its engine yet. It takes samples already.
    pub(super) fn new_pending(
        &mut self,
        now: Instant,
        purpose: Purpose,
        kind: Option<EngineKind>,
        model: Option<String>,
        work: Work,
    ) -> JobId {
        let id = JobId(self.next_job);
        self.next_job += 1;
        self.pending.insert(id, Pending { purpose, kind, model, work, since: now });
        id
    }

    pub(super) fn find_model(&self, job: JobId, out: &mut Vec<Effect>) {
        let Some(pending) = self.pending.get(&job) else { return };
        let configured = |kind| match kind {
            EngineKind::Speech => self.settings.speech.model.clone(),
            EngineKind::Text => self.settings.text.model.clone(),
        };
        let usual = |kind| self.preferred.get(&kind).cloned().or_else(|| configured(kind));
        let adapter = pending.work.adapter().cloned();
        // An adapter is for one model alone, whatever is usual.
        let usual = pending.kind.filter(|_| adapter.is_none()).and_then(usual);
        let name = pending.model.clone().or(usual);
        out.push(Effect::FindModel { job, kind: pending.kind, name, adapter });
    }

    pub(super) fn audio_read(&mut self, id: JobId, audio: Samples, out: &mut Vec<Effect>) {
        let Some(pending) = self.pending.get_mut(&id) else { return };
        if let Work::Clip { samples, .. } = &mut pending.work {
            *samples = audio;
        }
        self.find_model(id, out);
    }

    pub(super) fn model_found(&mut self, now: Instant, id: JobId, found: Found, out: &mut Vec<Effect>) {
        let Some(Pending { purpose, work, since, .. }) = self.pending.remove(&id) else { return };
        if purpose == Purpose::Preparation && !self.has_room_for(&found) {
            return;
        }
        let Found { model, adapter } = found;
        let kind = model.kind;
        if purpose != Purpose::Preparation && kind == EngineKind::Text {
            // What it was to prepare for has come, or something else has.
            self.take_back(now, &|purpose| purpose == Purpose::Preparation, out);
        }
        let job = Job { id, purpose, model, adapter, work, queued_at: since, deaths: 0, spoke: false };
        self.with_engine(now, kind, out, |engine, _, step| engine.enqueue(now, job, step));
    }

    pub(super) fn fail_pending(&mut self, now: Instant, id: JobId, error: Error, out: &mut Vec<Effect>) {
        let Some(pending) = self.pending.remove(&id) else { return };
        if pending.purpose == Purpose::Dictation {
            // Known at once, so that nobody goes on speaking for nothing.
            let steps = self.dictation.fail(&error);
            return self.dictate(now, steps, out);
        }
        self.fail(now, pending.purpose, error, out);
    }

    pub(super) fn run_action(
        &mut self,
        now: Instant,
        purpose: Purpose,
        run: Run,
        out: &mut Vec<Effect>,
    ) -> Result<(), Error> {
        let assignment = Box::new(Assignment::new(&self.settings.actions, run)?);
        if let Some(completion) = assignment.nothing_to_do() {
            self.acted(now, purpose, completion, out);
            return Ok(());
        }
        let model = assignment.model();
        let work = self.next_piece(purpose, assignment, out);
        let job = self.new_pending(now, purpose, Some(EngineKind::Text), model, work);
        self.find_model(job, out);
        Ok(())
    }

    /// What the action would ask a model first.
    pub(super) fn prompt(&self, prompt: Prompt) -> Result<PromptReply, Error> {
        let Prompt { action, text, options } = prompt;
        let assignment = Assignment::new(&self.settings.actions, Run { action, text, options, background: None })?;
        let Prepared { messages, sampling, constant } = assignment.request();
        Ok(PromptReply { messages, sampling, constant })
    }

    /// The work on a piece of a text, of which whoever follows it is told.
    fn next_piece(&self, purpose: Purpose, mut assignment: Box<Assignment>, out: &mut Vec<Effect>) -> Work {
        if let Purpose::Request { id, more: true, .. } = purpose {
            if let Some(progress) = assignment.progress() {
                self.say(id, value(&RunReply { progress: Some(progress), ..RunReply::default() }), out);
            }
            self.say_delta(id, assignment.between(), out);
        }
        let Prepared { messages, sampling, constant } = assignment.request();
        Work::Generate {
            messages,
            sampling,
            truncate: assignment.may_truncate(),
            constant,
            adapter: assignment.adapter().map(str::to_owned),
            without_guesses: false,
            schema: assignment.schema(),
            action: Some(assignment),
        }
    }

    /// The client is gone: what it asked for is taken back, wherever it is by now.
    pub(super) fn hung_up(&mut self, now: Instant, id: RequestId, out: &mut Vec<Effect>) {
        self.open.remove(&id);
        self.watchers.remove(&id);
        self.key_listeners.remove(&id);
        let steps = self.dictation.hung_up(id);
        self.dictate(now, steps, out);
        self.retries.remove(&id);
        self.errand_hung_up(now, id, out);
        self.recipient_gone(id);
        self.take_back(now, &|purpose| is_request(purpose, id), out);
    }

    pub(super) fn text_stored(&mut self, now: Instant, id: DictationId, out: &mut Vec<Effect>) {
        self.in_journal.insert(id);
        let steps = self.dictation.stored(now, id);
        self.dictate(now, steps, out);
        self.retried_text_stored(now, id, out);
        self.no_longer_offered(id);
    }

    pub(super) fn live_audio(
        &mut self,
        now: Instant,
        matches: impl Fn(Purpose) -> bool,
        more: Option<Vec<f32>>,
        out: &mut Vec<Effect>,
    ) {
        if let Some(pending) = self.pending.values_mut().find(|pending| matches(pending.purpose)) {
            if let Work::Live(live) = &mut pending.work {
                live.take(more.as_deref());
            }
            return;
        }
        self.with_engine(now, EngineKind::Speech, out, |engine, _, step| {
            engine.live_audio(now, |job| matches(job.purpose), more, step);
        });
    }

    pub(super) fn engine_said(
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
                let event =
                    speech::StreamEvent { stable: Some(stable), unstable: Some(unstable), ..Default::default() };
                self.say(id, value(&event), out);
            }
            _ => {}
        }
    }

    /// One step of an engine, with what it brings about.
    pub(super) fn with_engine(
        &mut self,
        now: Instant,
        kind: EngineKind,
        out: &mut Vec<Effect>,
        act: impl FnOnce(&mut Residency, &Settings, &mut Step),
    ) {
        let mut step = Step::default();
        let engine = match kind {
            EngineKind::Speech => &mut self.speech,
            EngineKind::Text => &mut self.text,
        };
        act(engine, &self.settings, &mut step);
        out.append(&mut step.effects);
        for finished in step.finished {
            self.finished(now, finished, out);
        }
    }

    pub(super) fn dictate(&mut self, now: Instant, steps: Vec<dictation::Step>, out: &mut Vec<Effect>) {
        for step in steps {
            match step {
                dictation::Step::Effect(effect) => out.push(effect),
                dictation::Step::Reply(id, super::Reply::More(news)) => self.say(id, news, out),
                dictation::Step::Reply(id, super::Reply::Last(result)) => self.answer(id, result, out),
                dictation::Step::Audio(samples) => {
                    self.live_audio(now, |purpose| purpose == Purpose::Dictation, samples, out);
                }
                dictation::Step::CancelJobs => self.take_back(now, &|purpose| purpose == Purpose::Dictation, out),
                dictation::Step::RunAction { action, text } => {
                    let run = Run { action, text, ..Run::default() };
                    if let Err(error) = self.run_action(now, Purpose::Dictation, run, out) {
                        self.fail(now, Purpose::Dictation, error, out);
                    }
                }
                dictation::Step::LookAtEnd => self.cursor_at_end(now, out),
                dictation::Step::Insert { text, target } => self.insert_dictated(now, text, target, out),
                dictation::Step::Deliver { id, outcome, waiters, whither } => {
                    self.last_timings = Some(outcome.timings);
                    match whither {
                        Whither::Callers => self.deliver(id, outcome, waiters, out),
                        Whither::Arrived => {
                            let note = JournalNote::Ended(Ending::Delivered);
                            out.push(Effect::WriteJournal { dictation: id, note });
                            self.tell_all(id, &outcome, &waiters, out);
                        }
                        Whither::Journal => self.tell_all(id, &outcome, &waiters, out),
                    }
                }
            }
        }
    }

    fn engine(&mut self, kind: EngineKind) -> &mut Residency {
        match kind {
            EngineKind::Speech => &mut self.speech,
            EngineKind::Text => &mut self.text,
        }
    }

    pub(super) fn take_back(&mut self, now: Instant, matches: &dyn Fn(Purpose) -> bool, out: &mut Vec<Effect>) {
        let looked_for = self.pending.extract_if(.., |_, pending| matches(pending.purpose));
        out.extend(looked_for.map(|(job, _)| Effect::StopReading { job }));
        for kind in EngineKind::ALL {
            self.with_engine(now, kind, out, |engine, _, step| engine.cancel(now, |job| matches(job.purpose), step));
        }
    }

    fn finished(&mut self, now: Instant, finished: Finished, out: &mut Vec<Effect>) {
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
                let event = speech::StreamEvent { result: Some(transcript), ..Default::default() };
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
    fn acted(&mut self, now: Instant, purpose: Purpose, completion: Completion, out: &mut Vec<Effect>) {
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

    fn say_delta(&self, id: RequestId, text: String, out: &mut Vec<Effect>) {
        if !text.is_empty() {
            let reply = CompletionReply { delta: Some(Secret::new(text)), ..CompletionReply::default() };
            self.say(id, value(&reply), out);
        }
    }

    fn fail(&mut self, now: Instant, purpose: Purpose, error: Error, out: &mut Vec<Effect>) {
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

enum News {
    Progress(serde_json::Value),
    Segment(Segment),
    Partial { stable: Secret, unstable: Secret, settled_s: f64 },
    Voice { speaking: bool, at_s: f64, noise_db: Option<f32> },
    Delta(Secret),
}
