//! Products of quantised matrices for both engines, in place of those that ggml has. Empty in builds for processors without AVX-512 VNNI
//! (`build.rs`).

#[cfg(vnni)]
mod matrix;

#[cfg(vnni)]
pub use matrix::{Thread, float, take_few_tokens, takes};
