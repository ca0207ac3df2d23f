//! Bytes of tokens become text, one whole character at a time: a token may hold a part of one. Pure.

/// Collects bytes and gives out whole characters.
#[derive(Debug, Default)]
pub(crate) struct Utf8Stream {
    /// The beginning of a character, three bytes at the most.
    pending: Vec<u8>,
}

impl Utf8Stream {
    /// The characters that are whole now. Bytes that cannot be UTF-8 come out as U+FFFD; a character that never ends does not.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut whole = 0;
        for chunk in self.pending.utf8_chunks() {
            text.push_str(chunk.valid());
            whole += chunk.valid().len();
            let reaches_the_end = whole + chunk.invalid().len() == self.pending.len();
            if reaches_the_end && may_become_a_character(chunk.invalid()) {
                break;
            }
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                whole += chunk.invalid().len();
            }
        }
        self.pending.drain(..whole);
        text
    }
}

fn may_become_a_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Utf8Stream;

    fn streamed(chunks: &[&[u8]]) -> Vec<String> {
        let mut stream = Utf8Stream::default();
        chunks.iter().map(|bytes| stream.push(bytes)).collect()
    }

    #[test]
    fn halves_wait_and_nonsense_is_replaced() {
        assert_eq!(streamed(&[b"caf\xc3", b"\xa9!"]), ["caf", "é!"]);
        assert_eq!(streamed(&[b"\xf0\x9f", b"\x98", b"\x80"]), ["", "", "😀"]);
        assert_eq!(streamed(&[b"a\xff", b"b"]), ["a\u{fffd}", "b"]);
        assert_eq!(streamed(&[b"\xc3", b"x"]), ["", "\u{fffd}x"]);
        assert_eq!(streamed(&[b"end\xe2\x82"]), ["end"]);
    }

    proptest! {
        #[test]
        fn text_survives_any_cut(text in ".{0,30}", size in 1usize..5) {
            let mut stream = Utf8Stream::default();
            let whole: String = text.as_bytes().chunks(size).map(|bytes| stream.push(bytes)).collect();
            prop_assert_eq!(whole, text);
        }

        #[test]
        fn any_bytes_come_out_as_if_read_at_once(bytes in prop::collection::vec(any::<u8>(), 0..30), size in 1usize..5) {
            let mut stream = Utf8Stream::default();
            let mut whole: String = bytes.chunks(size).map(|bytes| stream.push(bytes)).collect();
            if !stream.pending.is_empty() {
                whole.push(char::REPLACEMENT_CHARACTER);
            }
            prop_assert_eq!(whole, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}
