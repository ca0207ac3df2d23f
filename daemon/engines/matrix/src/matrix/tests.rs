//! Against the plain sum over all values, and against themselves in other company.

use super::blocks::{BLOCK, SUPER_BLOCK, float};
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

    /// And how much was added and taken away for it.
    fn expected(&self, row: usize, token: usize) -> (f64, f64) {
        let weights = &self.weights[row * self.blocks..][..self.blocks];
        let input = &self.input[token * self.blocks..][..self.blocks];
        let products = weights
            .iter()
            .zip(input)
            .flat_map(|(weights, input)| (0..W::VALUES).map(|place| weights.value(place) * input.value(place)));
        products.fold((0.0, 0.0), |(sum, size), product| (sum + product, size + product.abs()))
    }
}

fn products_are_right<W: Sample, I: Sample>() {
    take_few_tokens();
    for (rows, tokens, blocks) in [(16, 24, 1), (48, 37, 18), (16, 1, 5), (32, 5, 2), (96, 64, 48), (32, 91, 3)] {
        let case = Case::<W, I>::new(rows, tokens, blocks * BLOCK / W::VALUES + 1);
        for threads in [1, 2, 5] {
            let output = case.computed(0..tokens, threads).unwrap();
            for (place, value) in output.iter().enumerate() {
                let (expected, size) = case.expected(place % rows, place / rows);
                let error = (f64::from(*value) - expected).abs();
                // The sums of a block have 16 bits.
                assert!(error < 0.2 + 1e-6 * size, "{rows} {tokens} {blocks}: {value} {expected}");
            }
        }
    }
}

#[test]
fn products_are_those_of_the_values() {
    products_are_right::<PlainFours, Eights>();
    products_are_right::<Fours, EightsWithSum>();
    products_are_right::<Fives, Eights>();
    products_are_right::<Eights, Eights>();
    products_are_right::<SuperFours, SuperEights>();
    products_are_right::<SuperSixes, SuperEights>();
}

fn company_does_not_matter<W: Sample, I: Sample>() {
    take_few_tokens();
    let case = Case::<W, I>::new(32, 64, 9);
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let all = bits(case.computed(0..64, 2).unwrap());
    for first in 0..40 {
        for last in [first + 1, first + 2, first + 3, first + 7, first + 16, first + 17, 64] {
            let some = bits(case.computed(first..last, 1).unwrap());
            assert_eq!(some, all[first * 32..last * 32], "{first} to {last}");
        }
    }
}

#[test]
fn a_token_is_the_same_to_the_last_bit_whatever_stands_beside_it() {
    company_does_not_matter::<PlainFours, Eights>();
    company_does_not_matter::<Fours, EightsWithSum>();
    company_does_not_matter::<Fives, Eights>();
    company_does_not_matter::<Eights, Eights>();
    company_does_not_matter::<SuperFours, SuperEights>();
    company_does_not_matter::<SuperSixes, SuperEights>();
}

#[test]
fn odd_rows_are_left_to_ggml() {
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

/// How long products take of weights that lie in memory and in no cache.
fn time<W: Sample + Send + Sync, I: Sample + Send + Sync>(name: &str, rows: usize, values: usize) {
    const BYTES: usize = 200 << 20;
    let blocks = values / W::VALUES;
    let size = rows * blocks * size_of::<W>();
    let mut numbers = Numbers(7);
    let one: Vec<W> = (0..rows.min(4096) * blocks).map(|_| W::new(&mut numbers)).collect();
    let copies = (BYTES / size).max(1);
    let weights: Vec<W> = one.iter().copied().cycle().take(copies * rows * blocks).collect();
    println!("{name} {rows} x {values}");
    for tokens in [1, 2, 4, 8, 12, 16, 128] {
        let input: Vec<I> = (0..tokens * blocks).map(|_| I::new(&mut numbers)).collect();
        let begin = std::time::Instant::now();
        std::thread::scope(|scope| {
            for index in 0..2 {
                let (weights, input) = (&weights, &input);
                scope.spawn(move || {
                    let mut output = vec![0.0f32; rows * tokens];
                    let thread = Thread { index, count: 2 };
                    let [row_count, count, length] = [rows, tokens, blocks].map(|size| i64::try_from(size).unwrap());
                    let matrices = if tokens > 16 { copies.div_ceil(8) } else { copies };
                    for copy in 0..matrices {
                        // SAFETY: the matrices have these sizes.
                        unsafe {
                            __wrap_llamafile_sgemm(
                                &raw const thread,
                                row_count,
                                count,
                                length,
                                weights[copy * rows * blocks..].as_ptr().cast(),
                                length,
                                input.as_ptr().cast(),
                                length,
                                output.as_mut_ptr().cast(),
                                row_count,
                                W::TYPE,
                                I::TYPE,
                                F32,
                            )
                        };
                    }
                });
            }
        });
        let matrices = if tokens > 16 { copies.div_ceil(8) } else { copies };
        let seconds = begin.elapsed().as_secs_f64() / matrices as f64;
        let (bytes, products) = (size as f64 / seconds, (rows * values * tokens) as f64 / seconds);
        println!("  {tokens}: {:.0} us, {:.1} GB/s, {:.0} G/s", seconds * 1e6, bytes / 1e9, products / 1e9);
    }
}

#[test]
#[ignore = "a measurement"]
fn times() {
    take_few_tokens();
    time::<Fours, EightsWithSum>("q4_1", 576, 576);
    time::<Fours, EightsWithSum>("q4_1", 1536, 576);
    time::<Fives, Eights>("q5_0", 896, 896);
    time::<Fives, Eights>("q5_0", 4864, 896);
    time::<Eights, Eights>("q8_0", 151_936, 896);
    time::<SuperFours, SuperEights>("q4_K", 896, 4864);
    time::<SuperSixes, SuperEights>("q6_K", 896, 4864);
    time::<SuperFours, SuperEights>("q4_K", 8960, 1536);
}
