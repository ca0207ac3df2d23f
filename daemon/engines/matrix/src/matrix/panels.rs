//! How weights are read: the quants of 16 rows are laid beside each other, so that each part of a vector computes for a row of its own.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    __m512, __m512i, _mm_loadu_si128, _mm256_loadu_si256, _mm512_and_si512, _mm512_castsi128_si512,
    _mm512_castsi256_si512, _mm512_cvtepi32_epi16, _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_inserti32x4,
    _mm512_inserti64x4, _mm512_loadu_si512, _mm512_mask_add_epi8, _mm512_mul_ps, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_setzero_ps, _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_shuffle_i32x4,
    _mm512_slli_epi32, _mm512_sllv_epi32, _mm512_srai_epi32, _mm512_srli_epi32, _mm512_srlv_epi32, _mm512_sub_ps,
    _mm512_test_epi8_mask, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
    _mm512_xor_si512,
};
use std::mem::offset_of;

use super::blocks::{BLOCK, Eights, Fives, Fours, PlainFours, SuperFours, SuperSixes};

/// Rows of weights that are computed beside each other.
pub(super) const ROWS: usize = 16;
/// In each byte.
const LOW_HALVES: i32 = 0x0f0f_0f0f;

/// [`BLOCK`] values of [`ROWS`] rows.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    /// In each vector four quants of each row, one byte each, without a sign.
    pub(super) quants: [__m512i; BLOCK / 4],
    /// Of each half of the values; the second one only where [`Weights::HALVES`] is 2.
    pub(super) scales: [__m512; 2],
    /// What is added to each value; only where [`Weights::HAS_LEAST`].
    pub(super) leasts: __m512,
}

impl Panel {
    /// # Safety
    ///
    /// The processor has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn empty() -> Self {
        Self {
            quants: [_mm512_setzero_si512(); BLOCK / 4],
            scales: [_mm512_setzero_ps(); 2],
            leasts: _mm512_setzero_ps(),
        }
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
    /// Scales for [`BLOCK`] values.
    const HALVES: usize = 1;
    /// Every quant counts as so much less than what a panel has.
    const OFFSET: i32 = 0;
    const HAS_LEAST: bool = false;

    /// # Safety
    ///
    /// The rows are there, and the processor has the instructions.
    unsafe fn read(rows: Rows<Self>, step: usize, panels: &mut [Panel]);
}

impl Weights for PlainFours {
    const OFFSET: i32 = 8;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, _: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let [head, ..] = rows.turned(0);
            panels[0].scales[0] = low_floats(head);
            panels[0].quants = halves(rows.turned(offset_of!(Self, quants)));
        }
    }
}

impl Weights for Fours {
    const HAS_LEAST: bool = true;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, _: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let [head, ..] = rows.turned(0);
            panels[0].scales[0] = low_floats(head);
            panels[0].leasts = high_floats(head);
            panels[0].quants = halves(rows.turned(offset_of!(Self, quants)));
        }
    }
}

impl Weights for Fives {
    const OFFSET: i32 = 16;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, _: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let [head, next, ..] = rows.turned(0);
            panels[0].scales[0] = low_floats(head);
            let high = _mm512_or_si512(_mm512_srli_epi32::<16>(head), _mm512_slli_epi32::<16>(next));
            panels[0].quants = halves(rows.turned(offset_of!(Self, low)));
            for (word, quants) in panels[0].quants.iter_mut().enumerate() {
                let bits = _mm512_set1_epi32(i32::from_ne_bytes([1, 2, 4, 8].map(|bit: u8| bit << (word % 2 * 4))));
                let is_set = _mm512_test_epi8_mask(everywhere(high, word / 2), bits);
                *quants = _mm512_mask_add_epi8(*quants, is_set, *quants, _mm512_set1_epi8(16));
            }
        }
    }
}

impl Weights for Eights {
    const OFFSET: i32 = 128;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, _: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let [head, ..] = rows.turned(0);
            panels[0].scales[0] = low_floats(head);
            let quants = rows.turned_pair(offset_of!(Self, quants));
            for (with_sign, quants) in quants.into_iter().zip(&mut panels[0].quants) {
                *quants = _mm512_xor_si512(with_sign, _mm512_set1_epi8(i8::MIN));
            }
        }
    }
}

impl Weights for SuperFours {
    const STEPS: usize = 4;
    const PANELS: usize = 2;
    const HAS_LEAST: bool = true;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, step: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let [head, first, second, third] = rows.turned(0);
            let (scale, least_scale) = (low_floats(head), _mm512_sub_ps(_mm512_setzero_ps(), high_floats(head)));
            let six_bits = |word| _mm512_and_si512(word, _mm512_set1_epi32(0x3f3f_3f3f));
            let with_two_bits = |low, word| {
                let high = _mm512_and_si512(_mm512_srli_epi32::<2>(word), _mm512_set1_epi32(0x3030_3030));
                _mm512_or_si512(low, high)
            };
            let scales = [six_bits(first), with_two_bits(low_half(third), first)];
            let leasts = [six_bits(second), with_two_bits(high_half(third), second)];
            for (part, panel) in panels[..Self::PANELS].iter_mut().enumerate() {
                let part = step * Self::PANELS + part;
                panel.scales[0] = _mm512_mul_ps(scale, byte(scales[part / 4], part % 4));
                panel.leasts = _mm512_mul_ps(least_scale, byte(leasts[part / 4], part % 4));
            }
            let words = rows.turned_pair(offset_of!(Self, quants) + step * BLOCK);
            for (place, word) in words.into_iter().enumerate() {
                panels[0].quants[place] = low_half(word);
                panels[1].quants[place] = high_half(word);
            }
        }
    }
}

impl Weights for SuperSixes {
    const STEPS: usize = 2;
    const PANELS: usize = 4;
    const HALVES: usize = 2;
    const OFFSET: i32 = 32;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, step: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            // The scale stands in the last two of the last 16 bytes.
            let [.., last] = rows.turned(size_of::<Self>() - 16);
            let scale = high_floats(last);
            let scales = rows.turned(offset_of!(Self, scales));
            for (part, panel) in panels[..Self::PANELS].iter_mut().enumerate() {
                for (half, scales_of_half) in panel.scales.iter_mut().enumerate() {
                    let factor = signed_byte(scales[step * 2 + part / 2], part % 2 * 2 + half);
                    *scales_of_half = _mm512_mul_ps(scale, factor);
                }
            }
            let first = rows.turned_pair(offset_of!(Self, low) + step * 2 * BLOCK);
            let second = rows.turned_pair(offset_of!(Self, low) + step * 2 * BLOCK + BLOCK);
            let high = rows.turned_pair(offset_of!(Self, high) + step * BLOCK);
            let two_bits = |word| _mm512_and_si512(word, _mm512_set1_epi32(0x3030_3030));
            for place in 0..BLOCK / 4 {
                let (first, second, high) = (first[place], second[place], high[place]);
                panels[0].quants[place] = _mm512_or_si512(low_half(first), two_bits(_mm512_slli_epi32::<4>(high)));
                panels[1].quants[place] = _mm512_or_si512(low_half(second), two_bits(_mm512_slli_epi32::<2>(high)));
                panels[2].quants[place] = _mm512_or_si512(high_half(first), two_bits(high));
                panels[3].quants[place] = _mm512_or_si512(high_half(second), two_bits(_mm512_srli_epi32::<2>(high)));
            }
        }
    }
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
unsafe fn turned_within([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
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

/// The low halves of the bytes, then the high ones.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn halves([a, b, c, d]: [__m512i; 4]) -> [__m512i; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        let low = [low_half(a), low_half(b), low_half(c), low_half(d)];
        let high = [high_half(a), high_half(b), high_half(c), high_half(d)];
        [low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3]]
    }
}

/// Of each byte.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn low_half(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_and_si512(words, _mm512_set1_epi32(LOW_HALVES)) }
}

/// Of each byte.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn high_half(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_and_si512(_mm512_srli_epi32::<4>(words), _mm512_set1_epi32(LOW_HALVES)) }
}

/// The 16-bit floats in the low halves of words.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn low_floats(words: __m512i) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe { _mm512_cvtph_ps(_mm512_cvtepi32_epi16(words)) }
}

/// The 16-bit floats in the high halves of words.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn high_floats(words: __m512i) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe { low_floats(_mm512_srli_epi32::<16>(words)) }
}

/// This byte of each word, as a number without a sign.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn byte(words: __m512i, place: usize) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe {
        let byte = _mm512_srlv_epi32(words, _mm512_set1_epi32(8 * (place as u32).cast_signed()));
        _mm512_cvtepi32_ps(_mm512_and_si512(byte, _mm512_set1_epi32(0xff)))
    }
}

/// This byte of each word, as a number with a sign.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn signed_byte(words: __m512i, place: usize) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe {
        let byte = _mm512_sllv_epi32(words, _mm512_set1_epi32(24 - 8 * (place as u32).cast_signed()));
        _mm512_cvtepi32_ps(_mm512_srai_epi32::<24>(byte))
    }
}

/// This byte of each word, in all bytes of the word.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn everywhere(words: __m512i, place: usize) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        // A shuffle counts bytes from the beginning of each part of four words.
        let mut places = [0; ROWS];
        for (word, places) in places.iter_mut().enumerate() {
            *places = 0x0101_0101 * (word % 4 * 4 + place) as u32;
        }
        _mm512_shuffle_epi8(words, _mm512_loadu_si512(places.as_ptr().cast()))
    }
}
