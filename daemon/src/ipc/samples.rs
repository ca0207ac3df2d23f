//! Raw samples of a client, in pieces of any size, as floats.

use hob_protocol::speech::SampleFormat;

/// Keeps the bytes of a sample that has not come whole.
#[derive(Debug)]
pub struct SampleReader {
    format: SampleFormat,
    rest: Vec<u8>,
}

impl SampleReader {
    pub fn new(format: SampleFormat) -> Self {
        Self { format, rest: Vec::new() }
    }

    pub fn read(&mut self, bytes: &[u8]) -> Vec<f32> {
        self.rest.extend_from_slice(bytes);
        let (samples, used) = match self.format {
            SampleFormat::S16le => {
                let (whole, _) = self.rest.as_chunks::<2>();
                (whole.iter().map(|sample| f32::from(i16::from_le_bytes(*sample)) / 32768.0).collect(), whole.len() * 2)
            }
            SampleFormat::F32le => {
                let (whole, _) = self.rest.as_chunks::<4>();
                (whole.iter().map(|sample| sane(f32::from_le_bytes(*sample))).collect::<Vec<_>>(), whole.len() * 4)
            }
        };
        self.rest.drain(..used);
        samples
    }
}

/// A client's floats may be anything; an engine is promised samples.
fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use hob_protocol::speech::SampleFormat;

    use super::SampleReader;

    #[test]
    fn samples_survive_being_cut_anywhere() {
        let mut reader = SampleReader::new(SampleFormat::S16le);
        assert!(reader.read(&[0x00]).is_empty());
        assert_eq!(reader.read(&[0x40, 0x00, 0xc0, 0x01]), [0.5, -0.5]);
        assert_eq!(reader.read(&[0x00]), [1.0 / 32768.0]);
    }

    #[test]
    fn floats_that_are_no_samples_become_ones() {
        let bytes: Vec<u8> = [f32::NAN, 7.0, -0.25].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        assert_eq!(SampleReader::new(SampleFormat::F32le).read(&bytes), [0.0, 1.0, -0.25]);
    }
}
