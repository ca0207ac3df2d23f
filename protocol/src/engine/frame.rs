//! Frames: two little-endian 32-bit lengths, a JSON head, a binary tail. Pure, like the codec of the socket.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A head carries at most one prompt, which the socket limits to its own message size.
pub const MAX_HEAD_BYTES: usize = 2 * crate::codec::MAX_MESSAGE_BYTES;
/// A tail carries at most [`super::MAX_AUDIO_SAMPLES`] samples of four bytes.
pub const MAX_TAIL_BYTES: usize = 4 * super::MAX_AUDIO_SAMPLES;

const LENGTHS: usize = 8;

/// The other side sent something that is no frame; the connection cannot be used any further.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("frame with a head of {head} and a tail of {tail} bytes")]
    TooLarge { head: usize, tail: usize },
    #[error("frame with an unreadable head")]
    Unreadable(#[source] serde_json::Error),
}

/// One frame, its head not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    pub head: Vec<u8>,
    pub tail: Vec<u8>,
}

impl RawFrame {
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, FrameError> {
        serde_json::from_slice(&self.head).map_err(FrameError::Unreadable)
    }
}

/// Collects bytes and gives out whole frames.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: Vec<u8>,
    /// Bytes of `buffer` that were given out already.
    consumed: usize,
}

impl FrameDecoder {
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.consumed == self.buffer.len() {
            self.buffer.clear();
            self.consumed = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, or `None` until more bytes come. Lengths are checked before anything waits for them.
    pub fn next_frame(&mut self) -> Result<Option<RawFrame>, FrameError> {
        let pending = &self.buffer[self.consumed..];
        let Some((lengths, body)) = pending.split_at_checked(LENGTHS) else { return Ok(None) };
        let length =
            |at: usize| u32::from_le_bytes([lengths[at], lengths[at + 1], lengths[at + 2], lengths[at + 3]]) as usize;
        let (head, tail) = (length(0), length(4));
        if head > MAX_HEAD_BYTES || tail > MAX_TAIL_BYTES {
            return Err(FrameError::TooLarge { head, tail });
        }
        if body.len() < head + tail {
            return Ok(None);
        }
        let frame = RawFrame { head: body[..head].to_vec(), tail: body[head..head + tail].to_vec() };
        self.consumed += LENGTHS + head + tail;
        if self.consumed >= self.buffer.len() / 2 {
            self.buffer.drain(..self.consumed);
            self.consumed = 0;
        }
        Ok(Some(frame))
    }
}

/// A frame in bytes.
///
/// # Panics
/// If head or tail exceed their limits: the callers split audio and the socket limits texts.
pub fn encode(head: &impl Serialize, tail: &[u8]) -> Vec<u8> {
    let head = serde_json::to_vec(head).expect("messages serialise: string keys, finite numbers");
    assert!(head.len() <= MAX_HEAD_BYTES && tail.len() <= MAX_TAIL_BYTES, "frame over its limits");
    let mut bytes = Vec::with_capacity(LENGTHS + head.len() + tail.len());
    bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(tail.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(tail);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FrameDecoder, FrameError, MAX_TAIL_BYTES, encode};

    #[test]
    fn lengths_beyond_the_limits_are_refused_before_any_body_comes() {
        let mut decoder = FrameDecoder::default();
        decoder.feed(&[2, 0, 0, 0]);
        assert!(matches!(decoder.next_frame(), Ok(None)));
        decoder.feed(&(MAX_TAIL_BYTES as u32 + 1).to_le_bytes());
        assert!(matches!(decoder.next_frame(), Err(FrameError::TooLarge { head: 2, .. })));
    }

    proptest! {
        #[test]
        fn frames_survive_any_chunking(
            frames in prop::collection::vec((".{0,20}", prop::collection::vec(any::<u8>(), 0..40)), 0..8),
            cuts in prop::collection::vec(1usize..16, 1..40),
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(head, tail)| encode(head, tail)).collect();
            let mut decoder = FrameDecoder::default();
            let (mut got, mut rest, mut cut) = (Vec::new(), &bytes[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                decoder.feed(now);
                rest = later;
                while let Some(frame) = decoder.next_frame().unwrap() {
                    got.push((frame.read::<String>().unwrap(), frame.tail));
                }
            }
            prop_assert_eq!(got, frames);
        }
    }
}
