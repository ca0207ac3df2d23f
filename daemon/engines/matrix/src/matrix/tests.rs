//! Against the plain sum over all values, and against themselves in other company.

use super::blocks::{BLOCK, float};
use super::*;

/// In place of llamafile's, which is not here: takes nothing.
#[unsafe(no_mangle)]
extern "C" fn __real_llamafile_sgemm() -> bool {
    false
}

/// Numbers that look like chance and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u32 {
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
trait Sample: Copy {
    const TYPE: c_int;
    fn new(numbers: &mut Numbers) -> Self;
    fn value(&self, place: usize) -> f64;
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

/// The nearest 16-bit float towards zero, of those that are not too small.
fn half(value: f32) -> u16 {
    let bits = value.abs().to_bits() >> 13;
    let exponent_shift = (127 - 15) << 10;
    let magnitude = if bits > exponent_shift { (bits - exponent_shift) as u16 } else { 0 };
    magnitude | if value < 0.0 { 0x8000 } else { 0 }
}

struct Case<W, I> {
    rows: usize,
    blocks: usize,
    weights: Vec<W>,
    input: Vec<I>,
}

impl<W: Sample, I: Sample> Case<W, I> {
    fn new(rows: usize, tokens: usize, blocks: usize) -> Self {
        let mut numbers = Numbers(7);
        Self {
            rows,
            blocks,
            weights: (0..rows * blocks).map(|_| W::new(&mut numbers)).collect(),
            input: (0..tokens * blocks).map(|_| I::new(&mut numbers)).collect(),
        }
    }

    /// As ggml calls it, on so many threads one after the other. `None` if that is left to ggml.
    fn computed(&self, tokens: Range<usize>, threads: c_int) -> Option<Vec<f32>> {
        let mut output = vec![f32::NAN; tokens.len() * self.rows];
        for index in 0..threads {
            let thread = Thread { index, count: threads };
            let [rows, count, blocks] = [self.rows, tokens.len(), self.blocks].map(|size| i64::try_from(size).unwrap());
            // SAFETY: the matrices have these sizes.
            let is_done = unsafe {
                __wrap_llamafile_sgemm(
                    &raw const thread,
                    rows,
                    count,
                    blocks,
                    self.weights.as_ptr().cast(),
                    blocks,
                    self.input[tokens.start * self.blocks..].as_ptr().cast(),
                    blocks,
                    output.as_mut_ptr().cast(),
                    rows,
                    W::TYPE,
                    I::TYPE,
                    F32,
                )
            };
            if !is_done {
                return None;
            }
        }
        Some(output)
    }

    fn expected(&self, row: usize, token: usize) -> f64 {
        let weights = &self.weights[row * self.blocks..][..self.blocks];
        let input = &self.input[token * self.blocks..][..self.blocks];
        let block =
            |(weights, input): (&W, &I)| (0..BLOCK).map(|place| weights.value(place) * input.value(place)).sum::<f64>();
        weights.iter().zip(input).map(block).sum()
    }
}

fn products_are_right<W: Sample, I: Sample>() {
    for (rows, tokens, blocks) in [(16, 24, 1), (48, 37, 18), (96, 64, 48), (32, 91, 3)] {
        let case = Case::<W, I>::new(rows, tokens, blocks);
        for threads in [1, 2, 5] {
            let output = case.computed(0..tokens, threads).unwrap();
            for (place, value) in output.iter().enumerate() {
                let expected = case.expected(place % rows, place / rows);
                let error = (f64::from(*value) - expected).abs();
                // The sums of a block have 16 bits.
                assert!(error < 0.2 + 2e-3 * expected.abs(), "{rows} {tokens} {blocks}: {value} {expected}");
            }
        }
    }
}

#[test]
fn products_are_those_of_the_values() {
    products_are_right::<Fours, EightsWithSum>();
    products_are_right::<Fives, Eights>();
    products_are_right::<Eights, Eights>();
}

#[test]
fn a_token_is_the_same_to_the_last_bit_whatever_stands_beside_it() {
    let case = Case::<Fives, Eights>::new(32, 64, 18);
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let all = bits(case.computed(0..64, 2).unwrap());
    for first in 1..40 {
        assert_eq!(bits(case.computed(first..64, 1).unwrap()), all[first * 32..], "from {first} on");
    }
}

#[test]
fn few_tokens_and_odd_rows_are_left_to_ggml() {
    let case = Case::<Fours, EightsWithSum>::new(16, 24, 1);
    assert!(case.computed(0..23, 1).is_none());
    let case = Case::<Fours, EightsWithSum>::new(24, 24, 1);
    assert!(case.computed(0..24, 1).is_none());
}

#[test]
fn halves_are_read() {
    for (bits, value) in [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0, 0.0)] {
        assert_eq!(float(bits).to_bits(), f32::to_bits(value), "{bits:x}");
    }
    assert_eq!(half(-2.0), 0xc000);
}
