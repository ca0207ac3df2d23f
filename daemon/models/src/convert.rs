//! Turns a `CTranslate2` Whisper model in half precision into the ggml file whisper.cpp reads. Streams from file to file with a few hundred
//! kilobytes of memory, and gives the same bytes on every machine, so that the result has a sum in the catalogue.

mod mel;
mod source;
mod tensors;
mod vocabulary;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::{HashingWriter, ModelError};
use source::Source;
use tensors::Tensors;

/// Mel bands of all Whisper models except large-v3.
const MELS: u32 = 80;
/// Window of the Fourier transform, in samples.
const WINDOW: u32 = 400;

/// A conversion that is about to run.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// `model.bin` of the `CTranslate2` model.
    pub model: PathBuf,
    /// Its `vocabulary.txt`.
    pub vocabulary: PathBuf,
    /// The ggml file to write; replaced if it is there.
    pub output: PathBuf,
}

impl Conversion {
    /// Converts; `progress` hears the bytes written so far. Returns the size and the sha256 of the result.
    pub fn run(&self, progress: &mut dyn FnMut(u64)) -> Result<(u64, String), ConvertError> {
        let mut source = Source::open(&self.model)?;
        let tokens = vocabulary::read(&self.vocabulary)?;
        let writing = |error| ConvertError::Write { path: self.output.clone(), source: error };
        let file = File::create(&self.output).map_err(writing)?;
        let mut sink = Sink { inner: HashingWriter::new(BufWriter::new(file)), progress, path: &self.output };
        write_all(&mut source, &tokens, &mut sink)?;
        let bytes = sink.inner.written();
        let (file, sha256) = sink.inner.finish().map_err(writing)?;
        let file = file.into_inner().map_err(|error| writing(error.into_error()))?;
        file.sync_all().map_err(writing)?;
        Ok((bytes, sha256))
    }
}

/// Why a model cannot be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The source is not what it should be.
    #[error("{} is not a CTranslate2 Whisper model in half precision: {what}", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// What is odd about it.
        what: String,
    },
    /// The source cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The result cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl ConvertError {
    /// The next step for a person.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Source { .. } => {
                Some("the parts may be damaged: remove the model's folder in .partial and pull again".into())
            }
            Self::Write { source, path } => {
                ModelError::Io { action: "write", path: path.clone(), source: io::Error::from(source.kind()) }.hint()
            }
            Self::Read { .. } => None,
        }
    }
}

/// Where the ggml file goes: counted, hashed, and reported.
struct Sink<'a> {
    inner: HashingWriter<BufWriter<File>>,
    progress: &'a mut dyn FnMut(u64),
    path: &'a Path,
}

impl Sink<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ConvertError> {
        self.inner.write_all(bytes).map_err(|source| ConvertError::Write { path: self.path.to_owned(), source })?;
        (self.progress)(self.inner.written());
        Ok(())
    }

    fn numbers(&mut self, values: &[u32]) -> Result<(), ConvertError> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.bytes(&bytes)
    }
}

/// What the header of a ggml file needs to know, read off the shapes of the source.
struct Shape {
    vocabulary: u32,
    audio_context: u32,
    text_context: u32,
    width: u32,
    audio_heads: u32,
    audio_layers: u32,
    text_heads: u32,
    text_layers: u32,
}

impl Shape {
    fn read(source: &mut Source) -> Result<Self, ConvertError> {
        let [vocabulary, width] = source.dims("decoder/embeddings/weight")?;
        let [audio_context, _] = source.dims("encoder/position_encodings/encodings")?;
        let [text_context, _] = source.dims("decoder/position_encodings/encodings")?;
        let [_, mels, _] = source.dims("encoder/conv1/weight")?;
        if mels != MELS {
            return Err(source.odd(format!("{mels} mel bands, only {MELS} are known")));
        }
        Ok(Self {
            vocabulary,
            audio_context,
            text_context,
            width,
            audio_heads: source.scalar("encoder/num_heads")?,
            audio_layers: source.layers("encoder"),
            text_heads: source.scalar("decoder/num_heads")?,
            text_layers: source.layers("decoder"),
        })
    }

    /// Tokens that are written out; whisper.cpp adds the special ones (from the end of text on) by itself.
    fn plain_tokens(&self) -> usize {
        // 51,864 is English only, with 50,256 tokens; multilingual models have one more.
        if self.vocabulary < 51_865 { 50_256 } else { 50_257 }
    }
}

fn write_all(source: &mut Source, tokens: &[Vec<u8>], sink: &mut Sink) -> Result<(), ConvertError> {
    let shape = Shape::read(source)?;
    write_head(source, &shape, tokens, sink)?;
    let mut tensors = Tensors { source, sink };
    tensors.encoder(shape.audio_layers)?;
    tensors.decoder(shape.text_layers)
}

fn write_head(source: &Source, shape: &Shape, tokens: &[Vec<u8>], sink: &mut Sink) -> Result<(), ConvertError> {
    /// Weights are half precision.
    const FTYPE_F16: u32 = 1;
    sink.bytes(&0x6767_6d6c_u32.to_le_bytes())?;
    sink.numbers(&[
        shape.vocabulary,
        shape.audio_context,
        shape.width,
        shape.audio_heads,
        shape.audio_layers,
        shape.text_context,
        shape.width,
        shape.text_heads,
        shape.text_layers,
        MELS,
        FTYPE_F16,
    ])?;
    let filters = mel::filters(MELS, WINDOW);
    sink.numbers(&[MELS, WINDOW / 2 + 1])?;
    sink.numbers(&filters.iter().map(|weight| weight.to_bits()).collect::<Vec<_>>())?;
    let count = shape.plain_tokens().min(tokens.len());
    if count < shape.plain_tokens() {
        return Err(source.odd(format!("its vocabulary has {count} tokens, not {}", shape.plain_tokens())));
    }
    sink.numbers(&[u32::try_from(count).expect("some fifty thousand")])?;
    for token in &tokens[..count] {
        sink.numbers(&[u32::try_from(token.len()).expect("bounded when the vocabulary was read")])?;
        sink.bytes(token)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header;
    use crate::{Kind, file_sha256};

    /// A model with one layer on each side and a width of two, in `CTranslate2`'s format.
    fn tiny_model() -> Vec<u8> {
        let mut spec = source::tests::Spec::default();
        spec.half("decoder/embeddings/weight", &[51_864, 2]);
        spec.half("encoder/position_encodings/encodings", &[4, 2]);
        spec.half("decoder/position_encodings/encodings", &[3, 2]);
        spec.half("encoder/conv1/weight", &[2, 80, 3]);
        spec.half("encoder/conv1/bias", &[2]);
        spec.half("encoder/conv2/weight", &[2, 2, 3]);
        spec.half("encoder/conv2/bias", &[2]);
        for side in ["encoder", "decoder"] {
            spec.scalar(&format!("{side}/num_heads"), 1);
            spec.norm(&format!("{side}/layer_norm"), 2);
            let layer = format!("{side}/layer_0");
            spec.linear(&format!("{layer}/self_attention/linear_0"), 6, 2);
            spec.linear(&format!("{layer}/self_attention/linear_1"), 2, 2);
            spec.norm(&format!("{layer}/self_attention/layer_norm"), 2);
            spec.linear(&format!("{layer}/ffn/linear_0"), 8, 2);
            spec.linear(&format!("{layer}/ffn/linear_1"), 2, 8);
            spec.norm(&format!("{layer}/ffn/layer_norm"), 2);
        }
        spec.linear("decoder/layer_0/attention/linear_0", 2, 2);
        spec.linear("decoder/layer_0/attention/linear_1", 4, 2);
        spec.linear("decoder/layer_0/attention/linear_2", 2, 2);
        spec.norm("decoder/layer_0/attention/layer_norm", 2);
        spec.bytes()
    }

    fn convert(folder: &Path, model: &[u8], words: usize) -> Result<(u64, String), ConvertError> {
        let conversion = Conversion {
            model: folder.join("model.bin"),
            vocabulary: folder.join("vocabulary.txt"),
            output: folder.join("ggml.bin"),
        };
        std::fs::write(&conversion.model, model).unwrap();
        std::fs::write(&conversion.vocabulary, "Ġa\n".repeat(words)).unwrap();
        conversion.run(&mut |_| {})
    }

    #[test]
    fn the_result_passes_the_header_check_and_is_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let (bytes, sha256) = convert(folder.path(), &tiny_model(), 51_864).unwrap();
        let path = folder.path().join("ggml.bin");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), bytes);
        assert_eq!(file_sha256(&path, &mut |_| {}).unwrap(), sha256);
        let header = header::check(&path, Some(Kind::Speech)).unwrap();
        assert_eq!((header.tensors, header.multilingual), (50, false));
        assert_eq!(convert(folder.path(), &tiny_model(), 51_864).unwrap().1, sha256);
    }

    #[test]
    fn a_short_vocabulary_and_a_cut_model_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |model: &[u8], words| convert(folder.path(), model, words).unwrap_err().to_string();
        assert!(refused(&tiny_model(), 10).contains("its vocabulary has 10 tokens, not 50256"));
        let model = tiny_model();
        for length in (0..300).chain(model.len() - 40..model.len()) {
            assert!(refused(&model[..length], 10).contains("it ends too early"), "cut at {length}");
        }
        assert!(refused(b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0", 10).contains("version"));
    }
}
