//! Files that pass for models: sound headers, almost no weights. Only the scripted engines can "load" them.

use std::fs;
use std::path::Path;

use hob_models::{Import, Store, Transfer};

/// The models of a test's home.
pub const SPEECH_MODEL: &str = "tiny-speech";
pub const TEXT_MODEL: &str = "tiny-text";

pub(crate) fn install(models: &Path, name: &str, bytes: &[u8]) {
    let file = models.with_file_name(format!("{name}.model"));
    fs::write(&file, bytes).unwrap();
    let import = Import { path: &file, name: Some(name), transfer: Transfer::Copy };
    Store::new(models).import(&import, &mut |_| {}).unwrap();
}

/// A Whisper model with one layer on each side.
pub fn tiny_ggml() -> Vec<u8> {
    const FILTER_WIDTH: u32 = 201;
    /// Of a model with one layer on each side.
    const TENSORS: u32 = 50;
    let numbers = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let mut file = b"lmgg".to_vec();
    file.extend(numbers(&[51_865, 1500, 2, 1, 1, 448, 2, 1, 1, 1, 1]));
    file.extend(numbers(&[1, FILTER_WIDTH]));
    file.extend(numbers(&[0; FILTER_WIDTH as usize]));
    // One token, of one byte.
    file.extend(numbers(&[1, 1]));
    file.push(b'a');
    for index in 0..TENSORS {
        let name = format!("tensor.{index}");
        // Two dimensions of one and two 32-bit floats.
        file.extend(numbers(&[2, name.len() as u32, 0, 1, 2]));
        file.extend(name.as_bytes());
        file.extend([0; 8]);
    }
    file
}

/// A text model with one tensor.
pub fn tiny_gguf() -> Vec<u8> {
    const STRING: u32 = 8;
    let string = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    for count in [1_u64, 1] {
        file.extend(count.to_le_bytes());
    }
    file.extend([string("general.architecture"), STRING.to_le_bytes().to_vec(), string("llama")].concat());
    // One dimension of eight 32-bit floats, at the beginning of the data.
    file.extend(string("blk.0.weight"));
    file.extend([1_u32.to_le_bytes().to_vec(), 8_u64.to_le_bytes().to_vec()].concat());
    file.extend([0_u32.to_le_bytes().to_vec(), 0_u64.to_le_bytes().to_vec()].concat());
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend([0; 32]);
    file
}
