//! The multiplication. The quants of 16 rows of weights are laid beside each other once, and then serve all tokens.
#![expect(unsafe_code, reason = "vectors are loaded and stored by place")]

use std::arch::x86_64::{
    __m128i, __m512, __m512i, _mm256_castsi256_si128, _mm256_extracti128_si256, _mm512_castsi128_si512,
    _mm512_cvtepi32_epi16, _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps,
    _mm512_inserti32x4, _mm512_load_ps, _mm512_load_si512, _mm512_loadu_si512, _mm512_mul_ps, _mm512_set1_epi32,
    _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512, _mm512_srli_epi32, _mm512_store_ps, _mm512_store_si512,
    _mm512_storeu_ps, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};
use std::ops::Range;

use super::blocks::{BLOCK, Input, Weights};

/// Rows of weights that are computed beside each other, one in each part of a vector.
pub(super) const ROWS: usize = 16;
/// Tokens that are computed beside each other, so that what is loaded of the weights serves all of them.
const TOKENS: usize = 8;

/// What one thread needs while it computes.
#[derive(Debug, Default)]
pub(super) struct Room {
    panels: Vec<Panel>,
    /// Scale and sum of every block of the input.
    scales: Vec<[f32; 2]>,
}

/// A block of [`ROWS`] rows: in each vector four quants of each row.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy)]
struct Panel {
    quants: [[u32; ROWS]; BLOCK / 4],
    scales: [f32; ROWS],
    leasts: [f32; ROWS],
}

/// The matrices. Each row of the weights, and each token of the input, has so many blocks.
pub(super) struct Product<'a, W, I> {
    pub(super) tokens: usize,
    pub(super) blocks: usize,
    pub(super) weights: &'a [W],
    pub(super) weights_stride: usize,
    pub(super) input: &'a [I],
    pub(super) input_stride: usize,
    pub(super) output: *mut f32,
    pub(super) output_stride: usize,
}

impl<W: Weights, I: Input> Product<'_, W, I> {
    /// Computes these groups of [`ROWS`] rows for all tokens.
    ///
    /// # Safety
    ///
    /// The processor has the instructions, the output has room for all rows of all tokens, and nobody else writes to these rows.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn compute(&self, room: &mut Room, groups: Range<usize>) {
        room.scales.clear();
        for token in 0..self.tokens {
            let blocks = &self.input[token * self.input_stride..][..self.blocks];
            room.scales.extend(blocks.iter().map(|block| [block.scale(), block.sum()]));
        }
        for group in groups {
            self.pack(&mut room.panels, group * ROWS);
            let mut token = 0;
            while token < self.tokens {
                // SAFETY: the caller's promise.
                token += unsafe {
                    match self.tokens - token {
                        TOKENS.. => self.multiply::<TOKENS>(room, group * ROWS, token),
                        4.. => self.multiply::<4>(room, group * ROWS, token),
                        _ => self.multiply::<1>(room, group * ROWS, token),
                    }
                };
            }
        }
    }

    /// Lays the quants of [`ROWS`] rows beside each other.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    fn pack(&self, panels: &mut Vec<Panel>, first_row: usize) {
        panels.clear();
        for block in 0..self.blocks {
            let rows: [&W; ROWS] =
                std::array::from_fn(|row| &self.weights[(first_row + row) * self.weights_stride + block]);
            let quants = rows.map(W::quants);
            let first = turned(|row| _mm256_castsi256_si128(quants[row]));
            let second = turned(|row| _mm256_extracti128_si256::<1>(quants[row]));
            let heads = rows.map(|row| u32::from(row.scale()) | u32::from(row.least()) << 16);
            let mut panel = Panel { quants: [[0; ROWS]; BLOCK / 4], scales: [0.0; ROWS], leasts: [0.0; ROWS] };
            // SAFETY: each vector is as large as its array, and a panel and its arrays are aligned to vectors.
            unsafe {
                for (words, quants) in first.into_iter().chain(second).zip(&mut panel.quants) {
                    _mm512_store_si512(quants.as_mut_ptr().cast(), words);
                }
                let heads = _mm512_loadu_si512(heads.as_ptr().cast());
                let scales = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(heads));
                let leasts = match W::OFFSET {
                    Some(offset) => _mm512_mul_ps(scales, _mm512_set1_ps(-offset)),
                    None => _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(heads))),
                };
                _mm512_store_ps(panel.scales.as_mut_ptr(), scales);
                _mm512_store_ps(panel.leasts.as_mut_ptr(), leasts);
            }
            panels.push(panel);
        }
    }

    /// [`ROWS`] rows, which are packed, times `COUNT` tokens from this one on. Returns `COUNT`. The sums of a token are added up in
    /// the same order whatever stands beside it.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn multiply<const COUNT: usize>(&self, room: &Room, first_row: usize, first_token: usize) -> usize {
        let mut sums: [__m512; COUNT] = [_mm512_setzero_ps(); COUNT];
        let inputs: [&[I]; COUNT] =
            std::array::from_fn(|token| &self.input[(first_token + token) * self.input_stride..][..self.blocks]);
        let scales: [&[[f32; 2]]; COUNT] =
            std::array::from_fn(|token| &room.scales[(first_token + token) * self.blocks..][..self.blocks]);
        for (block, panel) in room.panels[..self.blocks].iter().enumerate() {
            // SAFETY: panels and their arrays are aligned to vectors.
            let (quants, row_scales, row_leasts) = unsafe {
                (
                    panel.quants.each_ref().map(|quants| _mm512_load_si512(quants.as_ptr().cast())),
                    _mm512_load_ps(panel.scales.as_ptr()),
                    _mm512_load_ps(panel.leasts.as_ptr()),
                )
            };
            for token in 0..COUNT {
                let [scale, sum] = scales[token][block];
                let dots = dots(&quants, inputs[token][block].quants());
                let scale = _mm512_mul_ps(row_scales, _mm512_set1_ps(scale));
                let with_dots = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots), scale, sums[token]);
                sums[token] = _mm512_fmadd_ps(row_leasts, _mm512_set1_ps(sum), with_dots);
            }
        }
        for (token, sum) in sums.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_ps(self.output.add((first_token + token) * self.output_stride + first_row), sum) };
        }
        COUNT
    }
}

/// A block of each row times a block of input.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn dots(weights: &[__m512i; BLOCK / 4], input: &[i8; BLOCK]) -> __m512i {
    let fours = input.as_chunks::<4>().0.iter().map(|four| i32::from_ne_bytes(four.map(i8::cast_unsigned)));
    let mut dots = _mm512_setzero_si512();
    for (four, weights) in fours.zip(weights) {
        dots = _mm512_dpbusd_epi32(dots, *weights, _mm512_set1_epi32(four));
    }
    dots
}

/// The 16 bytes of each row, turned so that each vector has four of all rows.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn turned(bytes: impl Fn(usize) -> __m128i) -> [__m512i; 4] {
    // Four vectors with the rows 0, 4, 8, 12, then 1, 5, 9, 13, and so on.
    let [a, b, c, d] = [0, 1, 2, 3].map(|row| {
        let vector = _mm512_castsi128_si512(bytes(row));
        let vector = _mm512_inserti32x4::<1>(vector, bytes(row + 4));
        let vector = _mm512_inserti32x4::<2>(vector, bytes(row + 8));
        _mm512_inserti32x4::<3>(vector, bytes(row + 12))
    });
    let (low, other_low) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
    let (high, other_high) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
    [
        _mm512_unpacklo_epi64(low, other_low),
        _mm512_unpackhi_epi64(low, other_low),
        _mm512_unpacklo_epi64(high, other_high),
        _mm512_unpackhi_epi64(high, other_high),
    ]
}
