//! Where a stretch is cut in two of which Whisper has heard only the beginning: it takes the end of a sentence for the end of everything.
//! Pure.

/// 20 ms: short against a pause, long against a period of the voice.
const STEP: usize = 320;
/// A pause between words: the quietest stretch of this length is looked for.
const PAUSE: usize = 5 * STEP;

/// The middle of the quietest tenth of a second in the middle half, in samples.
pub(crate) fn cut(samples: &[f32]) -> usize {
    let (from, to) = (samples.len() / 4, samples.len() * 3 / 4);
    let energy = |start: usize| samples[start..start + PAUSE].iter().map(|sample| sample * sample).sum::<f32>();
    let starts = (from..to.saturating_sub(PAUSE)).step_by(STEP);
    let quietest = starts.min_by(|one, other| energy(*one).total_cmp(&energy(*other)));
    quietest.map_or(samples.len() / 2, |start| start + PAUSE / 2)
}

#[cfg(test)]
mod tests {
    use super::{PAUSE, STEP, cut};

    #[test]
    fn a_stretch_is_cut_in_the_pause_nearest_to_silence() {
        let mut samples = vec![0.5; 64_000];
        // Too early, not quite silent, silent.
        samples[4_000..8_000].fill(0.0);
        samples[20_000..24_000].fill(0.1);
        samples[40_000..42_000].fill(0.0);
        let place = cut(&samples);
        assert!((40_000..42_000).contains(&place) && place >= 40_000 + PAUSE / 2 - STEP, "{place}");
    }

    #[test]
    fn what_is_too_short_to_have_a_pause_is_cut_in_the_middle() {
        assert_eq!(cut(&[0.5; 1_000]), 500);
        assert_eq!(cut(&[]), 0);
    }
}
