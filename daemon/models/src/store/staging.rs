//! Putting a model together out of sight, in `.partial/NAME`, under a lock, and showing it with one rename.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{PARTIAL, RECORD, Record, Store, StoredModel};
use crate::catalogue::is_model_name;
use crate::{ModelError, header};

/// A place to put one model together. What is left in it survives the process, so that work can be resumed; only one process
/// at a time holds it.
#[derive(Debug)]
pub struct Staging {
    name: String,
    folder: PathBuf,
    target: PathBuf,
    /// Held until this value is dropped; the operating system lets go of it when the process dies.
    _lock: Lock,
}

/// Let go of by name, not only by closing: a process that another thread is just starting has a copy of the descriptor until
/// it becomes its program, and would hold the lock for that long.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file lets go as well, only later.
        let _ = self.0.unlock();
    }
}

impl Store {
    /// Opens the place where `name` is put together, with whatever an earlier attempt left there.
    pub fn stage(&self, name: &str) -> Result<Staging, ModelError> {
        if !is_model_name(name) {
            return Err(ModelError::BadName { name: name.to_owned() });
        }
        Staging::open(&self.root, name)
    }

    /// Bytes an interrupted attempt left for `name`.
    pub fn staged_bytes(&self, name: &str) -> u64 {
        let Ok(entries) = fs::read_dir(self.root.join(PARTIAL).join(name)) else { return 0 };
        let files = entries.flatten().filter_map(|entry| entry.metadata().ok()).filter(fs::Metadata::is_file);
        files.map(|metadata| metadata.len()).sum()
    }
}

impl Staging {
    /// For what will be called `name` in this folder.
    pub(super) fn open(root: &Path, name: &str) -> Result<Self, ModelError> {
        let partial = root.join(PARTIAL);
        let folder = partial.join(name);
        fs::create_dir_all(&folder).map_err(ModelError::io("create", &folder))?;
        let lock_path = partial.join(format!("{name}.lock"));
        let lock = File::create(&lock_path).map_err(ModelError::io("create", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { name: name.to_owned(), folder, target: root.join(name), _lock: Lock(lock) }),
            Err(TryLockError::WouldBlock) => Err(ModelError::InUse { name: name.to_owned() }),
            Err(TryLockError::Error(error)) => Err(ModelError::io("lock", &lock_path)(error)),
        }
    }

    /// The folder to work in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Checks the header of `file` (which lies in the staging folder), writes the record and shows the model. Replaces a broken one.
    pub fn install(self, file: &Path, record: Record) -> Result<StoredModel, ModelError> {
        header::check(file, Some(record.kind))?;
        self.show(file, &record.file, RECORD, |path| record.write(path))?;
        let path = self.target.join(&record.file);
        self.discard()?;
        Ok(StoredModel { record, path })
    }

    /// Shows a folder with `file`, called `name` in it, and a record. Replaces what is there.
    pub(super) fn show(
        &self,
        file: &Path,
        name: &str,
        record: &str,
        write: impl FnOnce(&Path) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        let ready = self.folder.join("ready");
        remove_folder(&ready)?;
        fs::create_dir_all(&ready).map_err(ModelError::io("create", &ready))?;
        let (staged, record) = (ready.join(name), ready.join(record));
        fs::rename(file, &staged).map_err(ModelError::io("rename", file))?;
        write(&record)?;
        for path in [&staged, &record, &ready] {
            File::open(path).and_then(|file| file.sync_all()).map_err(ModelError::io("write", path))?;
        }
        if self.target.exists() {
            self.take_away(&self.target)?;
        }
        fs::rename(&ready, &self.target).map_err(ModelError::io("rename", &ready))
    }

    /// Moves an installed model in here, out of sight; it is deleted with the rest.
    pub(super) fn take_away(&self, folder: &Path) -> Result<(), ModelError> {
        let old = self.folder.join("old");
        remove_folder(&old)?;
        fs::rename(folder, &old).map_err(ModelError::io("remove", folder))
    }

    /// Deletes everything in here.
    pub fn discard(self) -> Result<(), ModelError> {
        remove_folder(&self.folder)?;
        let lock = self.folder.with_file_name(format!("{}.lock", self.name));
        fs::remove_file(&lock).map_err(ModelError::io("remove", &lock))
    }
}

fn remove_folder(folder: &Path) -> Result<(), ModelError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ModelError::io("remove", folder)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::Lock;

    #[test]
    fn the_lock_is_let_go_although_a_copy_of_its_descriptor_lives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.lock");
        let held = File::create(&path).unwrap();
        held.try_lock().unwrap();
        let _copy_in_a_child = held.try_clone().unwrap();
        drop(Lock(held));
        assert!(File::open(&path).unwrap().try_lock().is_ok());
    }
}
