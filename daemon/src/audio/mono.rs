//! From interleaved channels of any sample format to one channel of `f32`: at each moment from those on which something is heard.
//!
//! The mean of all channels would make a microphone on one input of eight 18 dB quieter, as soon as the others carry noise, and leave nothing
//! of two that are of opposite polarity. So a channel counts by its power above its own noise, and what is of opposite polarity is turned.
//! Channels that carry the same become their mean.

use cpal::{FromSample, Sample};

/// A channel's power is a mean over so long, in seconds: longer than the period of a deep voice, shorter than a syllable.
const POWER_S: f32 = 0.03;
/// Its noise is what the power falls to, and goes up with it so slowly that words do not count.
const NOISE_FALLS_S: f32 = 0.1;
const NOISE_RISES_S: f32 = 4.0;
/// So many times its noise a channel must have to count by itself.
const ABOVE_NOISE: f32 = 2.0;
/// The share of its power by which a channel counts all the same: where there is noise alone, it is mixed.
const LEAST_SHARE: f32 = 0.02;
/// Polarity is judged over so long, and turned within so long.
const POLARITY_S: f32 = 0.3;
const TURNS_S: f32 = 0.005;
/// Correlation beyond which two channels are of the same polarity, or of opposite ones; between the two it stays as it was.
const CORRELATED: f32 = 0.5;
/// Polarity is that beside the channel which leads; another one takes over with so many times its power.
const TAKES_THE_LEAD: f32 = 4.0;
/// Power below any sound: nothing is to be computed with ever smaller numbers.
const NOTHING: f32 = 1e-20;
/// A source of floats may send anything.
const LOUDEST: f32 = 1e4;

/// Mixes blocks of one stream. What comes out does not depend on where blocks begin.
#[derive(Debug, Clone)]
pub struct Mixer {
    channels: Vec<Channel>,
    /// Beside this one polarity is judged.
    lead: usize,
    paces: Paces,
    /// Frames so far, as long as they matter.
    frames: f32,
}

#[derive(Debug, Clone, Copy)]
struct Channel {
    sample: f32,
    power: f32,
    noise: f32,
    /// Over as long as polarity is judged: its power, and the mean of its product with the leading channel.
    long_power: f32,
    product: f32,
    /// The polarity that it has by the last judgement, and the factor that follows it: 1 or -1.
    polarity: f32,
    factor: f32,
}

/// The share of what is new in each mean, for one frame.
#[derive(Debug, Clone, Copy)]
struct Paces {
    power: f32,
    noise_falls: f32,
    noise_rises: f32,
    polarity: f32,
    turns: f32,
}

impl Paces {
    fn new(rate: u32) -> Self {
        let pace = |seconds: f32| (1.0 / (seconds * rate as f32)).min(1.0);
        Self {
            power: pace(POWER_S),
            noise_falls: pace(NOISE_FALLS_S),
            noise_rises: pace(NOISE_RISES_S),
            polarity: pace(POLARITY_S),
            turns: pace(TURNS_S),
        }
    }

    /// At the beginning each mean is one over all there is; whoever speaks then is not taken for noise for longer than a word.
    fn at_least(self, share: f32) -> Self {
        let noise = if share > self.polarity { share } else { 0.0 };
        Self {
            power: self.power.max(share),
            noise_falls: self.noise_falls.max(noise),
            noise_rises: self.noise_rises.max(noise),
            polarity: self.polarity.max(share),
            turns: self.turns.max(share),
        }
    }
}

impl Mixer {
    /// `rate`: frames a second.
    pub fn new(channels: usize, rate: u32) -> Self {
        let silent =
            Channel { sample: 0.0, power: 0.0, noise: 0.0, long_power: 0.0, product: 0.0, polarity: 1.0, factor: 1.0 };
        Self { channels: vec![silent; channels.max(1)], lead: 0, paces: Paces::new(rate.max(1)), frames: 0.0 }
    }

    pub fn frames<T>(&self, interleaved: &[T]) -> usize {
        interleaved.len() / self.channels.len()
    }

    /// One sample a frame; a last frame that is not whole is left out. Not-a-number and infinite samples of a float source
    /// become silence, because one of them would spoil the filters for good.
    ///
    /// Allocates nothing, so that the sound card's thread may call it.
    pub fn mix<'a, T>(&'a mut self, interleaved: &'a [T]) -> impl Iterator<Item = f32> + use<'a, T>
    where
        T: Sample,
        f32: FromSample<T>,
    {
        interleaved.chunks_exact(self.channels.len()).map(|frame| {
            if let [sample] = frame {
                return finite(sample.to_sample());
            }
            for (channel, sample) in self.channels.iter_mut().zip(frame) {
                channel.sample = finite(sample.to_sample()).clamp(-LOUDEST, LOUDEST);
            }
            self.mixed()
        })
    }

    /// Of the frame at hand.
    fn mixed(&mut self) -> f32 {
        // Beyond this every pace is faster than the mean over all frames.
        const MANY: f32 = 1e6;
        self.frames = (self.frames + 1.0).min(MANY);
        let paces = self.paces.at_least(1.0 / self.frames);
        let Channel { sample: leading, polarity: leads, long_power: lead_power, .. } = self.channels[self.lead];
        let (mut sum, mut weights) = (0.0, 0.0);
        let (mut strongest, mut most) = (self.lead, TAKES_THE_LEAD * lead_power);
        for (index, channel) in self.channels.iter_mut().enumerate() {
            channel.hear(paces, leading);
            if index != self.lead {
                channel.judge(lead_power, leads);
            }
            channel.factor += (channel.polarity - channel.factor) * paces.turns;
            if channel.long_power > most {
                (strongest, most) = (index, channel.long_power);
            }
            let weight = channel.weight();
            sum += weight * channel.factor * channel.sample;
            weights += weight;
        }
        if strongest != self.lead {
            self.lead = strongest;
            // Products with another channel say nothing about this one.
            self.channels.iter_mut().for_each(|channel| channel.product = 0.0);
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }
}

impl Channel {
    fn hear(&mut self, paces: Paces, leading: f32) {
        let power = self.sample * self.sample;
        self.power = audible(self.power + (power - self.power) * paces.power);
        let pace = if self.power < self.noise { paces.noise_falls } else { paces.noise_rises };
        self.noise = audible(self.noise + (self.power - self.noise) * pace);
        self.long_power = audible(self.long_power + (power - self.long_power) * paces.polarity);
        self.product += (self.sample * leading - self.product) * paces.polarity;
        if self.product.abs() < NOTHING {
            self.product = 0.0;
        }
    }

    /// Beside a leading channel of this power and polarity.
    fn judge(&mut self, lead_power: f32, leads: f32) {
        let correlated = CORRELATED * (self.long_power * lead_power).sqrt();
        if correlated > 0.0 && self.product.abs() > correlated {
            self.polarity = leads * self.product.signum();
        }
    }

    fn weight(&self) -> f32 {
        (self.power - ABOVE_NOISE * self.noise).max(0.0) + LEAST_SHARE * self.power
    }
}

fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

fn audible(power: f32) -> f32 {
    if power < NOTHING { 0.0 } else { power }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use cpal::{I24, U24};

    use super::*;

    const RATE: u32 = 48_000;

    fn mixed<T: Sample>(interleaved: &[T], channels: usize) -> Vec<f32>
    where
        f32: FromSample<T>,
    {
        Mixer::new(channels, RATE).mix(interleaved).collect()
    }

    /// So many seconds of channels, each a function of the number of the frame.
    fn sound(seconds: f32, channels: &[&dyn Fn(usize) -> f32]) -> Vec<f32> {
        let frames = 0..(seconds * RATE as f32) as usize;
        frames.flat_map(|frame| channels.iter().map(move |channel| channel(frame))).collect()
    }

    /// A tone that swells three times a second, as syllables do.
    fn voice(frame: usize) -> f32 {
        let time = frame as f32 / RATE as f32;
        0.1 * (TAU * 200.0 * time).sin() * (TAU * 1.5 * time).sin().abs()
    }

    fn hum(frame: usize) -> f32 {
        0.05 * (TAU * 50.0 * frame as f32 / RATE as f32).sin()
    }

    /// Another one on each channel.
    fn noise(channel: usize, frame: usize) -> f32 {
        let mut state = (frame as u32 ^ (channel as u32 + 1).wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b) | 1;
        for (left, right) in [(13, 17), (5, 11), (7, 19)] {
            state ^= state << left;
            state = (state ^ state >> right).wrapping_mul(0xc2b2_ae35);
        }
        (state as f32 / u32::MAX as f32 - 0.5) * 0.002
    }

    fn decibels(samples: &[f32]) -> f32 {
        10.0 * (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).log10()
    }

    fn difference(one: &[f32], other: &[f32]) -> Vec<f32> {
        one.iter().zip(other).map(|(one, other)| one - other).collect()
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
    fn channels_that_carry_the_same_become_it() {
        for channels in 1..=40 {
            let frames = (0..4_800).flat_map(|frame| std::iter::repeat_n(voice(frame), channels)).collect::<Vec<_>>();
            let alone: Vec<_> = (0..4_800).map(voice).collect();
            let off =
                difference(&mixed(&frames, channels), &alone).iter().fold(0.0_f32, |most, off| most.max(off.abs()));
            assert!(off < 1e-6, "{channels} channels: off by {off}");
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
    fn a_voice_on_one_input_of_eight_is_as_loud_as_alone_whatever_the_others_carry() {
        let speaks = |frame: usize| if frame < RATE as usize { 0.0 } else { voice(frame) };
        let hums = |_, frame| hum(frame);
        for (other, unwanted_db) in [(&noise as &dyn Fn(usize, usize) -> f32, -55.0), (&hums, -33.0)] {
            let all: Vec<f32> = (0..3 * RATE as usize)
                .flat_map(|frame| {
                    (0..8).map(
                        move |channel| {
                            if channel == 5 { speaks(frame) + noise(5, frame) } else { other(channel, frame) }
                        },
                    )
                })
                .collect();
            let mixed = mixed(&all, 8);
            let alone: Vec<f32> = (0..3 * RATE as usize).map(speaks).collect();
            let spoken = RATE as usize..;
            let off = decibels(&difference(&mixed[spoken.clone()], &alone[spoken]));
            assert!(off < unwanted_db, "{off} dB beside a voice of {} dB", decibels(&alone[RATE as usize..]));
        }
    }

    #[test]
    fn channels_of_opposite_polarity_do_not_cancel_each_other() {
        for noise_share in [0.0, 1.0] {
            let left = move |frame| voice(frame) + noise_share * noise(0, frame);
            let right = move |frame| -voice(frame) + noise_share * noise(1, frame);
            let mixed = mixed(&sound(1.0, &[&left, &right]), 2);
            let alone: Vec<f32> = (0..RATE as usize).map(voice).collect();
            let turned: Vec<f32> = mixed.iter().map(|sample| -sample).collect();
            let off = decibels(&difference(&mixed, &alone)).min(decibels(&difference(&turned, &alone)));
            assert!(off < -55.0, "{off} dB");
        }
    }

    #[test]
    fn whoever_speaks_is_heard_in_full_on_whatever_side() {
        let second = |frame: usize| frame / RATE as usize;
        let left = |frame| noise(0, frame) + if second(frame) % 2 == 0 { voice(frame) } else { 0.0 };
        let right = |frame| noise(1, frame) + if second(frame) % 2 == 1 { 0.1 * voice(frame) } else { 0.0 };
        let mixed = mixed(&sound(6.0, &[&left, &right]), 2);
        for at in 0..6 {
            let part = at * RATE as usize..(at + 1) * RATE as usize;
            let loudness = if at % 2 == 0 { 1.0 } else { 0.1 };
            let alone: Vec<f32> = part.clone().map(|frame| loudness * voice(frame)).collect();
            let gain = decibels(&mixed[part]) - decibels(&alone);
            assert!((-0.5..0.5).contains(&gain), "second {at}: {gain} dB");
        }
    }

    #[test]
    fn the_size_of_the_blocks_does_not_matter() {
        let sound = sound(0.2, &[&voice, &|frame| noise(1, frame), &|frame| -voice(frame)]);
        let whole = mixed(&sound, 3);
        for frames in [1, 7, 480] {
            let mut mixer = Mixer::new(3, RATE);
            let pieces: Vec<f32> =
                sound.chunks(3 * frames).flat_map(|piece| mixer.mix(piece).collect::<Vec<_>>()).collect();
            assert!(pieces == whole, "{frames} frames at a time");
        }
    }

    #[test]
    fn silence_stays_silence() {
        assert_eq!(mixed(&[0.0f32; 6], 3), [0.0, 0.0]);
    }

    #[test]
    fn a_last_frame_that_is_not_whole_is_left_out() {
        assert_eq!(mixed(&[0.5f32, 0.5, 1.0], 2), [0.5]);
    }

    #[test]
    fn what_is_no_number_becomes_silence() {
        assert_eq!(mixed(&[f32::NAN, f32::INFINITY, 0.5], 1), [0.0, 0.0, 0.5]);
        assert_eq!(mixed(&[f32::NAN, 0.5, f32::NEG_INFINITY, 0.5], 2), [0.5, 0.5]);
        assert!(mixed(&[f32::MAX, f32::MAX, 0.5, 0.5], 2).iter().all(|sample| sample.is_finite()));
    }
}
