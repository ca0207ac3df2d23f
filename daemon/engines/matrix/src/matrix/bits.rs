//! Parts of words and bytes, for all rows at once.
#![expect(unsafe_code, reason = "the instructions are there only inside of the callers")]

use std::arch::x86_64::{
    __m512, __m512i, _mm512_and_si512, _mm512_andnot_si512, _mm512_cvtepi32_epi16, _mm512_cvtph_ps, _mm512_loadu_si512,
    _mm512_set1_epi32, _mm512_shuffle_epi8, _mm512_sllv_epi32, _mm512_srai_epi32, _mm512_srli_epi32, _mm512_srlv_epi32,
};

use super::panels::ROWS;

/// In each byte.
const LOW_HALVES: i32 = 0x0f0f_0f0f;

/// The low halves of the bytes, then the high ones.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn halves([a, b, c, d]: [__m512i; 4]) -> [__m512i; 8] {
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
pub(super) unsafe fn low_half(words: __m512i) -> __m512i {
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
pub(super) unsafe fn high_half(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_and_si512(_mm512_srli_epi32::<4>(words), _mm512_set1_epi32(LOW_HALVES)) }
}

/// The high half of each byte, where it is: 16 times as much.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn high_bits(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_andnot_si512(_mm512_set1_epi32(LOW_HALVES), words) }
}

/// The first and the third byte of each word, with 16 bits each.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn even_bytes(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_and_si512(words, _mm512_set1_epi32(0x00ff_00ff)) }
}

/// The second and the fourth byte of each word, with 16 bits each.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn odd_bytes(words: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { even_bytes(_mm512_srli_epi32::<8>(words)) }
}

/// The 16-bit floats in the low halves of words.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn low_floats(words: __m512i) -> __m512 {
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
pub(super) unsafe fn high_floats(words: __m512i) -> __m512 {
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
pub(super) unsafe fn byte(words: __m512i, place: usize) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let byte = _mm512_srlv_epi32(words, _mm512_set1_epi32(8 * (place as u32).cast_signed()));
        _mm512_and_si512(byte, _mm512_set1_epi32(0xff))
    }
}

/// This byte of each word, as a number with a sign.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn signed_byte(words: __m512i, place: usize) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let byte = _mm512_sllv_epi32(words, _mm512_set1_epi32(24 - 8 * (place as u32).cast_signed()));
        _mm512_srai_epi32::<24>(byte)
    }
}

/// This byte of each word, in all bytes of the word.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
pub(super) unsafe fn everywhere(words: __m512i, place: usize) -> __m512i {
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
