//! The `model.bin` of `CTranslate2`: an index of named variables, read once, whose data is then copied piece by piece.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::ConvertError;

/// The layout this reads; older ones know no revision.
const VERSION: u32 = 6;
const SPEC: &str = "WhisperSpec";
/// More variables, and longer names, than any Whisper model has.
const MOST_VARIABLES: u32 = 4096;
const LONGEST_NAME: u16 = 256;

/// Numbers of the types a variable can have.
const INT8: u8 = 1;
const INT16: u8 = 2;
pub(super) const FLOAT16: u8 = 4;

/// An opened model.
pub(super) struct Source {
    path: PathBuf,
    file: BufReader<File>,
    length: u64,
    variables: HashMap<String, Variable>,
}

/// Where a variable lies and what shape it has.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) dims: Vec<u32>,
    pub(super) kind: u8,
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, ConvertError> {
        let reading = |source: io::Error| ConvertError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(reading)?;
        let length = file.metadata().map_err(reading)?.len();
        let mut source = Self { path: path.to_owned(), file: BufReader::new(file), length, variables: HashMap::new() };
        source.read_index()?;
        Ok(source)
    }

    /// A half-precision variable with as many dimensions as the caller expects.
    pub(super) fn dims<const N: usize>(&self, name: &str) -> Result<[u32; N], ConvertError> {
        let variable = self.variable(name)?;
        let count = variable.dims.len();
        variable.dims.as_slice().try_into().map_err(|_| self.odd(format!("'{name}' has {count} dimensions, not {N}")))
    }

    pub(super) fn variable(&self, name: &str) -> Result<&Variable, ConvertError> {
        self.variables.get(name).ok_or_else(|| self.odd(format!("'{name}' is missing")))
    }

    /// A small whole number that is stored as a variable of its own.
    pub(super) fn scalar(&mut self, name: &str) -> Result<u32, ConvertError> {
        let Variable { kind, offset, .. } = *self.variable(name)?;
        let width = match kind {
            INT8 => 1,
            INT16 => 2,
            _ => return Err(self.odd(format!("'{name}' is not a small number"))),
        };
        let mut bytes = [0; 2];
        self.read_at(offset, &mut bytes[..width])?;
        Ok(u32::from(u16::from_le_bytes(bytes)))
    }

    /// How many layers there are on this side (`encoder` or `decoder`).
    pub(super) fn layers(&self, side: &str) -> u32 {
        (0..MOST_VARIABLES)
            .take_while(|layer| self.variables.contains_key(&format!("{side}/layer_{layer}/ffn/linear_0/weight")))
            .count() as u32
    }

    pub(super) fn read_at(&mut self, offset: u64, bytes: &mut [u8]) -> Result<(), ConvertError> {
        self.file
            .seek(SeekFrom::Start(offset))
            .map_err(|source| ConvertError::Read { path: self.path.clone(), source })?;
        self.fill(bytes)
    }

    pub(super) fn odd(&self, what: String) -> ConvertError {
        ConvertError::Source { path: self.path.clone(), what }
    }

    fn read_index(&mut self) -> Result<(), ConvertError> {
        let version = self.u32()?;
        if version != VERSION {
            return Err(self.odd(format!("version {version}, not {VERSION}")));
        }
        let spec = self.name()?;
        if spec != SPEC {
            return Err(self.odd(format!("it is a '{spec}'")));
        }
        self.u32()?;
        let count = self.u32()?;
        if count > MOST_VARIABLES {
            return Err(self.odd(format!("{count} variables")));
        }
        for _ in 0..count {
            let name = self.name()?;
            let mut rank = [0; 1];
            self.fill(&mut rank)?;
            if rank[0] > 4 {
                return Err(self.odd(format!("'{name}' has {} dimensions", rank[0])));
            }
            let dims = (0..rank[0]).map(|_| self.u32()).collect::<Result<Vec<_>, _>>()?;
            let mut kind = [0; 1];
            self.fill(&mut kind)?;
            let bytes = u64::from(self.u32()?);
            let offset = self.position()?;
            if offset + bytes > self.length {
                return Err(self.odd("it ends too early".into()));
            }
            let step = i64::try_from(bytes).expect("was a u32");
            self.file.seek_relative(step).map_err(|source| ConvertError::Read { path: self.path.clone(), source })?;
            let elements = dims.iter().try_fold(1_u64, |product, dim| product.checked_mul(u64::from(*dim)));
            if kind[0] == FLOAT16 && elements.and_then(|elements| elements.checked_mul(2)) != Some(bytes) {
                return Err(self.odd(format!("'{name}' has {bytes} bytes, which is not its shape {dims:?}")));
            }
            self.variables.insert(name, Variable { dims, kind: kind[0], offset, bytes });
        }
        Ok(())
    }

    /// A string: its length with the NUL at its end, then the bytes.
    fn name(&mut self) -> Result<String, ConvertError> {
        let mut length = [0; 2];
        self.fill(&mut length)?;
        let length = u16::from_le_bytes(length);
        if length > LONGEST_NAME {
            return Err(self.odd(format!("a name of {length} bytes")));
        }
        let mut bytes = vec![0; usize::from(length)];
        self.fill(&mut bytes)?;
        if bytes.pop() != Some(0) {
            return Err(self.odd("a name without an end".into()));
        }
        String::from_utf8(bytes).map_err(|_| self.odd("a name that is not UTF-8".into()))
    }

    fn u32(&mut self) -> Result<u32, ConvertError> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn position(&mut self) -> Result<u64, ConvertError> {
        self.file.stream_position().map_err(|source| ConvertError::Read { path: self.path.clone(), source })
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ConvertError> {
        self.file.read_exact(bytes).map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => self.odd("it ends too early".into()),
            _ => ConvertError::Read { path: self.path.clone(), source },
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Builds a `model.bin` variable by variable.
    #[derive(Default)]
    pub(in super::super) struct Spec {
        count: u32,
        variables: Vec<u8>,
    }

    impl Spec {
        pub(in super::super) fn half(&mut self, name: &str, dims: &[u32]) {
            let data = vec![0x3c; dims.iter().product::<u32>() as usize * 2];
            self.push(name, dims, FLOAT16, &data);
        }

        pub(in super::super) fn linear(&mut self, name: &str, out: u32, width: u32) {
            self.half(&format!("{name}/weight"), &[out, width]);
            self.half(&format!("{name}/bias"), &[out]);
        }

        pub(in super::super) fn norm(&mut self, name: &str, width: u32) {
            self.half(&format!("{name}/gamma"), &[width]);
            self.half(&format!("{name}/beta"), &[width]);
        }

        pub(in super::super) fn scalar(&mut self, name: &str, value: u16) {
            self.push(name, &[], INT16, &value.to_le_bytes());
        }

        pub(in super::super) fn bytes(&self) -> Vec<u8> {
            let head =
                [&VERSION.to_le_bytes()[..], &name(SPEC), &3_u32.to_le_bytes(), &self.count.to_le_bytes()].concat();
            [head, self.variables.clone()].concat()
        }

        fn push(&mut self, key: &str, dims: &[u32], kind: u8, data: &[u8]) {
            self.count += 1;
            self.variables.extend(name(key));
            self.variables.push(dims.len() as u8);
            self.variables.extend(dims.iter().flat_map(|dim| dim.to_le_bytes()));
            self.variables.push(kind);
            self.variables.extend((data.len() as u32).to_le_bytes());
            self.variables.extend(data);
        }
    }

    fn name(text: &str) -> Vec<u8> {
        [&(text.len() as u16 + 1).to_le_bytes()[..], text.as_bytes(), b"\0"].concat()
    }

    fn open(bytes: &[u8]) -> Result<Source, ConvertError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bin");
        std::fs::write(&path, bytes).unwrap();
        Source::open(&path)
    }

    #[test]
    fn variables_are_found_by_name() {
        let mut spec = Spec::default();
        spec.half("encoder/layer_0/ffn/linear_0/weight", &[2, 3]);
        spec.scalar("encoder/num_heads", 6);
        let mut source = open(&spec.bytes()).unwrap();
        assert_eq!(source.dims::<2>("encoder/layer_0/ffn/linear_0/weight").unwrap(), [2, 3]);
        assert_eq!(source.scalar("encoder/num_heads").unwrap(), 6);
        assert_eq!((source.layers("encoder"), source.layers("decoder")), (1, 0));
        assert!(
            source
                .dims::<1>("encoder/layer_0/ffn/linear_0/weight")
                .unwrap_err()
                .to_string()
                .contains("2 dimensions, not 1")
        );
    }

    #[test]
    fn a_shape_that_is_not_the_data_is_refused() {
        let mut spec = Spec::default();
        spec.push("x", &[2, 2], FLOAT16, &[0; 6]);
        let error = open(&spec.bytes()).err().unwrap();
        assert!(error.to_string().contains("'x' has 6 bytes, which is not its shape [2, 2]"), "{error}");
    }
}
