//! The multiplication. A panel of weights is read once and serves all tokens, at once where they are few, or from memory.
#![expect(unsafe_code, reason = "vectors are loaded and stored by place")]

use std::arch::x86_64::{
    __m512, _MM_HINT_T0, _mm_prefetch, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_mul_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
};
use std::ops::Range;

use super::blocks::{BLOCK, Input, Share};
use super::panels::{Panel, ROWS, Rows, Weights};

/// Tokens that are computed beside each other at the most: as many sums as there are vectors for, beside a panel.
const TOKENS: usize = 16;
/// That a step of reading makes.
const MOST_PANELS: usize = 4;
/// Bytes that are fetched from memory together.
const LINE: usize = 64;

/// What one thread needs while it computes.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Of [`ROWS`] rows, one for each block.
    panels: Vec<Panel>,
    /// Of some tokens beside each other for the first block, then for the second.
    shares: Vec<Share>,
}

/// The matrices. Each row of the weights, and each token of the input, has so many blocks.
pub(super) struct Product<'a, W, I> {
    pub(super) tokens: usize,
    pub(super) blocks: usize,
    pub(super) weights: &'a [W],
    pub(super) weights_stride: usize,
    pub(super) input: &'a [I],
    pub(super) input_stride: usize,
    pub(super) output: *mut f32,
    pub(super) output_stride: usize,
}

impl<W: Weights, I: Input> Product<'_, W, I> {
    /// Computes these groups of [`ROWS`] rows for all tokens.
    ///
    /// # Safety
    ///
    /// The processor has the instructions, the output has room for all rows of all tokens, and nobody else writes to these rows.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn compute(&self, room: &mut Room, groups: Range<usize>) {
        const { assert!(W::STEPS * W::PANELS == I::SHARES && W::PANELS <= MOST_PANELS) };
        // SAFETY: the caller's promise.
        unsafe {
            self.share_out(&mut room.shares);
            if self.tokens <= TOKENS {
                for group in groups {
                    self.multiply(Source::Rows, &room.shares, group, 0..self.tokens);
                }
                return;
            }
            room.panels.resize(self.blocks * I::SHARES, Panel::empty());
            for group in groups {
                for (step, panels) in room.panels.chunks_exact_mut(W::PANELS).enumerate() {
                    W::read(self.rows(group, step / W::STEPS), step % W::STEPS, panels);
                }
                for first in (0..self.tokens).step_by(TOKENS) {
                    let tokens = first..self.tokens.min(first + TOKENS);
                    let shares = &room.shares[first * self.blocks * I::SHARES..];
                    self.multiply(Source::Panels(&room.panels), shares, group, tokens);
                }
            }
        }
    }

    /// Lays beside each other what is multiplied together.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    fn share_out(&self, shares: &mut Vec<Share>) {
        shares.clear();
        for first in (0..self.tokens).step_by(TOKENS) {
            let count = TOKENS.min(self.tokens - first);
            for block in 0..self.blocks {
                for place in 0..I::SHARES {
                    // A token more, where that many are not computed together, is the last one again.
                    for token in 0..beside(count) {
                        let token = first + token.min(count - 1);
                        let share = self.input[token * self.input_stride + block].share(place);
                        let [first, second] = share.starts;
                        let starts = if W::HALVES == 1 { [first + second, 0] } else { [first, second] };
                        shares.push(Share { starts: starts.map(|start| -W::OFFSET * start), ..share });
                    }
                }
            }
        }
    }

    fn rows(&self, group: usize, block: usize) -> Rows<W> {
        Rows { first: &raw const self.weights[group * ROWS * self.weights_stride + block], stride: self.weights_stride }
    }

    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn multiply(&self, source: Source, shares: &[Share], group: usize, tokens: Range<usize>) {
        // SAFETY: the caller's promise.
        unsafe {
            match beside(tokens.len()) {
                1 => self.multiply_together::<1>(source, shares, group, tokens),
                2 => self.multiply_together::<2>(source, shares, group, tokens),
                3 => self.multiply_together::<3>(source, shares, group, tokens),
                4 => self.multiply_together::<4>(source, shares, group, tokens),
                6 => self.multiply_together::<6>(source, shares, group, tokens),
                8 => self.multiply_together::<8>(source, shares, group, tokens),
                12 => self.multiply_together::<12>(source, shares, group, tokens),
                _ => self.multiply_together::<TOKENS>(source, shares, group, tokens),
            }
        }
    }

    /// [`ROWS`] rows times `COUNT` tokens, of which the first are these. The sums of a token are added up in the same order whatever
    /// stands beside it.
    ///
    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn multiply_together<const COUNT: usize>(
        &self,
        source: Source,
        shares: &[Share],
        group: usize,
        tokens: Range<usize>,
    ) {
        let mut sums = [_mm512_setzero_ps(); COUNT];
        let shares = shares.as_chunks::<COUNT>().0;
        // SAFETY: the caller's promise.
        unsafe {
            match source {
                Source::Panels(panels) => {
                    for (panel, shares) in panels.iter().zip(shares) {
                        add::<W, COUNT>(panel, shares, &mut sums);
                    }
                }
                Source::Rows => {
                    let mut panels = [Panel::empty(); MOST_PANELS];
                    let panels = &mut panels[..W::PANELS];
                    let next_group = self.weights.as_ptr().wrapping_add((group + 1) * ROWS * self.weights_stride);
                    for (step, shares) in shares.chunks_exact(W::PANELS).enumerate() {
                        fetch::<W>(next_group.wrapping_byte_add(step * ROWS * size_of::<W>() / W::STEPS));
                        W::read(self.rows(group, step / W::STEPS), step % W::STEPS, panels);
                        for (panel, shares) in panels.iter().zip(shares) {
                            add::<W, COUNT>(panel, shares, &mut sums);
                        }
                    }
                }
            }
            for (token, sum) in tokens.zip(sums) {
                _mm512_storeu_ps(self.output.add(token * self.output_stride + group * ROWS), sum);
            }
        }
    }
}

/// Where panels come from.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    /// They are there.
    Panels(&'a [Panel]),
    /// They are made, used and forgotten.
    Rows,
}

/// How many are computed together for so many tokens.
fn beside(tokens: usize) -> usize {
    match tokens {
        0..=4 => tokens,
        5..=6 => 6,
        7..=8 => 8,
        9..=12 => 12,
        _ => TOKENS,
    }
}

/// Adds [`BLOCK`] values of all rows and tokens.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "sums stay in vectors only where this is a part of the caller")]
#[inline(always)]
unsafe fn add<W: Weights, const COUNT: usize>(panel: &Panel, shares: &[Share; COUNT], sums: &mut [__m512; COUNT]) {
    // SAFETY: the caller's promise.
    unsafe {
        for (share, sum) in shares.iter().zip(sums) {
            for half in 0..W::HALVES {
                let words = BLOCK / 4 / W::HALVES;
                let mut dots = _mm512_set1_epi32(share.starts[half]);
                for word in half * words..(half + 1) * words {
                    dots = _mm512_dpbusd_epi32(dots, panel.quants[word], _mm512_set1_epi32(share.words[word]));
                }
                let scale = _mm512_mul_ps(panel.scales[half], _mm512_set1_ps(share.scale));
                *sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots), scale, *sum);
            }
            if W::HAS_LEAST {
                *sum = _mm512_fmadd_ps(panel.leasts, _mm512_set1_ps(share.sum), *sum);
            }
        }
    }
}

/// Has the processor fetch from here on as much as a step reads. Rows follow each other in memory, so that at the end of a group all of the next one
/// has come; left alone, the processor would have to foresee each row by itself.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "one place, in the innermost loop")]
#[inline(always)]
unsafe fn fetch<W: Weights>(blocks: *const W) {
    for line in (0..ROWS * size_of::<W>() / W::STEPS).step_by(LINE) {
        // SAFETY: the caller's promise; what is not there is not fetched.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(blocks.cast::<i8>().wrapping_add(line)) };
    }
}
