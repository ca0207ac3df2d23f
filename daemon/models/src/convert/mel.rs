//! The mel filter bank Whisper was trained with: triangles on the Slaney mel scale, each of the same area, for 16 kHz.
//! Computed in f64 with `libm` (not the C library), so that every machine gives the same bits.

/// Samples per second.
const RATE: f64 = 16_000.0;
/// Slaney's scale is linear below this frequency, in hertz …
const BREAK_FREQUENCY: f64 = 1000.0;
/// … with this many hertz to a mel …
const LINEAR_STEP: f64 = 200.0 / 3.0;
/// … and above it 27 mels take the frequency times 6.4.
const LOG_SPAN: (f64, f64) = (6.4, 27.0);

/// `mels` rows of `window / 2 + 1` weights.
pub(super) fn filters(mels: u32, window: u32) -> Vec<f32> {
    let bins = window / 2 + 1;
    let top = mel(RATE / 2.0);
    let step = top / f64::from(mels + 1);
    let mut corners: Vec<f64> = (0..=mels).map(|index| hertz(f64::from(index) * step)).collect();
    corners.push(hertz(top));
    let bin_width = 1.0 / (f64::from(window) * (1.0 / RATE));

    let mut weights = Vec::with_capacity(mels as usize * bins as usize);
    for corner in corners.windows(3) {
        let [low, centre, high] = corner else { unreachable!("windows of three") };
        let area = 2.0 / (high - low);
        for bin in 0..bins {
            let frequency = f64::from(bin) * bin_width;
            let rising = (frequency - low) / (centre - low);
            let falling = (high - frequency) / (high - centre);
            // The reference rounds the triangle to f32 before it scales it; the same here, to the last bit.
            let triangle = rising.min(falling).max(0.0) as f32;
            weights.push((f64::from(triangle) * area) as f32);
        }
    }
    weights
}

fn mel(hertz: f64) -> f64 {
    if hertz < BREAK_FREQUENCY {
        return hertz / LINEAR_STEP;
    }
    BREAK_FREQUENCY / LINEAR_STEP + libm::log(hertz / BREAK_FREQUENCY) / log_step()
}

fn hertz(mel: f64) -> f64 {
    let break_mel = BREAK_FREQUENCY / LINEAR_STEP;
    if mel < break_mel {
        return mel * LINEAR_STEP;
    }
    BREAK_FREQUENCY * libm::exp(log_step() * (mel - break_mel))
}

fn log_step() -> f64 {
    libm::log(LOG_SPAN.0) / LOG_SPAN.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_weights_of_whispers_filters_come_out_to_the_last_bit() {
        let filters = filters(80, 400);
        assert_eq!(filters.len(), 80 * 201);
        // Published weights of the 80-band filters Whisper ships: band, bin, weight.
        for (band, bin, weight) in [
            (0, 0, 0.0),
            (0, 1, 0.024_862_595_f32),
            (1, 1, 0.001_990_822),
            (1, 2, 0.022_871_772),
            (9, 10, 0.006_945_197),
            (39, 41, 0.011_486_922),
            (69, 131, 0.004_875_534),
            (79, 190, 0.002_232_055),
            (79, 192, 0.003_164_711_9),
            (79, 199, 0.000_448_759),
            (79, 200, 0.0),
        ] {
            assert_eq!(filters[band * 201 + bin].to_bits(), weight.to_bits(), "band {band}, bin {bin}");
        }
    }
}
