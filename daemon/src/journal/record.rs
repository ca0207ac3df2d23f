//! What is known of one dictation beside its samples: a small JSON file that is replaced as a whole, never changed in place.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hob_protocol::Secret;
use hob_protocol::dictation::{Entry, EntryState};
use serde::{Deserialize, Serialize};

/// As it is in the file. `began` in seconds since 1970; `audio_ms` is that of a recording that is deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub id: u64,
    pub began: i64,
    pub state: EntryState,
    #[serde(default)]
    pub audio_ms: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How sure a record has to be on the disk when the call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It survives the end of the daemon, however it ends.
    Process,
    /// It survives a loss of power, too; this may take a while.
    Power,
}

impl Record {
    pub fn new(id: u64, began: i64) -> Self {
        Self {
            id,
            began,
            state: EntryState::Recording,
            audio_ms: 0.0,
            action: None,
            file: None,
            language: None,
            text: None,
            error: None,
        }
    }

    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    /// Whoever reads the file meanwhile sees the old record or the new one, and so does whoever comes after a crash.
    pub fn write(&self, path: &Path, durability: Durability) -> io::Result<()> {
        let fresh = path.with_extension("new");
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        let written = file.write_all(&serde_json::to_vec(self)?).and_then(|()| match durability {
            Durability::Process => Ok(()),
            Durability::Power => file.sync_data(),
        });
        if let Err(error) = written.and_then(|()| fs::rename(&fresh, path)) {
            let _ = fs::remove_file(&fresh);
            return Err(error);
        }
        match durability {
            Durability::Process => Ok(()),
            Durability::Power => File::open(path.parent().expect("records lie in a folder"))?.sync_all(),
        }
    }

    /// As clients see it. `recorded_ms`: the length of the recording that is still there.
    pub fn entry(self, recorded_ms: Option<f64>) -> Entry {
        Entry {
            id: self.id,
            began: self.began,
            state: self.state,
            audio_ms: recorded_ms.unwrap_or(self.audio_ms),
            has_audio: recorded_ms.is_some(),
            action: self.action,
            file: self.file,
            language: self.language,
            text: self.text,
            error: self.error,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_record_is_replaced_as_a_whole_and_is_nobody_elses_business() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("7.json");
        let mut record = Record::new(7, 1_700_000_000);
        record.write(&path, Durability::Process).unwrap();
        assert_eq!(Record::read(&path).unwrap(), record);
        record.text = Some("we met at nine".into());
        record.state = EntryState::Delivered;
        record.write(&path, Durability::Power).unwrap();
        assert_eq!(Record::read(&path).unwrap(), record);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_record_that_cannot_be_written_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("7.json");
        let old = Record::new(7, 1);
        old.write(&path, Durability::Process).unwrap();
        // Takes the name of the new one, as a file that no write succeeds on.
        std::os::unix::fs::symlink("/dev/full", path.with_extension("new")).unwrap();
        let error = Record::new(7, 2).write(&path, Durability::Process).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(Record::read(&path).unwrap(), old);
        assert!(fs::symlink_metadata(path.with_extension("new")).is_err(), "what was begun is gone");
    }

    #[test]
    fn records_of_a_newer_hob_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.json");
        fs::write(&path, r#"{"id": 1, "began": 5, "state": "failed", "mood": "good"}"#).unwrap();
        assert_eq!(Record::read(&path).unwrap().state, EntryState::Failed);
    }
}
