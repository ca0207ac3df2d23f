//! Sound, always as 16 kHz mono `f32` in -1 to 1: files decoded whole, and the sources a dictation listens to.
//!
//! [`decode`] reads a file, [`source`] starts a microphone or plays a recording in real time, [`crate::pcm`] brings any rate
//! down to the one the engines take. Nothing here recognises, stores or sends speech anywhere.

pub mod decode;
mod feed;
pub mod microphone;
pub mod mono;
pub mod problem;
pub mod ring;
pub mod source;

pub use decode::{Limits, Recording, read_file};
pub use microphone::Microphone;
pub use problem::AudioProblem;
pub use source::{Captured, Source};

use hob_protocol::speech::SAMPLE_RATE;
