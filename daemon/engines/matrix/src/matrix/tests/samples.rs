//! Blocks of all types, made of numbers, and what they say.

use super::*;

/// Numbers that look like chance and are the same every time.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// A 16-bit float of 2^-6 to 2^-2.
    fn half(&mut self) -> u16 {
        ((9 + self.next() % 4) << 10 | self.next() & 0x3ff) as u16
    }

    fn bytes<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        std::array::from_fn(|_| self.next() as u8)
    }
}

/// Blocks made of numbers, and what they say.
pub(super) trait Sample: Copy {
    const TYPE: c_int;
    const VALUES: usize = BLOCK;
    fn new(numbers: &mut Numbers) -> Self;
    fn value(&self, place: usize) -> f64;
}

impl Sample for PlainFours {
    const TYPE: c_int = Q4_0;

    fn new(numbers: &mut Numbers) -> Self {
        Self { scale: numbers.half(), quants: numbers.bytes() }
    }

    fn value(&self, place: usize) -> f64 {
        let quant = i32::from(self.quants[place % 16] >> (place / 16 * 4) & 0xf);
        f64::from(quant - 8) * f64::from(float(self.scale))
    }
}

impl Sample for Fours {
    const TYPE: c_int = Q4_1;

    fn new(numbers: &mut Numbers) -> Self {
        Self { scale: numbers.half(), least: numbers.half() | 0x8000, quants: numbers.bytes() }
    }

    fn value(&self, place: usize) -> f64 {
        let quant = self.quants[place % 16] >> (place / 16 * 4) & 0xf;
        f64::from(quant) * f64::from(float(self.scale)) + f64::from(float(self.least))
    }
}

impl Sample for Fives {
    const TYPE: c_int = Q5_0;

    fn new(numbers: &mut Numbers) -> Self {
        Self { scale: numbers.half(), high: numbers.bytes(), low: numbers.bytes() }
    }

    fn value(&self, place: usize) -> f64 {
        let low = i32::from(self.low[place % 16] >> (place / 16 * 4) & 0xf);
        let high = i32::from(self.high[place / 8] >> (place % 8) & 1);
        f64::from(low + 16 * high - 16) * f64::from(float(self.scale))
    }
}

impl Sample for Eights {
    const TYPE: c_int = Q8_0;

    fn new(numbers: &mut Numbers) -> Self {
        Self { scale: numbers.half(), quants: numbers.bytes().map(u8::cast_signed) }
    }

    fn value(&self, place: usize) -> f64 {
        f64::from(self.quants[place]) * f64::from(float(self.scale))
    }
}

impl Sample for EightsWithSum {
    const TYPE: c_int = Q8_1;

    fn new(numbers: &mut Numbers) -> Self {
        let Eights { scale, quants } = Eights::new(numbers);
        // What stands for the sum is the sum, as far as 16 bits can say it.
        let sum = quants.iter().map(|quant| i32::from(*quant)).sum::<i32>() as f32 * float(scale);
        Self { scale, sum: half(sum), quants }
    }

    fn value(&self, place: usize) -> f64 {
        f64::from(self.quants[place]) * f64::from(float(self.scale))
    }
}

impl Sample for SuperFours {
    const TYPE: c_int = Q4_K;
    const VALUES: usize = SUPER_BLOCK;

    fn new(numbers: &mut Numbers) -> Self {
        Self { scale: numbers.half(), least_scale: numbers.half(), scales: numbers.bytes(), quants: numbers.bytes() }
    }

    fn value(&self, place: usize) -> f64 {
        let part = place / 32;
        let bytes = &self.scales;
        let (scale, least) = if part < 4 {
            (bytes[part] & 63, bytes[part + 4] & 63)
        } else {
            let (low, high) = (bytes[part + 4], [bytes[part - 4] >> 6, bytes[part] >> 6]);
            (low & 0xf | high[0] << 4, low >> 4 | high[1] << 4)
        };
        let quant = self.quants[place / 64 * 32 + place % 32] >> (part % 2 * 4) & 0xf;
        f64::from(quant) * f64::from(scale) * f64::from(float(self.scale))
            - f64::from(least) * f64::from(float(self.least_scale))
    }
}

impl Sample for SuperSixes {
    const TYPE: c_int = Q6_K;
    const VALUES: usize = SUPER_BLOCK;

    fn new(numbers: &mut Numbers) -> Self {
        Self {
            low: numbers.bytes(),
            high: numbers.bytes(),
            scales: numbers.bytes().map(u8::cast_signed),
            scale: numbers.half(),
        }
    }

    fn value(&self, place: usize) -> f64 {
        let (group, within) = (place / 128, place % 128);
        let low = i32::from(self.low[group * 64 + within % 64] >> (within / 64 * 4) & 0xf);
        let high = i32::from(self.high[group * 32 + within % 32] >> (within / 32 * 2) & 3);
        f64::from(low + 16 * high - 32) * f64::from(self.scales[place / 16]) * f64::from(float(self.scale))
    }
}

impl Sample for SuperEights {
    const TYPE: c_int = Q8_K;
    const VALUES: usize = SUPER_BLOCK;

    fn new(numbers: &mut Numbers) -> Self {
        let quants: [i8; SUPER_BLOCK] = numbers.bytes().map(u8::cast_signed);
        let sum = |place: usize| quants[place * 16..][..16].iter().map(|quant| i16::from(*quant)).sum();
        Self { scale: float(numbers.half()), quants, sums: std::array::from_fn(sum) }
    }

    fn value(&self, place: usize) -> f64 {
        f64::from(self.quants[place]) * f64::from(self.scale)
    }
}

/// The nearest 16-bit float towards zero, of those that are not too small.
pub(super) fn half(value: f32) -> u16 {
    let bits = value.abs().to_bits() >> 13;
    let exponent_shift = (127 - 15) << 10;
    let magnitude = if bits > exponent_shift { (bits - exponent_shift) as u16 } else { 0 };
    magnitude | if value < 0.0 { 0x8000 } else { 0 }
}
