//! A LoRA adapter as a file, written here: a change of low rank to each of some tensors.

use crate::quantise::to_half;

/// A change to a tensor of this name and these two sizes, by this much.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub tensor: &'a str,
    pub sizes: [u64; 2],
    pub by: f32,
    pub rank: u64,
    pub numbers: Numbers,
}

/// What numbers it consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    Single,
    Half,
}

/// The bytes of a GGUF file.
pub fn lora(architecture: &str, changes: &[Change<'_>]) -> Vec<u8> {
    const TEXT: u32 = 8;
    const FLOAT: u32 = 6;
    const ALIGNMENT: usize = 32;
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let pair = |key: &str, kind: u32, value: Vec<u8>| [text(key), kind.to_le_bytes().to_vec(), value].concat();
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend((2 * changes.len() as u64).to_le_bytes());
    file.extend(4_u64.to_le_bytes());
    file.extend(pair("general.type", TEXT, text("adapter")));
    file.extend(pair("general.architecture", TEXT, text(architecture)));
    file.extend(pair("adapter.type", TEXT, text("lora")));
    file.extend(pair("adapter.lora.alpha", FLOAT, 1.0_f32.to_le_bytes().to_vec()));
    let mut data: Vec<u8> = Vec::new();
    for change in changes {
        let [inner, outer] = change.sizes;
        for (half, sizes) in [("lora_a", [inner, change.rank]), ("lora_b", [change.rank, outer])] {
            file.extend(text(&format!("{}.{half}", change.tensor)));
            file.extend(2_u32.to_le_bytes());
            file.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
            file.extend(change.numbers.ggml_type().to_le_bytes());
            file.extend((data.len() as u64).to_le_bytes());
            let values = (0..sizes[0] * sizes[1]).map(|place| change.value(place));
            match change.numbers {
                Numbers::Single => data.extend(values.flat_map(f32::to_le_bytes)),
                Numbers::Half => data.extend(values.flat_map(|value| to_half(value).to_le_bytes())),
            }
            data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
        }
    }
    file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
    file.extend(data);
    file
}

impl Change<'_> {
    /// Signs that take turns, or are mixed where several rows must not be alike.
    fn value(&self, place: u64) -> f32 {
        let mixed = place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63;
        let is_positive = if self.rank == 1 { place.is_multiple_of(2) } else { mixed == 0 };
        if is_positive { self.by } else { -self.by }
    }
}

impl Numbers {
    /// ggml's number of the type.
    fn ggml_type(self) -> u32 {
        match self {
            Self::Single => 0,
            Self::Half => 1,
        }
    }
}
