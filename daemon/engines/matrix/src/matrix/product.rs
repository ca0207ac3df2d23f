//! The multiplication. A panel of weights is read once and serves all tokens, at once where they are few, or from memory.
#![expect(unsafe_code, reason = "vectors are loaded and stored by place")]

use std::arch::x86_64::{_mm512_cvtepi32_ps, _mm512_setzero_ps, _mm512_setzero_si512, _mm512_storeu_ps};
use std::ops::Range;

use super::blocks::{Input, PARTS, Share, Whole};
use super::memory::{AHEAD, fetch};
use super::panels::{Head, Panel, ROWS, Rows, Weights};
use super::sums::{add, add_block, add_exactly};

/// Tokens that are computed beside each other at the most: as many sums as there are vectors for, beside a panel.
const TOKENS: usize = 16;
/// That a step of reading makes.
const MOST_PANELS: usize = 4;
/// What one thread needs while it computes.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Of [`ROWS`] rows, one for each [`BLOCK`].
    panels: Vec<Panel>,
    /// One for each block.
    heads: Vec<Head>,
    tokens: Tokens,
}

/// The input, with what is multiplied together beside each other: of some tokens for the first block, then for the second.
#[derive(Debug, Default)]
struct Tokens {
    shares: Vec<Share>,
    wholes: Vec<Whole>,
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
        const { assert!(I::SHARES <= PARTS && (W::HAS_FACTORS || I::SHARES * W::HALVES == 1)) };
        let Room { panels, heads, tokens } = room;
        // SAFETY: the caller's promise.
        unsafe {
            self.lay_out(tokens);
            if self.tokens <= TOKENS {
                for group in groups {
                    self.multiply(Source::Rows, tokens, group, 0..self.tokens);
                }
                return;
            }
            panels.resize(self.blocks * I::SHARES, Panel::empty());
            for group in groups {
                heads.clear();
                for (block, panels) in panels.chunks_exact_mut(I::SHARES).enumerate() {
                    let rows = self.rows(group, block);
                    heads.push(W::head(rows));
                    read(rows, panels);
                }
                for first in (0..self.tokens).step_by(TOKENS) {
                    let beside = first..self.tokens.min(first + TOKENS);
                    self.multiply(Source::Panels(heads, panels), tokens, group, beside);
                }
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    fn lay_out(&self, tokens: &mut Tokens) {
        tokens.shares.clear();
        tokens.wholes.clear();
        for first in (0..self.tokens).step_by(TOKENS) {
            let count = TOKENS.min(self.tokens - first);
            for block in 0..self.blocks {
                // A token more, where that many are not computed together, is the last one again.
                let input = |token: usize| &self.input[(first + token.min(count - 1)) * self.input_stride + block];
                for token in 0..beside(count) {
                    tokens.wholes.push(input(token).whole());
                }
                for place in 0..I::SHARES {
                    for token in 0..beside(count) {
                        let share = input(token).share(place);
                        let [first, second] = share.starts;
                        let starts = if W::HALVES == 1 { [first + second, 0] } else { [first, second] };
                        tokens.shares.push(Share { starts: starts.map(|start| -W::OFFSET * start), ..share });
                    }
                }
            }
        }
    }

    pub(super) fn rows(&self, group: usize, block: usize) -> Rows<W> {
        Rows { first: &raw const self.weights[group * ROWS * self.weights_stride + block], stride: self.weights_stride }
    }

    /// # Safety
    ///
    /// As of [`Self::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn multiply(&self, source: Source, input: &Tokens, group: usize, tokens: Range<usize>) {
        // SAFETY: the caller's promise.
        unsafe {
            match beside(tokens.len()) {
                1 => self.multiply_together::<1>(source, input, group, tokens),
                2 => self.multiply_together::<2>(source, input, group, tokens),
                3 => self.multiply_together::<3>(source, input, group, tokens),
                4 => self.multiply_together::<4>(source, input, group, tokens),
                6 => self.multiply_together::<6>(source, input, group, tokens),
                8 => self.multiply_together::<8>(source, input, group, tokens),
                12 => self.multiply_together::<12>(source, input, group, tokens),
                _ => self.multiply_together::<TOKENS>(source, input, group, tokens),
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
        input: &Tokens,
        group: usize,
        tokens: Range<usize>,
    ) {
        let mut sums = [_mm512_setzero_ps(); COUNT];
        // All tokens before these are computed `TOKENS` together.
        let wholes = input.wholes[tokens.start * self.blocks..].as_chunks::<COUNT>().0;
        let shares = input.shares[tokens.start * self.blocks * I::SHARES..].as_chunks::<COUNT>().0;
        let input = wholes.iter().zip(shares.chunks_exact(I::SHARES)).take(self.blocks);
        // SAFETY: the caller's promise.
        unsafe {
            match source {
                Source::Panels(heads, panels) => {
                    let weights = heads.iter().zip(panels.chunks_exact(I::SHARES));
                    for ((head, panels), (wholes, shares)) in weights.zip(input) {
                        let mut parts = [_mm512_setzero_ps(); COUNT];
                        for (panel, shares) in panels.iter().zip(shares) {
                            add::<W, COUNT>(panel, shares, &mut parts);
                        }
                        add_block::<W, COUNT>(head, wholes, &parts, &mut sums);
                    }
                }
                Source::Rows => {
                    let mut panels = [Panel::empty(); MOST_PANELS];
                    let panels = &mut panels[..W::PANELS];
                    let ahead = AHEAD.div_ceil(ROWS * self.weights_stride * size_of::<W>());
                    let later_group = self.weights.as_ptr().wrapping_add((group + ahead) * ROWS * self.weights_stride);
                    for (block, (wholes, shares)) in input.enumerate() {
                        let (rows, later) = (self.rows(group, block), later_group.wrapping_add(block * ROWS));
                        let (head, factors) = (W::head(rows), W::factors(rows));
                        let mut parts = [_mm512_setzero_si512(); COUNT];
                        for step in 0..W::STEPS {
                            let bytes = ROWS * size_of::<W>() / W::STEPS;
                            fetch(later.wrapping_byte_add(step * bytes), bytes);
                            W::read(rows, step, panels);
                            for (place, panel) in panels.iter_mut().enumerate() {
                                let part = step * W::PANELS + place;
                                panel.factors = factors[part];
                                add_exactly::<W, COUNT>(panel, &shares[part], &mut parts);
                            }
                        }
                        let mut floats = [_mm512_setzero_ps(); COUNT];
                        for (float, part) in floats.iter_mut().zip(parts) {
                            *float = _mm512_cvtepi32_ps(part);
                        }
                        add_block::<W, COUNT>(&head, wholes, &floats, &mut sums);
                    }
                }
            }
            for (token, sum) in tokens.zip(sums) {
                _mm512_storeu_ps(self.output.add(token * self.output_stride + group * ROWS), sum);
            }
        }
    }
}

/// Where weights come from.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    /// They are there.
    Panels(&'a [Head], &'a [Panel]),
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

/// All panels of a block.
///
/// # Safety
///
/// As of [`Weights::read`].
#[expect(clippy::inline_always, reason = "only inside of the caller there are the instructions")]
#[inline(always)]
unsafe fn read<W: Weights>(rows: Rows<W>, panels: &mut [Panel]) {
    // SAFETY: the caller's promise.
    unsafe {
        for (step, panels) in panels.chunks_exact_mut(W::PANELS).enumerate() {
            W::read(rows, step, panels);
        }
        for (panel, factors) in panels.iter_mut().zip(W::factors(rows)) {
            panel.factors = factors;
        }
    }
}
