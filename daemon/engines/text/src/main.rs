//! hob-text: text generation with llama.cpp, in a process of its own. It opens no socket and reads one file, the model;
//! beside it only states of its own, which it keeps in a folder that the daemon names.

mod adapters;
mod answer;
mod attempt;
#[cfg(vnni)]
mod attention;
mod clock;
mod draft;
mod embed;
mod engine;
mod generate;
#[cfg(vnni)]
mod layout;
mod log;
mod prompt;
mod sampler;
mod schema;
mod sequence;
mod serve;
mod shelf;
mod states;
mod stop;
mod template;
mod utf8;

use std::process::ExitCode;

fn main() -> ExitCode {
    hob_worker::wait_calmly();
    hob_worker::run(engine::TextEngine::default())
}
