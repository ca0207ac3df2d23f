//! A LoRA adapter as a file, written here: one change of rank 1 to one tensor, large enough to be seen in what the model says.

/// A change to a tensor of this name and these two sizes, by this much.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub tensor: &'a str,
    pub sizes: [u64; 2],
    pub by: f32,
}

/// The bytes of a GGUF file.
pub fn lora(architecture: &str, change: Change<'_>) -> Vec<u8> {
    const TEXT: u32 = 8;
    const FLOAT: u32 = 6;
    const ALIGNMENT: usize = 32;
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let pair = |key: &str, kind: u32, value: Vec<u8>| [text(key), kind.to_le_bytes().to_vec(), value].concat();
    let [inner, outer] = change.sizes;
    let halves = [("lora_a", [inner, 1]), ("lora_b", [1, outer])];
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend((halves.len() as u64).to_le_bytes());
    file.extend(4_u64.to_le_bytes());
    file.extend(pair("general.type", TEXT, text("adapter")));
    file.extend(pair("general.architecture", TEXT, text(architecture)));
    file.extend(pair("adapter.type", TEXT, text("lora")));
    file.extend(pair("adapter.lora.alpha", FLOAT, 1.0_f32.to_le_bytes().to_vec()));
    let mut data: Vec<u8> = Vec::new();
    for (half, sizes) in halves {
        file.extend(text(&format!("{}.{half}", change.tensor)));
        file.extend(2_u32.to_le_bytes());
        file.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        // 32-bit floats.
        file.extend(0_u32.to_le_bytes());
        file.extend((data.len() as u64).to_le_bytes());
        let count = sizes[0] * sizes[1];
        data.extend((0..count).flat_map(|place| (if place % 2 == 0 { change.by } else { -change.by }).to_le_bytes()));
        data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
    }
    file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
    file.extend(data);
    file
}
