//! Why a file cannot be used as sound, in words for people and as the socket's typed error.

use std::io;
use std::path::Path;

use hob_protocol::Error;

/// `Display` completes "PATH: …"; [`AudioProblem::hint`] says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum AudioProblem {
    #[error("no such file")]
    NotFound,
    #[error("no permission to read it")]
    PermissionDenied,
    #[error("is a directory")]
    Directory,
    #[error("is not a regular file")]
    NotAFile,
    #[error("the file is empty (0 bytes)")]
    Empty,
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    #[error("is not an audio file hob can read")]
    NotAudio,
    #[error("has no audio track")]
    NoAudioTrack,
    #[error("its audio is {codec}, which hob cannot decode")]
    UnsupportedCodec { codec: String },
    #[error("is damaged or cut off: no sound could be decoded ({detail})")]
    Damaged { detail: String },
    #[error("contains no sound at all")]
    NoSamples,
    #[error("is longer than {seconds} seconds, the most hob takes at once")]
    TooLong { seconds: f64 },
    #[error("is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: u64 },
    #[error("cancelled")]
    Cancelled,
}

impl AudioProblem {
    pub fn hint(&self) -> String {
        const CONVERT: &str = "convert it with `ffmpeg -i IN -ar 16000 -ac 1 OUT.wav`";
        const SPLIT: &str = "split it with `ffmpeg -i IN -ar 16000 -ac 1 -f segment -segment_time 3600 OUT%03d.wav`";
        match self {
            Self::NotFound => "check the path; the daemon wants it absolute".into(),
            Self::PermissionDenied => "`ls -l` shows who may read it; the daemon runs as your own user".into(),
            Self::Directory | Self::NotAFile => "name one audio file".into(),
            Self::Empty | Self::NoSamples => "record it again, or name another file".into(),
            Self::Read(_) => "check the disk it is on, or copy the file elsewhere".into(),
            Self::NotAudio => {
                format!("hob reads WAV, AIFF, CAF, FLAC, MP3, Ogg Vorbis, M4A/MP4 (AAC, ALAC) and MKV; {CONVERT}")
            }
            Self::NoAudioTrack => "name a file with sound in it".into(),
            Self::UnsupportedCodec { .. } => CONVERT.into(),
            Self::Damaged { .. } => format!("get the file again, or {CONVERT}"),
            Self::TooLong { .. } | Self::TooLarge { .. } => SPLIT.into(),
            Self::Cancelled => "ask again".into(),
        }
    }

    /// The error the socket answers with.
    pub fn into_error(self, path: &Path) -> Error {
        match self {
            Self::TooLarge { limit_bytes } => Error::TooLarge { what: "audio file".into(), limit_bytes },
            Self::Cancelled => Error::Cancelled { reason: "the caller hung up".into() },
            problem => Error::AudioUnreadable {
                path: path.display().to_string(),
                problem: problem.to_string(),
                hint: problem.hint(),
            },
        }
    }
}
