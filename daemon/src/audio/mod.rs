//! Sound, always as 16 kHz mono `f32` in -1 to 1: files decoded whole, and the sources a dictation listens to.
//!
//! [`decode`] reads a file, [`source`] starts a microphone or plays a recording in real time, [`resample`] brings any rate
//! down to the one the engines take. Nothing here recognises, stores or sends speech anywhere.

pub mod decode;
mod feed;
mod microphone;
mod mono;
pub mod problem;
pub mod resample;
mod ring;
pub mod source;

pub use decode::{Limits, Recording, read_file};
pub use problem::AudioProblem;
pub use resample::Resampler;
pub use source::{Captured, Input, Source};

/// Samples per second of everything that leaves this module: the rate Whisper takes.
pub const SAMPLE_RATE: u32 = 16_000;
