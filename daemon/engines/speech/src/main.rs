//! hob-speech: speech to text with Whisper, in a process of its own that `hobd` starts. Has no command line and opens no socket.

mod clip;
mod context;
mod cores;
mod decode;
mod effort;
mod engine;
mod guard;
mod halves;
mod language;
mod listen;
mod live;
mod native_log;
mod pieces;
mod recognizer;
mod sentences;
mod vad;
mod weights;
mod window;

use std::process::ExitCode;

// Nothing here calls it: ggml does.
use hob_engine_matrix as _;

fn main() -> ExitCode {
    hob_worker::wait_calmly();
    hob_worker::run(engine::Speech::default())
}
