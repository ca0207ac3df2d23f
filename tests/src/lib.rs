//! What the end-to-end tests share: a real `hobd` in folders of its own, the real `hob`, raw connections, scripted engines and
//! small files that pass for models and recordings. Nothing here sleeps: every wait ends with the thing waited for, or fails after
//! [`PATIENCE`].

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

mod activity;
mod binaries;
mod daemon;
pub mod desktop;
mod ending;
mod home;
mod log;
pub mod lora;
mod models;
mod noises;
mod quantise;
mod ran;
mod random;
mod real;
mod sound;
mod sound_server;
mod spoken;
mod watcher;
mod wire;

use std::time::Duration;

pub use activity::{Activity, threads};
pub use binaries::program;
pub use daemon::Daemon;
pub use home::Home;
pub use models::{SPEECH_MODEL, TEXT_MODEL, tiny_ggml, tiny_gguf};
pub use noises::{noises, plain_noises};
pub use quantise::quantise;
pub use ran::{Ran, run};
pub use random::Random;
pub use real::{REAL_SPEECH_MODEL, REAL_TEXT_MODEL, Recording, kept, real_model};
pub use sound::{Sound, write_recording};
pub use sound_server::SoundServer;
pub use spoken::spoken;
pub use watcher::Watcher;
pub use wire::Wire;

/// How long a test waits for what must happen. Only a failing test waits so long, so it is generous for a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);
