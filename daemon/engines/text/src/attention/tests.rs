//! Against the plain sums, and against itself in other company.

use std::ffi::c_void;

use super::*;

const WIDTH: usize = 64;
const PLACES: usize = 256;
const KEY_HEADS: usize = 2;
const HEADS: usize = 6;

struct Case {
    queries: Vec<f32>,
    keys: Vec<u16>,
    values: Vec<u16>,
    mask: Vec<u16>,
}

/// A 16-bit float of each kind, for small numbers of a few bits.
fn halves(number: i32) -> (u16, u16, f32) {
    let value = number as f32 / 16.0;
    let bits = value.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let half = if number == 0 { 0 } else { ((bits & 0x7fff_ffff) >> 13) as u16 - ((127 - 15) << 10) };
    (sign | half, (bits >> 16) as u16, value)
}

impl Case {
    /// The last of the tokens looks at all of `seen` places, and each one before at one less.
    fn new(tokens: usize, seen: usize) -> Self {
        let mut state = 7u32;
        let mut number = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 20).cast_signed() % 32 - 16
        };
        let queries = (0..tokens * HEADS * WIDTH).map(|_| halves(number()).2).collect();
        let keys = (0..PLACES * KEY_HEADS * WIDTH).map(|_| halves(number()).0).collect();
        let values = (0..PLACES * KEY_HEADS * WIDTH).map(|_| halves(number()).1).collect();
        let visible = |token: usize, place: usize| place + tokens < seen + token + 1;
        let mask = (0..tokens * PLACES).map(|at| if visible(at / PLACES, at % PLACES) { 0 } else { 0xfc00 });
        Self { queries, keys, values, mask: mask.collect() }
    }

    fn computed(&self, tokens: Range<usize>, work: &[Range<usize>]) -> Vec<f32> {
        let mut output = vec![f32::NAN; tokens.len() * HEADS * WIDTH];
        let cube = |data: *const c_void, strides| Cube { data, strides };
        let attention = Attention {
            tokens: tokens.len(),
            heads: HEADS,
            group: HEADS / KEY_HEADS,
            places: PLACES,
            width: WIDTH,
            scale: 0.125,
            queries: cube(self.queries[tokens.start * HEADS * WIDTH..].as_ptr().cast(), [HEADS * WIDTH * 4, WIDTH * 4]),
            keys: cube(self.keys.as_ptr().cast(), [KEY_HEADS * WIDTH * 2, WIDTH * 2]),
            values: cube(self.values.as_ptr().cast(), [KEY_HEADS * WIDTH * 2, WIDTH * 2]),
            mask: cube(self.mask[tokens.start * PLACES..].as_ptr().cast(), [PLACES * 2, 0]),
            output: output.as_mut_ptr().cast(),
            output_stride: WIDTH * 4,
        };
        let mut room = Room::default();
        for work in work {
            // SAFETY: everything has these sizes.
            unsafe {
                if tokens.len() < MANY {
                    attention.compute_few(&mut room, work.clone());
                } else {
                    attention.compute(&mut room, work.clone());
                }
            }
        }
        output
    }

    fn expected(&self, token: usize, head: usize) -> Vec<f64> {
        let query = &self.queries[(token * HEADS + head) * WIDTH..][..WIDTH];
        let row = |place: usize| (place * KEY_HEADS + head / (HEADS / KEY_HEADS)) * WIDTH..;
        let half = |bits: &u16| f64::from(hob_engine_matrix::float(*bits));
        let seen = (0..PLACES).filter(|place| self.mask[token * PLACES + place] == 0);
        let weights: Vec<(usize, f64)> = seen
            .map(|place| {
                let keys = &self.keys[row(place)];
                let product: f64 = query.iter().zip(keys).map(|(query, key)| f64::from(*query) * half(key)).sum();
                (place, (product * 0.125).exp())
            })
            .collect();
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let value = |place: usize, at: usize| f64::from(f32::from_bits(u32::from(self.values[row(place)][at]) << 16));
        (0..WIDTH).map(|at| weights.iter().map(|(place, weight)| weight / total * value(*place, at)).sum()).collect()
    }
}

fn pieces(tokens: usize) -> usize {
    HEADS * if tokens < MANY { tokens } else { tokens.div_ceil(TOKENS) }
}

#[test]
fn what_comes_out_is_the_mean_by_attention() {
    for (tokens, seen) in [(24, 24), (37, 200), (64, 256), (1, 1), (1, 256), (2, 90), (7, 7), (16, 140)] {
        let case = Case::new(tokens, seen);
        let pieces = pieces(tokens);
        let output = case.computed(0..tokens, &[0..pieces / 2, pieces / 2..pieces]);
        for token in 0..tokens {
            for head in 0..HEADS {
                let got = &output[(token * HEADS + head) * WIDTH..][..WIDTH];
                for (got, expected) in got.iter().zip(case.expected(token, head)) {
                    assert!((f64::from(*got) - expected).abs() < 1e-5, "{tokens} {seen}: {got} {expected}");
                }
            }
        }
    }
}

#[test]
fn a_token_is_the_same_to_the_last_bit_whatever_stands_beside_it() {
    let case = Case::new(64, 200);
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let all = bits(case.computed(0..64, &[0..1, 1..HEADS * 8]));
    for first in [1usize, 5, 8, 30] {
        let pieces = HEADS * (64 - first).div_ceil(TOKENS);
        let part = bits(case.computed(first..64, &[0..7, 7..pieces]));
        assert_eq!(part, all[first * HEADS * WIDTH..], "from {first} on");
    }
}

#[test]
fn one_of_few_tokens_is_the_same_to_the_last_bit_whatever_stands_beside_it() {
    let case = Case::new(23, 200);
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let all = bits(case.computed(0..23, &[0..11, 11..pieces(23)]));
    for first in 0..23 {
        for last in first + 1..=23 {
            let pieces = pieces(last - first);
            let part = bits(case.computed(first..last, &[0..pieces / 3, pieces / 3..pieces]));
            assert_eq!(part, all[first * HEADS * WIDTH..last * HEADS * WIDTH], "{first} to {last}");
        }
    }
}
