//! Puts `hob-engine-matrix` and `src/attention.rs` before ggml's own routines, in builds for processors that have what it needs.

use std::env;

fn main() {
    const OPTION: &str = "GGML_AVX512_VNNI";
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={OPTION}");
    println!("cargo:rustc-check-cfg=cfg(vnni)");
    let is_wanted = env::var(OPTION).is_ok_and(|value| value == "ON");
    if is_wanted && env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "x86_64") {
        println!("cargo:rustc-cfg=vnni");
        // Calls of these names go to ours, which begin with `__wrap_`.
        for routine in ["llamafile_sgemm", "ggml_compute_forward_flash_attn_ext"] {
            println!("cargo:rustc-link-arg-bins=-Wl,--wrap={routine}");
        }
    }
}
