//! Quantised weights times tokens, for types that ggml multiplies token by token or in small steps: it makes the prompt the slowest part of a
//! short edit, and a guess half as dear as a token. ggml asks llamafile's routines first, so the linker puts this one before them
//! (`build.rs`); what it does not take goes on to them. A token comes to the same last bit alone and beside as
//! many others as are guessed.
#![expect(unsafe_code, reason = "ggml calls it with the places and sizes of its matrices")]

mod bits;
mod blocks;
mod memory;
mod panels;
mod product;
mod single;
mod sums;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::slice;
use std::sync::atomic::{AtomicI64, Ordering};

pub use blocks::float;
use blocks::{Eights, EightsWithSum, Fives, Fours, Input, PlainFours, SuperEights, SuperFours, SuperSixes};
use panels::{ROWS, Weights};
use product::{Product, Room};
use single::Single;

/// Numbers of `ggml_type`, the same in every version of ggml and in its files.
const F32: c_int = 0;
const F16: c_int = 1;
const Q4_0: c_int = 2;
const Q4_1: c_int = 3;
const Q5_0: c_int = 6;
const Q8_0: c_int = 8;
const Q8_1: c_int = 9;
const Q4_K: c_int = 12;
const Q6_K: c_int = 14;
const Q8_K: c_int = 15;
const BF16: c_int = 30;

/// No more tokens than this are ever checked as guesses.
const FEW: i64 = 16;
/// One of the two matrices that a change of low rank consists of (LoRA) has a side no longer than this.
const NARROW: i64 = 256;

/// Blocks of 256 values in a row. Of longer rows of `Q4_K`, what is kept of all until a group has been read does not stay in the first cache, and
/// laying them beside each other is faster.
const SHORT: i64 = 16;

/// From so many tokens on. Whisper's decoder, which works token by token, stays as it is in ggml.
static FEWEST: AtomicI64 = AtomicI64::new(24);

/// Has this routine compute few tokens as well, and each of them to the same last bit whatever stands beside it.
pub fn take_few_tokens() {
    FEWEST.store(1, Ordering::Relaxed);
}

/// The beginning of ggml's `ggml_compute_params`: which of how many threads this is.
#[repr(C)]
#[derive(Debug)]
pub struct Thread {
    index: c_int,
    count: c_int,
}

impl Thread {
    /// Which pieces of work are those of this thread.
    pub fn share(&self, pieces: usize) -> Range<usize> {
        let number = |number: c_int| usize::try_from(number).expect("threads are counted from 0");
        let (index, count) = (number(self.index), number(self.count));
        pieces * index / count..pieces * (index + 1) / count
    }
}

/// Whether products of so many rows of such weights are computed here, if there are enough tokens.
pub fn takes(weights_type: c_int, rows: i64) -> bool {
    matches!(weights_type, Q4_0 | Q4_1 | Q5_0 | Q8_0 | Q4_K | Q6_K)
        && usize::try_from(rows).is_ok_and(|rows| rows.is_multiple_of(ROWS))
}

thread_local! {
    /// ggml's threads stay, and so does their room.
    static ROOM: RefCell<(Room, single::Room)> = RefCell::default();
}

/// The matrices of one call, as ggml gives them. Strides count blocks, and values of the output.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Matrices {
    rows: i64,
    tokens: i64,
    blocks: i64,
    weights: *const c_void,
    weights_stride: i64,
    input: *const c_void,
    input_stride: i64,
    output: *mut c_void,
    output_stride: i64,
}

unsafe extern "C" {
    /// llamafile's own.
    fn __real_llamafile_sgemm(
        thread: *const Thread,
        rows: i64,
        tokens: i64,
        blocks: i64,
        weights: *const c_void,
        weights_stride: i64,
        input: *const c_void,
        input_stride: i64,
        output: *mut c_void,
        output_stride: i64,
        weights_type: c_int,
        input_type: c_int,
        output_type: c_int,
    ) -> bool;
}

/// What ggml calls in place of `llamafile_sgemm`, on each of its threads. `false` says that ggml has to do it itself.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_llamafile_sgemm(
    thread: *const Thread,
    rows: i64,
    tokens: i64,
    blocks: i64,
    weights: *const c_void,
    weights_stride: i64,
    input: *const c_void,
    input_stride: i64,
    output: *mut c_void,
    output_stride: i64,
    weights_type: c_int,
    input_type: c_int,
    output_type: c_int,
) -> bool {
    let fewest = FEWEST.load(Ordering::Relaxed);
    let is_ours = tokens >= fewest && takes(weights_type, rows);
    // llamafile leaves a single token to ggml, which adds up in another order. It gets the few as well, one by one.
    let is_narrow = matches!(weights_type, F32 | F16 | BF16 | Q8_0) && rows.min(blocks) <= NARROW;
    if fewest == 1 && tokens <= FEW && is_narrow && !is_ours {
        return false;
    }
    let matrices =
        Matrices { rows, tokens, blocks, weights, weights_stride, input, input_stride, output, output_stride };
    // SAFETY: ggml hands over matrices of these types and sizes, and leaves it to its threads who writes which rows of the output.
    unsafe {
        match (weights_type, input_type, output_type) {
            (Q4_0, Q8_0, F32) if is_ours => matrices.multiply::<PlainFours, Eights>(&*thread),
            (Q4_1, Q8_1, F32) if is_ours => matrices.multiply::<Fours, EightsWithSum>(&*thread),
            (Q5_0, Q8_0, F32) if is_ours => matrices.multiply::<Fives, Eights>(&*thread),
            (Q8_0, Q8_0, F32) if is_ours => matrices.multiply::<Eights, Eights>(&*thread),
            (Q4_K, Q8_K, F32) if is_ours && tokens == 1 && blocks <= SHORT => {
                matrices.multiply_single::<SuperFours>(&*thread);
            }
            (Q6_K, Q8_K, F32) if is_ours && tokens == 1 => matrices.multiply_single::<SuperSixes>(&*thread),
            (Q4_K, Q8_K, F32) if is_ours => matrices.multiply::<SuperFours, SuperEights>(&*thread),
            (Q6_K, Q8_K, F32) if is_ours => matrices.multiply::<SuperSixes, SuperEights>(&*thread),
            _ => {
                return __real_llamafile_sgemm(
                    thread,
                    rows,
                    tokens,
                    blocks,
                    weights,
                    weights_stride,
                    input,
                    input_stride,
                    output,
                    output_stride,
                    weights_type,
                    input_type,
                    output_type,
                );
            }
        }
    }
    true
}

impl Matrices {
    /// The part of this thread.
    ///
    /// # Safety
    ///
    /// The matrices are of these types and sizes, and each thread is another one of the count.
    unsafe fn multiply<W: Weights, I: Input>(self, thread: &Thread) {
        // SAFETY: the caller's promise; these files are compiled only into builds for processors that have the instructions (`build.rs`),
        // and the rows of each thread are its own.
        ROOM.with_borrow_mut(|room| unsafe { self.product::<W, I>().compute(&mut room.0, self.share(thread)) });
    }

    /// The same for one token.
    ///
    /// # Safety
    ///
    /// As of [`Self::multiply`].
    unsafe fn multiply_single<W: Single>(self, thread: &Thread) {
        // SAFETY: as in [`Self::multiply`].
        ROOM.with_borrow_mut(|room| unsafe {
            self.product::<W, SuperEights>().compute_single(&mut room.1, self.share(thread));
        });
    }

    fn share(&self, thread: &Thread) -> Range<usize> {
        thread.share(size(self.rows) / ROWS)
    }

    /// # Safety
    ///
    /// The matrices are of these types and sizes.
    unsafe fn product<'a, W: Weights, I: Input>(self) -> Product<'a, W, I> {
        let (rows, tokens, blocks) = (size(self.rows), size(self.tokens), size(self.blocks));
        let (weights_stride, input_stride) = (size(self.weights_stride), size(self.input_stride));
        let (weights_length, input_length) =
            ((rows - 1) * weights_stride + blocks, (tokens - 1) * input_stride + blocks);
        // SAFETY: the caller's promise.
        unsafe {
            Product {
                tokens,
                blocks,
                weights: slice::from_raw_parts(self.weights.cast::<W>(), weights_length),
                weights_stride,
                input: slice::from_raw_parts(self.input.cast::<I>(), input_length),
                input_stride,
                output: self.output.cast::<f32>(),
                output_stride: size(self.output_stride),
            }
        }
    }
}

fn size(size: i64) -> usize {
    usize::try_from(size).expect("ggml's sizes are not negative")
}
