//! Sounds in which nobody speaks, computed: noise of several colours, hum, machines, music, animals, keys. The same at every call. Some have
//! what voice is known by, such as harmonics that glide, syllables or formants.

use std::f32::consts::TAU;

use crate::Sound;

const RATE: f32 = 16_000.0;

/// All of them, each with its name, about so many seconds long.
pub fn noises(seconds: f32) -> Vec<(String, Sound)> {
    let mut all = Vec::new();
    let mut add = |name: String, samples: Vec<f32>| all.push((name, Sound(samples)));
    for (colour, sound) in [("white", white as fn(f32, u32) -> Vec<f32>), ("pink", pink), ("brown", brown)] {
        for decibels in [-60, -40, -30, -20, -10] {
            add(format!("{colour}{decibels}"), at(decibels as f32, &sound(seconds, 1)));
        }
    }
    for decibels in [-50.0, -30.0, -15.0] {
        for (name, sound) in
            machines(seconds).into_iter().chain(music(seconds)).chain(creatures(seconds)).chain(bursts(seconds))
        {
            add(format!("{name}{decibels}"), at(decibels, &sound));
        }
    }
    add("offset".into(), vec![0.3; samples(seconds)]);
    add("zeros".into(), vec![0.0; samples(seconds)]);
    add("clipped".into(), white(seconds, 5).iter().map(|sample| (sample * 50.0).clamp(-1.0, 1.0)).collect());
    add("clipped-hum".into(), hum(50.0, seconds).iter().map(|sample| (sample * 50.0).clamp(-1.0, 1.0)).collect());
    add("dither".into(), white(seconds, 6).iter().map(|sample| sample / 32_768.0).collect());
    all
}

/// Those of them that no build of an engine can take for a voice: what somebody reads into a melody depends on the last bit.
pub fn plain_noises(seconds: f32) -> impl Iterator<Item = (String, Sound)> {
    const PLAIN: [&str; 17] = [
        "white",
        "pink",
        "brown",
        "hum",
        "buzz",
        "fan",
        "keys",
        "mouse",
        "clicks",
        "knocks",
        "steps",
        "rain",
        "offset",
        "zeros",
        "clipped",
        "dither",
        "dial-tone",
    ];
    noises(seconds).into_iter().filter(|(name, _)| PLAIN.iter().any(|plain| name.starts_with(plain)))
}

fn machines(seconds: f32) -> Vec<(&'static str, Vec<f32>)> {
    vec![
        ("hum-50", hum(50.0, seconds)),
        ("hum-60", hum(60.0, seconds)),
        ("buzz-120", hum(120.0, seconds)),
        ("fan", over(&pink(seconds, 2), |time| 1.0 + 0.4 * (TAU * 7.0 * time).sin())),
        ("fan-tone", mixed(&[fan_tone(seconds), scaled(&pink(seconds, 3), 0.3)])),
        ("engine", over(&hum(35.0, seconds), |time| 1.0 + 0.5 * (TAU * 11.0 * time).sin())),
        (
            "vacuum",
            mixed(&[scaled(&tone(seconds, |time| 380.0 + 5.0 * (TAU * 0.5 * time).sin()), 0.5), white(seconds, 4)]),
        ),
        ("chirps", tone(seconds, |time| 200.0 + 3_000.0 * time.fract())),
        ("siren", tone(seconds, |time| 900.0 + 400.0 * (TAU * 0.4 * time).sin())),
        ("siren-two", tone(seconds, |time| if time.fract() < 0.5 { 440.0 } else { 585.0 })),
        ("dtmf", dialled(seconds)),
        ("dial-tone", mixed(&[tone(seconds, |_| 350.0), tone(seconds, |_| 440.0)])),
        (
            "ringing",
            over(&mixed(&[tone(seconds, |_| 440.0), tone(seconds, |_| 480.0)]), |time| f32::from(time % 3.0 < 1.0)),
        ),
        ("modem", tone(seconds, |time| if scattered(time * 30.0).is_multiple_of(3) { 1_070.0 } else { 1_270.0 })),
        ("static", over(&white(seconds, 7), |time| if scattered(time * 13.0) % 5 > 1 { 1.0 } else { 0.1 })),
    ]
}

fn music(seconds: f32) -> Vec<(&'static str, Vec<f32>)> {
    const SCALE: [f32; 8] = [261.6, 293.7, 329.6, 349.2, 392.0, 440.0, 493.9, 523.3];
    let note = |step: f32| SCALE[scattered(step) as usize % 8];
    let melody = move |seconds: f32, pace: f32, harmonics: u32, low: f32| {
        let decays = move |time: f32| (-4.0 * (time * pace).fract()).exp();
        over(&voiced(seconds, harmonics, move |time| low * note(time * pace)), decays)
    };
    let drums = mixed(&[
        over(&tone(seconds, |time| 60.0 + 80.0 * (-(time * 2.0).fract() * 10.0).exp()), |time| {
            (-(time * 2.0).fract() * 8.0).exp()
        }),
        over(&white(seconds, 8), |time| 0.5 * (-((time * 2.0 + 0.5).fract()) * 15.0).exp()),
        over(&white(seconds, 9), |time| 0.2 * (-(time * 8.0).fract() * 20.0).exp()),
    ]);
    let chord = |root: f32| mixed(&[1.0, 1.26, 1.5].map(|ratio| voiced(seconds, 6, move |_| root * ratio)));
    let strings = |time: f32| {
        196.0
            * if ((time / 2.0) as u32).is_multiple_of(2) { 1.0 } else { 1.122 }
            * (1.0 + 0.006 * (TAU * 5.5 * time).sin())
    };
    vec![
        ("melody", melody(seconds, 3.0, 5, 1.0)),
        ("melody-low", melody(seconds, 2.0, 10, 0.5)),
        ("chord", chord(220.0)),
        ("strings", voiced(seconds, 12, strings)),
        ("whistle", tone(seconds, move |time| 4.0 * note(time * 2.0) * (1.0 + 0.01 * (TAU * 6.0 * time).sin()))),
        ("drums", drums.clone()),
        ("band", mixed(&[drums, melody(seconds, 4.0, 6, 1.0), scaled(&melody(seconds, 2.0, 8, 0.25), 0.8)])),
        ("organ", mixed(&[chord(130.8), scaled(&chord(261.6), 0.5)])),
    ]
}

/// Neither of them is a person, but some are made by a throat.
fn creatures(seconds: f32) -> Vec<(&'static str, Vec<f32>)> {
    let bark = |time: f32| {
        let within = (time * 1.6).fract() / 1.6;
        if within < 0.18 { (within * 17.0).sin().abs() } else { 0.0 }
    };
    let meow = |time: f32| if time % 2.0 < 0.9 { (time % 2.0 / 0.9 * TAU / 2.0).sin() } else { 0.0 };
    let breath =
        |time: f32| (TAU * 0.3 * time).sin().max(0.0).powi(2) + 0.6 * (TAU * 0.3 * time + 2.5).sin().max(0.0).powi(3);
    let cry = |time: f32| if time % 1.4 < 1.0 { (time % 1.4 * TAU / 2.0).sin() } else { 0.0 };
    vec![
        (
            "dog",
            over(
                &mixed(&[
                    voiced(seconds, 8, |time| 420.0 - 300.0 * ((time * 1.6).fract() / 1.6)),
                    scaled(&white(seconds, 10), 0.7),
                ]),
                bark,
            ),
        ),
        ("cat", over(&voiced(seconds, 6, |time| 500.0 + 250.0 * (time % 2.0 / 0.9 * TAU / 2.0).sin()), meow)),
        (
            "bird",
            over(&tone(seconds, |time| 3_500.0 + 1_500.0 * (TAU * 9.0 * time).sin()), |time| {
                f32::from(time.fract() < 0.4)
            }),
        ),
        (
            "crow",
            over(&mixed(&[voiced(seconds, 10, |_| 550.0), white(seconds, 11)]), |time| f32::from(time % 0.8 < 0.35)),
        ),
        (
            "cricket",
            over(&tone(seconds, |_| 4_200.0), |time| {
                f32::from(time.fract() < 0.6) * (TAU * 22.0 * time).sin().max(0.0)
            }),
        ),
        ("breathing", over(&pink(seconds, 12), breath)),
        ("cry", over(&voiced(seconds, 8, |time| 450.0 + 120.0 * (time % 1.4 * TAU / 2.0).sin()), cry)),
        (
            "cough",
            over(&pink(seconds, 13), |time| (-(time % 1.7) * 14.0).exp() + 0.7 * (-((time + 1.35) % 1.7) * 12.0).exp()),
        ),
    ]
}

fn bursts(seconds: f32) -> Vec<(&'static str, Vec<f32>)> {
    // Each of them at a pace that is not even.
    let since = |time: f32, pace: f32| {
        let step = (time * pace).floor();
        let late = (scattered(step) % 4_096) as f32 / 4_096.0 * 0.6 / pace;
        let since = time - step / pace - late;
        if since < 0.0 { 1.0 } else { since }
    };
    vec![
        (
            "keys",
            over(&white(seconds, 14), move |time| {
                (-since(time, 7.0) * 160.0).exp() + 0.4 * (-since(time + 0.07, 7.0) * 220.0).exp()
            }),
        ),
        ("mouse", over(&white(seconds, 15), move |time| (-since(time, 1.5) * 400.0).exp())),
        ("clicks", over(&white(seconds, 16), move |time| (-since(time, 3.0) * 2_000.0).exp())),
        (
            "knocks",
            over(&mixed(&[tone(seconds, |_| 180.0), white(seconds, 17)]), move |time| (-since(time, 2.5) * 40.0).exp()),
        ),
        ("steps", over(&brown(seconds, 18), move |time| (-since(time, 1.8) * 25.0).exp())),
        ("rain", over(&white(seconds, 19), move |time| 0.2 + (-since(time, 90.0) * 300.0).exp())),
        (
            "paper",
            over(&white(seconds, 20), move |time| (-since(time, 5.0) * 12.0).exp() * (1.0 + (TAU * 43.0 * time).sin())),
        ),
        (
            "bell",
            over(&mixed(&[1.0, 2.76, 5.4].map(|ratio| tone(seconds, move |_| 620.0 * ratio))), |time| {
                (-(time % 2.0) * 3.0).exp()
            }),
        ),
    ]
}

/// Another number for each whole step, in no order that could be heard.
fn scattered(step: f32) -> u32 {
    (step as u32).wrapping_mul(2_654_435_761) >> 8
}

fn samples(seconds: f32) -> usize {
    (seconds * RATE) as usize
}

fn time(index: usize) -> f32 {
    index as f32 / RATE
}

/// As loud as this on average, in decibels of full scale, but never beyond it.
fn at(decibels: f32, sound: &[f32]) -> Vec<f32> {
    let power = sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32;
    let gain = 10.0_f32.powf(decibels / 20.0) / power.sqrt();
    sound.iter().map(|sample| (sample * gain).clamp(-1.0, 1.0)).collect()
}

fn scaled(sound: &[f32], gain: f32) -> Vec<f32> {
    sound.iter().map(|sample| sample * gain).collect()
}

fn over(sound: &[f32], loudness: impl Fn(f32) -> f32) -> Vec<f32> {
    sound.iter().enumerate().map(|(index, sample)| sample * loudness(time(index))).collect()
}

fn mixed<S: AsRef<[f32]>>(sounds: &[S]) -> Vec<f32> {
    let length = sounds[0].as_ref().len();
    (0..length).map(|index| sounds.iter().map(|sound| sound.as_ref()[index]).sum()).collect()
}

fn white(seconds: f32, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (f64::from(state) / f64::from(u32::MAX) * 2.0 - 1.0) as f32
    };
    (0..samples(seconds)).map(|_| next()).collect()
}

/// 3 dB less with each octave: Paul Kellet's three filters.
fn pink(seconds: f32, seed: u32) -> Vec<f32> {
    let (mut slow, mut middle, mut quick) = (0.0, 0.0, 0.0);
    let filtered = |sample: f32| {
        slow = 0.997_65 * slow + sample * 0.099_046;
        middle = 0.963 * middle + sample * 0.296_516_4;
        quick = 0.57 * quick + sample * 1.052_691_3;
        slow + middle + quick + sample * 0.184_8
    };
    white(seconds, seed).into_iter().map(filtered).collect()
}

/// 6 dB less with each octave.
fn brown(seconds: f32, seed: u32) -> Vec<f32> {
    let mut sum = 0.0;
    let summed = |sample: f32| {
        sum = 0.998 * sum + sample;
        sum
    };
    white(seconds, seed).into_iter().map(summed).collect()
}

/// A sine whose pitch may change.
fn tone(seconds: f32, hertz: impl Fn(f32) -> f32) -> Vec<f32> {
    voiced(seconds, 1, hertz)
}

/// So many harmonics, each weaker than the one before, as strings and throats have them.
fn voiced(seconds: f32, harmonics: u32, hertz: impl Fn(f32) -> f32) -> Vec<f32> {
    let mut turns = 0.0_f32;
    let next = |index: usize| {
        turns = (turns + hertz(time(index)) / RATE).fract();
        (1..=harmonics).map(|harmonic| (TAU * turns * harmonic as f32).sin() / harmonic as f32).sum()
    };
    (0..samples(seconds)).map(next).collect()
}

/// Of the mains, with the harmonics of transformers.
fn hum(hertz: f32, seconds: f32) -> Vec<f32> {
    let parts = [(1.0, 1.0), (2.0, 0.6), (3.0, 0.4), (5.0, 0.2), (7.0, 0.1), (9.0, 0.05)];
    let parts = parts.map(|(ratio, share)| scaled(&tone(seconds, move |_| hertz * ratio), share));
    mixed(&parts)
}

fn fan_tone(seconds: f32) -> Vec<f32> {
    over(&hum(110.0, seconds), |time| 1.0 + 0.2 * (TAU * 2.0 * time).sin())
}

/// Telephone keys, three a second.
fn dialled(seconds: f32) -> Vec<f32> {
    const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
    const COLUMNS: [f32; 3] = [1_209.0, 1_336.0, 1_477.0];
    let key = |time: f32| scattered(time * 3.0);
    let rows = tone(seconds, move |time| ROWS[key(time) as usize % 4]);
    let columns = tone(seconds, move |time| COLUMNS[(key(time) >> 4) as usize % 3]);
    over(&mixed(&[rows, columns]), |time| f32::from((time * 3.0).fract() < 0.6))
}
