//! Compiles the routines only in builds for processors that have what they need, and tells the engines so.

use std::env;

fn main() {
    const OPTION: &str = "GGML_AVX512_VNNI";
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={OPTION}");
    println!("cargo:rustc-check-cfg=cfg(vnni)");
    let is_wanted = env::var(OPTION).is_ok_and(|value| value == "ON");
    if is_wanted && env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "x86_64") {
        println!("cargo:rustc-cfg=vnni");
        // `DEP_HOB_ENGINE_MATRIX_VNNI` for those that depend on this crate.
        println!("cargo:vnni=1");
    }
}
