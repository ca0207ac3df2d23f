//! Types whose blocks are of 256 values, and divided again.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    _mm512_and_si512, _mm512_mul_ps, _mm512_or_si512, _mm512_set1_epi32, _mm512_setzero_ps, _mm512_slli_epi32,
    _mm512_srli_epi32, _mm512_sub_ps,
};
use std::mem::offset_of;

use super::bits::{byte, high_floats, high_half, low_floats, low_half, signed_byte};
use super::{Panel, Rows, Weights};
use crate::matrix::blocks::{BLOCK, SuperFours, SuperSixes};

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
