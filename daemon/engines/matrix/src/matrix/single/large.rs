//! Blocks of 256 values. Products fit into 16 bits where four of them are added up, and are multiplied with the scales of their parts
//! that way.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    __m128i, __m256i, __m512i, _mm_add_epi32, _mm_and_si128, _mm_loadu_si128, _mm_or_si128, _mm_setr_epi32,
    _mm_shuffle_epi32, _mm_slli_epi32, _mm_srli_epi32, _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16,
    _mm256_dpwssd_epi32, _mm256_extracti128_si256, _mm256_load_si256, _mm256_loadu_si256, _mm256_setzero_si256,
    _mm256_slli_epi32, _mm256_sub_epi32, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_broadcast_i64x4,
    _mm512_castsi512_si256, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_extracti64x4_epi64, _mm512_load_si512,
    _mm512_loadu_si512, _mm512_or_si512, _mm512_permutexvar_epi16, _mm512_rolv_epi64, _mm512_set1_epi8,
    _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_zextsi256_si512,
};

use super::{Single, Token};
use crate::matrix::bits::{high_half, low_half};
use crate::matrix::blocks::{SUPER_BLOCK, SuperEights, SuperFours, SuperSixes};
use crate::matrix::panels::HIGH;

/// Vectors of quants in a block.
const VECTORS: usize = SUPER_BLOCK / 64;
/// Of fours, which parts are beside each other in each of them.
const PARTS: [[u8; 2]; VECTORS] = [[0, 2], [1, 3], [4, 6], [5, 7]];
/// The two high bits of sixes are in one byte for four parts, of which two are beside each other; so many bits to the left they belong
/// for the low halves of bytes, and for the high ones.
const TURNS: [[i64; 8]; 2] = [[4, 4, 4, 4, 2, 2, 2, 2], [0, 0, 0, 0, -2, -2, -2, -2]];
/// The first of the four scales of sixes in each vector.
const FIRST: [i16; VECTORS] = [0, 4, 8, 12];

impl Single for SuperFours {
    /// The low halves of 64 bytes are the first and the third part of four, the high ones the second and the fourth.
    fn laid_out(token: &SuperEights) -> Token {
        let parts = token.quants.as_chunks::<32>().0;
        let mut quants = [[0; 64]; VECTORS];
        for (place, quants) in quants.iter_mut().enumerate() {
            let first = place / 2 * 4 + place % 2;
            let (low, high) = quants.split_at_mut(32);
            low.copy_from_slice(&parts[first]);
            high.copy_from_slice(&parts[first + 2]);
        }
        Token { quants, sums: token.sums }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn dots(&self, token: &Token) -> __m128i {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let scales = _mm512_broadcast_i32x4(scales(_mm_loadu_si128((&raw const *self).cast())));
            let mut dots = _mm512_setzero_si512();
            for half in 0..2 {
                let quants = _mm512_loadu_si512(self.quants.as_ptr().add(64 * half).cast());
                for (place, quants) in [low_half(quants), high_half(quants)].into_iter().enumerate() {
                    let vector = 2 * half + place;
                    let places: [[u8; 4]; 16] = std::array::from_fn(|sum| [PARTS[vector][sum / 8], 0xff, 0xff, 0xff]);
                    let scales = _mm512_shuffle_epi8(scales, _mm512_loadu_si512(places.as_ptr().cast()));
                    dots = add_scaled(dots, scales, quants, &token.quants[vector]);
                }
            }
            _mm_slli_epi32::<{ HIGH.cast_signed() }>(quarter(half(dots)))
        }
    }
}

impl Single for SuperSixes {
    fn laid_out(token: &SuperEights) -> Token {
        let mut quants = [[0; 64]; VECTORS];
        quants.as_flattened_mut().copy_from_slice(&token.quants);
        Token { quants, sums: token.sums }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    unsafe fn dots(&self, token: &Token) -> __m128i {
        // SAFETY: the caller's promise, and the places are inside of a block.
        unsafe {
            let scales = _mm256_cvtepi8_epi16(_mm_loadu_si128(self.scales.as_ptr().cast()));
            let mut dots = _mm512_setzero_si512();
            for half in 0..2 {
                let low = _mm512_loadu_si512(self.low.as_ptr().add(64 * half).cast());
                let high = _mm256_loadu_si256(self.high.as_ptr().add(32 * half).cast());
                let high = _mm512_broadcast_i64x4(high);
                for (place, low) in [low_half(low), high_half(low)].into_iter().enumerate() {
                    let high = _mm512_rolv_epi64(high, _mm512_loadu_si512(TURNS[place].as_ptr().cast()));
                    let quants = _mm512_or_si512(low, _mm512_and_si512(high, _mm512_set1_epi8(0x30)));
                    let vector = 2 * half + place;
                    let scales = spread(scales, FIRST[vector]);
                    dots = add_scaled(dots, scales, quants, &token.quants[vector]);
                }
            }
            // Every quant counts 32 less.
            let less = _mm256_load_si256(token.sums.as_ptr().cast());
            let less = _mm256_slli_epi32::<5>(_mm256_dpwssd_epi32(_mm256_setzero_si256(), scales, less));
            quarter(_mm256_sub_epi32(half(dots), less))
        }
    }
}

/// The eight scales of a block that begins so.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn scales(head: __m128i) -> __m128i {
    // SAFETY: the caller's promise.
    unsafe {
        // The second word has the first four, and two bits of the others, whose other bits are in the last word.
        let low =
            _mm_and_si128(_mm_shuffle_epi32::<0b11_01_11_01>(head), _mm_setr_epi32(0x3f3f_3f3f, 0x0f0f_0f0f, 0, 0));
        let high = _mm_srli_epi32::<2>(_mm_shuffle_epi32::<0b01_01_01_01>(head));
        _mm_or_si128(low, _mm_and_si128(high, _mm_setr_epi32(0, 0x3030_3030, 0, 0)))
    }
}

/// Four scales from this one on, each for four sums of four products, as [`add_scaled`] takes them.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn spread(scales: __m256i, first: i16) -> __m512i {
    // There is nothing at the last place.
    let mut places = [[first, 31]; 16];
    for (place, sum) in places.iter_mut().zip(0..) {
        place[0] += sum / 4;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let places = _mm512_loadu_si512(places.as_ptr().cast());
        _mm512_permutexvar_epi16(places, _mm512_zextsi256_si512(scales))
    }
}

/// Adds the products of these quants, times scales: each has the lower 16 bits for the sum of four products, which has no more, and nothing
/// for its sign above them.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn add_scaled(dots: __m512i, scales: __m512i, quants: __m512i, token: &[i8; 64]) -> __m512i {
    // SAFETY: the caller's promise, and a token's block is aligned.
    unsafe {
        let token = _mm512_load_si512(token.as_ptr().cast());
        _mm512_dpwssd_epi32(dots, _mm512_dpbusd_epi32(_mm512_setzero_si512(), quants, token), scales)
    }
}

/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn half(sums: __m512i) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe { _mm256_add_epi32(_mm512_castsi512_si256(sums), _mm512_extracti64x4_epi64::<1>(sums)) }
}

/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn quarter(sums: __m256i) -> __m128i {
    // SAFETY: the caller's promise.
    unsafe { _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums)) }
}
