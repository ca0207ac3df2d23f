//! Placeholder.
use llama_cpp_2 as _;

fn main() {}
