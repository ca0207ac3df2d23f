//! The recording of one dictation as a WAV file that grows: 16-bit samples, 16 kHz, mono. After every piece the header tells the
//! true length, and samples are read by the length of the file, so that a cut at any byte costs at most the sample it hits.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use hob_protocol::speech::SAMPLE_RATE;

/// RIFF, `fmt ` and the head of `data`, without any other chunk.
const HEADER_BYTES: u64 = 44;
const SAMPLE_BYTES: u64 = 2;

#[derive(Debug)]
pub struct Writer {
    file: File,
    samples: u64,
}

impl Writer {
    /// Takes over a new, empty file.
    pub fn begin(file: File) -> io::Result<Self> {
        file.write_all_at(&header(0), 0)?;
        Ok(Self { file, samples: 0 })
    }

    /// The samples first, then the header: whoever reads in between misses the last piece and nothing else.
    pub fn append(&mut self, samples: &[f32]) -> io::Result<()> {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sixteen_bits(*sample).to_le_bytes()).collect();
        self.file.write_all_at(&bytes, HEADER_BYTES + self.samples * SAMPLE_BYTES)?;
        self.samples += samples.len() as u64;
        self.file.write_all_at(&header(self.samples), 0)
    }

    /// Another handle to the file, to bring it to the disk from elsewhere.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

/// Samples in a file of so many bytes. A sample of which only the first byte is there does not count.
pub fn samples_in(bytes: u64) -> u64 {
    bytes.saturating_sub(HEADER_BYTES) / SAMPLE_BYTES
}

/// All samples that are there, whatever the header says.
pub fn read(path: &Path) -> io::Result<Vec<f32>> {
    let mut file = File::open(path)?;
    let count = samples_in(file.metadata()?.len());
    let mut samples = Vec::with_capacity(count as usize);
    io::copy(&mut (&mut file).take(HEADER_BYTES), &mut io::sink())?;
    // Pieces, because half an hour would be read into memory twice otherwise.
    let mut piece = Vec::new();
    loop {
        piece.clear();
        (&mut file).take(64 * 1024).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Ok(samples);
        }
        let (pairs, _cut) = piece.as_chunks::<2>();
        samples.extend(pairs.iter().map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32_768.0));
    }
}

fn sixteen_bits(sample: f32) -> i16 {
    // `as` keeps what is out of range at its bounds, and makes 0 of what is no number.
    (sample * 32_768.0).round() as i16
}

fn header(samples: u64) -> [u8; HEADER_BYTES as usize] {
    // A dictation of the longest kind has a sixth of what the format can tell.
    let data = u32::try_from(samples * SAMPLE_BYTES).unwrap_or(u32::MAX - HEADER_BYTES as u32);
    let mut header = *b"RIFF....WAVEfmt ....................data....";
    header[4..8].copy_from_slice(&(data + HEADER_BYTES as u32 - 8).to_le_bytes());
    header[16..20].copy_from_slice(&16_u32.to_le_bytes());
    // Whole numbers, one channel.
    header[20..22].copy_from_slice(&1_u16.to_le_bytes());
    header[22..24].copy_from_slice(&1_u16.to_le_bytes());
    header[24..28].copy_from_slice(&SAMPLE_RATE.to_le_bytes());
    header[28..32].copy_from_slice(&(SAMPLE_RATE * SAMPLE_BYTES as u32).to_le_bytes());
    header[32..34].copy_from_slice(&(SAMPLE_BYTES as u16).to_le_bytes());
    header[34..36].copy_from_slice(&(SAMPLE_BYTES as u16 * 8).to_le_bytes());
    header[40..44].copy_from_slice(&data.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[&[f32]], path: &Path) {
        let mut writer = Writer::begin(File::create_new(path).unwrap()).unwrap();
        for piece in pieces {
            writer.append(piece).unwrap();
            // As a player sees it, which believes the header.
            let reader = hound::WavReader::open(path).unwrap();
            assert_eq!(u64::from(reader.duration()), writer.samples);
            assert_eq!(samples_in(std::fs::metadata(path).unwrap().len()), writer.samples);
        }
    }

    #[test]
    fn what_is_written_is_read_and_the_header_is_true_after_every_piece() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        written(&[&[0.0, 0.5, -0.5], &[], &[1.0, -1.0, 2.0, -2.0, f32::NAN]], &path);
        let most = 32_767.0 / 32_768.0;
        assert_eq!(read(&path).unwrap(), [0.0, 0.5, -0.5, most, -1.0, most, -1.0, 0.0]);
        let spec = hound::WavReader::open(&path).unwrap().spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (16_000, 1, 16));
    }

    #[test]
    fn a_cut_at_any_byte_costs_at_most_one_sample() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples: Vec<f32> = (0..20).map(|n| n as f32 / 32.0).collect();
        written(&[&samples], &path);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let left = cut.saturating_sub(44) / 2;
            assert_eq!(read(&path).unwrap(), samples[..left], "cut at {cut}");
            assert_eq!(samples_in(cut as u64), left as u64);
        }
    }

    #[test]
    fn samples_that_came_after_the_last_header_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        written(&[&[0.5; 4]], &path);
        let file = File::options().write(true).open(&path).unwrap();
        // Half a piece, and half a sample of it.
        file.write_all_at(&[0, 0x40, 0, 0x40, 0], 44 + 8).unwrap();
        assert_eq!(read(&path).unwrap(), [0.5; 6]);
    }

    #[test]
    fn pieces_larger_than_the_buffer_join_without_a_seam() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples: Vec<f32> = (0..100_000).map(|n| (n % 30_000) as f32 / 32_768.0).collect();
        written(&[&samples], &path);
        assert!(read(&path).unwrap() == samples);
    }
}
