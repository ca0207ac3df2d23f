//! How loud it is just now, in few steps: for people who watch whether they are heard, not for any decision.

use hob_protocol::speech::SAMPLE_RATE;

/// What counts as silent and as full, in decibels below full scale.
const SILENT_DB: f32 = -60.0;
const FULL_DB: f32 = -12.0;
/// So many steps lie between the two.
const STEPS: f32 = 8.0;
/// Samples after which there is a new level: ten a second.
const PIECE: u32 = SAMPLE_RATE / 10;

#[derive(Debug, Default)]
pub(super) struct Level {
    squares: f32,
    samples: u32,
    latest: f32,
}

impl Level {
    pub(super) fn hear(&mut self, samples: &[f32]) {
        self.squares += samples.iter().map(|sample| sample * sample).sum::<f32>();
        self.samples += samples.len() as u32;
        if self.samples >= PIECE {
            let decibels = 10.0 * (self.squares / self.samples as f32).log10();
            let of_full = ((decibels - SILENT_DB) / (FULL_DB - SILENT_DB)).clamp(0.0, 1.0);
            *self = Self { latest: (of_full * STEPS).round() / STEPS, ..Self::default() };
        }
    }

    /// From 0 to 1.
    pub(super) fn latest(&self) -> f32 {
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_comes_ten_times_a_second_in_eighths() {
        let eighths = |level: &Level| level.latest() * 8.0;
        let is = |level: &Level, expected: f32| (eighths(level) - expected).abs() < f32::EPSILON;
        let mut level = Level::default();
        level.hear(&[0.5; 1599]);
        assert!(is(&level, 0.0));
        level.hear(&[0.5]);
        assert!(is(&level, 8.0));
        for (amplitude, expected) in [(0.0, 0.0), (0.001, 0.0), (0.016, 4.0), (1.0, 8.0)] {
            level.hear(&[amplitude; 1600]);
            assert!(is(&level, expected), "{amplitude}: {} eighths", eighths(&level));
        }
    }
}
