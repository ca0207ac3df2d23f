//! Voice activity detection, frame by frame: earshot's scores with hysteresis, and how sure it is.

use earshot::Detector;

/// Samples in a frame: 16 ms.
pub(crate) const FRAME: usize = 256;
/// Kept before the frame where voice is noticed: it takes a few frames, and a soft consonant may come before the voice.
pub(crate) const PRE_ROLL: usize = 25 * FRAME;

/// What is heard in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Heard {
    pub(crate) voice: Voice,
    /// The mean score of the last [`Hysteresis::SURE_FRAMES`] frames, from 0 to 1.
    pub(crate) level: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    Silent,
    Speaking,
}

/// How sure it is that somebody spoke in a stretch of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Presence {
    None,
    /// Noise reaches this too; the decoder must be sure.
    Doubtful,
    Sure,
}

impl Presence {
    /// From the highest level in the stretch. Over the recordings used for measuring, the highest level was 0.84 and more with speech, and
    /// 0.72 and less with noise, except for music.
    pub(crate) fn of(level: f32) -> Self {
        match level {
            level if level >= 0.75 => Self::Sure,
            level if level >= 0.5 => Self::Doubtful,
            _ => Self::None,
        }
    }
}

/// Hears samples as they come.
pub(crate) struct Ear {
    detector: Box<Detector>,
    hysteresis: Hysteresis,
    /// Less than a frame.
    rest: Vec<f32>,
}

impl Default for Ear {
    fn default() -> Self {
        Self { detector: Detector::default_boxed(), hysteresis: Hysteresis::default(), rest: Vec::with_capacity(FRAME) }
    }
}

impl Ear {
    /// Calls `each` for every frame that is complete. Samples must lie within -1 and 1.
    pub(crate) fn hear(&mut self, mut samples: &[f32], mut each: impl FnMut(Heard)) {
        while self.rest.len() + samples.len() >= FRAME {
            let (now, later) = samples.split_at(FRAME - self.rest.len());
            samples = later;
            let score = if self.rest.is_empty() {
                self.detector.predict_f32(now)
            } else {
                self.rest.extend_from_slice(now);
                let score = self.detector.predict_f32(&self.rest);
                self.rest.clear();
                score
            };
            each(self.hysteresis.take(score));
        }
        self.rest.extend_from_slice(samples);
    }
}

/// Makes samples fit for the detector and for Whisper: a broken source may send anything.
pub(crate) fn sanitize(samples: &mut [f32]) {
    for sample in samples {
        *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
    }
}

/// Voice begins above one score and ends below a lower one, so that it does not flicker.
#[derive(Debug)]
struct Hysteresis {
    voice: Voice,
    scores: [f32; Self::SURE_FRAMES],
    next: usize,
}

impl Default for Hysteresis {
    fn default() -> Self {
        Self { voice: Voice::Silent, scores: [0.0; Self::SURE_FRAMES], next: 0 }
    }
}

impl Hysteresis {
    /// 192 ms: the shortest word.
    const SURE_FRAMES: usize = 12;
    /// Over the last three frames.
    const BEGIN: f32 = 0.5;
    /// Over the last two frames.
    const END: f32 = 0.4;

    fn take(&mut self, score: f32) -> Heard {
        self.scores[self.next] = score;
        self.next = (self.next + 1) % Self::SURE_FRAMES;
        self.voice = match self.voice {
            Voice::Silent if self.mean(3) >= Self::BEGIN => Voice::Speaking,
            Voice::Speaking if self.mean(2) < Self::END => Voice::Silent,
            unchanged => unchanged,
        };
        Heard { voice: self.voice, level: self.mean(Self::SURE_FRAMES) }
    }

    /// Of the last so many scores.
    fn mean(&self, count: usize) -> f32 {
        let newest = self.next + Self::SURE_FRAMES;
        let sum: f32 = (1..=count).map(|back| self.scores[(newest - back) % Self::SURE_FRAMES]).sum();
        sum / count as f32
    }
}

#[cfg(test)]
mod tests {
    use super::{Ear, FRAME, Hysteresis, Presence, Voice, sanitize};

    #[test]
    fn voice_begins_and_ends_without_flicker() {
        for (scores, expected) in [
            (vec![0.9, 0.0, 0.0, 0.0], "...."),
            (vec![0.6, 0.6, 0.6, 0.45, 0.45, 0.2, 0.2], "..###.."),
            (vec![0.8, 0.8, 0.1, 0.8, 0.1, 0.1], ".####."),
        ] {
            let mut hysteresis = Hysteresis::default();
            let voices: String = scores
                .iter()
                .map(|score| if hysteresis.take(*score).voice == Voice::Speaking { '#' } else { '.' })
                .collect();
            assert_eq!(voices, expected, "{scores:?}");
        }
    }

    #[test]
    fn level_is_the_mean_of_the_last_frames_and_says_how_sure_it_is() {
        let mut hysteresis = Hysteresis::default();
        let levels: Vec<f32> = (0..24).map(|_| hysteresis.take(0.8).level).collect();
        assert!(levels[5] < 0.41 && levels[11] > 0.79 && levels[23] > 0.79);
        assert_eq!([0.3, 0.6, 0.8].map(Presence::of), [Presence::None, Presence::Doubtful, Presence::Sure]);
    }

    #[test]
    fn frames_do_not_depend_on_how_samples_are_cut() {
        let samples: Vec<f32> = (0..FRAME * 20).map(|index| ((index * index % 97) as f32 / 97.0 - 0.5) * 0.3).collect();
        let hear = |cut: usize| {
            let (mut ear, mut heard) = (Ear::default(), Vec::new());
            samples.chunks(cut).for_each(|chunk| ear.hear(chunk, |frame| heard.push(frame)));
            heard
        };
        assert_eq!(hear(FRAME).len(), 20);
        assert_eq!(hear(100), hear(FRAME));
        assert_eq!(hear(5000), hear(FRAME));
    }

    #[test]
    fn broken_samples_become_silence() {
        let mut samples = [f32::NAN, f32::INFINITY, 2.0, -2.0, 0.5];
        sanitize(&mut samples);
        assert_eq!(samples.map(f32::to_bits), [0.0, 0.0, 1.0, -1.0, 0.5].map(f32::to_bits));
    }
}
