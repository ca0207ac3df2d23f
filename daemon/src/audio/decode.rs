//! Reads an audio file whole: any container, codec, rate and channel count that symphonia knows, to 16 kHz mono.
//!
//! Blocking, so for a blocking thread; it looks at its cancel flag between packets. A file that is cut off, or damaged
//! further on, gives what can be decoded as long as that is one sample or more: a recording that a crash ended is worth
//! more than an error. Memory is bounded by [`Limits`], whatever a header claims.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecId, AudioDecoder, AudioDecoderOptions, well_known};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::{AudioProblem, SAMPLE_RATE, mono};
use crate::pcm::Resampler;

/// A decoded file.
#[derive(Clone, PartialEq)]
pub struct Recording {
    /// 16 kHz mono, at least one.
    pub samples: Vec<f32>,
}

impl Recording {
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SAMPLE_RATE)
    }
}

/// What a person said is not for logs.
impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recording({:.3} s)", self.seconds())
    }
}

/// What one file may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Length of the sound in seconds; an hour takes 230 MB of memory.
    pub seconds: f64,
    /// Size of the file; a video may be far larger than its sound.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { seconds: 4.0 * 3600.0, bytes: 16 << 30 }
    }
}

/// Decodes the file's first audio track. `cancelled` ends it early with [`AudioProblem::Cancelled`].
pub fn read_file(path: &Path, limits: Limits, cancelled: &AtomicBool) -> Result<Recording, AudioProblem> {
    let file = open(path, limits)?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(not_opened)?;

    let most = (limits.seconds * f64::from(SAMPLE_RATE)) as usize;
    let mut output = Output { samples: Vec::new(), stage: None };
    let mut track = Track::choose(format.as_ref())?;
    let end = loop {
        if cancelled.load(Ordering::Relaxed) {
            return Err(AudioProblem::Cancelled);
        }
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break End::Whole,
            // Chained Ogg: another stream follows, perhaps of another rate.
            Err(Error::ResetRequired) => {
                track = Track::choose(format.as_ref())?;
                continue;
            }
            Err(error) => break End::Early(error),
        };
        if packet.track_id != track.id {
            continue;
        }
        match track.decoder.decode(&packet) {
            Ok(decoded) => {
                let rate = decoded.spec().rate();
                let channels = decoded.spec().channels().count();
                decoded.copy_to_vec_interleaved(&mut track.interleaved);
                output.take(&track.interleaved, Shape { rate, channels })?;
            }
            // A packet that cannot be decoded is skipped, as players do.
            Err(Error::DecodeError(detail)) => {
                tracing::debug!(detail, "audio packet skipped");
                track.skipped = Some(detail);
            }
            Err(error) => break End::Early(error),
        }
        if output.samples.len() > most {
            return Err(AudioProblem::TooLong { seconds: limits.seconds });
        }
    };

    let samples = output.finish();
    match (end, track.skipped) {
        (End::Early(Error::IoError(error)), _) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(AudioProblem::Read(error))
        }
        (End::Early(Error::Unsupported(detail)), _) if samples.is_empty() => {
            Err(AudioProblem::UnsupportedCodec { codec: detail.into() })
        }
        (End::Early(error), _) if samples.is_empty() => Err(AudioProblem::Damaged { detail: error.to_string() }),
        (End::Whole, Some(detail)) if samples.is_empty() => Err(AudioProblem::Damaged { detail: detail.into() }),
        (End::Whole, None) if samples.is_empty() => Err(AudioProblem::NoSamples),
        (End::Early(error), _) => {
            tracing::warn!(%error, seconds = samples.len() as f64 / f64::from(SAMPLE_RATE), "audio file is cut off or damaged; using what is there");
            Ok(Recording { samples })
        }
        (End::Whole, _) => Ok(Recording { samples }),
    }
}

enum End {
    Whole,
    Early(Error),
}

/// Looks before it opens, because opening a pipe would wait for a writer.
fn open(path: &Path, limits: Limits) -> Result<File, AudioProblem> {
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(AudioProblem::Directory);
    }
    if !metadata.is_file() {
        return Err(AudioProblem::NotAFile);
    }
    if metadata.len() == 0 {
        return Err(AudioProblem::Empty);
    }
    if metadata.len() > limits.bytes {
        return Err(AudioProblem::TooLarge { limit_bytes: limits.bytes });
    }
    File::open(path).map_err(unreadable)
}

fn unreadable(error: io::Error) -> AudioProblem {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => AudioProblem::NotFound,
        io::ErrorKind::PermissionDenied => AudioProblem::PermissionDenied,
        _ => AudioProblem::Read(error),
    }
}

fn not_opened(error: Error) -> AudioProblem {
    match error {
        Error::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => AudioProblem::Read(error),
        Error::Unsupported(_) => AudioProblem::NotAudio,
        // The first bytes named a format, and what follows is missing or wrong.
        error => AudioProblem::Damaged { detail: error.to_string() },
    }
}

/// The audio track that is read.
struct Track {
    id: u32,
    decoder: Box<dyn AudioDecoder>,
    interleaved: Vec<f32>,
    /// Why the last packet that could not be decoded was skipped.
    skipped: Option<&'static str>,
}

impl Track {
    fn choose(format: &dyn FormatReader) -> Result<Self, AudioProblem> {
        let track = format.default_track(TrackType::Audio).or_else(|| format.first_track(TrackType::Audio));
        let Some(track) = track else {
            // A track without parameters is one that symphonia cannot name.
            return Err(if format.tracks().iter().any(|track| track.codec_params.is_none()) {
                AudioProblem::UnsupportedCodec { codec: "of an unknown kind".into() }
            } else {
                AudioProblem::NoAudioTrack
            });
        };
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
            return Err(AudioProblem::NoAudioTrack);
        };
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|_| AudioProblem::UnsupportedCodec { codec: codec_name(parameters.codec) })?;
        Ok(Self { id: track.id, decoder, interleaved: Vec::new(), skipped: None })
    }
}

fn codec_name(codec: AudioCodecId) -> String {
    let known = match codec {
        well_known::CODEC_ID_OPUS => "Opus",
        well_known::CODEC_ID_AAC => "AAC of an unusual profile",
        well_known::CODEC_ID_AC3 => "AC-3",
        well_known::CODEC_ID_EAC3 => "E-AC-3",
        well_known::CODEC_ID_DCA => "DTS",
        well_known::CODEC_ID_WMA => "Windows Media Audio",
        well_known::CODEC_ID_SPEEX => "Speex",
        well_known::CODEC_ID_MUSEPACK => "Musepack",
        well_known::CODEC_ID_WAVPACK => "WavPack",
        well_known::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        well_known::CODEC_ID_TTA => "True Audio",
        _ => return format!("of an unknown kind ({codec})"),
    };
    known.into()
}

#[derive(Clone, Copy, PartialEq)]
struct Shape {
    rate: u32,
    channels: usize,
}

/// What sound of one shape goes through.
struct Stage {
    shape: Shape,
    mixer: mono::Mixer,
    resampler: Resampler,
}

/// Collects the decoded sound at 16 kHz.
struct Output {
    samples: Vec<f32>,
    stage: Option<Stage>,
}

impl Output {
    fn take(&mut self, interleaved: &[f32], shape: Shape) -> Result<(), AudioProblem> {
        if interleaved.is_empty() {
            return Ok(());
        }
        if self.stage.as_ref().is_none_or(|stage| stage.shape != shape) {
            self.end_stage();
            let resampler =
                Resampler::new(shape.rate).map_err(|error| AudioProblem::Damaged { detail: error.to_string() })?;
            self.stage = Some(Stage { shape, mixer: mono::Mixer::new(shape.channels, shape.rate), resampler });
        }
        let Stage { mixer, resampler, .. } = self.stage.as_mut().expect("it was set above");
        let mixed: Vec<f32> = mixer.mix(interleaved).collect();
        resampler.push(&mixed, &mut self.samples);
        Ok(())
    }

    fn finish(mut self) -> Vec<f32> {
        self.end_stage();
        self.samples
    }

    fn end_stage(&mut self) {
        if let Some(stage) = self.stage.take() {
            stage.resampler.finish(&mut self.samples);
        }
    }
}

#[cfg(test)]
mod tests;
