//! The `hob` command. Everything it does is in the library, where tests and documents reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    hob::run(std::env::args_os())
}
