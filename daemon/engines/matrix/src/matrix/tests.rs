//! Against the plain sum over all values, and against themselves in other company.

mod samples;
mod times;

use super::blocks::{BLOCK, SUPER_BLOCK, float};
use super::*;
use samples::{Numbers, Sample, half};

/// In place of llamafile's, which is not here: takes nothing.
#[unsafe(no_mangle)]
extern "C" fn __real_llamafile_sgemm() -> bool {
    false
}

/// As ggml calls it on one of its threads, for rows and tokens of so many blocks. `false` if that is left to ggml.
fn multiply<W: Sample, I: Sample>(
    thread: &Thread,
    blocks: usize,
    (weights, input): (&[W], &[I]),
    output: &mut [f32],
) -> bool {
    let [rows, tokens, blocks] =
        [weights.len() / blocks, input.len() / blocks, blocks].map(|size| i64::try_from(size).unwrap());
    // SAFETY: the matrices have these sizes.
    unsafe {
        __wrap_llamafile_sgemm(
            thread,
            rows,
            tokens,
            blocks,
            weights.as_ptr().cast(),
            blocks,
            input.as_ptr().cast(),
            blocks,
            output.as_mut_ptr().cast(),
            rows,
            W::TYPE,
            I::TYPE,
            F32,
        )
    }
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

    /// On so many threads one after the other. `None` if that is left to ggml.
    fn computed(&self, tokens: Range<usize>, threads: c_int) -> Option<Vec<f32>> {
        let mut output = vec![f32::NAN; tokens.len() * self.rows];
        let input = &self.input[tokens.start * self.blocks..tokens.end * self.blocks];
        for index in 0..threads {
            let thread = Thread { index, count: threads };
            if !multiply(&thread, self.blocks, (&self.weights, input), &mut output) {
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

fn company_does_not_matter<W: Sample, I: Sample>(blocks: usize) {
    take_few_tokens();
    let case = Case::<W, I>::new(32, 64, blocks);
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
    company_does_not_matter::<PlainFours, Eights>(9);
    company_does_not_matter::<Fours, EightsWithSum>(9);
    company_does_not_matter::<Fives, Eights>(9);
    company_does_not_matter::<Eights, Eights>(9);
    company_does_not_matter::<SuperFours, SuperEights>(9);
    company_does_not_matter::<SuperFours, SuperEights>(20);
    company_does_not_matter::<SuperSixes, SuperEights>(9);
}

/// Sums of more than the 24 bits that a float holds.
#[test]
fn the_greatest_values_are_the_same_alone_and_beside_others() {
    take_few_tokens();
    for blocks in [3, 20] {
        let mut fours = Case::<SuperFours, SuperEights>::new(32, 16, blocks);
        let mut sixes = Case::<SuperSixes, SuperEights>::new(32, 16, blocks);
        for block in &mut fours.weights {
            (block.scales, block.quants) = ([0xff; 12], [0xff; SUPER_BLOCK / 2]);
        }
        for block in &mut sixes.weights {
            (block.scales, block.low, block.high) = ([i8::MAX; 16], [0xff; SUPER_BLOCK / 2], [0xff; SUPER_BLOCK / 4]);
        }
        for (place, block) in fours.input.iter_mut().chain(&mut sixes.input).enumerate() {
            block.quants = std::array::from_fn(|quant| 127 - ((place + quant) % 3) as i8);
            block.sums =
                std::array::from_fn(|part| block.quants.as_chunks::<16>().0[part].iter().copied().map(i16::from).sum());
        }
        let bits = |values: Option<Vec<f32>>| values.unwrap().into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let both = |tokens: Range<usize>| [fours.computed(tokens.clone(), 1), sixes.computed(tokens, 1)].map(bits);
        let together = both(0..16);
        for token in 0..16 {
            let alone = both(token..token + 1);
            for (alone, together) in alone.iter().zip(&together) {
                assert_eq!(alone, &together[token * 32..(token + 1) * 32], "{blocks} blocks, token {token}");
            }
        }
    }
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
