//! The innermost arithmetic: what a panel of weights adds to the sums of all tokens.
#![expect(unsafe_code, reason = "the instructions are there only inside of the callers")]

use std::arch::x86_64::{
    __m512, __m512i, _mm512_add_epi32, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_fmadd_ps,
    _mm512_mul_ps, _mm512_mullo_epi32, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512,
};

use super::blocks::{BLOCK, Share, Whole};
use super::panels::{Head, Leasts, Panel, Weights};

/// Adds [`BLOCK`] values of all rows and tokens, with the factors of their parts only.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "sums stay in vectors only where this is a part of the caller")]
#[inline(always)]
pub(super) unsafe fn add<W: Weights, const COUNT: usize>(
    panel: &Panel,
    shares: &[Share; COUNT],
    parts: &mut [__m512; COUNT],
) {
    // SAFETY: the caller's promise.
    unsafe {
        for (share, part) in shares.iter().zip(parts) {
            for half in 0..W::HALVES {
                let dots = _mm512_cvtepi32_ps(dots::<W>(panel, share, half));
                let factors = _mm512_cvtepi32_ps(panel.factors[half]);
                *part = if W::HAS_FACTORS { _mm512_fmadd_ps(dots, factors, *part) } else { dots };
            }
        }
    }
}

/// The same in whole numbers, which add up to the same in whatever order, as they do for a token alone (`single`); a float rounds sums of more
/// than 24 bits. It takes longer, so that the many tokens of a prompt do without: no answer depends on what stands beside those.
///
/// # Safety
///
/// As of [`add`].
#[expect(clippy::inline_always, reason = "sums stay in vectors only where this is a part of the caller")]
#[inline(always)]
pub(super) unsafe fn add_exactly<W: Weights, const COUNT: usize>(
    panel: &Panel,
    shares: &[Share; COUNT],
    parts: &mut [__m512i; COUNT],
) {
    // SAFETY: the caller's promise.
    unsafe {
        for (share, part) in shares.iter().zip(parts) {
            for half in 0..W::HALVES {
                let dots = dots::<W>(panel, share, half);
                let product = if W::HAS_FACTORS { _mm512_mullo_epi32(dots, panel.factors[half]) } else { dots };
                *part = _mm512_add_epi32(*part, product);
            }
        }
    }
}

/// The products of this half of a panel with those of a token, added up by row.
///
/// # Safety
///
/// As of [`add`].
#[expect(clippy::inline_always, reason = "sums stay in vectors only where this is a part of the caller")]
#[inline(always)]
unsafe fn dots<W: Weights>(panel: &Panel, share: &Share, half: usize) -> __m512i {
    let words = BLOCK / 4 / W::HALVES;
    // SAFETY: the caller's promise.
    unsafe {
        let mut dots = _mm512_set1_epi32(share.starts[half]);
        for word in half * words..(half + 1) * words {
            dots = _mm512_dpbusd_epi32(dots, panel.quants[word], _mm512_set1_epi32(share.words[word]));
        }
        dots
    }
}

/// Adds a whole block of all rows and tokens, of which these are the parts.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "sums stay in vectors only where this is a part of the caller")]
#[inline(always)]
pub(super) unsafe fn add_block<W: Weights, const COUNT: usize>(
    head: &Head,
    wholes: &[Whole; COUNT],
    parts: &[__m512; COUNT],
    sums: &mut [__m512; COUNT],
) {
    // SAFETY: the caller's promise.
    unsafe {
        for ((whole, part), sum) in wholes.iter().zip(parts).zip(sums) {
            let scale = _mm512_set1_ps(whole.scale);
            *sum = _mm512_fmadd_ps(*part, _mm512_mul_ps(head.scale, scale), *sum);
            match W::LEASTS {
                Leasts::None => (),
                Leasts::One => *sum = _mm512_fmadd_ps(head.least, _mm512_set1_ps(whole.sum), *sum),
                Leasts::Each => {
                    let mut least = _mm512_setzero_si512();
                    for (leasts, sums) in head.leasts.iter().zip(whole.sums) {
                        least = _mm512_dpwssd_epi32(least, *leasts, _mm512_set1_epi32(sums));
                    }
                    *sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(least), _mm512_mul_ps(head.least, scale), *sum);
                }
            }
        }
    }
}
