//! Sanity checks on a model file, in Rust, before a native engine opens it: magic, sizes, counts and tensor headers, never the weights.
//! Native loaders trust these numbers; here nothing is allocated or skipped by a length that was not compared with the file first.

mod adapter;
mod ggml;
mod gguf;
mod reader;
mod tensor;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;

use crate::{Kind, ModelError};
pub use adapter::{Misfit, check_adapter};
use reader::Reader;

/// Checks a model file. With `expected`, a file of the other kind is refused.
pub fn check(path: &Path, expected: Option<Kind>) -> Result<Header, ModelError> {
    let examine = || {
        // Looked at before it is opened: opening a pipe would wait for a writer.
        let metadata = fs::metadata(path).map_err(Problem::Unreadable)?;
        if !metadata.is_file() {
            return Err(Problem::NotAModel);
        }
        let file = File::open(path).map_err(Problem::Unreadable)?;
        check_stream(file, metadata.len(), expected)
    };
    examine().map_err(|problem| ModelError::BadFile { path: path.to_owned(), model: None, problem })
}

/// Checks a model in anything that can seek; `length` is its size in bytes.
pub fn check_stream<R: Read + Seek>(inner: R, length: u64, expected: Option<Kind>) -> Result<Header, Problem> {
    if length == 0 {
        return Err(Problem::Empty);
    }
    let mut reader = Reader::new(inner, length);
    let expected_format = expected.map(Format::of);
    let format = sniff(&mut reader, expected_format)?;
    if let Some(expected) = expected_format.filter(|expected| *expected != format) {
        return Err(Problem::WrongFormat { found: format.name(), expected: expected.name() });
    }
    match format {
        Format::Ggml => ggml::check(&mut reader),
        Format::Gguf => gguf::check(&mut reader),
    }
}

/// What the header of a sound model says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// What the model is for; follows from the format.
    pub kind: Kind,
    /// `whisper`, or `general.architecture` of a GGUF.
    pub architecture: String,
    /// Text models: the context it was trained for, in tokens, when the file says so.
    pub context: Option<u64>,
    /// Speech models: knows more than English.
    pub multilingual: bool,
    /// How many tensors the file holds.
    pub tensors: u64,
}

/// The two formats the engines read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// whisper.cpp's own format, with the magic `0x67676d6c`.
    Ggml,
    /// GGUF, versions 2 and 3.
    Gguf,
}

impl Format {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Speech => Self::Ggml,
            Kind::Text => Self::Gguf,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ggml => "ggml whisper",
            Self::Gguf => "GGUF",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a file is no model an engine may open.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It ends too early.
    #[error("the file is truncated: at least {expected} bytes are needed, there are {actual}")]
    Truncated {
        /// Bytes needed up to the place that was looked at.
        expected: u64,
        /// Bytes there are.
        actual: u64,
    },
    /// It ends between two tensors.
    #[error("the file is truncated: it holds {found} of {expected} tensors")]
    Incomplete {
        /// Tensors a model of this shape has.
        expected: u64,
        /// Tensors there are.
        found: u64,
    },
    /// Nothing known.
    #[error("the file is not a model")]
    NotAModel,
    /// Something known, but not what is wanted here.
    #[error("the file is {found}, but {expected} is expected")]
    WrongFormat {
        /// What it looks like.
        found: &'static str,
        /// What the engine reads.
        expected: &'static str,
    },
    /// A number no sound file has.
    #[error("the header is not plausible: {what}")]
    Implausible {
        /// Which number.
        what: String,
    },
    /// The file cannot be read at all.
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
}

impl Problem {
    fn implausible(what: impl Into<String>) -> Self {
        Self::Implausible { what: what.into() }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// Tells the format by the first bytes, and names what is often mistaken for a model.
fn sniff<R: Read + Seek>(reader: &mut Reader<R>, expected: Option<Format>) -> Result<Format, Problem> {
    let count = usize::try_from(reader.remaining().min(16)).expect("at most sixteen");
    let mut start = [0; 16];
    reader.read_exact(&mut start[..count])?;
    reader.rewind()?;
    let start = &start[..count];
    let expected = expected.map_or("ggml whisper or GGUF", Format::name);
    match start {
        [b'l', b'm', b'g', b'g', ..] => Ok(Format::Ggml),
        [b'G', b'G', b'U', b'F', ..] => Ok(Format::Gguf),
        // Fewer bytes than a magic: an aborted copy rather than something else.
        [] | [_] | [_, _] | [_, _, _] => Err(Problem::Truncated { expected: 4, actual: count as u64 }),
        [b'P', b'K', 3, 4, ..] => Err(Problem::WrongFormat { found: "a zip archive or PyTorch file", expected }),
        [b'<', b'!' | b'h', ..] => Err(Problem::WrongFormat { found: "a web page", expected }),
        [_, _, _, _, 0x0c, 0, b'W', b'h', ..] => Err(Problem::WrongFormat { found: "a CTranslate2 model", expected }),
        [_, _, _, _, _, 0, 0, 0, b'{', ..] => Err(Problem::WrongFormat { found: "a safetensors file", expected }),
        _ => Err(Problem::NotAModel),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    pub(crate) use ggml::tests::tiny_ggml;
    pub(crate) use gguf::tests::tiny_gguf;

    pub(crate) fn examine(bytes: &[u8]) -> Result<Header, Problem> {
        check_stream(Cursor::new(bytes), bytes.len() as u64, None)
    }

    #[test]
    fn what_is_no_model_is_named() {
        let says = |bytes: &[u8]| examine(bytes).unwrap_err().to_string();
        assert_eq!(says(b""), "the file is empty");
        assert_eq!(says(b"GG"), "the file is truncated: at least 4 bytes are needed, there are 2");
        assert_eq!(says(b"hello world, not a model"), "the file is not a model");
        assert_eq!(says(b"<!DOCTYPE html>"), "the file is a web page, but ggml whisper or GGUF is expected");
        assert_eq!(
            says(b"\x06\0\0\0\x0c\0WhisperSpec"),
            "the file is a CTranslate2 model, but ggml whisper or GGUF is expected"
        );
    }

    #[test]
    fn the_other_kind_is_refused() {
        let gguf = tiny_gguf();
        let problem = check_stream(Cursor::new(&gguf), gguf.len() as u64, Some(Kind::Speech)).unwrap_err();
        assert_eq!(problem.to_string(), "the file is GGUF, but ggml whisper is expected");
        let ggml = tiny_ggml();
        let problem = check_stream(Cursor::new(&ggml), ggml.len() as u64, Some(Kind::Text)).unwrap_err();
        assert_eq!(problem.to_string(), "the file is ggml whisper, but GGUF is expected");
    }

    #[test]
    fn every_truncation_is_refused() {
        for whole in [tiny_ggml(), tiny_gguf()] {
            examine(&whole).unwrap();
            for length in 0..whole.len() {
                let problem = examine(&whole[..length]).unwrap_err();
                assert!(
                    matches!(problem, Problem::Empty | Problem::Truncated { .. } | Problem::Incomplete { .. }),
                    "cut at {length}: {problem:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(magic in prop_oneof![Just(b"lmgg".to_vec()), Just(b"GGUF\x03\0\0\0".to_vec()), Just(vec![])],
                                    rest in proptest::collection::vec(any::<u8>(), 0..2048)) {
            drop(examine(&[magic, rest].concat()));
        }

        #[test]
        fn flipped_bytes_never_panic(which in any::<bool>(), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
            let mut bytes = if which { tiny_ggml() } else { tiny_gguf() };
            for (index, value) in changes {
                let at = index.index(bytes.len());
                bytes[at] = value;
            }
            drop(examine(&bytes));
        }
    }
}
