//! Little-endian numbers out of a seekable file whose length is known. Every read and skip is compared with that length first.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::Problem;

/// Large enough that a vocabulary of 150,000 strings is read in a few system calls.
const BUFFER: usize = 256 * 1024;

pub(super) struct Reader<R> {
    inner: BufReader<R>,
    position: u64,
    length: u64,
}

impl<R: Read + Seek> Reader<R> {
    pub(super) fn new(inner: R, length: u64) -> Self {
        Self { inner: BufReader::with_capacity(BUFFER, inner), position: 0, length }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn remaining(&self) -> u64 {
        self.length - self.position
    }

    /// Fails unless `count` more bytes are in the file.
    pub(super) fn need(&self, count: u64) -> Result<(), Problem> {
        let expected = self.position.saturating_add(count);
        if expected > self.length {
            return Err(Problem::Truncated { expected, actual: self.length });
        }
        Ok(())
    }

    pub(super) fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), Problem> {
        self.need(bytes.len() as u64)?;
        self.inner.read_exact(bytes).map_err(|error| match error.kind() {
            // The file shrank while it was read.
            io::ErrorKind::UnexpectedEof => Problem::Truncated { expected: self.length, actual: self.position },
            _ => Problem::Unreadable(error),
        })?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), Problem> {
        self.need(count)?;
        let step = i64::try_from(count).map_err(|_| Problem::implausible("a length beyond any file"))?;
        self.inner.seek_relative(step)?;
        self.position += count;
        Ok(())
    }

    pub(super) fn rewind(&mut self) -> Result<(), Problem> {
        self.inner.seek(SeekFrom::Start(0))?;
        self.position = 0;
        Ok(())
    }

    pub(super) fn u32(&mut self) -> Result<u32, Problem> {
        let mut bytes = [0; 4];
        self.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Problem> {
        let mut bytes = [0; 8];
        self.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A number that must lie in `range`; `what` names it in the error. Negative numbers appear as huge ones and are refused.
    pub(super) fn u32_in(&mut self, what: &str, range: std::ops::RangeInclusive<u32>) -> Result<u32, Problem> {
        let value = self.u32()?;
        if !range.contains(&value) {
            return Err(Problem::implausible(format!("{what} is {value}, not {} to {}", range.start(), range.end())));
        }
        Ok(value)
    }

    /// `length` bytes as text, at most `limit`.
    pub(super) fn text(&mut self, what: &str, length: u64, limit: u64) -> Result<String, Problem> {
        if length > limit {
            return Err(Problem::implausible(format!("{what} is {length} bytes long, more than {limit}")));
        }
        self.need(length)?;
        let mut bytes = vec![0; usize::try_from(length).expect("not above the limit")];
        self.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| Problem::implausible(format!("{what} is not UTF-8")))
    }
}
