//! What can be said of a sound file without decoding it: by its name that it is one, and how long it lasts.

use std::fs::File;
use std::path::Path;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// Names of sound and video files, whether hob can decode them or not: one that it cannot is told, not passed over.
const EXTENSIONS: [&str; 26] = [
    "wav", "wave", "flac", "mp3", "ogg", "oga", "opus", "m4a", "m4b", "mp4", "aac", "aif", "aiff", "aifc", "caf",
    "mkv", "mka", "webm", "wma", "amr", "ape", "wv", "au", "snd", "mov", "3gp",
];
/// No codec for speech needs fewer bytes for a second; a header that says so was never finished.
const LEAST_BYTES_PER_SECOND: f64 = 100.0;

pub(super) fn is_sound(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// `None` if it cannot be read, or its container does not tell.
pub(super) fn seconds(path: &Path) -> Option<f64> {
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let (formats, metadatas) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe().probe(&hint, stream, formats, metadatas).ok()?;
    let track = format.default_track(TrackType::Audio).or_else(|| format.first_track(TrackType::Audio))?;
    let rate = match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => parameters.sample_rate,
        _ => None,
    };
    let (id, time_base) = (track.id, track.time_base);
    let by_ticks =
        |ticks| time_base.map(|base| ticks as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get()));
    let by_frames = track.num_frames.zip(rate).map(|(frames, rate)| frames as f64 / f64::from(rate.max(1)));
    let told = track.duration.and_then(|duration| by_ticks(duration.get())).or(by_frames);
    let most = metadata.len() as f64 / LEAST_BYTES_PER_SECOND;
    if let Some(told) = told.filter(|told| (f64::MIN_POSITIVE..=most).contains(told)) {
        return Some(told);
    }
    let mut ticks = 0;
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id == id {
            ticks += packet.dur.get();
        }
    }
    by_ticks(ticks).filter(|seconds| *seconds > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_files_are_known_by_their_names() {
        for name in ["a.wav", "b c.FLAC", "ü.Mp3", "d.e.opus"] {
            assert!(is_sound(Path::new(name)), "{name}");
        }
        for name in ["a.txt", "wav", "b", ".wav"] {
            assert!(!is_sound(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn the_length_is_that_of_the_sound_whatever_the_header_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 8_000,
            bits_per_sample: 24,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        (0..2 * 4_000).for_each(|sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
        let near = |seconds: Option<f64>| seconds.is_some_and(|seconds| (seconds - 0.5).abs() < 0.1);
        assert!(near(seconds(&path)), "{:?}", seconds(&path));
        // As a recorder leaves it that was killed: sizes that are not known yet.
        let mut bytes = std::fs::read(&path).unwrap();
        let data = bytes.windows(4).position(|word| word == b"data").unwrap();
        bytes[4..8].fill(0xff);
        bytes[data + 4..data + 8].fill(0xff);
        std::fs::write(&path, &bytes).unwrap();
        assert!(near(seconds(&path)), "{:?}", seconds(&path));
        for (name, bytes) in [("empty.wav", &b""[..]), ("none.mp3", b"no sound"), ("cut.wav", &bytes[..20])] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            assert_eq!(seconds(&folder.path().join(name)), None, "{name}");
        }
        assert_eq!(seconds(folder.path()), None);
    }
}
