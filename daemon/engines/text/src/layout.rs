//! Keeps weights as they are in the file, and their products for `hob-engine-matrix`. ggml would lay some types out anew when it loads them, and
//! has routines of its own for others, and both round a token in a group in another way than alone. The linker puts these before
//! ggml's (`build.rs`).
#![expect(unsafe_code, reason = "llama.cpp and ggml call it")]

use hob_engine_matrix::{Thread, takes};
use llama_cpp_sys_2::{ggml_tensor, llama_model_params};

unsafe extern "C" {
    fn __real_llama_model_default_params() -> llama_model_params;
    /// `false` says that it was not done.
    fn __real_ggml_compute_forward_mul_mat_tiled(thread: *const Thread, output: *mut ggml_tensor) -> bool;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_llama_model_default_params() -> llama_model_params {
    // SAFETY: it needs nothing.
    let params = unsafe { __real_llama_model_default_params() };
    llama_model_params { use_extra_bufts: false, ..params }
}

/// What ggml asks before llamafile's routines.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_ggml_compute_forward_mul_mat_tiled(
    thread: *const Thread,
    output: *mut ggml_tensor,
) -> bool {
    // SAFETY: ggml hands over the output of a matrix product, which has weights.
    unsafe {
        let weights = &*(*output).src[0];
        !takes(weights.type_.cast_signed(), weights.ne[1]) && __real_ggml_compute_forward_mul_mat_tiled(thread, output)
    }
}
