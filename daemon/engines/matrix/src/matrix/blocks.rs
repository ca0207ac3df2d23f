//! ggml's blocks of quantised values, as far as they are multiplied here, and what there is to know of those that weights are multiplied
//! with. How weights are read is in `panels`.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    _mm_add_epi32, _mm_cvtsi128_si32, _mm_shuffle_epi32, _mm256_castsi256_si128, _mm256_dpbusd_epi32,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_set1_epi8, _mm256_setzero_si256,
};

/// Values that have a scale of their own in most types.
pub(super) const BLOCK: usize = 32;
/// Values in a block of the larger types, which divide it again.
pub(super) const SUPER_BLOCK: usize = 256;
/// [`BLOCK`]s in a [`SUPER_BLOCK`].
pub(super) const PARTS: usize = SUPER_BLOCK / BLOCK;

/// `block_q4_0`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainFours {
    pub(super) scale: u16,
    /// The low halves of the bytes are the first 16 values.
    pub(super) quants: [u8; BLOCK / 2],
}

/// `block_q4_1`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Fours {
    pub(super) scale: u16,
    /// A 16-bit float that is added to each value.
    pub(super) least: u16,
    pub(super) quants: [u8; BLOCK / 2],
}

/// `block_q5_0`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Fives {
    pub(super) scale: u16,
    /// The fifth bits of all values.
    pub(super) high: [u8; 4],
    pub(super) low: [u8; BLOCK / 2],
}

/// `block_q8_0`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Eights {
    pub(super) scale: u16,
    pub(super) quants: [i8; BLOCK],
}

/// `block_q4_K`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct SuperFours {
    pub(super) scale: u16,
    /// Of the leasts.
    pub(super) least_scale: u16,
    /// A scale and a least of 6 bits for each part: those of the first four in the low bits of the first four bytes and of the next
    /// four; of the others, 4 bits in the last four bytes and 2 on top of those.
    pub(super) scales: [u8; 12],
    /// 64 values after another: the low halves of 32 bytes are the first 32.
    pub(super) quants: [u8; SUPER_BLOCK / 2],
}

/// `block_q6_K`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct SuperSixes {
    /// 128 values after another: the low halves of 64 bytes are the first 64.
    pub(super) low: [u8; SUPER_BLOCK / 2],
    /// For each of these 128 32 bytes, with two bits for each 32 values.
    pub(super) high: [u8; SUPER_BLOCK / 4],
    /// Of 16 values each.
    pub(super) scales: [i8; SUPER_BLOCK / 16],
    pub(super) scale: u16,
}

/// `block_q8_1`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct EightsWithSum {
    pub(super) scale: u16,
    pub(super) sum: u16,
    pub(super) quants: [i8; BLOCK],
}

/// `block_q8_K`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct SuperEights {
    pub(super) scale: f32,
    pub(super) quants: [i8; SUPER_BLOCK],
    /// Of 16 quants each.
    pub(super) sums: [i16; SUPER_BLOCK / 16],
}

/// [`BLOCK`] values of one token.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Share {
    /// Four quants each.
    pub(super) words: [i32; BLOCK / 4],
    /// What sums of products begin with; at first, what the quants of each half add up to.
    pub(super) starts: [i32; 2],
}

/// What a block of one token has beside its quants.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whole {
    pub(super) scale: f32,
    /// Of all its values.
    pub(super) sum: f32,
    /// Of the quants of two parts of a larger block, with 16 bits each: the first and the third of four in the first word, the second
    /// and the fourth in the next.
    pub(super) sums: [i32; PARTS / 2],
}

/// A block of what weights are multiplied with.
pub(super) trait Input: Copy {
    /// How many shares it has.
    const SHARES: usize;

    fn share(&self, place: usize) -> Share;

    fn whole(&self) -> Whole;
}

impl Input for Eights {
    const SHARES: usize = 1;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn share(&self, _: usize) -> Share {
        Share { words: words(&self.quants), starts: quant_sums(&self.quants) }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn whole(&self) -> Whole {
        Whole { scale: float(self.scale), ..Whole::default() }
    }
}

impl Input for EightsWithSum {
    const SHARES: usize = 1;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn share(&self, _: usize) -> Share {
        Share { words: words(&self.quants), starts: [0; 2] }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn whole(&self) -> Whole {
        Whole { scale: float(self.scale), sum: float(self.sum), ..Whole::default() }
    }
}

impl Input for SuperEights {
    const SHARES: usize = PARTS;

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn share(&self, place: usize) -> Share {
        let quants = self.quants.as_chunks::<BLOCK>().0[place];
        Share { words: words(&quants), starts: self.sums.as_chunks::<2>().0[place].map(i32::from) }
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn whole(&self) -> Whole {
        let sums = self.sums.as_chunks::<2>().0;
        let pair = |first: usize| {
            let [low, high] = [sums[first], sums[first + 2]].map(|[one, other]| i32::from(one) + i32::from(other));
            high << 16 | low & 0xffff
        };
        Whole { scale: self.scale, sums: [pair(0), pair(1), pair(4), pair(5)], ..Whole::default() }
    }
}

#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
fn words(quants: &[i8; BLOCK]) -> [i32; BLOCK / 4] {
    // SAFETY: the same bytes, and all of them mean something as numbers.
    unsafe { std::mem::transmute_copy(quants) }
}

/// Of each half.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
fn quant_sums(quants: &[i8; BLOCK]) -> [i32; 2] {
    // SAFETY: 32 bytes; and the instructions are there, as of the whole module.
    unsafe {
        let quants = _mm256_loadu_si256(quants.as_ptr().cast());
        let sums = _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), quants);
        let mut halves = [_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums)];
        for half in &mut halves {
            *half = _mm_add_epi32(*half, _mm_shuffle_epi32::<0b01_00_11_10>(*half));
            *half = _mm_add_epi32(*half, _mm_shuffle_epi32::<0b10_11_00_01>(*half));
        }
        [_mm_cvtsi128_si32(halves[0]), _mm_cvtsi128_si32(halves[1])]
    }
}

/// A 16-bit float. ggml writes no infinities into blocks.
pub fn float(bits: u16) -> f32 {
    let magnitude = u32::from(bits & 0x7fff) << 13;
    // Moves the exponent from the middle of 16-bit floats to that of 32-bit ones, and makes subnormal numbers normal on the way.
    let value = f32::from_bits(magnitude) * f32::from_bits((127 + 127 - 15) << 23);
    if bits & 0x8000 == 0 { value } else { -value }
}
