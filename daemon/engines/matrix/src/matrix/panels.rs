//! How weights are read: the quants of 16 rows are laid beside each other, so that each part of a vector computes for a row of its own.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

mod large;
mod plain;

use std::arch::x86_64::{
    __m512, __m512i, _mm_loadu_si128, _mm256_loadu_si256, _mm512_castsi128_si512, _mm512_castsi256_si512,
    _mm512_inserti32x4, _mm512_inserti64x4, _mm512_setzero_ps, _mm512_setzero_si512, _mm512_shuffle_i32x4,
    _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::bits::low_floats;
use super::blocks::{BLOCK, PARTS};
pub(super) use large::HIGH;

/// Rows of weights that are computed beside each other.
pub(super) const ROWS: usize = 16;

/// [`BLOCK`] values of [`ROWS`] rows.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    /// In each vector four quants of each row, one byte each, without a sign.
    pub(super) quants: [__m512i; BLOCK / 4],
    /// Only where [`Weights::HAS_FACTORS`].
    pub(super) factors: Factors,
}

/// What the halves of [`BLOCK`] values are multiplied with before the whole block is; the second one only where [`Weights::HALVES`] is 2.
pub(super) type Factors = [__m512i; 2];

/// What a block of each of [`ROWS`] rows has beside its quants.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) scale: __m512,
    /// Where there are [`Leasts`]: what is added to each value, or what [`Self::leasts`] are multiplied with.
    pub(super) least: __m512,
    /// Of two [`BLOCK`]s beside each other, with 16 bits each, in the order of [`Whole::sums`](super::blocks::Whole).
    pub(super) leasts: [__m512i; PARTS / 2],
}

/// What is added to each value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leasts {
    None,
    /// One for the block.
    One,
    /// One for each [`BLOCK`] values of a larger block.
    Each,
}

impl Panel {
    /// # Safety
    ///
    /// The processor has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn empty() -> Self {
        Self { quants: [_mm512_setzero_si512(); BLOCK / 4], factors: [_mm512_setzero_si512(); 2] }
    }
}

impl Head {
    /// Of blocks with a scale and nothing else.
    ///
    /// # Safety
    ///
    /// The processor has the instructions.
    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    pub(super) unsafe fn new(scale: __m512) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self { scale, least: _mm512_setzero_ps(), leasts: [_mm512_setzero_si512(); PARTS / 2] } }
    }
}

/// Where blocks of [`ROWS`] rows are, one below the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<W> {
    pub(super) first: *const W,
    /// In blocks.
    pub(super) stride: usize,
}

/// A block of weights.
pub(super) trait Weights: Copy {
    /// A block is read in so many steps.
    const STEPS: usize = 1;
    /// And each of them makes so many panels.
    const PANELS: usize = 1;
    /// Of a panel, with a factor each.
    const HALVES: usize = 1;
    const HAS_FACTORS: bool = false;
    /// Every quant counts as so much less than what a panel has.
    const OFFSET: i32 = 0;
    const LEASTS: Leasts = Leasts::None;

    /// By default there is a scale in the first two bytes, and nothing else.
    ///
    /// # Safety
    ///
    /// The rows are there, and the processor has the instructions.
    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn head(rows: Rows<Self>) -> Head {
        // SAFETY: the caller's promise, and all blocks have more than 16 bytes.
        unsafe { Head::new(low_floats(rows.turned(0)[0])) }
    }

    /// Of all panels, where there are any.
    ///
    /// # Safety
    ///
    /// As of [`Self::head`].
    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn factors(_: Rows<Self>) -> [Factors; PARTS] {
        // SAFETY: the caller's promise.
        unsafe { [[_mm512_setzero_si512(); 2]; PARTS] }
    }

    /// The quants.
    ///
    /// # Safety
    ///
    /// As of [`Self::head`].
    unsafe fn read(rows: Rows<Self>, step: usize, panels: &mut [Panel]);
}

impl<W: Copy> Rows<W> {
    /// 16 bytes of each row's block, turned so that each vector has four of all rows.
    ///
    /// # Safety
    ///
    /// The rows are there, the bytes are inside of a block, and the processor has the instructions.
    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn turned(self, place: usize) -> [__m512i; 4] {
        // SAFETY: the caller's promise.
        unsafe {
            let bytes = self.first.cast::<u8>().add(place);
            let stride = self.stride * size_of::<W>();
            // The rows 0, 4, 8 and 12, then 1, 5, 9 and 13, and so on.
            let mut fourths = [_mm512_setzero_si512(); 4];
            for (row, fourth) in fourths.iter_mut().enumerate() {
                let vector = _mm512_castsi128_si512(_mm_loadu_si128(bytes.add(row * stride).cast()));
                let vector = _mm512_inserti32x4::<1>(vector, _mm_loadu_si128(bytes.add((row + 4) * stride).cast()));
                let vector = _mm512_inserti32x4::<2>(vector, _mm_loadu_si128(bytes.add((row + 8) * stride).cast()));
                *fourth = _mm512_inserti32x4::<3>(vector, _mm_loadu_si128(bytes.add((row + 12) * stride).cast()));
            }
            turned_within(fourths)
        }
    }

    /// The same of 32 bytes.
    ///
    /// # Safety
    ///
    /// As of [`Self::turned`].
    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn turned_pair(self, place: usize) -> [__m512i; 8] {
        // SAFETY: the caller's promise.
        unsafe {
            let bytes = self.first.cast::<u8>().add(place);
            let stride = self.stride * size_of::<W>();
            let load = |row: usize| _mm256_loadu_si256(bytes.add(row * stride).cast());
            // All 32 bytes of the rows 0 and 4, then 1 and 5, and so on; then of 8 and 12.
            let mut eighths = [_mm512_setzero_si512(); 8];
            for (index, eighth) in eighths.iter_mut().enumerate() {
                let row = index / 4 * 8 + index % 4;
                *eighth = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(load(row)), load(row + 4));
            }
            let [first, second] = [0, 1].map(|half| eighths.as_chunks::<4>().0[half]);
            let (first, second) = (turned_within(first), turned_within(second));
            let mut words = [_mm512_setzero_si512(); 8];
            for word in 0..4 {
                words[word] = _mm512_shuffle_i32x4::<0b10_00_10_00>(first[word], second[word]);
                words[word + 4] = _mm512_shuffle_i32x4::<0b11_01_11_01>(first[word], second[word]);
            }
            words
        }
    }
}

/// Words that stand beside each other in one vector, below each other in four.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn turned_within([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    // SAFETY: the caller's promise.
    unsafe {
        let (low, other_low) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
        let (high, other_high) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
        [
            _mm512_unpacklo_epi64(low, other_low),
            _mm512_unpackhi_epi64(low, other_low),
            _mm512_unpacklo_epi64(high, other_high),
            _mm512_unpackhi_epi64(high, other_high),
        ]
    }
}
