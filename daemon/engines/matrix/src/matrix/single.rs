//! One token, times weights that are read in the order in which they lie in memory. A token of an answer takes as long as it takes to
//! read all weights, and memory is fastest when it is read straight on, which rows beside each other do not allow. What is added up
//! within a block are whole numbers, so that the result is the same to the last bit as in the company of other tokens.
#![expect(unsafe_code, reason = "vectors are loaded and stored by place")]

mod large;

use std::arch::x86_64::{
    __m128i, __m512i, _mm_storeu_si128, _mm512_add_epi32, _mm512_cvtepi32_ps, _mm512_loadu_si512, _mm512_setzero_ps,
    _mm512_storeu_ps,
};
use std::ops::Range;

use super::blocks::{Input, SUPER_BLOCK, SuperEights, Whole};
use super::memory::{AHEAD, fetch};
use super::panels::{ROWS, Weights, turned_within};
use super::product::Product;
use super::sums::add_block;

/// What a thread needs for it.
#[derive(Debug, Default)]
pub(super) struct Room {
    token: Vec<Token>,
    wholes: Vec<[Whole; 1]>,
    dots: Vec<Dots>,
}

/// What [`Single::dots`] gives for a block of all rows, as [`turned_within`] takes it: the rows 0, 4, 8 and 12, then 1, 5, 9 and 13, and so on.
type Dots = [[[i32; 4]; ROWS / 4]; 4];

/// A block of the token, laid out as its weights are.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    quants: [[i8; 64]; SUPER_BLOCK / 64],
    /// Of 16 quants each; only for weights that count less than their quants.
    sums: [i16; SUPER_BLOCK / 16],
}

/// A block of weights that can be computed by itself.
pub(super) trait Single: Weights {
    fn laid_out(token: &SuperEights) -> Token;

    /// Four numbers that add up to what panels give for the block.
    ///
    /// # Safety
    ///
    /// The processor has the instructions.
    unsafe fn dots(&self, token: &Token) -> __m128i;
}

impl<W: Single> Product<'_, W, SuperEights> {
    /// Computes these groups of [`ROWS`] rows for the first token.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn compute_single(&self, room: &mut Room, groups: Range<usize>) {
        let Room { token, wholes, dots } = room;
        let input = &self.input[..self.blocks];
        token.clear();
        token.extend(input.iter().map(W::laid_out));
        wholes.clear();
        wholes.extend(input.iter().map(|block| [block.whole()]));
        dots.resize(self.blocks, Dots::default());
        for group in groups {
            for row in 0..ROWS {
                let weights = &self.weights[(group * ROWS + row) * self.weights_stride..];
                for ((weights, token), dots) in weights.iter().zip(&*token).zip(&mut *dots) {
                    // SAFETY: the caller's promise.
                    unsafe {
                        fetch((&raw const *weights).wrapping_byte_add(AHEAD), size_of::<W>());
                        _mm_storeu_si128(dots[row % 4][row / 4].as_mut_ptr().cast(), weights.dots(token));
                    }
                }
            }
            let mut sums = [_mm512_setzero_ps()];
            for (block, (dots, whole)) in dots.iter().zip(&*wholes).enumerate() {
                // SAFETY: the caller's promise.
                unsafe {
                    let part = _mm512_cvtepi32_ps(sum_of_each(dots));
                    add_block::<W, 1>(&W::head(self.rows(group, block)), whole, &[part], &mut sums);
                }
            }
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_ps(self.output.add(group * ROWS), sums[0]) };
        }
    }
}

/// What the four numbers of each row add up to.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn sum_of_each(dots: &Dots) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let [a, b, c, d] = turned_within(dots.map(|rows| _mm512_loadu_si512(rows.as_ptr().cast())));
        _mm512_add_epi32(_mm512_add_epi32(a, b), _mm512_add_epi32(c, d))
    }
}
