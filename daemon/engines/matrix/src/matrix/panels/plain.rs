//! Types whose blocks are of 32 values.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    _mm512_mask_add_epi8, _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_slli_epi32, _mm512_srli_epi32,
    _mm512_test_epi8_mask, _mm512_xor_si512,
};
use std::mem::offset_of;

use super::{Head, Leasts, Panel, Rows, Weights};
use crate::matrix::bits::{everywhere, halves, high_floats, low_floats};
use crate::matrix::blocks::{Eights, Fives, Fours, PlainFours};

impl Weights for PlainFours {
    const OFFSET: i32 = 8;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, _: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            panels[0].quants = halves(rows.turned(offset_of!(Self, quants)));
        }
    }
}

impl Weights for Fours {
    const LEASTS: Leasts = Leasts::One;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn head(rows: Rows<Self>) -> Head {
        // SAFETY: the caller's promise, and the place is inside of a block.
        unsafe {
            let [head, ..] = rows.turned(0);
            Head { least: high_floats(head), ..Head::new(low_floats(head)) }
        }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn read(rows: Rows<Self>, _: usize, panels: &mut [Panel]) {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
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
            let quants = rows.turned_pair(offset_of!(Self, quants));
            for (with_sign, quants) in quants.into_iter().zip(&mut panels[0].quants) {
                *quants = _mm512_xor_si512(with_sign, _mm512_set1_epi8(i8::MIN));
            }
        }
    }
}
