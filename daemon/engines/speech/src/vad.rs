//! Voice activity detection, frame by frame: earshot's scores with hysteresis, and how sure it is.

use std::collections::VecDeque;

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
    noise: Noise,
    /// Less than a frame.
    rest: Vec<f32>,
}

impl Default for Ear {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Ear {
    /// `noise_db`: what [`Self::noise_db`] said of the same microphone before.
    pub(crate) fn new(noise_db: Option<f32>) -> Self {
        Self {
            detector: Detector::default_boxed(),
            hysteresis: Hysteresis::default(),
            noise: Noise::new(noise_db),
            rest: Vec::with_capacity(FRAME),
        }
    }

    /// The level of what is not speech, in decibels of full scale, once enough was heard.
    pub(crate) fn noise_db(&self) -> Option<f32> {
        self.noise.floor_db()
    }

    /// Calls `each` for every frame that is complete. Samples must lie within -1 and 1.
    pub(crate) fn hear(&mut self, mut samples: &[f32], mut each: impl FnMut(Heard)) {
        while self.rest.len() + samples.len() >= FRAME {
            let (now, later) = samples.split_at(FRAME - self.rest.len());
            samples = later;
            let (score, above) = if self.rest.is_empty() {
                (self.detector.predict_f32(now), self.noise.take(now))
            } else {
                self.rest.extend_from_slice(now);
                let heard = (self.detector.predict_f32(&self.rest), self.noise.take(&self.rest));
                self.rest.clear();
                heard
            };
            each(self.hysteresis.take(score, above));
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

/// How a frame's level compares with the noise around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// No louder than what is always there.
    Noise,
    Above,
}

/// Follows the level of what is always there: the quietest moments of the last seconds. Speech has gaps, noise has not.
#[derive(Debug)]
struct Noise {
    /// Mean square over a few frames.
    power: f32,
    /// The least power of each of the last stretches, oldest first.
    least: VecDeque<f32>,
    /// Frames of the stretch that is not full.
    frames: usize,
}

impl Noise {
    /// A stretch is half a second.
    const STRETCH: usize = 31;
    /// Four seconds: longer than speech goes without a gap.
    const STRETCHES: usize = 8;
    /// The quietest moment of noise lies so far below its mean, in decibels.
    const BIAS_DB: f32 = 2.0;
    /// Up to here a frame counts as noise, in decibels above the floor.
    const MARGIN_DB: f32 = 3.0;
    /// Below any microphone's own noise; digital silence says nothing about a room.
    const LOWEST_DB: f32 = -90.0;

    fn new(known_db: Option<f32>) -> Self {
        let known = known_db.map(|level| 10_f32.powf((level - Self::BIAS_DB) / 10.0));
        Self { power: 0.0, least: known.into_iter().collect(), frames: 0 }
    }

    fn take(&mut self, frame: &[f32]) -> Level {
        let power = frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32;
        self.power = if self.power == 0.0 { power } else { 0.75 * self.power + 0.25 * power };
        let level = match self.floor_db() {
            Some(floor) if decibels(power) < floor + Self::MARGIN_DB => Level::Noise,
            _ => Level::Above,
        };
        if self.frames == 0 {
            self.least.push_back(self.power);
        } else if let Some(least) = self.least.back_mut() {
            *least = least.min(self.power);
        }
        self.frames = (self.frames + 1) % Self::STRETCH;
        if self.least.len() > Self::STRETCHES {
            self.least.pop_front();
        }
        level
    }

    /// From whole stretches only: the first moments may lie in the middle of a word.
    fn floor_db(&self) -> Option<f32> {
        let whole = if self.frames == 0 { self.least.len() } else { self.least.len() - 1 };
        let least = self.least.iter().take(whole).copied().reduce(f32::min)?;
        Some((decibels(least) + Self::BIAS_DB).max(Self::LOWEST_DB))
    }
}

fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
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
    /// The same where the frame is no louder than the noise: the detector holds on to loud noise after speech.
    const BEGIN_IN_NOISE: f32 = 0.7;
    const END_IN_NOISE: f32 = 0.5;

    fn take(&mut self, score: f32, level: Level) -> Heard {
        self.scores[self.next] = score;
        self.next = (self.next + 1) % Self::SURE_FRAMES;
        let (begin, end) = match level {
            Level::Above => (Self::BEGIN, Self::END),
            Level::Noise => (Self::BEGIN_IN_NOISE, Self::END_IN_NOISE),
        };
        self.voice = match self.voice {
            Voice::Silent if self.mean(3) >= begin => Voice::Speaking,
            Voice::Speaking if self.mean(2) < end => Voice::Silent,
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
    use super::{Ear, FRAME, Hysteresis, Level, Noise, Presence, Voice, sanitize};

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
                .map(|score| if hysteresis.take(*score, Level::Above).voice == Voice::Speaking { '#' } else { '.' })
                .collect();
            assert_eq!(voices, expected, "{scores:?}");
        }
    }

    #[test]
    fn level_is_the_mean_of_the_last_frames_and_says_how_sure_it_is() {
        let mut hysteresis = Hysteresis::default();
        let levels: Vec<f32> = (0..24).map(|_| hysteresis.take(0.8, Level::Above).level).collect();
        assert!(levels[5] < 0.41 && levels[11] > 0.79 && levels[23] > 0.79);
        assert_eq!([0.3, 0.6, 0.8].map(Presence::of), [Presence::None, Presence::Doubtful, Presence::Sure]);
    }

    #[test]
    fn noise_floor_is_the_level_of_the_gaps_between_words() {
        // A hiss, with words ten times as loud for half of the time.
        let hiss = |index: usize| ((index * 7919 % 201) as f32 / 100.0 - 1.0) * 0.01;
        let mut noise = Noise::new(None);
        let mut levels = Vec::new();
        for frame in 0..400 {
            let loudness = if frame % 50 < 25 { 10.0 } else { 1.0 };
            let samples: Vec<f32> = (0..FRAME).map(|index| loudness * hiss(frame * FRAME + index)).collect();
            levels.push(noise.take(&samples));
        }
        let floor = noise.floor_db().unwrap();
        assert!((-46.0..-41.0).contains(&floor), "{floor} dB for a hiss of -45 dB");
        assert_eq!((levels[310], levels[399]), (Level::Above, Level::Noise));
        assert_eq!(Noise::new(None).floor_db(), None);
        assert_eq!(Noise::new(Some(-50.0)).floor_db().map(f32::round), Some(-50.0));
    }

    #[test]
    fn voice_ends_sooner_where_it_is_no_louder_than_the_noise() {
        let ends = |level| {
            let mut hysteresis = Hysteresis::default();
            for _ in 0..3 {
                hysteresis.take(0.9, Level::Above);
            }
            (0..3).map(|_| hysteresis.take(0.45, level).voice).position(|voice| voice == Voice::Silent)
        };
        assert_eq!((ends(Level::Above), ends(Level::Noise)), (None, Some(1)));
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
