//! sha256 of files and streams, always streaming, with a callback for progress.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Bytes read or hashed at a time: large enough that the callback costs nothing, small enough for a smooth bar.
const CHUNK: usize = 256 * 1024;

/// The sha256 of a file in lowercase hex; `progress` hears the bytes done so far.
pub fn file_sha256(path: &Path, progress: &mut dyn FnMut(u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Hasher::default();
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        let count = match file.read(&mut chunk) {
            Ok(0) => return Ok(hasher.hex()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&chunk[..count]);
        done += count as u64;
        progress(done);
    }
}

/// A sha256 in the making.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum in lowercase hex.
    pub fn hex(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String cannot fail");
            text
        })
    }
}

/// Hashes what passes through it on the way to `inner`.
#[derive(Debug)]
pub struct HashingWriter<W> {
    inner: W,
    hasher: Hasher,
    written: u64,
}

impl<W: Write> HashingWriter<W> {
    /// Starts with an empty sum.
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Hasher::default(), written: 0 }
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Flushes, and gives back the writer and the sum of all that was written.
    pub fn finish(mut self) -> io::Result<(W, String)> {
        self.inner.flush()?;
        Ok((self.inner, self.hasher.hex()))
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_file_and_a_writer_give_the_published_sum() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        let mut writer = HashingWriter::new(File::create(&path).unwrap());
        writer.write_all(b"ab").unwrap();
        writer.write_all(b"c").unwrap();
        assert_eq!(writer.written(), 3);
        assert_eq!(writer.finish().unwrap().1, ABC);

        let mut steps = Vec::new();
        assert_eq!(file_sha256(&path, &mut |done| steps.push(done)).unwrap(), ABC);
        assert_eq!(steps, [3]);
    }
}
