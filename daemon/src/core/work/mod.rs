//! Jobs on their way from a request to an engine, and taken back again. What an engine tells meanwhile is [`news`], how it ends [`results`].

mod news;
mod results;

use std::time::Instant;

use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use hob_protocol::text::{Prompt, PromptReply, Run, RunReply};

use super::answers::value;
use super::effect::Effect;
use super::event::{Found, JobId, RequestId, Samples};
use super::jobs::{Job, Purpose, Work};
use super::residency::{Residency, Step};
use super::settings::Settings;
use super::{Core, Pending, is_request};
use crate::actions::{Assignment, Prepared};

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
}
