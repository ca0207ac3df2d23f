//! Types whose blocks are of 256 values, and divided again.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_mul_ps, _mm512_or_si512, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps,
    _mm512_setzero_si512, _mm512_slli_epi32, _mm512_srli_epi32, _mm512_sub_ps,
};
use std::mem::offset_of;

use super::{Factors, Head, Leasts, Panel, Rows, Weights};
use crate::matrix::bits::{
    byte, even_bytes, high_bits, high_floats, high_half, low_floats, low_half, odd_bytes, signed_byte,
};
use crate::matrix::blocks::{BLOCK, PARTS, SuperFours, SuperSixes};

/// The panels of odd parts have the high halves of bytes where they are, which makes the quants larger by so many bits. The factors of the
/// even parts are so much larger as well, and the scale of the block smaller.
pub(in crate::matrix) const HIGH: u32 = 4;

impl Weights for SuperFours {
    const STEPS: usize = 4;
    const PANELS: usize = 2;
    const HAS_FACTORS: bool = true;
    const LEASTS: Leasts = Leasts::Each;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn head(rows: Rows<Self>) -> Head {
        // SAFETY: the caller's promise, and the place is inside of a block.
        unsafe {
            let [head, _, second, third] = rows.turned(0);
            let [early, late] = [six_bits(second), with_two_bits(high_half(third), second)];
            Head {
                scale: _mm512_mul_ps(low_floats(head), _mm512_set1_ps(1.0 / (1 << HIGH) as f32)),
                least: _mm512_sub_ps(_mm512_setzero_ps(), high_floats(head)),
                leasts: [even_bytes(early), odd_bytes(early), even_bytes(late), odd_bytes(late)],
            }
        }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn factors(rows: Rows<Self>) -> [Factors; PARTS] {
        // SAFETY: the caller's promise, and the place is inside of a block.
        unsafe {
            let [_, first, _, third] = rows.turned(0);
            let words = [six_bits(first), with_two_bits(low_half(third), first)];
            let mut factors = [[_mm512_setzero_si512(); 2]; PARTS];
            for (part, [factor, _]) in factors.iter_mut().enumerate() {
                *factor = byte(words[part / 4], part % 4);
                if part % 2 == 0 {
                    *factor = _mm512_slli_epi32::<HIGH>(*factor);
                }
            }
            factors
        }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, step: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let words = rows.turned_pair(offset_of!(Self, quants) + step * BLOCK);
            for (place, word) in words.into_iter().enumerate() {
                panels[0].quants[place] = low_half(word);
                panels[1].quants[place] = high_bits(word);
            }
        }
    }
}

/// The low six bits of each byte.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn six_bits(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_and_si512(words, _mm512_set1_epi32(0x3f3f_3f3f)) }
}

/// Four bits, and the highest two of the bytes of other words.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn with_two_bits(low: __m512i, words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_or_si512(low, two_bits(_mm512_srli_epi32::<2>(words))) }
}

/// Above the low half of each byte.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn two_bits(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_and_si512(words, _mm512_set1_epi32(0x3030_3030)) }
}

impl Weights for SuperSixes {
    const STEPS: usize = 2;
    const PANELS: usize = 4;
    const HALVES: usize = 2;
    const HAS_FACTORS: bool = true;
    const OFFSET: i32 = 32;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn head(rows: Rows<Self>) -> Head {
        // SAFETY: the caller's promise, and the place is inside of a block.
        unsafe {
            // The scale stands in the last two of the last 16 bytes.
            let [.., last] = rows.turned(size_of::<Self>() - 16);
            Head::new(high_floats(last))
        }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn factors(rows: Rows<Self>) -> [Factors; PARTS] {
        // SAFETY: the caller's promise, and the place is inside of a block.
        unsafe {
            let scales = rows.turned(offset_of!(Self, scales));
            let mut factors = [[_mm512_setzero_si512(); 2]; PARTS];
            for (place, factor) in factors.as_flattened_mut().iter_mut().enumerate() {
                *factor = signed_byte(scales[place / 4], place % 4);
            }
            factors
        }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, step: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let first = rows.turned_pair(offset_of!(Self, low) + step * 2 * BLOCK);
            let second = rows.turned_pair(offset_of!(Self, low) + step * 2 * BLOCK + BLOCK);
            let high = rows.turned_pair(offset_of!(Self, high) + step * BLOCK);
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
