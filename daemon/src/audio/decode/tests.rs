//! Files written by the tests themselves, so WAV only; the other formats are symphonia's to test.

use std::path::PathBuf;

use super::*;

/// A folder with one file in it, gone with the test.
struct Sound {
    folder: tempfile::TempDir,
}

impl Sound {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sound.wav")
    }

    fn bytes(bytes: &[u8]) -> Self {
        let sound = Self::new();
        fs::write(sound.path(), bytes).unwrap();
        sound
    }

    /// `samples`: one channel in -1 to 1, written to all.
    fn wav(layout: hound::WavSpec, samples: &[f64]) -> Self {
        let sound = Self::new();
        let mut writer = hound::WavWriter::create(sound.path(), layout).unwrap();
        let full = f64::from(1u32 << (layout.bits_per_sample - 1));
        for sample in samples {
            for _ in 0..layout.channels {
                match layout.sample_format {
                    hound::SampleFormat::Float => writer.write_sample(*sample as f32).unwrap(),
                    hound::SampleFormat::Int => writer.write_sample((sample * (full - 1.0)).round() as i32).unwrap(),
                }
            }
        }
        writer.finalize().unwrap();
        sound
    }

    fn read(&self) -> Result<Vec<f32>, AudioProblem> {
        self.read_with(Limits::default())
    }

    fn read_with(&self, limits: Limits) -> Result<Vec<f32>, AudioProblem> {
        read_file(&self.path(), limits, &AtomicBool::new(false)).map(|recording| recording.samples)
    }

    fn cut_to(&self, bytes: u64) {
        File::options().write(true).open(self.path()).unwrap().set_len(bytes).unwrap();
    }

    #[track_caller]
    fn refused(&self, problem: &str, hint: &str) {
        refused(&self.path(), problem, hint);
    }
}

#[track_caller]
fn refused(path: &Path, problem: &str, hint: &str) {
    let error = read_file(path, Limits::default(), &AtomicBool::new(false)).unwrap_err();
    assert_eq!(error.to_string(), problem);
    assert!(error.hint().contains(hint), "{}", error.hint());
}

fn layout(rate: u32, channels: u16, bits: u16) -> hound::WavSpec {
    let sample_format = if bits == 32 { hound::SampleFormat::Float } else { hound::SampleFormat::Int };
    hound::WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format }
}

fn sine(rate: u32, seconds: f64) -> Vec<f64> {
    let step = std::f64::consts::TAU * 440.0 / f64::from(rate);
    (0..(f64::from(rate) * seconds) as usize).map(|n| 0.5 * (step * n as f64).sin()).collect()
}

/// The strength of 440 Hz in it: 0.5 for the sine above, whatever its phase.
fn strength(samples: &[f32]) -> f64 {
    let step = std::f64::consts::TAU * 440.0 / f64::from(SAMPLE_RATE);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        real += f64::from(*sample) * (step * n as f64).cos();
        imaginary += f64::from(*sample) * (step * n as f64).sin();
    }
    2.0 * f64::hypot(real, imaginary) / samples.len() as f64
}

#[track_caller]
fn assert_is_the_sine(samples: &[f32], about: &str) {
    assert_eq!(samples.len(), 8_000, "{about}");
    let strength = strength(samples);
    assert!((0.49..0.51).contains(&strength), "{about}: strength {strength}");
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 8_000.0;
    assert!((0.122..0.128).contains(&power), "{about}: power {power}, so there is more in it than the sine");
}

#[test]
fn every_sample_format_gives_the_same_sound() {
    for bits in [8, 16, 24, 32] {
        assert_is_the_sine(
            &Sound::wav(layout(16_000, 1, bits), &sine(16_000, 0.5)).read().unwrap(),
            &format!("{bits} bits"),
        );
    }
    let integer = hound::WavSpec { sample_format: hound::SampleFormat::Int, ..layout(16_000, 1, 32) };
    assert_is_the_sine(&Sound::wav(integer, &sine(16_000, 0.5)).read().unwrap(), "32 bits, integer");
}

#[test]
fn every_rate_gives_the_same_sound() {
    for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
        assert_is_the_sine(&Sound::wav(layout(rate, 1, 16), &sine(rate, 0.5)).read().unwrap(), &format!("{rate} Hz"));
    }
}

#[test]
fn every_number_of_channels_gives_the_same_sound() {
    for channels in 1..=8 {
        let sound = Sound::wav(layout(48_000, channels, 16), &sine(48_000, 0.5));
        assert_is_the_sine(&sound.read().unwrap(), &format!("{channels} channels"));
    }
}

#[test]
fn not_one_sample_is_lost_at_either_end() {
    // Not a multiple of any packet size.
    let mut samples = vec![0.0; 12_347];
    samples[0] = 0.9;
    samples[12_346] = 0.9;
    let got = Sound::wav(layout(16_000, 1, 16), &samples).read().unwrap();
    assert_eq!(got.len(), 12_347);
    assert!(got[0] > 0.89 && got[12_346] > 0.89, "first {}, last {}", got[0], got[12_346]);
}

#[test]
fn one_sample_is_a_recording() {
    assert_eq!(Sound::wav(layout(16_000, 1, 16), &[0.5]).read().unwrap().len(), 1);
}

#[test]
fn a_recording_that_is_cut_off_gives_what_is_there() {
    let sound = Sound::wav(layout(16_000, 1, 16), &sine(16_000, 2.0));
    sound.cut_to(44 + 2 * 8_000);
    assert_is_the_sine(&sound.read().unwrap(), "cut off");
}

#[test]
fn a_recording_cut_off_within_its_first_packet_gives_what_is_there() {
    let sound = Sound::wav(layout(16_000, 1, 16), &sine(16_000, 2.0));
    sound.cut_to(44 + 2 * 100);
    assert_eq!(sound.read().unwrap().len(), 100);
}

#[test]
fn a_header_alone_is_an_error() {
    let sound = Sound::wav(layout(16_000, 1, 16), &sine(16_000, 1.0));
    for bytes in [44, 40, 20] {
        sound.cut_to(bytes);
        let problem = "is damaged or cut off: no sound could be decoded (unexpected end of file)";
        sound.refused(problem, "get the file again");
    }
    Sound::wav(layout(16_000, 1, 16), &[]).refused("contains no sound at all", "record it again");
}

#[test]
fn text_is_not_audio() {
    let text = "This is not a WAV file, whatever its name says.\n".repeat(200);
    Sound::bytes(text.as_bytes()).refused("is not an audio file hob can read", "ffmpeg -i IN -ar 16000 -ac 1 OUT.wav");
    Sound::bytes(b"x").refused("is not an audio file hob can read", "hob reads WAV");
}

#[test]
fn an_empty_file_is_called_empty() {
    Sound::bytes(b"").refused("the file is empty (0 bytes)", "record it again");
}

#[test]
fn a_path_that_leads_to_no_file_says_what_it_is() {
    let sound = Sound::new();
    refused(&sound.path(), "no such file", "check the path");
    refused(&sound.path().join("below"), "no such file", "check the path");
    refused(sound.folder.path(), "is a directory", "name one audio file");
    refused(Path::new("/dev/null"), "is not a regular file", "name one audio file");
}

#[test]
fn the_words_of_a_missing_permission() {
    // Not tried on a file, because root may read every file.
    let problem = unreadable(io::ErrorKind::PermissionDenied.into());
    assert_eq!(problem.to_string(), "no permission to read it");
}

/// An Ogg stream of Opus: its two headers and nothing else.
fn opus() -> Vec<u8> {
    let page = |kind: u8, number: u8, payload: &[u8]| {
        let mut page = b"OggS\0".to_vec();
        page.push(kind);
        page.extend([0; 8]);
        page.extend([1, 0, 0, 0, number, 0, 0, 0, 0, 0, 0, 0, 1, payload.len() as u8]);
        page.extend(payload);
        let sum = page.iter().fold(0u32, |sum, byte| {
            (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
                (sum << 1) ^ (if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 })
            })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    };
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend([0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    let tags = b"OpusTags\x04\0\0\0test\0\0\0\0";
    [page(2, 0, &head), page(0, 1, tags), page(4, 2, &[0xf8, 0xff, 0xfe])].concat()
}

#[test]
fn opus_is_named_with_a_way_out() {
    Sound::bytes(&opus()).refused("its audio is Opus, which hob cannot decode", "ffmpeg -i IN -ar 16000 -ac 1 OUT.wav");
}

#[test]
fn limits_hold() {
    let sound = Sound::wav(layout(16_000, 1, 16), &sine(16_000, 2.0));
    let short = sound.read_with(Limits { seconds: 1.8, ..Limits::default() }).unwrap_err();
    assert_eq!(short.to_string(), "is longer than 1.8 seconds, the most hob takes at once");
    let small = sound.read_with(Limits { bytes: 1_000, ..Limits::default() }).unwrap_err();
    assert_eq!(
        small.into_error(&sound.path()),
        hob_protocol::Error::TooLarge { what: "audio file".into(), limit_bytes: 1_000 }
    );
}

#[test]
fn a_cancelled_read_stops() {
    let sound = Sound::wav(layout(16_000, 1, 16), &sine(16_000, 2.0));
    let error = read_file(&sound.path(), Limits::default(), &AtomicBool::new(true)).unwrap_err();
    assert_eq!(error.to_string(), "cancelled");
}

#[test]
fn samples_that_are_no_numbers_do_no_harm() {
    let mut samples = sine(48_000, 0.5);
    samples[3_000] = f64::NAN;
    samples[4_000] = f64::INFINITY;
    let got = Sound::wav(layout(48_000, 1, 32), &samples).read().unwrap();
    assert!(got.iter().all(|sample| sample.is_finite()));
}

#[test]
fn samples_stay_out_of_logs() {
    assert_eq!(format!("{:?}", Recording { samples: vec![0.5; 8_000] }), "Recording(0.500 s)");
}
