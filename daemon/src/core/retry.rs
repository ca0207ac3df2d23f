//! A recording out of the journal that is recognised again: as a clip, then the action, then stored and delivered like the text of
//! a dictation. Any number of them may wait beside the one dictation, which always goes first.

use std::time::Instant;

use hob_protocol::daemon::EngineKind;
use hob_protocol::dictation::{Outcome, Timings};
use hob_protocol::speech::{SAMPLE_RATE, Transcript};
use hob_protocol::text::Run;
use hob_protocol::{Error, Secret, dictation as wire};

use super::effect::{Effect, Ending, JournalNote, Wish};
use super::event::{DictationId, JobId, Recording, RequestId, Samples};
use super::jobs::{Purpose, Told, Work};
use super::session::{Form, Waiter, milliseconds};
use super::{Core, Pending};

#[derive(Debug)]
pub(super) struct Retry {
    began: Instant,
    wish: Wish,
    notices: Vec<String>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Finding,
    Recognizing(Found),
    Acting(Found, Timings),
    /// The text is on its way to the disk, and leaves only then.
    Storing(Found, Timings, Secret),
}

#[derive(Debug, Clone, Copy)]
struct Found {
    dictation: DictationId,
    audio_ms: f64,
}

impl Retry {
    fn found(&self) -> Option<Found> {
        match self.stage {
            Stage::Finding => None,
            Stage::Recognizing(found) | Stage::Acting(found, _) | Stage::Storing(found, ..) => Some(found),
        }
    }

    /// A job works for it. None does while the text is on its way to the disk.
    pub(super) fn has_job(&self) -> bool {
        !matches!(self.stage, Stage::Storing(..))
    }
}

impl Core {
    pub(super) fn retry(
        &mut self,
        now: Instant,
        id: RequestId,
        request: wire::Retry,
        out: &mut Vec<Effect>,
    ) -> Result<(), Error> {
        if let Some(action) = &request.action {
            self.settings.actions.check(action)?;
        }
        let dictation = request.id.map(DictationId);
        let running = self.dictation.running();
        if let (Some(DictationId(id)), true) = (dictation, dictation == running) {
            return Err(Error::AlreadyRecording { id });
        }
        let listening = self.listening(request.language.clone(), None);
        let work = Work::Clip { samples: Samples::from([]), listening, told: Told::default() };
        let job = self.new_pending(now, Purpose::Retry { id }, Some(EngineKind::Speech), None, work);
        let wish = Wish { action: request.action, language: request.language };
        self.retries.insert(id, Retry { began: now, wish, notices: Vec::new(), stage: Stage::Finding });
        out.push(Effect::ReadRecording { job, dictation, running });
        Ok(())
    }

    pub(super) fn recording_read(&mut self, now: Instant, job: JobId, recording: Recording, out: &mut Vec<Effect>) {
        let Some(&Pending { purpose: Purpose::Retry { id }, .. }) = self.pending.get(&job) else { return };
        let Recording { dictation, samples, wish } = recording;
        if self.dictation.running() == Some(dictation) {
            return self.fail_pending(now, job, Error::AlreadyRecording { id: dictation.0 }, out);
        }
        if self.retries.values().any(|retry| retry.found().is_some_and(|found| found.dictation == dictation)) {
            let what = "retries of one dictation".to_owned();
            return self.fail_pending(now, job, Error::Busy { what, limit: 1 }, out);
        }
        let Some(retry) = self.retries.get_mut(&id) else { return };
        retry.wish.action = retry.wish.action.take().or(wish.action);
        retry.wish.language = retry.wish.language.take().or(wish.language);
        let audio_ms = samples.len() as f64 * 1000.0 / f64::from(SAMPLE_RATE);
        retry.stage = Stage::Recognizing(Found { dictation, audio_ms });
        let listening = self.retries.get(&id).map(|retry| retry.wish.language.clone());
        let listening = self.listening(listening.flatten(), None);
        if let Some(Pending { work: Work::Clip { samples: empty, listening: usual, .. }, .. }) =
            self.pending.get_mut(&job)
        {
            *empty = samples;
            *usual = listening;
        }
        self.find_model(job, out);
    }

    pub(super) fn retry_recognized(
        &mut self,
        now: Instant,
        id: RequestId,
        transcript: &Transcript,
        out: &mut Vec<Effect>,
    ) {
        let Some(retry) = self.retries.get_mut(&id) else { return };
        let Stage::Recognizing(found) = retry.stage else { return };
        // No text where there are segments was taken back by its speaker.
        if transcript.text.is_empty() && transcript.segments.is_empty() {
            return self.fail_retry(id, Error::NoSpeech { audio_ms: found.audio_ms }, out);
        }
        let heard = Timings {
            queue_ms: transcript.queue_ms,
            speech_ms: milliseconds(now - retry.began),
            recognition_ms: transcript.recognition_ms,
            recognition: transcript.recognition.unwrap_or_default(),
            ..Timings::default()
        };
        let action = retry.wish.action.clone().filter(|_| !transcript.text.as_str().trim().is_empty());
        let Some(action) = action else {
            return self.store_retried(id, found, heard, transcript.text.clone(), out);
        };
        retry.stage = Stage::Acting(found, heard);
        let note = JournalNote::Heard(transcript.text.clone());
        out.push(Effect::WriteJournal { dictation: found.dictation, note });
        let run = Run { action, text: transcript.text.clone(), ..Run::default() };
        if let Err(error) = self.run_action(now, Purpose::Retry { id }, run, out) {
            self.fail_retry(id, error, out);
        }
    }

    pub(super) fn retry_acted(&mut self, now: Instant, id: RequestId, text: Secret, out: &mut Vec<Effect>) {
        let Some(&Retry { stage: Stage::Acting(found, heard), began, .. }) = self.retries.get(&id) else { return };
        let heard = Timings { text_ms: milliseconds(now - began) - heard.speech_ms, ..heard };
        self.store_retried(id, found, heard, text, out);
    }

    /// The action has come to nothing that can be used.
    pub(super) fn notice_retry(&mut self, id: RequestId, why: &Error) {
        if let Some(retry) = self.retries.get_mut(&id) {
            retry.notices.push(why.to_string());
        }
    }

    /// The text of a retry is on the disk, or cannot be: now it may leave.
    pub(super) fn retried_text_stored(&mut self, now: Instant, dictation: DictationId, out: &mut Vec<Effect>) {
        let is_it = |_: &RequestId, retry: &mut Retry| matches!(&retry.stage, Stage::Storing(found, ..) if found.dictation == dictation);
        let stored: Vec<_> = self.retries.extract_if(.., is_it).collect();
        for (id, retry) in stored {
            let Stage::Storing(found, heard, text) = retry.stage else { continue };
            let release_to_text_ms = milliseconds(now - retry.began);
            let Timings { speech_ms, text_ms, .. } = heard;
            let store_ms = release_to_text_ms - speech_ms - text_ms;
            let timings = Timings { store_ms, release_to_text_ms, audio_ms: found.audio_ms, ..heard };
            let outcome = Outcome { text, timings, notices: retry.notices, insertion: None };
            self.deliver(dictation, outcome, vec![Waiter { id, form: Form::Retry }], out);
        }
    }

    /// The recording stays; a later try may do better.
    pub(super) fn fail_retry(&mut self, id: RequestId, error: Error, out: &mut Vec<Effect>) {
        if let Some(found) = self.retries.remove(&id).and_then(|retry| retry.found()) {
            let note = JournalNote::Ended(Ending::Failed { why: error.to_string() });
            out.push(Effect::WriteJournal { dictation: found.dictation, note });
        }
        self.answer(id, Err(error), out);
    }

    fn store_retried(&mut self, id: RequestId, found: Found, heard: Timings, text: Secret, out: &mut Vec<Effect>) {
        let Some(retry) = self.retries.get_mut(&id) else { return };
        retry.stage = Stage::Storing(found, heard, text.clone());
        out.push(Effect::WriteJournal { dictation: found.dictation, note: JournalNote::Text(text) });
    }
}
