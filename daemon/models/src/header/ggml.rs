//! The ggml file of whisper.cpp: magic, eleven numbers, mel filters, vocabulary, then tensors up to the end of the file.

use std::io::{Read, Seek};

use super::reader::Reader;
use super::{Header, Problem, tensor};
use crate::Kind;

/// Whisper analyses windows of 400 samples, so a filter has 201 weights.
const FILTER_WIDTH: u32 = 201;
/// From this vocabulary on, a Whisper model is multilingual (English-only ones have 51,864).
const MULTILINGUAL_VOCABULARY: u32 = 51_865;
/// Longer than any tensor name of Whisper; whisper.cpp itself reads whatever length stands here.
const NAME_LIMIT: u32 = 128;
/// Longer than any token.
const TOKEN_LIMIT: u32 = 1024;

pub(super) fn check<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Header, Problem> {
    reader.skip(4)?;
    let vocabulary = reader.u32_in("n_vocab", 1..=1_000_000)?;
    reader.u32_in("n_audio_ctx", 1..=8192)?;
    let state = reader.u32_in("n_audio_state", 1..=16_384)?;
    reader.u32_in("n_audio_head", 1..=256)?;
    let audio_layers = reader.u32_in("n_audio_layer", 1..=256)?;
    reader.u32_in("n_text_ctx", 1..=8192)?;
    let text_state = reader.u32_in("n_text_state", 1..=16_384)?;
    reader.u32_in("n_text_head", 1..=256)?;
    let text_layers = reader.u32_in("n_text_layer", 1..=256)?;
    let mels = reader.u32_in("n_mels", 1..=512)?;
    // The kind of the weights, plus a thousand for each version of the quantisation.
    reader.u32_in("ftype", 0..=10_000)?;
    if state != text_state {
        return Err(Problem::implausible(format!("encoder and decoder differ in width: {state} and {text_state}")));
    }

    reader.u32_in("the number of mel filters", mels..=mels)?;
    reader.u32_in("the width of the mel filters", FILTER_WIDTH..=FILTER_WIDTH)?;
    reader.skip(u64::from(mels) * u64::from(FILTER_WIDTH) * 4)?;

    let tokens = reader.u32_in("the number of tokens", 1..=vocabulary)?;
    for _ in 0..tokens {
        let length = reader.u32_in("the length of a token", 0..=TOKEN_LIMIT)?;
        reader.skip(u64::from(length))?;
    }

    let expected = tensors_of(audio_layers, text_layers);
    let mut found = 0;
    while reader.remaining() > 0 {
        if found == expected {
            return Err(Problem::implausible(format!("more than {expected} tensors, or something behind them")));
        }
        skip_tensor(reader)?;
        found += 1;
    }
    if found < expected {
        return Err(Problem::Incomplete { expected, found });
    }
    Ok(Header {
        kind: Kind::Speech,
        architecture: "whisper".into(),
        context: None,
        multilingual: vocabulary >= MULTILINGUAL_VOCABULARY,
        tensors: found,
    })
}

fn skip_tensor<R: Read + Seek>(reader: &mut Reader<R>) -> Result<(), Problem> {
    // whisper.cpp 1.8.3 writes this many numbers into an array of four without looking.
    let dimensions = reader.u32_in("the number of dimensions of a tensor", 1..=4)?;
    let name_length = reader.u32_in("the length of a tensor name", 1..=NAME_LIMIT)?;
    let kind = reader.u32()?;
    let mut dims = [1; 4];
    for dim in dims.iter_mut().take(dimensions as usize) {
        *dim = u64::from(reader.u32()?);
    }
    let name = reader.text("a tensor name", u64::from(name_length), u64::from(NAME_LIMIT))?;
    let bytes = tensor::bytes(&name, kind, &dims[..dimensions as usize])?;
    reader.skip(bytes)
}

/// Tensors of a Whisper model: the encoder has 7 and 15 in each layer, the decoder 4 and 24 in each layer.
fn tensors_of(audio_layers: u32, text_layers: u32) -> u64 {
    11 + 15 * u64::from(audio_layers) + 24 * u64::from(text_layers)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::examine;
    use super::*;

    /// One layer each side, one mel filter, three tokens, tensors of one or two numbers.
    pub(crate) fn tiny_ggml() -> Vec<u8> {
        tiny_ggml_with(|_| {})
    }

    /// As [`tiny_ggml`], with the eleven numbers of the header changed first.
    fn tiny_ggml_with(change: impl FnOnce(&mut [u32; 11])) -> Vec<u8> {
        let mut numbers = [51_864, 1500, 2, 1, 1, 448, 2, 1, 1, 1, 1];
        change(&mut numbers);
        let mut file = b"lmgg".to_vec();
        let mut put = |values: &[u32]| values.iter().for_each(|value| file.extend(value.to_le_bytes()));
        put(&numbers);
        put(&[1, FILTER_WIDTH]);
        put(&[0; FILTER_WIDTH as usize]);
        put(&[3, 0]);
        put(&[1]);
        file.push(b'a');
        file.extend(2_u32.to_le_bytes());
        file.extend(b"bc");
        for index in 0..50 {
            let name = format!("tensor.{index}");
            for value in [2, name.len() as u32, index % 2, 1, 2] {
                file.extend(value.to_le_bytes());
            }
            file.extend(name.as_bytes());
            file.extend(vec![0; if index % 2 == 0 { 8 } else { 4 }]);
        }
        file
    }

    #[test]
    fn a_sound_file_says_what_it_is() {
        let header = examine(&tiny_ggml()).unwrap();
        assert_eq!((header.kind, header.multilingual, header.tensors), (Kind::Speech, false, 50));
        assert!(examine(&tiny_ggml_with(|numbers| numbers[0] = 51_865)).unwrap().multilingual);
    }

    #[test]
    fn odd_numbers_are_named() {
        let says = |index: usize, value: u32| {
            examine(&tiny_ggml_with(|numbers| numbers[index] = value)).unwrap_err().to_string()
        };
        assert!(says(0, u32::MAX).contains("n_vocab is 4294967295"));
        assert!(says(4, 0).contains("n_audio_layer is 0, not 1 to 256"));
        assert!(says(2, 3).contains("differ in width: 3 and 2"));
        assert!(says(9, 80).contains("the number of mel filters is 1, not 80 to 80"));
        assert!(says(8, 2).contains("it holds 50 of 74 tensors"));
    }

    #[test]
    fn a_tensor_with_nine_dimensions_is_refused() {
        let mut file = tiny_ggml();
        let first = 4 + 44 + 8 + 4 * FILTER_WIDTH as usize + 4 + 4 + 5 + 6;
        assert_eq!(file[first], 2, "the first tensor starts here");
        file[first] = 9;
        assert!(examine(&file).unwrap_err().to_string().contains("dimensions of a tensor is 9, not 1 to 4"));
    }

    #[test]
    fn something_behind_the_last_tensor_is_refused() {
        let mut file = tiny_ggml();
        file.push(0);
        assert!(examine(&file).unwrap_err().to_string().contains("more than 50 tensors"));
    }
}
