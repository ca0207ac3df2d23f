//! The private protocol between the daemon and an engine process, over the socketpair that is the engine's standard input.
//!
//! Both ends are always built together, and the handshake proves it: the first frame is [`FromEngine::Hello`] with
//! [`build_id`], and a daemon that reads another id ends the engine. Nothing here is stable or documented for others.

mod frame;
mod messages;

pub use frame::{FrameDecoder, FrameError, MAX_HEAD_BYTES, MAX_TAIL_BYTES, RawFrame, encode};
pub use messages::{
    Adapter, EmbedRequest, Failure, FromEngine, Listening, LoadOptions, RecognitionMode, States, TextRequest, ToEngine,
    Urgency,
};

/// Samples in one audio frame at the most: one second. Short frames let a cancel overtake soon.
pub const MAX_AUDIO_SAMPLES: usize = 16_000;

/// Version and a hash over the source of this protocol: equal only if both ends mean the same by every byte.
pub fn build_id() -> String {
    const HASH: u64 = fnv1a(include_bytes!("messages.rs"), fnv1a(include_bytes!("frame.rs"), FNV_OFFSET));
    format!("{}-{HASH:016x}", crate::VERSION)
}

/// The offset basis and the prime of FNV-1a with 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

const fn fnv1a(bytes: &[u8], mut hash: u64) -> u64 {
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(FNV_PRIME);
        index += 1;
    }
    hash
}

/// Samples as the tail of a frame: 32-bit floats, little endian.
pub fn samples_to_bytes(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// The samples in a tail; `None` if it does not hold whole samples.
pub fn samples_from_bytes(bytes: &[u8]) -> Option<Vec<f32>> {
    let (samples, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| samples.iter().map(|sample| f32::from_le_bytes(*sample)).collect())
}

#[cfg(test)]
mod tests {
    use super::{samples_from_bytes, samples_to_bytes};

    #[test]
    fn samples_survive_and_halves_are_refused() {
        let samples = [0.0, -1.0, 0.25];
        let bytes = samples_to_bytes(&samples);
        assert_eq!(samples_from_bytes(&bytes), Some(samples.to_vec()));
        assert_eq!(samples_from_bytes(&bytes[1..]), None);
    }
}
