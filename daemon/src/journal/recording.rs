//! The way of a dictation's samples to the disk: each piece is with the kernel before anybody hears of it, and on the disk itself
//! about a second later. A disk that is full, or does not answer, costs a warning; the dictation goes on from memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::Shared;
use super::record::Record;
use super::wav::Writer;

/// Longer than a busy disk needs for a piece, shorter than what makes somebody doubt that they are heard.
const PATIENCE: Duration = Duration::from_millis(500);
/// How much speech a loss of power may cost, beside what the disk itself has not written.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);

/// The recording of one dictation. Dropping it closes it.
#[derive(Debug)]
pub struct Recording {
    shared: Arc<Shared>,
    id: u64,
    state: State,
    synced: Option<(Instant, JoinHandle<()>)>,
    _closed: oneshot::Sender<()>,
}

#[derive(Debug)]
enum State {
    /// The file is made with the first samples: opening the microphone does not wait for the disk.
    Unopened(Box<Record>),
    Open(Writer),
    /// It cannot be written any more.
    Lost,
}

impl Recording {
    /// `closed` hears of the end.
    pub(super) fn new(shared: Arc<Shared>, record: Record, closed: oneshot::Sender<()>) -> Self {
        let id = record.id;
        Self { shared, id, state: State::Unopened(Box::new(record)), synced: None, _closed: closed }
    }

    /// Returns when the samples are safe from the end of any process, or when it is clear that they cannot be.
    pub async fn append(&mut self, samples: &[f32]) {
        let state = std::mem::replace(&mut self.state, State::Lost);
        if matches!(state, State::Lost) {
            return;
        }
        let samples = samples.to_vec();
        let shared = self.shared.clone();
        let write = spawn_blocking(move || {
            let mut writer = match state {
                State::Unopened(record) => shared.folder()?.begin(&record)?,
                State::Open(writer) => writer,
                State::Lost => return Ok(None),
            };
            writer.append(&samples)?;
            Ok::<_, std::io::Error>(Some(writer))
        });
        let problem = match timeout(PATIENCE, write).await {
            Ok(Ok(Ok(Some(writer)))) => {
                self.sync(&writer);
                self.state = State::Open(writer);
                return;
            }
            Ok(Ok(Ok(None))) => return,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the disk does not answer".to_owned(),
        };
        tracing::warn!(
            "dictation {} goes on from memory alone, because it cannot be kept on the disk: {problem}",
            self.id
        );
        self.shared.failed(problem);
    }

    /// Now and then, beside everything else: waiting for the disk itself takes as long as it takes.
    fn sync(&mut self, writer: &Writer) {
        let due = match &self.synced {
            None => true,
            Some((last, running)) => last.elapsed() >= SYNC_INTERVAL && running.is_finished(),
        };
        let Ok(file) = writer.file() else { return };
        if !due {
            return;
        }
        let first = self.synced.is_none();
        let shared = self.shared.clone();
        let running = spawn_blocking(move || {
            let names = if first { shared.folder().and_then(super::Folder::sync) } else { Ok(()) };
            if let Err(error) = file.sync_data().and(names) {
                tracing::warn!("a recording cannot be brought to the disk: {error}");
            }
        });
        self.synced = Some((Instant::now(), running));
    }
}
