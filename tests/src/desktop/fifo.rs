//! A way for a program to tell the test something as it happens: a named pipe, and a thread that reads it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;

use rustix::fs::{CWD, FileType, Mode, mknodat};

#[derive(Debug)]
pub(crate) struct Fifo {
    path: PathBuf,
    /// The pipe has a writer, and the reader no end, until this is dropped.
    _keeper: File,
}

impl Fifo {
    /// `take` gets the bytes as they come.
    pub(crate) fn make(path: PathBuf, mut take: impl FnMut(&[u8]) + Send + 'static) -> Self {
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let keeper = File::options().read(true).write(true).open(&path).unwrap();
        let mut reader = File::open(&path).unwrap();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                take(&bytes[..count]);
            }
        });
        Self { path, _keeper: keeper }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
