//! Sound in memory: recordings joined, trimmed and written in other ways, and sound in which nobody speaks.

use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Of every sound here, in samples per second.
const RATE: u32 = 16_000;

/// Mono at 16 kHz, from -1 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound(pub Vec<f32>);

impl Sound {
    pub fn read(path: &Path) -> Self {
        let mut reader = WavReader::open(path).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.sample_format), (RATE, 1, SampleFormat::Float));
        Self(reader.samples().map(Result::unwrap).collect())
    }

    /// Reads what the daemon has recorded.
    pub fn read_sixteen_bits(path: &Path) -> Self {
        let mut reader = WavReader::open(path).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.sample_format), (RATE, 1, SampleFormat::Int));
        Self(reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect())
    }

    pub fn silence(seconds: f64) -> Self {
        Self(vec![0.0; (seconds * f64::from(RATE)) as usize])
    }

    fn tone(milliseconds: u32) -> Self {
        let phase = |index: u32| index as f32 * 440.0 / RATE as f32 * std::f32::consts::TAU;
        Self((0..milliseconds * RATE / 1000).map(|index| phase(index).sin() * 0.25).collect())
    }

    /// White noise, the same at every call, as loud as a fan beside the microphone.
    pub fn noise(seconds: f64) -> Self {
        let mut state = 1_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (f64::from(state) / f64::from(u32::MAX) - 0.5) as f32 * 0.1
        };
        Self((0..(seconds * f64::from(RATE)) as usize).map(|_| next()).collect())
    }

    pub fn joined(parts: &[Self]) -> Self {
        Self(parts.iter().flat_map(|part| part.0.iter().copied()).collect())
    }

    pub fn seconds(&self) -> f64 {
        self.0.len() as f64 / f64::from(RATE)
    }

    /// Without the quiet before the first and after the last loud sample.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let loudest = self.0.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        let loud = |sample: &f32| sample.abs() > loudest / 20.0;
        let first = self.0.iter().position(loud).expect("it is not silent");
        let last = self.0.iter().rposition(loud).expect("it is not silent");
        Self(self.0[first..=last].to_vec())
    }

    /// Two parts of it, cut at the quietest place of a stretch in seconds.
    pub fn cut_in_a_pause(&self, stretch: std::ops::Range<f64>) -> (Self, Self) {
        const WINDOW: usize = 320;
        let place = |seconds: f64| (seconds * f64::from(RATE)) as usize;
        let energy =
            |from: &usize| self.0[*from..from + WINDOW].iter().map(|sample| f64::from(sample * sample)).sum::<f64>();
        let starts = (place(stretch.start)..place(stretch.end)).step_by(WINDOW / 2);
        let quietest = starts.min_by(|a, b| energy(a).total_cmp(&energy(b))).unwrap() + WINDOW / 2;
        let (before, after) = self.0.split_at(quietest);
        (Self(before.to_vec()), Self(after.to_vec()))
    }

    /// As raw 16-bit samples, little endian.
    pub fn to_s16le(&self) -> Vec<u8> {
        self.0.iter().flat_map(|sample| sixteen_bits(*sample).to_le_bytes()).collect()
    }

    /// As 16-bit WAV, 16 kHz mono.
    pub fn write(&self, path: &Path) {
        self.write_as(path, RATE, 1);
    }

    /// As 16-bit WAV with another rate, the same in every channel.
    pub fn write_as(&self, path: &Path, rate: u32, channels: u16) {
        let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut writer = WavWriter::create(path, spec).unwrap();
        for sample in self.at(rate) {
            for _ in 0..channels {
                writer.write_sample(sixteen_bits(sample)).unwrap();
            }
        }
        writer.finalize().unwrap();
    }

    /// As FLAC, 16 kHz mono, without any compression.
    pub fn write_flac(&self, path: &Path) {
        const BLOCK: usize = 4096;
        let size = (BLOCK as u16).to_be_bytes();
        let mut file = b"fLaC\x80\x00\x00\x22".to_vec();
        // Block sizes, frame sizes (unknown); rate, channels, bits and length packed into 64 bits; no MD5.
        file.extend([size, size].concat());
        file.extend([0; 6]);
        file.extend((u64::from(RATE) << 44 | 15 << 36 | self.0.len() as u64).to_be_bytes());
        file.extend([0; 16]);
        for (number, block) in self.0.chunks(BLOCK).enumerate() {
            let number = u8::try_from(number).ok().filter(u8::is_ascii).expect("longer numbers take more than a byte");
            // Blocks of one size, which is told at the end of the header; 16 kHz, mono, 16 bits.
            let mut frame = vec![0xff, 0xf8, 0x75, 0x08, number];
            frame.extend(((block.len() - 1) as u16).to_be_bytes());
            frame.push(checksum(&frame, 0x07, 8) as u8);
            // One channel of samples as they are.
            frame.push(0x02);
            frame.extend(block.iter().flat_map(|sample| sixteen_bits(*sample).to_be_bytes()));
            frame.extend(checksum(&frame, 0x8005, 16).to_be_bytes());
            file.extend(frame);
        }
        std::fs::write(path, file).unwrap();
    }

    /// At another rate, by straight lines between the samples: crude, but speech stays speech.
    fn at(&self, rate: u32) -> Vec<f32> {
        let count = self.0.len() * rate as usize / RATE as usize;
        let value = |index: usize| self.0[index.min(self.0.len() - 1)];
        let place = |index: usize| index as f64 * f64::from(RATE) / f64::from(rate);
        let between = |place: f64| {
            let (before, share) = (place as usize, place.fract() as f32);
            value(before) * (1.0 - share) + value(before + 1) * share
        };
        (0..count).map(|index| between(place(index))).collect()
    }
}

/// Writes a tone, for the scripted engine, which hears how long it is and nothing else.
pub fn write_recording(path: &Path, milliseconds: u32) {
    Sound::tone(milliseconds).write(path);
}

fn sixteen_bits(sample: f32) -> i16 {
    (sample * 32_767.0) as i16
}

/// A cyclic redundancy check of so many bits, the highest first.
fn checksum(bytes: &[u8], polynomial: u16, bits: u32) -> u16 {
    let top = 1_u16 << (bits - 1);
    let mask = top | (top - 1);
    bytes.iter().fold(0, |sum, byte| {
        let mut sum = sum ^ (u16::from(*byte) << (bits - 8));
        for _ in 0..8 {
            sum = if sum & top == 0 { sum << 1 } else { sum << 1 ^ polynomial };
        }
        sum & mask
    })
}
