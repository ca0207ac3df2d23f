//! Few tokens are left to ggml until they are asked for. In a process of its own, since asking is for good.
#![cfg(vnni)]
#![expect(unsafe_code, reason = "it is called as ggml does")]

use std::ffi::{c_int, c_void};

use hob_engine_matrix::take_few_tokens;

/// `Q8_0`, whose blocks have 34 bytes, and 32-bit floats.
const TYPES: [c_int; 3] = [8, 8, 0];
const BLOCK_BYTES: usize = 34;
const ROWS: u16 = 16;

#[repr(C)]
struct Thread {
    index: c_int,
    count: c_int,
}

unsafe extern "C" {
    fn __wrap_llamafile_sgemm(
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

/// In place of llamafile's, which is not here: takes nothing.
#[unsafe(no_mangle)]
extern "C" fn __real_llamafile_sgemm() -> bool {
    false
}

/// Whether so many tokens are taken.
fn are_taken(tokens: u16) -> bool {
    let bytes = |count: u16| vec![0_u8; usize::from(count) * BLOCK_BYTES];
    let (weights, input) = (bytes(ROWS), bytes(tokens));
    let mut output = vec![1.0_f32; usize::from(tokens) * usize::from(ROWS)];
    let [weights_type, input_type, output_type] = TYPES;
    let rows = i64::from(ROWS);
    // SAFETY: matrices of one block in each row, and of zeros.
    let is_done = unsafe {
        __wrap_llamafile_sgemm(
            &Thread { index: 0, count: 1 },
            rows,
            i64::from(tokens),
            1,
            weights.as_ptr().cast(),
            1,
            input.as_ptr().cast(),
            1,
            output.as_mut_ptr().cast(),
            rows,
            weights_type,
            input_type,
            output_type,
        )
    };
    let expected = if is_done { 0.0_f32 } else { 1.0 };
    assert!(output.iter().all(|value| value.to_bits() == expected.to_bits()));
    is_done
}

#[test]
fn few_tokens_are_taken_only_when_they_are_asked_for() {
    assert!(!are_taken(1) && !are_taken(23));
    assert!(are_taken(24) && are_taken(100));
    take_few_tokens();
    assert!(are_taken(1) && are_taken(23));
}
