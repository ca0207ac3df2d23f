//! Puts the routines of `hob-engine-matrix` before ggml's own, where they are compiled.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("DEP_HOB_ENGINE_MATRIX_VNNI").is_some() {
        // Calls of this name go to the one of `hob-engine-matrix`.
        println!("cargo:rustc-link-arg-bins=-Wl,--wrap=llamafile_sgemm");
    }
}
