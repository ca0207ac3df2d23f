//! The target `socket_decoder`; its body is in `targets.rs`.
#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "the other target is the other program's")]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::socket_decoder(data));
