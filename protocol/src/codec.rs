//! NUL-ended messages out of a byte stream, with a limit. Pure: bytes in, messages out.

use serde::Serialize;

/// The largest message either side accepts, without its NUL byte. A text of this size is far beyond any model's context;
/// audio travels as raw samples after an upgrade, not in messages.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// A message grew beyond the decoder's limit. The stream cannot be used any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message longer than {limit} bytes")]
pub struct MessageTooLarge {
    pub limit: usize,
}

/// Collects bytes and gives out whole messages. Memory stays below the limit plus what one `feed` brought.
#[derive(Debug)]
pub struct Decoder {
    buffer: Vec<u8>,
    /// Bytes before this index hold no NUL.
    scanned: usize,
    limit: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::with_limit(MAX_MESSAGE_BYTES)
    }
}

impl Decoder {
    pub fn with_limit(limit: usize) -> Self {
        Self { buffer: Vec::new(), scanned: 0, limit }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message without its NUL byte, or `None` until more bytes come.
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, MessageTooLarge> {
        let too_large = MessageTooLarge { limit: self.limit };
        let Some(found) = self.buffer[self.scanned..].iter().position(|&byte| byte == 0) else {
            self.scanned = self.buffer.len();
            return if self.buffer.len() > self.limit { Err(too_large) } else { Ok(None) };
        };
        let end = self.scanned + found;
        if end > self.limit {
            return Err(too_large);
        }
        let rest = self.buffer.split_off(end + 1);
        let mut message = std::mem::replace(&mut self.buffer, rest);
        message.truncate(end);
        self.scanned = 0;
        Ok(Some(message))
    }

    /// Bytes that wait to become messages.
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// What was received beyond the last message: the first raw bytes after an upgrade.
    pub fn into_rest(self) -> Vec<u8> {
        self.buffer
    }
}

/// A message with its NUL byte. JSON text never contains a raw NUL, so the framing cannot be broken from within.
pub fn encode(message: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(message).expect("wire types serialise: string keys, finite numbers");
    bytes.push(0);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decoder, MessageTooLarge};

    #[test]
    fn a_message_that_never_ends_is_refused_at_the_limit() {
        let mut decoder = Decoder::with_limit(8);
        decoder.feed(b"12345678");
        assert_eq!(decoder.next_message(), Ok(None));
        decoder.feed(b"9");
        assert_eq!(decoder.next_message(), Err(MessageTooLarge { limit: 8 }));
    }

    #[test]
    fn bytes_after_the_upgrade_message_are_kept() {
        let mut decoder = Decoder::default();
        decoder.feed(b"{}\0\x01\x00\x02");
        assert_eq!(decoder.next_message(), Ok(Some(b"{}".to_vec())));
        assert_eq!(decoder.into_rest(), b"\x01\x00\x02");
    }

    proptest! {
        #[test]
        fn messages_survive_any_chunking(
            messages in prop::collection::vec(prop::collection::vec(1u8.., 0..40), 0..8),
            cuts in prop::collection::vec(1usize..16, 1..40),
        ) {
            let bytes: Vec<u8> = messages.iter().flat_map(|m| m.iter().copied().chain([0])).collect();
            let mut decoder = Decoder::default();
            let (mut got, mut rest, mut cut) = (Vec::new(), &bytes[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                decoder.feed(now);
                rest = later;
                while let Some(message) = decoder.next_message().unwrap() {
                    got.push(message);
                }
            }
            prop_assert_eq!(got, messages);
        }
    }
}
