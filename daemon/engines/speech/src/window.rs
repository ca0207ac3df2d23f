//! How much of Whisper's 30 s window the encoder looks at. Its cost falls with the window; so does the quality, if the window is too short
//! for the speech in it. Pure.

use hob_protocol::speech::SAMPLE_RATE;

/// The whole window, in the encoder's steps of 20 ms.
pub(crate) const FULL: i32 = 1500;

/// The window in samples: what lies beyond is not heard.
pub(crate) const FULL_SAMPLES: usize = 30 * SAMPLE_RATE as usize;

/// How much of the window is left empty after speech.
///
/// Whisper learned with silence after the speech, and loops without it: with half the room, the error rate of tiny.en tripled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Steps after the speech.
    after: usize,
    /// Steps of the shortest window.
    least: usize,
}

impl Room {
    const AMPLE: Self = Self { after: 128, least: 384 };
    /// As accurate with base: 56 of 768 words wrong with either, but 62 with 64 steps after the speech.
    const CLOSE: Self = Self { after: 96, least: 320 };

    /// For an encoder that is so many numbers wide. Only base has been measured with less.
    pub(crate) fn of(encoder_width: i32) -> Self {
        const BASE: i32 = 512;
        if encoder_width == BASE { Self::CLOSE } else { Self::AMPLE }
    }

    /// The window, in steps, for so many samples of speech.
    pub(crate) fn steps(self, samples: usize) -> i32 {
        const STEPS_PER_SECOND: usize = 50;
        /// Matrices whose sides are multiples of this are computed without a remainder.
        const ALIGNMENT: usize = 32;
        let speech = (samples * STEPS_PER_SECOND).div_ceil(SAMPLE_RATE as usize);
        let wanted = (speech + self.after).max(self.least).next_multiple_of(ALIGNMENT);
        i32::try_from(wanted).map_or(FULL, |wanted| wanted.min(FULL))
    }
}

#[cfg(test)]
mod tests {
    use super::{FULL, Room};

    #[test]
    fn window_grows_with_the_speech_between_its_bounds() {
        for (encoder_width, seconds, expected) in [
            (384, 0.0, 384),
            (384, 5.1, 384),
            (384, 5.2, 416),
            (384, 10.0, 640),
            (384, 27.0, FULL),
            (384, 60.0, FULL),
            (512, 0.0, 320),
            (512, 4.4, 320),
            (512, 4.5, 352),
            (512, 27.0, 1472),
            (512, 60.0, FULL),
            (768, 1.0, 384),
        ] {
            let samples = (seconds * 16_000.0) as usize;
            assert_eq!(Room::of(encoder_width).steps(samples), expected, "width {encoder_width}, {seconds} s");
        }
    }
}
