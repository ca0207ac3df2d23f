//! Which variable of `CTranslate2` becomes which tensor of ggml, in the order they are written. Weights stay half precision; biases, norms and
//! positions become f32, as whisper.cpp wants them.

use super::source::{FLOAT16, Source};
use super::{ConvertError, Sink};

/// Half-precision numbers copied at a time.
const CHUNK: usize = 32 * 1024;

pub(super) struct Tensors<'a, 'b> {
    pub(super) source: &'a mut Source,
    pub(super) sink: &'a mut Sink<'b>,
}

/// One of the equal pieces, along the first dimension, of a variable that holds several tensors.
#[derive(Clone, Copy)]
struct Piece {
    index: u32,
    of: u32,
}

const WHOLE: Piece = Piece { index: 0, of: 1 };

/// How a tensor is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Precision {
    Half,
    Full,
}

impl Tensors<'_, '_> {
    pub(super) fn encoder(&mut self, layers: u32) -> Result<(), ConvertError> {
        self.positions("encoder")?;
        for convolution in ["conv1", "conv2"] {
            let [from, to] = [format!("encoder/{convolution}"), format!("encoder.{convolution}")];
            self.tensor(&format!("{from}/weight"), WHOLE, &format!("{to}.weight"), Precision::Half)?;
            self.column(&format!("{from}/bias"), &format!("{to}.bias"))?;
        }
        for layer in 0..layers {
            let [from, to] = [format!("encoder/layer_{layer}"), format!("encoder.blocks.{layer}")];
            self.self_attention(&from, &to)?;
            self.feed_forward(&from, &to)?;
        }
        self.norm("encoder/layer_norm", "encoder.ln_post")
    }

    pub(super) fn decoder(&mut self, layers: u32) -> Result<(), ConvertError> {
        self.positions("decoder")?;
        self.tensor("decoder/embeddings/weight", WHOLE, "decoder.token_embedding.weight", Precision::Half)?;
        for layer in 0..layers {
            let [from, to] = [format!("decoder/layer_{layer}"), format!("decoder.blocks.{layer}")];
            self.self_attention(&from, &to)?;
            self.cross_attention(&from, &to)?;
            self.feed_forward(&from, &to)?;
        }
        self.norm("decoder/layer_norm", "decoder.ln")
    }

    /// Query, key and value are the three thirds of one matrix. The key's bias is all zero and has no place in ggml.
    fn self_attention(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let joined = format!("{from}/self_attention/linear_0");
        self.linear(&joined, Piece { index: 0, of: 3 }, &format!("{to}.attn.query"))?;
        self.weight(&joined, Piece { index: 1, of: 3 }, &format!("{to}.attn.key"))?;
        self.linear(&joined, Piece { index: 2, of: 3 }, &format!("{to}.attn.value"))?;
        self.linear(&format!("{from}/self_attention/linear_1"), WHOLE, &format!("{to}.attn.out"))?;
        self.norm(&format!("{from}/self_attention/layer_norm"), &format!("{to}.attn_ln"))
    }

    /// The query stands alone; key and value are the two halves of one matrix.
    fn cross_attention(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let joined = format!("{from}/attention/linear_1");
        self.linear(&format!("{from}/attention/linear_0"), WHOLE, &format!("{to}.cross_attn.query"))?;
        self.weight(&joined, Piece { index: 0, of: 2 }, &format!("{to}.cross_attn.key"))?;
        self.linear(&joined, Piece { index: 1, of: 2 }, &format!("{to}.cross_attn.value"))?;
        self.linear(&format!("{from}/attention/linear_2"), WHOLE, &format!("{to}.cross_attn.out"))?;
        self.norm(&format!("{from}/attention/layer_norm"), &format!("{to}.cross_attn_ln"))
    }

    fn feed_forward(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        self.linear(&format!("{from}/ffn/linear_0"), WHOLE, &format!("{to}.mlp.0"))?;
        self.linear(&format!("{from}/ffn/linear_1"), WHOLE, &format!("{to}.mlp.2"))?;
        self.norm(&format!("{from}/ffn/layer_norm"), &format!("{to}.mlp_ln"))
    }

    fn positions(&mut self, side: &str) -> Result<(), ConvertError> {
        let from = format!("{side}/position_encodings/encodings");
        self.tensor(&from, WHOLE, &format!("{side}.positional_embedding"), Precision::Full)
    }

    fn norm(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        self.tensor(&format!("{from}/gamma"), WHOLE, &format!("{to}.weight"), Precision::Full)?;
        self.tensor(&format!("{from}/beta"), WHOLE, &format!("{to}.bias"), Precision::Full)
    }

    fn linear(&mut self, from: &str, piece: Piece, to: &str) -> Result<(), ConvertError> {
        self.weight(from, piece, to)?;
        self.tensor(&format!("{from}/bias"), piece, &format!("{to}.bias"), Precision::Full)
    }

    fn weight(&mut self, from: &str, piece: Piece, to: &str) -> Result<(), ConvertError> {
        self.tensor(&format!("{from}/weight"), piece, &format!("{to}.weight"), Precision::Half)
    }

    /// A bias as a matrix of one column: the form whisper.cpp adds to the result of a convolution.
    fn column(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let [length] = self.source.dims(from)?;
        self.copy(from, WHOLE, to, Precision::Full, &[length, 1])
    }

    fn tensor(&mut self, from: &str, piece: Piece, to: &str, precision: Precision) -> Result<(), ConvertError> {
        let mut dims = self.source.variable(from)?.dims.clone();
        match dims.first_mut() {
            Some(first) if *first % piece.of == 0 => *first /= piece.of,
            _ => return Err(self.source.odd(format!("'{from}' cannot be cut into {}", piece.of))),
        }
        self.copy(from, piece, to, precision, &dims)
    }

    fn copy(
        &mut self,
        from: &str,
        piece: Piece,
        to: &str,
        precision: Precision,
        dims: &[u32],
    ) -> Result<(), ConvertError> {
        let variable = self.source.variable(from)?.clone();
        if variable.kind != FLOAT16 {
            return Err(self.source.odd(format!("'{from}' is not in half precision")));
        }
        let count = |length: usize| u32::try_from(length).expect("a few dimensions and a short name");
        self.sink.numbers(&[count(dims.len()), count(to.len()), u32::from(precision == Precision::Half)])?;
        let reversed: Vec<u32> = dims.iter().rev().copied().collect();
        self.sink.numbers(&reversed)?;
        self.sink.bytes(to.as_bytes())?;

        let bytes = variable.bytes / u64::from(piece.of);
        let start = variable.offset + bytes * u64::from(piece.index);
        let mut chunk = vec![0; CHUNK * 2];
        let mut done = 0;
        while done < bytes {
            let length = usize::try_from((bytes - done).min(chunk.len() as u64)).expect("not above the chunk");
            self.source.read_at(start + done, &mut chunk[..length])?;
            match precision {
                Precision::Half => self.sink.bytes(&chunk[..length])?,
                Precision::Full => self.sink.bytes(&widen(&chunk[..length]))?,
            }
            done += length as u64;
        }
        Ok(())
    }
}

/// Half-precision numbers as f32, both little-endian.
fn widen(halves: &[u8]) -> Vec<u8> {
    halves.chunks_exact(2).flat_map(|pair| f32_of_half(u16::from_le_bytes([pair[0], pair[1]])).to_le_bytes()).collect()
}

/// Every half-precision number is exactly one f32.
fn f32_of_half(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> 10) & 0x1f;
    let fraction = u32::from(half) & 0x3ff;
    let magnitude = match exponent {
        // Too small for an exponent of its own: a multiple of two to the power of minus 24.
        0 => return f32::from_bits(sign | (f32::from(half & 0x3ff) * f32::from_bits((127 - 24) << 23)).to_bits()),
        0x1f => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 127 - 15) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_widens_exactly() {
        for (half, value) in [
            (0x0000, 0.0_f32),
            (0x8000, -0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65_504.0),
            (0x0001, 5.960_464_5e-8),
            (0x83ff, -6.097_555e-5),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(f32_of_half(half).to_bits(), value.to_bits(), "{half:#06x}");
        }
        assert!(f32_of_half(0x7e00).is_nan());
    }
}
