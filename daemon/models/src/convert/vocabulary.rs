//! Reads `vocabulary.txt`: one token a line, its bytes written with GPT-2's table of printable stand-ins.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::ConvertError;

/// Ten times the vocabulary of Whisper; a larger file is not one.
const LARGEST: u64 = 8 << 20;

/// The tokens in order, as bytes.
pub(super) fn read(path: &Path) -> Result<Vec<Vec<u8>>, ConvertError> {
    let reading = |source: io::Error| ConvertError::Read { path: path.to_owned(), source };
    let mut text = String::new();
    BufReader::new(File::open(path).map_err(reading)?).take(LARGEST).read_to_string(&mut text).map_err(reading)?;
    let table = byte_of_character();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.split('\n').map(|line| token(line, &table)).collect())
}

/// Special tokens such as `<|0.00|>` may hold characters outside the table; they stand for themselves.
fn token(line: &str, table: &HashMap<char, u8>) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = line.chars().map(|character| table.get(&character).copied()).collect();
    bytes.unwrap_or_else(|| line.as_bytes().to_vec())
}

/// GPT-2's table, undone: printable Latin-1 bytes stand for themselves, the others for characters from U+0100 on, in order.
fn byte_of_character() -> HashMap<char, u8> {
    let mut next = 0x100;
    (0..=u8::MAX)
        .map(|byte| {
            if matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
                return (char::from(byte), byte);
            }
            let character = char::from_u32(next).expect("below U+0200");
            next += 1;
            (character, byte)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_become_bytes_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocabulary.txt");
        std::fs::write(&path, "Ġt\nåľº\n\nĊ\n").unwrap();
        assert_eq!(read(&path).unwrap(), [b" t".to_vec(), "场".as_bytes().to_vec(), vec![], b"\n".to_vec()]);
    }
}
