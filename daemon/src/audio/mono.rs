//! From interleaved channels of any sample format to one channel of `f32`.

use cpal::{FromSample, Sample};

/// The mean of each frame's channels; a last frame that is not whole is left out. Not-a-number and infinite samples of a
/// float source become silence, because one of them would spoil the filters for good.
///
/// Allocates nothing, so that the sound card's thread may call it.
pub(super) fn mix<T>(interleaved: &[T], channels: usize) -> impl Iterator<Item = f32> + '_
where
    T: Sample,
    f32: FromSample<T>,
{
    interleaved.chunks_exact(channels.max(1)).map(|frame| {
        let sum: f32 = frame.iter().map(|sample| sample.to_sample::<f32>()).sum();
        let mean = sum / frame.len() as f32;
        if mean.is_finite() { mean } else { 0.0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed<T: Sample>(interleaved: &[T], channels: usize) -> Vec<f32>
    where
        f32: FromSample<T>,
    {
        mix(interleaved, channels).collect()
    }

    #[test]
    fn one_channel_stays_as_it_is() {
        assert_eq!(mixed(&[0.5f32, -0.25], 1), [0.5, -0.25]);
    }

    #[test]
    fn channels_become_their_mean() {
        assert_eq!(mixed(&[1.0f32, 0.0, -0.5, 0.25], 2), [0.5, -0.125]);
        assert_eq!(mixed(&[0.25f32; 24], 8), [0.25; 3]);
    }

    #[test]
    fn integers_become_fractions_of_full_scale() {
        assert_eq!(mixed(&[i16::MIN, 0, 16384], 1), [-1.0, 0.0, 0.5]);
        assert_eq!(mixed(&[0u8, 128, 192], 1), [-1.0, 0.0, 0.5]);
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
