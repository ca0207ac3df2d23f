//! From interleaved channels of any sample format to one channel of `f32`.

use cpal::{FromSample, Sample};

/// Channels that are told apart; what a device has beyond these counts as never silent.
const CHANNELS: usize = 32;

/// Mixes blocks of one stream: the mean of the channels that have carried sound, so that a microphone on one input of eight
/// is as loud as it would be alone. A channel counts from the first sample on that is not zero.
#[derive(Debug, Clone)]
pub struct Mixer {
    channels: usize,
    heard: [bool; CHANNELS],
}

impl Mixer {
    pub fn new(channels: usize) -> Self {
        Self { channels: channels.max(1), heard: [false; CHANNELS] }
    }

    pub fn frames<T>(&self, interleaved: &[T]) -> usize {
        interleaved.len() / self.channels
    }

    /// One sample a frame; a last frame that is not whole is left out. Not-a-number and infinite samples of a float source
    /// become silence, because one of them would spoil the filters for good.
    ///
    /// Allocates nothing, so that the sound card's thread may call it.
    pub fn mix<'a, T>(&mut self, interleaved: &'a [T]) -> impl Iterator<Item = f32> + 'a + use<'a, T>
    where
        T: Sample,
        f32: FromSample<T>,
    {
        if self.channels > 1 {
            for frame in interleaved.chunks_exact(self.channels) {
                for (heard, sample) in self.heard.iter_mut().zip(frame) {
                    *heard |= *sample != T::EQUILIBRIUM;
                }
            }
        }
        let heard = self.heard;
        let beyond = self.channels.saturating_sub(CHANNELS);
        let count = heard.iter().filter(|heard| **heard).count() + beyond;
        let share = 1.0 / if self.channels == 1 { 1.0 } else { count.max(1) as f32 };
        interleaved.chunks_exact(self.channels).map(move |frame| {
            let sum: f32 = frame.iter().map(|sample| sample.to_sample::<f32>()).sum();
            let mean = sum * share;
            if mean.is_finite() { mean } else { 0.0 }
        })
    }
}

#[cfg(test)]
mod tests {
    use cpal::{I24, U24};

    use super::*;

    fn mixed<T: Sample>(interleaved: &[T], channels: usize) -> Vec<f32>
    where
        f32: FromSample<T>,
    {
        Mixer::new(channels).mix(interleaved).collect()
    }

    #[test]
    fn every_sample_format_becomes_fractions_of_full_scale() {
        const EXPECTED: [f32; 4] = [-1.0, 0.0, 0.5, -0.25];
        assert_eq!(mixed(&[-1.0f32, 0.0, 0.5, -0.25], 1), EXPECTED);
        assert_eq!(mixed(&[-1.0f64, 0.0, 0.5, -0.25], 1), EXPECTED);
        assert_eq!(mixed(&[i8::MIN, 0, 1 << 6, -(1 << 5)], 1), EXPECTED);
        assert_eq!(mixed(&[i16::MIN, 0, 1 << 14, -(1 << 13)], 1), EXPECTED);
        assert_eq!(mixed(&[-(1 << 23), 0, 1 << 22, -(1 << 21)].map(|n| I24::new(n).unwrap()), 1), EXPECTED);
        assert_eq!(mixed(&[i32::MIN, 0, 1 << 30, -(1 << 29)], 1), EXPECTED);
        assert_eq!(mixed(&[i64::MIN, 0, 1 << 62, -(1 << 61)], 1), EXPECTED);
        assert_eq!(mixed(&[0u8, 1 << 7, 3 << 6, 3 << 5], 1), EXPECTED);
        assert_eq!(mixed(&[0u16, 1 << 15, 3 << 14, 3 << 13], 1), EXPECTED);
        assert_eq!(mixed(&[0, 1 << 23, 3 << 22, 3 << 21].map(|n| U24::new(n).unwrap()), 1), EXPECTED);
        assert_eq!(mixed(&[0u32, 1 << 31, 3 << 30, 3 << 29], 1), EXPECTED);
        assert_eq!(mixed(&[0u64, 1 << 63, 3 << 62, 3 << 61], 1), EXPECTED);
    }

    #[test]
    fn channels_become_their_mean() {
        assert_eq!(mixed(&[1.0f32, 0.0, -0.5, 0.25], 2), [0.5, -0.125]);
        for channels in 1..=8 {
            assert_eq!(mixed(&[0.25f32; 3 * 8][..3 * channels], channels), [0.25; 3], "{channels} channels");
        }
    }

    #[test]
    fn a_silent_channel_does_not_count() {
        for channels in 2..=8 {
            for loud in 0..channels {
                let frame: Vec<i16> = (0..channels).map(|channel| if channel == loud { 1 << 14 } else { 0 }).collect();
                assert_eq!(mixed(&frame.repeat(3), channels), [0.5; 3], "channel {loud} of {channels}");
            }
        }
        let middle = 1u8 << 7;
        assert_eq!(mixed(&[middle, 192, middle, 64], 2), [0.5, -0.5], "zero of an unsigned format is its middle");
    }

    #[test]
    fn a_channel_that_has_been_heard_counts_for_good() {
        let mut mixer = Mixer::new(2);
        let mut next = |block: [f32; 2]| mixer.mix(&block).collect::<Vec<_>>();
        assert_eq!(next([0.5, 0.0]), [0.5]);
        assert_eq!(next([0.5, 0.5]), [0.5]);
        assert_eq!(next([0.5, 0.0]), [0.25]);
    }

    #[test]
    fn more_channels_than_are_told_apart_are_mixed_all_the_same() {
        assert_eq!(mixed(&[0.25f32; 40], 40), [0.25]);
    }

    #[test]
    fn a_last_frame_that_is_not_whole_is_left_out() {
        assert_eq!(mixed(&[0.5f32, 0.5, 1.0], 2), [0.5]);
    }

    #[test]
    fn what_is_no_number_becomes_silence() {
        assert_eq!(mixed(&[f32::NAN, f32::INFINITY, 0.5], 1), [0.0, 0.0, 0.5]);
    }
}
