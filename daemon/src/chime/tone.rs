//! The sounds, computed: a few soft sine waves each. Their length and loudness are what keeps the first of them out of the words.

use std::f32::consts::{PI, TAU};
use std::time::Duration;

use crate::core::Chime;

/// Samples a second.
pub(super) const RATE: u32 = 48_000;
/// Amplitude, where 1 is the loudest there is: -26 dB. Speech at a headset's microphone is about as loud as the whole range at once.
const LOUDNESS: f32 = 0.05;

/// One wave: its pitch in Hz, when it begins and how long it lasts.
struct Wave {
    pitch: f32,
    from: Duration,
    length: Duration,
}

const fn wave(pitch: f32, from_ms: u64, length_ms: u64) -> Wave {
    Wave { pitch, from: Duration::from_millis(from_ms), length: Duration::from_millis(length_ms) }
}

fn waves(chime: Chime) -> &'static [Wave] {
    match chime {
        // The microphone hears it: as short as can be heard, and above the pitch of voices.
        Chime::Go => const { &[wave(1_320.0, 0, 45)] },
        Chime::Done => const { &[wave(880.0, 0, 60), wave(1_175.0, 45, 90)] },
        Chime::Failed => const { &[wave(330.0, 0, 110), wave(247.0, 110, 160)] },
    }
}

/// Mono samples.
pub(super) fn samples(chime: Chime) -> Vec<f32> {
    let waves = waves(chime);
    let end = waves.iter().map(|wave| wave.from + wave.length).max().unwrap_or_default();
    let mut sound = vec![0.0; count(end)];
    for Wave { pitch, from, length } in waves {
        let (from, length) = (count(*from), count(*length));
        for (index, sample) in sound[from..from + length].iter_mut().enumerate() {
            let time = index as f32 / RATE as f32;
            // Swells and fades, so that nothing clicks.
            let swell = (PI * index as f32 / length as f32).sin().powi(2);
            *sample += LOUDNESS * swell * (TAU * pitch * time).sin();
        }
    }
    sound
}

fn count(length: Duration) -> usize {
    (length.as_secs_f32() * RATE as f32).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Chime; 3] = [Chime::Go, Chime::Done, Chime::Failed];

    #[test]
    fn sounds_are_short_and_soft() {
        for chime in ALL {
            let sound = samples(chime);
            assert!(sound.len() < count(Duration::from_millis(300)), "{chime:?}");
            let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.02..0.1).contains(&peak), "{chime:?}: {peak}");
        }
        assert!(samples(Chime::Go).len() <= count(Duration::from_millis(50)));
    }

    #[test]
    fn nothing_clicks() {
        for chime in ALL {
            let sound = samples(chime);
            let jump = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(jump < 0.01, "{chime:?}: {jump}");
            assert!(sound[0].abs() < 0.001 && sound[sound.len() - 1].abs() < 0.001, "{chime:?}");
        }
    }

    #[test]
    fn sounds_differ() {
        let sounds = ALL.map(samples);
        assert!(sounds[0] != sounds[1] && sounds[1] != sounds[2] && sounds[0] != sounds[2]);
    }
}
