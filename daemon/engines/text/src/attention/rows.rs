//! The arithmetic of attention for many tokens, some of one head at a time.
#![expect(unsafe_code, reason = "vectors are loaded and stored by place")]

use std::arch::x86_64::{
    __m512, _CMP_LT_OQ, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT, _mm256_loadu_si256, _mm512_add_ps,
    _mm512_castsi512_ps, _mm512_cmp_ps_mask, _mm512_cvtepu16_epi32, _mm512_cvtph_ps, _mm512_fmadd_ps, _mm512_fnmadd_ps,
    _mm512_loadu_ps, _mm512_mask_mov_ps, _mm512_max_ps, _mm512_mul_ps, _mm512_reduce_add_ps, _mm512_reduce_max_ps,
    _mm512_roundscale_ps, _mm512_scalef_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_slli_epi32, _mm512_storeu_ps,
    _mm512_sub_ps,
};
use std::ops::Range;

use super::{Attention, STEP, TOKENS};

/// Values in a vector.
pub(super) const VECTOR: usize = 16;
/// A 16-bit float of the mask that lets nothing through.
const NEVER: u16 = 0xfc00;

/// What one thread needs while it computes.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Of one head, turned: all places for the first value, then for the second.
    keys: Vec<f32>,
    /// Of one head: all values of the first place, then of the second.
    values: Vec<f32>,
    /// Of each token, scaled.
    pub(super) queries: Vec<f32>,
    /// For each token how much each place counts; they add up to `sums`.
    pub(super) weights: Vec<f32>,
    sums: [f32; TOKENS],
}

impl Attention {
    /// Makes 32-bit floats of the keys and values of a head.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) unsafe fn lay_out(&self, room: &mut Room, head: usize) {
        room.keys.resize(self.places * self.width, 0.0);
        room.values.resize(self.places * self.width, 0.0);
        for place in 0..self.places {
            let (keys, values) = (self.keys.row::<u16>(place, head), self.values.row::<u16>(place, head));
            for first in (0..self.width).step_by(VECTOR) {
                // SAFETY: a row has `width` values, and so has the room for each place.
                unsafe {
                    let values = _mm512_cvtepu16_epi32(_mm256_loadu_si256(values.add(first).cast()));
                    let values = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(values));
                    _mm512_storeu_ps(room.values.as_mut_ptr().add(place * self.width + first), values);
                    let mut row = [0.0; VECTOR];
                    _mm512_storeu_ps(row.as_mut_ptr(), _mm512_cvtph_ps(_mm256_loadu_si256(keys.add(first).cast())));
                    for (value, key) in row.into_iter().enumerate() {
                        *room.keys.get_unchecked_mut((first + value) * self.places + place) = key;
                    }
                }
            }
        }
    }

    /// How much each place counts for each token. Returns how many places there are to look at, in whole steps.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) unsafe fn weigh(&self, room: &mut Room, head: usize, tokens: Range<usize>) -> usize {
        room.queries.clear();
        room.queries.resize(TOKENS * self.width, 0.0);
        room.weights.resize(TOKENS * self.places, 0.0);
        // SAFETY: the caller's promise.
        let places = unsafe { self.take_queries(room, tokens.clone().map(|token| (head, token))) };
        for first in (0..places).step_by(STEP) {
            // SAFETY: there are as many places as were counted.
            unsafe { self.weigh_step(room, first) };
        }
        for (index, token) in tokens.enumerate() {
            let weights = &mut room.weights[index * self.places..][..places];
            // SAFETY: a row of the mask has as many values as there are places.
            room.sums[index] = unsafe { soften(weights, self.mask.row::<u16>(token, 0)) };
        }
        places
    }

    /// Takes over the queries of these heads and tokens, one below the other and scaled. Returns how many places they look at together,
    /// in whole steps.
    ///
    /// # Safety
    ///
    /// The heads and tokens are there, and there is room for their queries.
    pub(super) unsafe fn take_queries(&self, room: &mut Room, looks: impl Iterator<Item = (usize, usize)>) -> usize {
        let mut places = 0;
        for (look, (head, token)) in looks.enumerate() {
            // SAFETY: a row of a query has `width` values, and one of the mask as many as there are places.
            let (query, mask) = unsafe {
                (
                    std::slice::from_raw_parts(self.queries.row::<f32>(token, head), self.width),
                    std::slice::from_raw_parts(self.mask.row::<u16>(token, 0), self.places),
                )
            };
            let scaled = room.queries[look * self.width..][..self.width].iter_mut().zip(query);
            scaled.for_each(|(scaled, value)| *scaled = value * self.scale);
            places = places.max(mask.iter().rposition(|mask| *mask != NEVER).map_or(0, |last| last + 1));
        }
        places.next_multiple_of(STEP)
    }

    /// The products of all queries with the keys of some places.
    ///
    /// # Safety
    ///
    /// [`STEP`] places from this one on have been laid out.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn weigh_step(&self, room: &mut Room, first: usize) {
        let mut sums = [[_mm512_setzero_ps(); 2]; TOKENS];
        for value in 0..self.width {
            // SAFETY: there are so many places, and `width` values for each token.
            unsafe {
                let keys = room.keys.as_ptr().add(value * self.places + first);
                let keys = [_mm512_loadu_ps(keys), _mm512_loadu_ps(keys.add(VECTOR))];
                for (token, sums) in sums.iter_mut().enumerate() {
                    let query = _mm512_set1_ps(*room.queries.get_unchecked(token * self.width + value));
                    sums[0] = _mm512_fmadd_ps(query, keys[0], sums[0]);
                    sums[1] = _mm512_fmadd_ps(query, keys[1], sums[1]);
                }
            }
        }
        for (token, sums) in sums.into_iter().enumerate() {
            // SAFETY: there is room for all places of all tokens.
            unsafe {
                let weights = room.weights.as_mut_ptr().add(token * self.places + first);
                _mm512_storeu_ps(weights, sums[0]);
                _mm512_storeu_ps(weights.add(VECTOR), sums[1]);
            }
        }
    }

    /// Writes the values of all places, each as much as it counts.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) unsafe fn mix(&self, room: &Room, head: usize, tokens: Range<usize>, places: usize) {
        for first in (0..self.width).step_by(STEP) {
            let mut sums = [[_mm512_setzero_ps(); 2]; TOKENS];
            for place in 0..places {
                // SAFETY: there are as many places as were counted, and `width` values for each.
                unsafe {
                    let values = room.values.as_ptr().add(place * self.width + first);
                    let values = [_mm512_loadu_ps(values), _mm512_loadu_ps(values.add(VECTOR))];
                    for (token, sums) in sums.iter_mut().enumerate() {
                        let weight = _mm512_set1_ps(*room.weights.get_unchecked(token * self.places + place));
                        sums[0] = _mm512_fmadd_ps(weight, values[0], sums[0]);
                        sums[1] = _mm512_fmadd_ps(weight, values[1], sums[1]);
                    }
                }
            }
            for (index, token) in tokens.clone().enumerate() {
                let sum = room.sums[index];
                let share = _mm512_set1_ps(if sum > 0.0 { 1.0 / sum } else { 0.0 });
                let offset = (token * self.heads + head) * self.output_stride;
                let output = self.output.wrapping_byte_add(offset).cast::<f32>();
                // SAFETY: the output has `width` values for each head of each token.
                unsafe {
                    _mm512_storeu_ps(output.add(first), _mm512_mul_ps(sums[index][0], share));
                    _mm512_storeu_ps(output.add(first + VECTOR), _mm512_mul_ps(sums[index][1], share));
                }
            }
        }
    }
}

/// Makes shares of sums: the exponential of each, by how much it is below the greatest. Returns what they add up to.
///
/// # Safety
///
/// The mask is as long as the sums, and that is a number of whole vectors.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub(super) unsafe fn soften(sums: &mut [f32], mask: *const u16) -> f32 {
    let mut greatest = _mm512_set1_ps(f32::NEG_INFINITY);
    for (index, sums) in sums.as_chunks_mut::<VECTOR>().0.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        unsafe {
            let mask = _mm512_cvtph_ps(_mm256_loadu_si256(mask.add(index * VECTOR).cast()));
            let masked = _mm512_add_ps(_mm512_loadu_ps(sums.as_ptr()), mask);
            _mm512_storeu_ps(sums.as_mut_ptr(), masked);
            greatest = _mm512_max_ps(greatest, masked);
        }
    }
    let greatest = _mm512_reduce_max_ps(greatest);
    if greatest.is_infinite() {
        sums.fill(0.0);
        return 0.0;
    }
    let mut total = _mm512_setzero_ps();
    for sums in sums.as_chunks_mut::<VECTOR>().0 {
        // SAFETY: a chunk is a vector.
        unsafe {
            let share = exponential(_mm512_sub_ps(_mm512_loadu_ps(sums.as_ptr()), _mm512_set1_ps(greatest)));
            _mm512_storeu_ps(sums.as_mut_ptr(), share);
            total = _mm512_add_ps(total, share);
        }
    }
    _mm512_reduce_add_ps(total)
}

/// Of numbers up to 0; nothing where it would be smaller than a normal number.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub(super) fn exponential(power: __m512) -> __m512 {
    const LEAST: f32 = -87.0;
    /// The logarithm of 2 in two parts, the first of few bits so that its multiples are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    /// 1 / n! for n from 7 down to 0.
    const FACTORS: [f32; 8] = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let is_nothing = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(power, _mm512_set1_ps(LEAST));
    let doublings = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(_mm512_mul_ps(
        power,
        _mm512_set1_ps(std::f32::consts::LOG2_E),
    ));
    let rest = _mm512_fnmadd_ps(doublings, _mm512_set1_ps(LN_2[0]), power);
    let rest = _mm512_fnmadd_ps(doublings, _mm512_set1_ps(LN_2[1]), rest);
    let mut sum = _mm512_set1_ps(FACTORS[0]);
    for factor in &FACTORS[1..] {
        sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(*factor));
    }
    _mm512_mask_mov_ps(_mm512_scalef_ps(sum, doublings), is_nothing, _mm512_setzero_ps())
}
