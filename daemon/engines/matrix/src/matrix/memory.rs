//! Weights are fetched from memory before they are needed.
#![expect(unsafe_code, reason = "the processor is told by instructions")]

use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

/// How far ahead of the rows that are computed memory is fetched at the least, in bytes: more than comes in while it answers, also when others use it.
pub(super) const AHEAD: usize = 32 << 10;
/// Bytes that are fetched from memory together.
const LINE: usize = 64;

/// Has the processor fetch so many bytes. Rows follow each other in memory; left alone, the processor would have to foresee each row by itself.
/// It fetches into the second cache: twice as fast as into the first, which can wait for few lines at a time.
///
/// # Safety
///
/// The processor has the instructions.
#[expect(clippy::inline_always, reason = "a constant number of lines, in the innermost loops")]
#[inline(always)]
pub(super) unsafe fn fetch<W>(first: *const W, bytes: usize) {
    for line in (0..bytes).step_by(LINE) {
        // SAFETY: the caller's promise; what is not there is not fetched.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(first.cast::<i8>().wrapping_add(line)) };
    }
}
