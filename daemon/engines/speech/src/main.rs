//! Placeholder.
use whisper_rs as _;

fn main() {}
