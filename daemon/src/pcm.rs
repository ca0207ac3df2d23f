//! Samples on their way, without a device: what both the sound adapters and the socket need.

pub use crate::audio::resample::Resampler;
