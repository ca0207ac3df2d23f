//! Any sample rate to 16 kHz mono, as the samples come in: for the microphone, for clients that stream, and for files.
//!
//! The output is aligned with the input (the filter's delay is taken off at the start and made up at the end), and holds
//! at most 9 ms back. Nothing is lost: the output of [`Resampler::finish`] completes `ceil(input * 16000 / rate)` samples.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Indexing, Resampler as _, SincInterpolationParameters, SincInterpolationType, WindowFunction,
    calculate_cutoff,
};

use hob_protocol::speech::SAMPLE_RATE;

/// Samples per second that can be resampled. Wider than what microphones offer, for files.
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// Length of the filter in periods of the lower of both rates: 3 ms of delay at 16 kHz, flat to 7.3 kHz, and below
/// -90 dB from 8 kHz on.
const FILTER_PERIODS: usize = 96;
/// The same where the input is the lower rate, to keep the delay of 8 kHz telephone sound at 4 ms.
const FILTER_PERIODS_UP: usize = 64;
/// Below -90 dB beside the main lobe, less than the noise of 16 bits leaves to hear.
const WINDOW: WindowFunction = WindowFunction::BlackmanHarris;
/// Fine enough for straight lines between them: what is left of the error lies below -90 dB, at half the work of cubics.
const FILTER_PHASES: usize = 128;
/// Pieces per second that the input is worked on in: 5 ms each.
const CHUNKS_PER_SECOND: u32 = 200;

#[derive(Debug, thiserror::Error)]
#[error("a sample rate of {rate} Hz cannot be used")]
pub struct UnsupportedRate {
    pub rate: u32,
}

/// One stream's state. Made for one rate; a stream whose rate changes needs a new one.
pub struct Resampler(State);

enum State {
    /// The input has the right rate already.
    Straight,
    Filter(Box<Filter>),
}

struct Filter {
    rubato: Async<f32>,
    rate: u32,
    /// Input that does not fill a chunk yet.
    waiting: Vec<f32>,
    /// Room for the output of one chunk.
    chunk: Vec<f32>,
    /// Output still to be dropped, because it lies before the first sample.
    lead: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    pub fn new(rate: u32) -> Result<Self, UnsupportedRate> {
        if rate == SAMPLE_RATE {
            return Ok(Self(State::Straight));
        }
        if !RATES.contains(&rate) {
            return Err(UnsupportedRate { rate });
        }
        Ok(Self(State::Filter(Box::new(Filter::new(rate)))))
    }

    /// Takes mono samples of the rate given to [`Resampler::new`] and appends what is ready to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        match &mut self.0 {
            State::Straight => out.extend_from_slice(samples),
            State::Filter(filter) => filter.push(samples, out),
        }
    }

    /// The input has ended: appends what was held back.
    pub fn finish(self, out: &mut Vec<f32>) {
        if let State::Filter(filter) = self.0 {
            filter.finish(out);
        }
    }
}

impl Filter {
    fn new(rate: u32) -> Self {
        let ratio = f64::from(SAMPLE_RATE) / f64::from(rate);
        let (periods, length) = if ratio < 1.0 {
            (FILTER_PERIODS, (FILTER_PERIODS as f64 / ratio).ceil() as usize)
        } else {
            (FILTER_PERIODS_UP, FILTER_PERIODS_UP)
        };
        // rubato would derive the cutoff from the length in input samples, which lets sound above 8 kHz fold back.
        let parameters = SincInterpolationParameters::new(length, WINDOW)
            .f_cutoff(calculate_cutoff::<f32>(periods, WINDOW))
            .oversampling_factor(FILTER_PHASES)
            .interpolation(SincInterpolationType::Linear);
        let chunk = rate.div_ceil(CHUNKS_PER_SECOND) as usize;
        // Half the filter, whose length rubato rounds up, less the first output, which is already one step into the input.
        let delay = length.next_multiple_of(8) as f64 / 2.0 * ratio - 1.0;
        let rubato = Async::new_sinc(ratio, 1.0, &parameters, chunk, 1, FixedAsync::Input)
            .expect("the ratio and the chunk are positive");
        Self {
            lead: delay.round() as usize,
            chunk: vec![0.0; rubato.output_frames_max()],
            waiting: Vec::with_capacity(chunk),
            rate,
            rubato,
            taken: 0,
            given: 0,
        }
    }

    fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        let size = self.rubato.input_frames_next();
        if !self.waiting.is_empty() {
            let missing = (size - self.waiting.len()).min(samples.len());
            self.waiting.extend_from_slice(&samples[..missing]);
            samples = &samples[missing..];
            if self.waiting.len() < size {
                return;
            }
            let waiting = std::mem::take(&mut self.waiting);
            self.work(&waiting, out);
            self.waiting = waiting;
            self.waiting.clear();
        }
        let mut chunks = samples.chunks_exact(size);
        for chunk in &mut chunks {
            self.work(chunk, out);
        }
        self.waiting.extend_from_slice(chunks.remainder());
    }

    fn finish(mut self, out: &mut Vec<f32>) {
        let due = (self.taken * u64::from(SAMPLE_RATE)).div_ceil(u64::from(self.rate));
        let rest = std::mem::take(&mut self.waiting);
        self.work(&rest, out);
        while self.given < due {
            self.work(&[], out);
        }
        let surplus = (self.given - due) as usize;
        out.truncate(out.len() - surplus);
    }

    /// Resamples one chunk; a shorter one is filled up with silence.
    fn work(&mut self, input: &[f32], out: &mut Vec<f32>) {
        let indexing = Indexing::new().partial_len(input.len());
        let from = InterleavedSlice::new(input, 1, input.len()).expect("one channel is as long as its samples");
        let room = self.chunk.len();
        let mut to =
            InterleavedSlice::new_mut(&mut self.chunk, 1, room).expect("one channel is as long as its samples");
        let (_, written) = self
            .rubato
            .process_into_buffer(&from, &mut to, Some(&indexing))
            .expect("the chunk has room for the longest output");
        let dropped = self.lead.min(written);
        self.lead -= dropped;
        out.extend_from_slice(&self.chunk[dropped..written]);
        self.given += (written - dropped) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON_RATES: [u32; 12] =
        [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

    fn resample(rate: u32, samples: &[f32], piece: usize) -> Vec<f32> {
        let mut out = Vec::new();
        let mut resampler = Resampler::new(rate).unwrap();
        for piece in samples.chunks(piece) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    fn sine(rate: u32, hertz: f64, seconds: f64) -> Vec<f32> {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        (0..(f64::from(rate) * seconds) as usize).map(|n| (0.5 * (step * n as f64).sin()) as f32).collect()
    }

    /// The largest difference, beside both ends where the filter sees the edge of the sound.
    fn largest_error(got: &[f32], expected: &[f32]) -> f32 {
        let inner = 200..got.len().min(expected.len()) - 200;
        got[inner.clone()].iter().zip(&expected[inner]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_sine_keeps_its_frequency_amplitude_and_place() {
        for rate in COMMON_RATES {
            let got = resample(rate, &sine(rate, 1_000.0, 1.0), 777);
            assert_eq!(got.len(), 16_000, "{rate} Hz");
            // Half an output sample of shift is allowed: 0.5 * 2 pi * 1000/16000 * 0.5 = 0.098.
            let error = largest_error(&got, &sine(SAMPLE_RATE, 1_000.0, 1.0));
            assert!(error < 0.1, "{rate} Hz: off by {error}");
            let loudest = got[200..15_800].iter().fold(0.0f32, |a, b| a.max(b.abs()));
            assert!((0.49..0.51).contains(&loudest), "{rate} Hz: amplitude {loudest}");
        }
    }

    #[test]
    fn an_exact_ratio_is_exact() {
        let got = resample(48_000, &sine(48_000, 1_000.0, 1.0), 480);
        let error = largest_error(&got, &sine(SAMPLE_RATE, 1_000.0, 1.0));
        assert!(error < 1e-3, "off by {error}");
    }

    #[test]
    fn sound_above_8_khz_does_not_fold_back() {
        for rate in [44_100, 48_000, 96_000, 192_000] {
            let got = resample(rate, &sine(rate, 9_000.0, 0.5), 480);
            let loudest = got[200..7_800].iter().fold(0.0f32, |a, b| a.max(b.abs()));
            assert!(loudest < 1e-4, "{rate} Hz: {loudest}");
        }
    }

    #[test]
    fn the_first_and_the_last_sample_are_still_there() {
        for rate in COMMON_RATES {
            let mut samples = vec![0.0; rate as usize / 2];
            // As loud as the output can show it, whichever of both rates is lower.
            let loudness = (rate as f32 / SAMPLE_RATE as f32).max(1.0);
            samples[0] = loudness;
            *samples.last_mut().unwrap() = loudness;
            let got = resample(rate, &samples, 1_000);
            assert_eq!(got.len(), 8_000, "{rate} Hz");
            let first = got[..4].iter().fold(0.0f32, |a, b| a.max(b.abs()));
            let last = got[7_996..].iter().fold(0.0f32, |a, b| a.max(b.abs()));
            // The last one may lie behind the last output sample, by less than one.
            assert!(first > 0.3 && last > 0.1, "{rate} Hz: first {first}, last {last}");
        }
    }

    #[test]
    fn the_size_of_the_pieces_does_not_matter() {
        let samples = sine(44_100, 440.0, 0.3);
        let whole = resample(44_100, &samples, samples.len());
        for piece in [1, 7, 441, 5_000] {
            assert!(resample(44_100, &samples, piece) == whole, "{piece} at a time");
        }
    }

    #[test]
    fn at_most_10_ms_are_held_back() {
        for rate in COMMON_RATES {
            let mut resampler = Resampler::new(rate).unwrap();
            let mut out = Vec::new();
            for piece in sine(rate, 440.0, 1.0).chunks(rate as usize / 100) {
                resampler.push(piece, &mut out);
            }
            let held_back = 16_000 - out.len();
            assert!(held_back <= 160, "{rate} Hz: {held_back} samples");
        }
    }

    #[test]
    fn odd_lengths_round_up() {
        assert_eq!(resample(48_000, &[0.1], 1).len(), 1);
        assert_eq!(resample(44_100, &[0.1; 100], 100).len(), 37);
        assert_eq!(resample(8_000, &[], 1).len(), 0);
    }

    #[test]
    fn a_rate_out_of_range_is_refused() {
        assert_eq!(Resampler::new(0).err().unwrap().to_string(), "a sample rate of 0 Hz cannot be used");
        assert!(Resampler::new(1_000_000).is_err());
    }
}
