//! ggml's blocks of quantised values, as far as they are multiplied here. All are of 32 values, and a value is a quant times the scale, plus
//! what belongs to the type.
#![expect(unsafe_code, reason = "vectors are loaded from where the quants are")]

use std::arch::x86_64::{
    __m256i, _mm_and_si128, _mm_loadu_si128, _mm_set1_epi8, _mm_srli_epi16, _mm256_loadu_si256, _mm256_maskz_set1_epi8,
    _mm256_or_si256, _mm256_set_m128i, _mm256_set1_epi8, _mm256_xor_si256,
};

/// Values in a block.
pub(super) const BLOCK: usize = 32;

/// A block of weights.
pub(super) trait Weights: Copy {
    /// Every quant counts as so much less than what [`Self::quants`] gives; `None` if blocks have a least value of their own.
    const OFFSET: Option<f32>;

    /// A 16-bit float.
    fn scale(&self) -> u16;

    /// A 16-bit float that is added to each value.
    fn least(&self) -> u16 {
        0
    }

    /// One byte each, without a sign.
    fn quants(&self) -> __m256i;
}

/// A block of what they are multiplied with.
pub(super) trait Input: Copy {
    fn scale(&self) -> f32;

    /// Of all its values.
    fn sum(&self) -> f32;

    fn quants(&self) -> &[i8; BLOCK];
}

/// `block_q4_1`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Fours {
    pub(super) scale: u16,
    pub(super) least: u16,
    /// The low halves of the bytes are the first 16 values.
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

/// `block_q8_1`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct EightsWithSum {
    pub(super) scale: u16,
    pub(super) sum: u16,
    pub(super) quants: [i8; BLOCK],
}

impl Weights for Fours {
    const OFFSET: Option<f32> = None;

    fn scale(&self) -> u16 {
        self.scale
    }

    fn least(&self) -> u16 {
        self.least
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn quants(&self) -> __m256i {
        halves(&self.quants)
    }
}

impl Weights for Fives {
    const OFFSET: Option<f32> = Some(16.0);

    fn scale(&self) -> u16 {
        self.scale
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn quants(&self) -> __m256i {
        // SAFETY: the instructions are there, as of the whole module.
        unsafe {
            let high = _mm256_maskz_set1_epi8(u32::from_le_bytes(self.high), 1 << 4);
            _mm256_or_si256(halves(&self.low), high)
        }
    }
}

impl Weights for Eights {
    const OFFSET: Option<f32> = Some(128.0);

    fn scale(&self) -> u16 {
        self.scale
    }

    #[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
    #[inline(always)]
    fn quants(&self) -> __m256i {
        // SAFETY: 32 bytes; and the instructions are there, as of the whole module.
        unsafe { _mm256_xor_si256(_mm256_loadu_si256(self.quants.as_ptr().cast()), _mm256_set1_epi8(i8::MIN)) }
    }
}

impl Input for Eights {
    fn scale(&self) -> f32 {
        float(self.scale)
    }

    fn sum(&self) -> f32 {
        let sum: i32 = self.quants.iter().map(|quant| i32::from(*quant)).sum();
        float(self.scale) * sum as f32
    }

    fn quants(&self) -> &[i8; BLOCK] {
        &self.quants
    }
}

impl Input for EightsWithSum {
    fn scale(&self) -> f32 {
        float(self.scale)
    }

    fn sum(&self) -> f32 {
        float(self.sum)
    }

    fn quants(&self) -> &[i8; BLOCK] {
        &self.quants
    }
}

/// The low halves of the bytes, then the high ones.
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
fn halves(bytes: &[u8; BLOCK / 2]) -> __m256i {
    // SAFETY: 16 bytes; and the instructions are there, as of the whole module.
    unsafe {
        let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
        let mask = _mm_set1_epi8(0x0f);
        _mm256_set_m128i(_mm_and_si128(_mm_srli_epi16::<4>(bytes), mask), _mm_and_si128(bytes, mask))
    }
}

/// A 16-bit float. ggml writes no infinities into blocks.
pub fn float(bits: u16) -> f32 {
    let magnitude = u32::from(bits & 0x7fff) << 13;
    // Moves the exponent from the middle of 16-bit floats to that of 32-bit ones, and makes subnormal numbers normal on the way.
    let value = f32::from_bits(magnitude) * f32::from_bits((127 + 127 - 15) << 23);
    if bits & 0x8000 == 0 { value } else { -value }
}
