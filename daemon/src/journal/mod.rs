//! The journal of dictations: what is said is on the disk before it is recognised, and texts are there before they leave, so that
//! the end of any process costs a retry and no word.
//!
//! [`folder`] holds a [`record`] and a recording ([`wav`]) for each dictation, [`recording`] is the way of the samples to it, and
//! [`retention`] says what is deleted when. Never on the event loop: everything that may wait for the disk runs on a blocking
//! thread, what concerns one dictation in order.

mod folder;
mod questions;
mod record;
mod recording;
mod retention;
mod wav;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hob_protocol::daemon;
use hob_protocol::dictation::EntryState;
use tokio::sync::{RwLock, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::core::{DictationId, Ending, Event, JobId, JournalNote, JournalQuestion, SourceSpec, Wish};
use crate::requests::Requests;
use folder::Folder;
use record::{Durability, Record};
pub use recording::Recording;
pub use retention::Retention;

/// How long a text waits for the disk. It then leaves all the same.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    requests: Requests,
    /// The newest dictation, for a record that could not be written while it was recorded.
    newest: Option<Record>,
    /// The last thing to do for a dictation; the next one waits for it.
    tasks: HashMap<DictationId, JoinHandle<()>>,
    /// Held by each note until it is written, so that a question sees all that was noted before it.
    unwritten: Arc<RwLock<()>>,
}

/// What the blocking threads share.
#[derive(Debug)]
struct Shared {
    /// `None` where nobody knows a folder for it.
    folder: Option<Folder>,
    retention: Mutex<Retention>,
    view: Mutex<daemon::Journal>,
}

impl Journal {
    /// Looks after what an earlier daemon has left. Gives the id of the next dictation, too. A folder that cannot be used is a
    /// warning: dictations then live in memory.
    pub fn open(state_folder: Option<PathBuf>, retention: Retention, requests: Requests) -> (Self, DictationId) {
        let folder = state_folder.map(|folder| Folder::new(folder.join("journal")));
        let shared = Arc::new(Shared { folder, retention: Mutex::new(retention), view: Mutex::default() });
        let first = shared.begin().unwrap_or_else(|error| {
            tracing::warn!("no journal, so dictations are not kept on the disk: {error}");
            shared.failed(error.to_string());
            1
        });
        (Self { shared, requests, newest: None, tasks: HashMap::new(), unwritten: Arc::default() }, DictationId(first))
    }

    pub fn view(&self) -> daemon::Journal {
        self.shared.view.lock().expect("nothing panics while it is held").clone()
    }

    pub fn set_retention(&mut self, retention: Retention) {
        *self.shared.retention.lock().expect("nothing panics while it is held") = retention;
    }

    /// Where the samples of a new dictation go.
    pub fn record(&mut self, dictation: DictationId, source: &SourceSpec, wish: Wish) -> Recording {
        let file = match source {
            SourceSpec::Microphone => None,
            SourceSpec::File(path) => Some(path.display().to_string()),
        };
        let Wish { action, language } = wish;
        let began = folder::seconds(SystemTime::now());
        let record = Record { action, file, language, ..Record::new(dictation.0, began) };
        self.newest = Some(record.clone());
        let (closed, closing) = oneshot::channel();
        // The recording is never written again once something else happens to it.
        self.then(dictation, async {
            let _dropped = closing.await;
        });
        Recording::new(self.shared.clone(), record, closed)
    }

    pub fn write(&mut self, dictation: DictationId, note: JournalNote) {
        let unknown = self.newest.clone().filter(|newest| newest.id == dictation.0);
        let answer = matches!(note, JournalNote::Text(_)).then(|| self.requests.clone());
        let (done, is_done) = oneshot::channel::<()>();
        if let Some(requests) = answer {
            tokio::spawn(async move {
                if timeout(PATIENCE, is_done).await.is_err() {
                    tracing::warn!(
                        "the text of dictation {} leaves before it is stored: the disk does not answer",
                        dictation.0
                    );
                }
                requests.tell(Event::TextStored { dictation }).await;
            });
        }
        let shared = self.shared.clone();
        let unwritten = self.unwritten.clone().try_read_owned();
        self.then(dictation, async move {
            let work = spawn_blocking(move || shared.note(dictation.0, note, unknown));
            if let Err(error) = work.await {
                tracing::error!("a background task failed: {error}");
            }
            drop((done, unwritten));
        });
    }

    /// [`Event::RecordingRead`] is the answer.
    pub fn read_recording(&self, job: JobId, dictation: Option<DictationId>, running: Option<DictationId>) {
        self.in_background(move |shared| Event::RecordingRead {
            job,
            result: questions::recording(shared, dictation, running),
        });
    }

    /// [`Event::StoreAnswered`] is the answer.
    pub fn ask(&self, id: crate::core::RequestId, question: JournalQuestion) {
        self.in_background(move |shared| Event::StoreAnswered { id, result: questions::answer(shared, &question) });
    }

    /// At the daemon's end: waits until what is under way is done, but not for a disk that does not answer.
    pub async fn settle(self) {
        let all = async {
            for task in self.tasks.into_values() {
                let _failed_tasks_have_told = task.await;
            }
        };
        let _the_next_start_finds_the_rest = timeout(PATIENCE, all).await;
    }

    /// Does something for a dictation after everything that came before.
    fn then(&mut self, dictation: DictationId, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.retain(|_, task| !task.is_finished());
        let before = self.tasks.remove(&dictation);
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                let _failed_tasks_have_told = before.await;
            }
            work.await;
        });
        self.tasks.insert(dictation, task);
    }

    fn in_background(&self, work: impl FnOnce(&Shared) -> Event + Send + 'static) {
        let (shared, requests, unwritten) = (self.shared.clone(), self.requests.clone(), self.unwritten.clone());
        tokio::spawn(async move {
            // A disk that does not answer must not silence the question, too.
            let _all_is_written = timeout(PATIENCE, unwritten.write()).await;
            match spawn_blocking(move || work(&shared)).await {
                Ok(event) => requests.tell(event).await,
                Err(error) => tracing::error!("a background task failed: {error}"),
            }
        });
    }
}

impl Shared {
    fn folder(&self) -> io::Result<&Folder> {
        let nowhere = || io::Error::new(io::ErrorKind::NotFound, "HOME and XDG_STATE_HOME are both unset");
        self.folder.as_ref().ok_or_else(nowhere)
    }

    fn begin(&self) -> io::Result<u64> {
        let folder = self.folder()?;
        let next = folder.next_id()?;
        let interrupted = folder.recover()?.len();
        self.prune()?;
        self.wrote();
        if interrupted > 0 {
            let what = if interrupted == 1 { "1 recording was" } else { &format!("{interrupted} recordings were") };
            tracing::info!("{what} interrupted: `hob history` shows it, `hob dictate retry` turns it into text");
        }
        Ok(next)
    }

    fn note(&self, id: u64, note: JournalNote, unknown: Option<Record>) {
        if let Err(error) = self.try_note(id, note, unknown) {
            tracing::warn!("the journal of dictation {id} cannot be written: {error}");
            self.failed(error.to_string());
        }
    }

    fn try_note(&self, id: u64, note: JournalNote, unknown: Option<Record>) -> io::Result<()> {
        let folder = self.folder()?;
        match note {
            // Somebody waits for these two: looking after the rest has time until the end.
            JournalNote::Heard(text) => {
                return folder.update(id, unknown, Durability::Process, |record| record.text = Some(text));
            }
            JournalNote::Text(text) => {
                return folder.update(id, unknown, Durability::Process, |record| {
                    record.text = Some(text);
                    record.error = None;
                    record.state = EntryState::Transcribed;
                });
            }
            JournalNote::Ended(Ending::Discarded) => folder.remove(id)?,
            JournalNote::Ended(ending) if folder.record(id).is_ok() => match self.end(id, &ending) {
                // What was delivered need not be kept: its recording may be all that fills the disk.
                Err(error) if error.kind() == io::ErrorKind::StorageFull && ending == Ending::Delivered => {
                    folder.remove_recording(id)?;
                    self.end(id, &ending)?;
                }
                ended => ended?,
            },
            // Nothing of it could be written, and what was said of that stays true.
            JournalNote::Ended(_) => return self.prune(),
        }
        self.wrote();
        self.prune()
    }

    fn end(&self, id: u64, ending: &Ending) -> io::Result<()> {
        // Only now the recording may go, so this has to outlive a loss of power.
        self.folder()?.update(id, None, Durability::Power, |record| match ending {
            Ending::Failed { .. } if record.state == EntryState::Delivered => {}
            Ending::Failed { why } => {
                record.state = EntryState::Failed;
                record.error = Some(why.clone());
            }
            Ending::Delivered | Ending::Discarded => record.state = EntryState::Delivered,
        })
    }

    /// Deletes what need not be kept, and counts what waits.
    fn prune(&self) -> io::Result<()> {
        let folder = self.folder()?;
        folder.prune(*self.retention.lock().expect("nothing panics while it is held"))?;
        let waits = |(id, record): &(u64, Record)| {
            matches!(record.state, EntryState::Interrupted | EntryState::Failed) && folder.recorded_ms(*id).is_some()
        };
        let waiting = folder.records()?.into_iter().filter(waits).count() as u64;
        self.view.lock().expect("nothing panics while it is held").waiting = waiting;
        Ok(())
    }

    fn failed(&self, problem: String) {
        self.view.lock().expect("nothing panics while it is held").problem = Some(problem);
    }

    /// Whatever was wrong with the disk is so no more.
    fn wrote(&self) {
        self.view.lock().expect("nothing panics while it is held").problem = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_delivered_makes_room_on_a_full_disk() {
        let parent = tempfile::tempdir().unwrap();
        let retention = Retention { audio: true, texts: 5, days: 30 };
        let folder = parent.path().join("journal");
        let shared = Shared {
            folder: Some(Folder::new(folder.clone())),
            retention: Mutex::new(retention),
            view: Mutex::default(),
        };
        assert_eq!(shared.begin().unwrap(), 1);
        let began = folder::seconds(SystemTime::now());
        shared.folder().unwrap().begin(&Record::new(1, began)).unwrap().append(&[0.5; 160]).unwrap();
        shared.note(1, JournalNote::Text("we met".into()), None);
        // The next record takes this name first, as a file that no write succeeds on.
        std::os::unix::fs::symlink("/dev/full", folder.join("1.new")).unwrap();
        shared.note(1, JournalNote::Ended(Ending::Delivered), None);
        assert_eq!(shared.folder().unwrap().record(1).unwrap().state, EntryState::Delivered);
        assert_eq!(shared.folder().unwrap().recorded_ms(1), None, "it has made room");
        assert_eq!(shared.view.lock().unwrap().problem, None);
    }
}
