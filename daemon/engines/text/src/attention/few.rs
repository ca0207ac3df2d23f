//! The arithmetic of attention for few tokens, such as one of an answer with the guesses behind it. Keys and values are read where they are, once
//! for all heads and tokens that look at them, as many as there are vectors for. What a token gets does not depend on what looks
//! beside it.
#![expect(unsafe_code, reason = "vectors are loaded and stored by place")]

use std::arch::x86_64::{
    __m512, _mm256_loadu_si256, _mm512_add_ps, _mm512_castpd_ps, _mm512_castps_pd, _mm512_castsi512_ps,
    _mm512_cvtepu16_epi32, _mm512_cvtph_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_mul_ps, _mm512_set1_ps,
    _mm512_setzero_ps, _mm512_shuffle_f32x4, _mm512_slli_epi32, _mm512_storeu_ps, _mm512_unpackhi_pd,
    _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
};
use std::ops::Range;

use super::rows::{Room, VECTOR, soften};
use super::{Attention, STEP};

/// A head of a token that looks, at the most so many beside each other.
const LOOKS: usize = 8;

impl Attention {
    /// Each piece of work is one token of one head; those of a head come after another.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) unsafe fn compute_few(&self, room: &mut Room, work: Range<usize>) {
        let of_a_key_head = self.group * self.tokens;
        let mut first = work.start;
        while first < work.end {
            let key_head = first / of_a_key_head;
            let last = work.end.min((key_head + 1) * of_a_key_head).min(first + LOOKS);
            // SAFETY: the caller's promise.
            unsafe {
                match last - first {
                    1 => self.look::<1>(room, key_head, first),
                    2 => self.look::<2>(room, key_head, first),
                    3 => self.look::<3>(room, key_head, first),
                    4 => self.look::<4>(room, key_head, first),
                    5 => self.look::<5>(room, key_head, first),
                    6 => self.look::<6>(room, key_head, first),
                    7 => self.look::<7>(room, key_head, first),
                    _ => self.look::<LOOKS>(room, key_head, first),
                }
            }
            first = last;
        }
    }

    /// # Safety
    ///
    /// As of [`Self::compute`]. `COUNT` pieces of work from this one on look at the same keys.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn look<const COUNT: usize>(&self, room: &mut Room, key_head: usize, first: usize) {
        let looks: [(usize, usize); COUNT] =
            std::array::from_fn(|look| ((first + look) / self.tokens, (first + look) % self.tokens));
        room.queries.resize(room.queries.len().max(COUNT * self.width), 0.0);
        room.weights.resize(room.weights.len().max(COUNT * self.places), 0.0);
        // SAFETY: the caller's promise; there are as many places as were counted, and a row of the mask has that many values.
        unsafe {
            let places = self.take_queries(room, looks.into_iter());
            for first_place in (0..places).step_by(VECTOR) {
                self.multiply_with_keys::<COUNT>(room, key_head, first_place);
            }
            let sums: [f32; COUNT] = std::array::from_fn(|look| {
                let weights = &mut room.weights[look * self.places..][..places];
                soften(weights, self.mask.row::<u16>(looks[look].1, 0))
            });
            for first_value in (0..self.width).step_by(STEP) {
                let mixed = self.mix_values::<COUNT>(room, key_head, first_value, places);
                for (look, (head, token)) in looks.into_iter().enumerate() {
                    let share = _mm512_set1_ps(if sums[look] > 0.0 { 1.0 / sums[look] } else { 0.0 });
                    let offset = (token * self.heads + head) * self.output_stride;
                    let output = self.output.wrapping_byte_add(offset).cast::<f32>().add(first_value);
                    _mm512_storeu_ps(output, _mm512_mul_ps(mixed[look][0], share));
                    _mm512_storeu_ps(output.add(VECTOR), _mm512_mul_ps(mixed[look][1], share));
                }
            }
        }
    }

    /// The products of all queries with the keys of so many places as a vector has.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn multiply_with_keys<const COUNT: usize>(&self, room: &mut Room, key_head: usize, first_place: usize) {
        let mut products = [[_mm512_setzero_ps(); VECTOR]; COUNT];
        // SAFETY: a row of a key or query has `width` values, and there is room for the products with all places.
        unsafe {
            let queries = room.queries.as_ptr();
            for place in 0..VECTOR {
                let keys = self.keys.row::<u16>(first_place + place, key_head);
                let mut sums = [_mm512_setzero_ps(); COUNT];
                for value in (0..self.width).step_by(VECTOR) {
                    let keys = _mm512_cvtph_ps(_mm256_loadu_si256(keys.add(value).cast()));
                    for (look, sum) in sums.iter_mut().enumerate() {
                        let query = _mm512_loadu_ps(queries.add(look * self.width + value));
                        *sum = _mm512_fmadd_ps(query, keys, *sum);
                    }
                }
                for (products, sum) in products.iter_mut().zip(sums) {
                    products[place] = sum;
                }
            }
            for (look, products) in products.iter().enumerate() {
                let weights = room.weights.as_mut_ptr().add(look * self.places + first_place);
                _mm512_storeu_ps(weights, sum_of_each(products));
            }
        }
    }

    /// Some values of all places, each as much as it counts.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn mix_values<const COUNT: usize>(
        &self,
        room: &Room,
        key_head: usize,
        first_value: usize,
        places: usize,
    ) -> [[__m512; 2]; COUNT] {
        let mut sums = [[_mm512_setzero_ps(); 2]; COUNT];
        for place in 0..places {
            // SAFETY: there are as many places as were counted, and `width` values for each.
            unsafe {
                let values = self.values.row::<u16>(place, key_head).add(first_value);
                let mut floats = [_mm512_setzero_ps(); 2];
                for (index, floats) in floats.iter_mut().enumerate() {
                    let bits = _mm512_cvtepu16_epi32(_mm256_loadu_si256(values.add(index * VECTOR).cast()));
                    *floats = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(bits));
                }
                for (look, sums) in sums.iter_mut().enumerate() {
                    let weight = _mm512_set1_ps(*room.weights.get_unchecked(look * self.places + place));
                    sums[0] = _mm512_fmadd_ps(weight, floats[0], sums[0]);
                    sums[1] = _mm512_fmadd_ps(weight, floats[1], sums[1]);
                }
            }
        }
        sums
    }
}

/// What each of these vectors adds up to.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn sum_of_each(vectors: &[__m512; VECTOR]) -> __m512 {
    // Halves of vectors 8 apart, then quarters of those 4 apart.
    let mut halves = [_mm512_setzero_ps(); 8];
    for (index, half) in halves.iter_mut().enumerate() {
        let (one, other) = (vectors[index], vectors[index + 8]);
        *half = _mm512_add_ps(
            _mm512_shuffle_f32x4::<0b01_00_01_00>(one, other),
            _mm512_shuffle_f32x4::<0b11_10_11_10>(one, other),
        );
    }
    let mut quarters = [_mm512_setzero_ps(); 4];
    for (index, quarter) in quarters.iter_mut().enumerate() {
        let (one, other) = (halves[index], halves[index + 4]);
        *quarter = _mm512_add_ps(
            _mm512_shuffle_f32x4::<0b10_00_10_00>(one, other),
            _mm512_shuffle_f32x4::<0b11_01_11_01>(one, other),
        );
    }
    // Within each quarter there are four numbers of one vector left.
    let [a, b, c, d] = quarters;
    let first = _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)));
    let second = _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d)));
    let sums = _mm512_add_ps(
        _mm512_castpd_ps(_mm512_unpacklo_pd(first, second)),
        _mm512_castpd_ps(_mm512_unpackhi_pd(first, second)),
    );
    // Those of the vectors from 0, 8, 4 and 12 on.
    _mm512_shuffle_f32x4::<0b11_01_10_00>(sums, sums)
}
