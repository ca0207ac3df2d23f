//! A Whisper model made smaller as whisper.cpp's own tool does: the large matrices in 8 bits, everything else as it was.

use std::path::Path;

/// Numbers of ggml: types of tensors, and the kind of file, with version 2 of the quantisation in its thousands.
const F32: u32 = 0;
const F16: u32 = 1;
const Q8_0: u32 = 8;
const FILE_MOSTLY_Q8_0: u32 = 2007;
/// Numbers that share one scale.
const BLOCK: usize = 32;

/// Makes `to` from a half-precision `from`.
pub fn quantise(from: &Path, to: &Path) {
    let input = std::fs::read(from).unwrap();
    let mut rest = Bytes { input: &input, output: Vec::with_capacity(input.len()) };
    // The magic and ten of the eleven numbers; the last one says how the weights are stored.
    rest.copy(4 + 10 * 4);
    assert_eq!(rest.skip(), F16, "{} is not half precision", from.display());
    rest.put(FILE_MOSTLY_Q8_0);
    let filters = rest.number() * rest.number();
    rest.copy(filters as usize * 4);
    for _ in 0..rest.number() {
        let length = rest.number();
        rest.copy(length as usize);
    }
    while !rest.input.is_empty() {
        rest.tensor();
    }
    std::fs::write(to, rest.output).unwrap();
}

struct Bytes<'a> {
    input: &'a [u8],
    output: Vec<u8>,
}

impl Bytes<'_> {
    fn take(&mut self, count: usize) -> &[u8] {
        let (taken, rest) = self.input.split_at(count);
        self.input = rest;
        taken
    }

    fn copy(&mut self, count: usize) {
        let (taken, rest) = self.input.split_at(count);
        self.output.extend(taken);
        self.input = rest;
    }

    /// Reads a number without copying it.
    fn skip(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().expect("four bytes"))
    }

    /// Reads a number and copies it.
    fn number(&mut self) -> u32 {
        let number = self.skip();
        self.put(number);
        number
    }

    fn put(&mut self, number: u32) {
        self.output.extend(number.to_le_bytes());
    }

    /// Convolutions have three dimensions, biases and positions are full precision: whisper.cpp wants both so.
    fn tensor(&mut self) {
        let (dimensions, name_length, kind) = (self.number(), self.number(), self.skip());
        let rows: Vec<u32> = self.input[..4 * dimensions as usize]
            .chunks_exact(4)
            .map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes")))
            .collect();
        let elements = rows.iter().map(|count| *count as usize).product::<usize>();
        let quantised = dimensions == 2 && kind == F16 && (rows[0] as usize).is_multiple_of(BLOCK);
        self.put(if quantised { Q8_0 } else { kind });
        self.copy(4 * dimensions as usize + name_length as usize);
        match kind {
            F16 if quantised => {
                let halves: Vec<f32> =
                    self.take(elements * 2).chunks_exact(2).map(|half| from_half([half[0], half[1]])).collect();
                halves.chunks_exact(BLOCK).for_each(|block| self.block(block));
            }
            F16 => self.copy(elements * 2),
            F32 => self.copy(elements * 4),
            _ => panic!("a tensor of type {kind}"),
        }
    }

    fn block(&mut self, values: &[f32]) {
        let largest = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let scale = largest / 127.0;
        let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
        self.output.extend(to_half(scale).to_le_bytes());
        self.output.extend(values.iter().flat_map(|value| ((value * inverse).round() as i8).to_le_bytes()));
    }
}

fn from_half(bytes: [u8; 2]) -> f32 {
    let half = u16::from_le_bytes(bytes);
    let sign = if half >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(half >> 10 & 31), f32::from(half & 1023));
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-24),
        _ => sign * (1024.0 + fraction) * 2.0_f32.powi(exponent - 25),
    }
}

/// Of a number from 0 to 65504.
pub(crate) fn to_half(value: f32) -> u16 {
    // Below the smallest normal number the steps are all the same.
    let exponent = if value < 2.0_f32.powi(-14) { -14 } else { value.log2().floor() as i32 };
    let steps = (value / 2.0_f32.powi(exponent - 10)).round() as u16;
    // A fraction that rounds up to the next power of two carries into the exponent by itself.
    ((exponent + 14) as u16 * 1024) + steps
}

#[cfg(test)]
mod tests {
    use super::{from_half, to_half};

    #[test]
    fn halves_keep_their_value() {
        for half in 0..0x7c00_u16 {
            assert_eq!(to_half(from_half(half.to_le_bytes())), half);
        }
        assert_eq!(to_half(1.0), 0x3c00);
        assert!((from_half(0xc000_u16.to_le_bytes()) - (-2.0)).abs() < f32::EPSILON);
    }
}
