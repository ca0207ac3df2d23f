//! Puts the routines of `hob-engine-matrix` before ggml's own, in builds for processors that have what they need.

use std::env;

fn main() {
    const OPTION: &str = "GGML_AVX512_VNNI";
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={OPTION}");
    println!("cargo:rustc-check-cfg=cfg(vnni)");
    let is_wanted = env::var(OPTION).is_ok_and(|value| value == "ON");
    if is_wanted && env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "x86_64") {
        println!("cargo:rustc-cfg=vnni");
        // Calls of this name go to the one of `hob-engine-matrix`.
        println!("cargo:rustc-link-arg-bins=-Wl,--wrap=llamafile_sgemm");
    }
}
