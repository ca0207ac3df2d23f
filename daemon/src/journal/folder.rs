//! The journal's folder: a record and a recording for each dictation, and the last id that was given away. Every call here may wait
//! for the disk, so it is made on a blocking thread.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use hob_protocol::dictation::EntryState;
use hob_protocol::speech::SAMPLE_RATE;

use super::record::{Durability, Record};
use super::retention::{Kept, Removal, Retention};
use super::wav::{self, Writer};

/// Holds the last id that was given away, so that none is given twice, also when all records are gone.
const LAST_ID: &str = "last-id";
/// Locked by the daemon that keeps this journal, as long as it lives.
const LOCK: &str = "lock";

#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// There once the folder could be used.
    lock: Mutex<Option<File>>,
}

impl Folder {
    pub fn new(path: PathBuf) -> Self {
        Self { path, lock: Mutex::default() }
    }

    /// A new dictation: its id is taken, its record says that it is being recorded, and its recording is empty.
    pub fn begin(&self, record: &Record) -> io::Result<Writer> {
        self.ready()?;
        if self.record_path(record.id).exists() {
            return Err(taken());
        }
        self.note_last_id(record.id)?;
        let new =
            File::options().read(true).write(true).create_new(true).mode(0o600).open(self.audio_path(record.id))?;
        let writer = Writer::begin(new)?;
        record.write(&self.record_path(record.id), Durability::Process)?;
        Ok(writer)
    }

    /// Brings the names of what was begun to the disk.
    pub fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// The id after the last one that was given away.
    pub fn next_id(&self) -> io::Result<u64> {
        self.ready()?;
        Ok(self.ids()?.last().copied().unwrap_or(0).max(self.last_id()) + 1)
    }

    /// Changes a record. `unknown` takes the place of one that could not be written before.
    pub fn update(
        &self,
        id: u64,
        unknown: Option<Record>,
        durability: Durability,
        change: impl FnOnce(&mut Record),
    ) -> io::Result<()> {
        self.ready()?;
        let mut record = match (self.record(id), unknown) {
            // After a start without the folder, ids may have begun anew.
            (Ok(found), Some(ours)) if found.began != ours.began => {
                return Err(taken());
            }
            (Ok(found), _) => found,
            (Err(error), Some(ours)) if error.kind() == ErrorKind::NotFound => ours,
            (Err(error), _) => return Err(error),
        };
        record.audio_ms = self.recorded_ms(id).unwrap_or(record.audio_ms);
        change(&mut record);
        record.write(&self.record_path(id), durability)
    }

    /// Deletes a dictation: first what was said, then that it was.
    pub fn remove(&self, id: u64) -> io::Result<()> {
        let recording = remove_if_there(&self.audio_path(id));
        recording.and(remove_if_there(&self.record_path(id)))
    }

    /// Deletes what was said, and keeps the record.
    pub fn remove_recording(&self, id: u64) -> io::Result<()> {
        remove_if_there(&self.audio_path(id))
    }

    /// The record; made up from the recording if that is all there is.
    pub fn record(&self, id: u64) -> io::Result<Record> {
        let recording = fs::metadata(self.audio_path(id));
        match (Record::read(&self.record_path(id)), recording) {
            (Ok(record), _) => Ok(Record { id, ..record }),
            (Err(_), Ok(recording)) => {
                let began = recording.modified().map_or(0, seconds);
                Ok(Record { state: EntryState::Interrupted, ..Record::new(id, began) })
            }
            (Err(error), Err(_)) => Err(error),
        }
    }

    /// Length of a recording that is there, in milliseconds.
    pub fn recorded_ms(&self, id: u64) -> Option<f64> {
        let bytes = fs::metadata(self.audio_path(id)).ok()?.len();
        Some(wav::samples_in(bytes) as f64 * 1000.0 / f64::from(SAMPLE_RATE))
    }

    pub fn samples(&self, id: u64) -> io::Result<Vec<f32>> {
        wav::read(&self.audio_path(id))
    }

    /// Everything there is, by id. What cannot be read is left alone.
    pub fn records(&self) -> io::Result<BTreeMap<u64, Record>> {
        Ok(self.ids()?.into_iter().filter_map(|id| Some((id, self.record(id).ok()?))).collect())
    }

    /// After the end of an earlier daemon: what it was recording has been interrupted. Gives the ids of those.
    pub fn recover(&self) -> io::Result<Vec<u64>> {
        self.ready()?;
        let mut interrupted = Vec::new();
        for (id, record) in self.records()? {
            let has_words = self.recorded_ms(id).is_some_and(|length| length > 0.0) || record.text.is_some();
            let has_record = self.record_path(id).exists();
            match record.state {
                EntryState::Recording | EntryState::Interrupted if !has_words => self.remove(id)?,
                EntryState::Recording => {
                    self.update(id, None, Durability::Power, |record| record.state = EntryState::Interrupted)?;
                    interrupted.push(id);
                }
                EntryState::Interrupted if !has_record => {
                    record.write(&self.record_path(id), Durability::Power)?;
                    interrupted.push(id);
                }
                _ => {}
            }
        }
        for name in self.names()?.filter(|name| Path::new(name).extension().is_some_and(|found| found == "new")) {
            remove_if_there(&self.path.join(name))?;
        }
        Ok(interrupted)
    }

    /// Deletes what need not be kept any longer.
    pub fn prune(&self, retention: Retention) -> io::Result<()> {
        let kept = self.records()?.into_iter().map(|(id, record)| Kept {
            id,
            began: record.began,
            state: record.state,
            has_text: record.text.is_some(),
            has_audio: self.recorded_ms(id).is_some(),
        });
        for removal in retention.removals(seconds(SystemTime::now()), &kept.collect::<Vec<_>>()) {
            match removal {
                Removal::Everything(id) => self.remove(id)?,
                Removal::Audio(id) => remove_if_there(&self.audio_path(id))?,
            }
        }
        Ok(())
    }

    /// The folder exists, is ours alone, and no other daemon writes there. What was in the way before may be gone by now, so
    /// this is asked each time.
    fn ready(&self) -> io::Result<()> {
        let mut lock = self.lock.lock().expect("nothing panics while it is held");
        if lock.is_some() {
            return Ok(());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&self.path)?;
        fs::set_permissions(&self.path, Permissions::from_mode(0o700))?;
        let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(self.path.join(LOCK))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::new(ErrorKind::ResourceBusy, "another hobd keeps its journal there"),
            TryLockError::Error(error) => error,
        })?;
        *lock = Some(file);
        Ok(())
    }

    fn last_id(&self) -> u64 {
        let text = fs::read_to_string(self.path.join(LAST_ID)).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }

    fn note_last_id(&self, id: u64) -> io::Result<()> {
        let fresh = self.path.join(LAST_ID).with_extension("new");
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        writeln!(file, "{}", id.max(self.last_id()))?;
        fs::rename(fresh, self.path.join(LAST_ID))
    }

    /// Everything there is, also what cannot be read.
    pub fn ids(&self) -> io::Result<BTreeSet<u64>> {
        let id = |name: String| {
            let (id, extension) = name.split_once('.')?;
            if matches!(extension, "json" | "wav") { id.parse().ok() } else { None }
        };
        Ok(self.names()?.filter_map(id).collect())
    }

    fn names(&self) -> io::Result<impl Iterator<Item = String>> {
        Ok(fs::read_dir(&self.path)?.filter_map(|file| file.ok()?.file_name().into_string().ok()))
    }

    fn record_path(&self, id: u64) -> PathBuf {
        self.path.join(format!("{id}.json"))
    }

    fn audio_path(&self, id: u64) -> PathBuf {
        self.path.join(format!("{id}.wav"))
    }
}

/// Ids may have begun anew after a start at which the folder could not be read.
fn taken() -> io::Error {
    io::Error::new(ErrorKind::AlreadyExists, "another dictation has this number")
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Since 1970; before that it is negative.
pub fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs().cast_signed(),
        Err(error) => -error.duration().as_secs().cast_signed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Retention = Retention { audio: false, texts: 100, days: 30 };

    fn new() -> (tempfile::TempDir, Folder) {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::new(parent.path().join("state/hob/journal"));
        (parent, folder)
    }

    fn recorded(folder: &Folder, id: u64, samples: &[f32]) -> Record {
        let record = Record::new(id, seconds(SystemTime::now()));
        folder.begin(&record).unwrap().append(samples).unwrap();
        record
    }

    fn files(folder: &Folder) -> Vec<String> {
        let mut names: Vec<_> = folder.names().unwrap().collect();
        names.sort();
        names
    }

    #[test]
    fn nobody_else_may_look() {
        let (_parent, folder) = new();
        recorded(&folder, 1, &[0.5]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.path), 0o700);
        assert_eq!(files(&folder), ["1.json", "1.wav", LAST_ID, LOCK]);
        assert!(files(&folder).iter().all(|name| mode(&folder.path.join(name)) == 0o600));
    }

    #[test]
    fn a_folder_that_was_open_to_others_is_closed() {
        let (_parent, folder) = new();
        fs::create_dir_all(&folder.path).unwrap();
        fs::set_permissions(&folder.path, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(folder.next_id().unwrap(), 1);
        assert_eq!(fs::metadata(&folder.path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn no_id_is_given_twice() {
        let (_parent, folder) = new();
        recorded(&folder, 1, &[]);
        recorded(&folder, 2, &[]);
        assert!(folder.begin(&Record::new(2, 0)).is_err());
        folder.remove(1).unwrap();
        folder.remove(2).unwrap();
        assert_eq!(folder.next_id().unwrap(), 3);
        fs::remove_file(folder.path.join(LAST_ID)).unwrap();
        fs::write(folder.path.join("7.json"), "").unwrap();
        assert_eq!(folder.next_id().unwrap(), 8, "a damaged record has its id still");
    }

    #[test]
    fn two_daemons_do_not_share_a_journal() {
        let (_parent, folder) = new();
        folder.next_id().unwrap();
        let other = Folder::new(folder.path.clone());
        assert_eq!(other.next_id().unwrap_err().kind(), ErrorKind::ResourceBusy);
        drop(folder);
        assert_eq!(other.next_id().unwrap(), 1);
    }

    #[test]
    fn what_was_being_recorded_is_found_after_a_crash() {
        let (_parent, folder) = new();
        recorded(&folder, 1, &[0.5; 1_600]);
        recorded(&folder, 2, &[]);
        recorded(&folder, 3, &[0.5; 160]);
        let delivered = |record: &mut Record| record.state = EntryState::Delivered;
        folder.update(3, None, Durability::Process, delivered).unwrap();
        // Of the next two a record or a recording is all that was written; of the last, half of both.
        recorded(&folder, 4, &[0.5; 320]);
        fs::remove_file(folder.record_path(4)).unwrap();
        recorded(&folder, 5, &[]);
        fs::remove_file(folder.audio_path(5)).unwrap();
        recorded(&folder, 6, &[0.5; 10]);
        fs::write(folder.record_path(6), "{\"id\": 6, \"beg").unwrap();
        fs::write(folder.audio_path(6), &fs::read(folder.audio_path(6)).unwrap()[..50]).unwrap();
        fs::write(folder.path.join("6.new"), "{\"id").unwrap();

        assert_eq!(folder.recover().unwrap(), [1, 4]);
        let states: Vec<_> = folder.records().unwrap().into_iter().map(|(id, record)| (id, record.state)).collect();
        let interrupted = |id| (id, EntryState::Interrupted);
        assert_eq!(states, [interrupted(1), (3, EntryState::Delivered), interrupted(4), interrupted(6)]);
        assert_eq!(folder.recorded_ms(1), Some(100.0));
        assert_eq!(folder.samples(6).unwrap().len(), 3);
        assert_eq!(folder.recover().unwrap(), [] as [u64; 0], "told once");
        assert!(!files(&folder).contains(&"6.new".to_owned()));
    }

    #[test]
    fn a_delivered_text_stays_and_its_recording_goes() {
        let (_parent, folder) = new();
        recorded(&folder, 1, &[0.5; 1_600]);
        let deliver = |record: &mut Record| {
            record.text = Some("we met".into());
            record.state = EntryState::Delivered;
        };
        folder.update(1, None, Durability::Power, deliver).unwrap();
        folder.prune(Retention { audio: true, ..KEEP }).unwrap();
        assert!(folder.recorded_ms(1).is_some());
        folder.prune(KEEP).unwrap();
        assert_eq!(folder.recorded_ms(1), None);
        assert!((folder.record(1).unwrap().audio_ms - 100.0).abs() < 0.1, "its length is still known");
        folder.prune(Retention { texts: 0, ..KEEP }).unwrap();
        assert_eq!(files(&folder), [LAST_ID, LOCK]);
    }

    #[test]
    fn another_dictations_record_is_never_changed() {
        let (_parent, folder) = new();
        let first = recorded(&folder, 1, &[]);
        let later = Record::new(1, first.began + 5);
        assert!(folder.update(1, Some(later.clone()), Durability::Process, |_| {}).is_err());
        folder.remove(1).unwrap();
        folder.update(1, Some(later.clone()), Durability::Process, |_| {}).unwrap();
        assert_eq!(folder.record(1).unwrap(), later, "it takes the place of a record that could not be written");
        folder.remove(1).unwrap();
        assert!(folder.update(1, None, Durability::Process, |_| {}).is_err(), "what is forgotten stays forgotten");
    }
}
