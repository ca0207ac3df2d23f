//! What is true of the core after every event, checked by the random walk of the tests.

use std::collections::BTreeSet;

use hob_protocol::daemon::EngineKind;

use super::cursor::For;
use super::jobs::{Job, Purpose, Work};
use super::selection::Errand;
use super::{Core, Pending};

impl Core {
    /// # Panics
    /// When the core contradicts itself.
    pub fn verify_invariants(&self) {
        self.speech.verify_invariants();
        self.text.verify_invariants();
        self.verify_requests();
        self.verify_dictation();
        self.verify_journal();
        self.verify_cursor();
    }

    /// Every open request is waited for by something that will answer it, and no job works for a request that is closed.
    fn verify_requests(&self) {
        for purpose in self.purposes() {
            if let Purpose::Request { id, .. } | Purpose::Retry { id } = purpose {
                assert!(self.open.contains(&id), "a job works for {id:?}, which has its final reply");
            }
        }
        for id in &self.watchers {
            assert!(self.open.contains(id), "{id:?} watches and has its final reply");
        }
        for id in self.waiting.keys() {
            assert!(self.open.contains(id), "{id:?} waits and has its final reply");
        }
    }

    /// At most one dictation exists by construction; its job exists exactly as long as it has one to wait for.
    fn verify_dictation(&self) {
        let jobs = self.purposes().filter(|purpose| *purpose == Purpose::Dictation).count();
        let expected = usize::from(self.dictation.has_job());
        assert_eq!(jobs, expected, "jobs of the dictation {:?}", self.dictation);
        let speech_only = self.text.jobs().all(|job| job.is_on_text() || matches!(job.work, Work::Load(_)));
        assert!(speech_only, "audio at the text engine");
        assert!(!self.speech.jobs().any(Job::is_on_text), "work on a text at the speech engine");
        let jobs = || {
            self.speech
                .jobs()
                .map(|job| (job, EngineKind::Speech))
                .chain(self.text.jobs().map(|job| (job, EngineKind::Text)))
        };
        assert!(jobs().all(|(job, kind)| job.model.kind == kind), "a job is at the wrong engine");
        let preparations = self.purposes().filter(|purpose| *purpose == Purpose::Preparation).count();
        assert!(preparations <= 1, "{preparations} preparations");
    }

    /// No text leaves before it is in the journal, and nothing is remembered of texts that have arrived.
    fn verify_journal(&self) {
        let left = self.deliveries.iter().map(|delivery| delivery.dictation);
        let offered: BTreeSet<_> = left.chain(self.kept.as_ref().map(|(id, _)| *id)).collect();
        assert_eq!(offered, self.in_journal, "texts that are offered are those in the journal");
        for (id, retry) in &self.retries {
            assert!(self.open.contains(id), "a retry is for {id:?}, which has its final reply");
            let jobs = self.purposes().filter(|purpose| *purpose == Purpose::Retry { id: *id }).count();
            assert_eq!(jobs, usize::from(retry.has_job()), "jobs of {retry:?}");
        }
    }

    /// A dictation or an action that waits for something at the cursor is waited for there, and nothing else is.
    fn verify_cursor(&self) {
        let dictated = self.cursor.changes_for(For::Dictation);
        assert_eq!(dictated, usize::from(self.dictation.is_inserting()), "insertions of {:?}", self.dictation);
        let replaced = self.cursor.changes_for(For::Selection);
        let errand = self.errand.as_ref();
        assert_eq!(replaced, usize::from(errand.is_some_and(Errand::is_replacing)), "changes for {errand:?}");
        assert_eq!(
            self.cursor.is_reading_selection(),
            errand.is_some_and(Errand::is_reading),
            "the selection is read for {errand:?}"
        );
        let jobs = self.purposes().filter(|purpose| *purpose == Purpose::Selection).count();
        assert_eq!(jobs, usize::from(errand.is_some_and(Errand::has_job)), "jobs of {errand:?}");
        for id in &self.key_listeners {
            assert!(self.open.contains(id), "{id:?} is shown keys and has its final reply");
        }
    }

    fn purposes(&self) -> impl Iterator<Item = Purpose> {
        let pending = self.pending.values().map(|Pending { purpose, .. }| *purpose);
        // A job that is told to stop for good works for nobody any more.
        pending.chain(self.speech.wanted_jobs().chain(self.text.wanted_jobs()).map(|job| job.purpose))
    }
}
