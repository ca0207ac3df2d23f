//! Puts `hob-engine-matrix`, `src/attention.rs` and `src/layout.rs` before ggml's own routines, where the first is compiled.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(vnni)");
    if std::env::var_os("DEP_HOB_ENGINE_MATRIX_VNNI").is_some() {
        println!("cargo:rustc-cfg=vnni");
        // Calls of these names go to ours, which begin with `__wrap_`.
        for routine in [
            "llamafile_sgemm",
            "ggml_compute_forward_flash_attn_ext",
            "ggml_compute_forward_mul_mat_tiled",
            "llama_model_default_params",
        ] {
            println!("cargo:rustc-link-arg-bins=-Wl,--wrap={routine}");
        }
    }
}
