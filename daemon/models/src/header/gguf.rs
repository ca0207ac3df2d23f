//! GGUF versions 2 and 3: magic, counts, key-value pairs, tensor infos, aligned data.

use std::io::{Read, Seek};

use super::reader::Reader;
use super::{Header, Problem, tensor};
use crate::Kind;

/// More pairs, or tensors, than any model has.
const MOST_PAIRS: u64 = 1 << 16;
const MOST_TENSORS: u64 = 1 << 20;
/// The specification's limit of a key.
const KEY_LIMIT: u64 = 65_535;
/// ggml itself stops at 63; some room for later.
const NAME_LIMIT: u64 = 255;
/// Arrays of arrays are legal; nobody nests them deeper.
const DEEPEST_ARRAY: u32 = 4;
/// What `general.alignment` is when the file does not say.
const DEFAULT_ALIGNMENT: u64 = 32;

const TYPE_BOOL: u32 = 7;
const TYPE_STRING: u32 = 8;
const TYPE_ARRAY: u32 = 9;

/// What the head of a file holds, as far as it matters.
pub(super) struct Contents {
    pub(super) header: Header,
    /// `general.type`, and `adapter.type` of an adapter.
    pub(super) purpose: Option<String>,
    pub(super) adapter: Option<String>,
    /// Names and sizes of the tensors.
    pub(super) shapes: Shapes,
}

pub(super) type Shapes = Vec<(String, [u64; 4])>;

/// A model, and nothing else of that format.
pub(super) fn check<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Header, Problem> {
    let contents = read(reader)?;
    match contents.purpose.as_deref() {
        Some("adapter") => Err(Problem::implausible("it is an adapter, which only changes a model")),
        _ => Ok(contents.header),
    }
}

pub(super) fn read<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Contents, Problem> {
    reader.skip(4)?;
    let version = reader.u32()?;
    match version {
        2 | 3 => {}
        _ if matches!(version.swap_bytes(), 2 | 3) => return Err(Problem::implausible("it is big-endian")),
        _ => return Err(Problem::implausible(format!("version {version}, not 2 or 3"))),
    }
    let tensors = reader.u64()?;
    let pairs = reader.u64()?;
    for (what, count, most) in [("tensors", tensors, MOST_TENSORS), ("key-value pairs", pairs, MOST_PAIRS)] {
        if count == 0 || count > most {
            return Err(Problem::implausible(format!("{count} {what}")));
        }
    }

    let facts = read_pairs(reader, pairs)?;
    let architecture = facts
        .architecture
        .filter(|architecture| !architecture.is_empty())
        .ok_or_else(|| Problem::implausible("general.architecture is missing"))?;
    let alignment = facts.alignment.unwrap_or(DEFAULT_ALIGNMENT);
    if !alignment.is_power_of_two() || alignment > 1 << 20 {
        return Err(Problem::implausible(format!("general.alignment is {alignment}")));
    }

    let (end_of_data, shapes) = read_tensors(reader, tensors, alignment)?;
    let data = reader.position().next_multiple_of(alignment);
    let expected = data.saturating_add(end_of_data);
    if expected > reader.length() {
        return Err(Problem::Truncated { expected, actual: reader.length() });
    }
    let header = Header { kind: Kind::Text, architecture, context: facts.context, multilingual: true, tensors };
    Ok(Contents { header, purpose: facts.purpose, adapter: facts.adapter, shapes })
}

/// The few pairs that matter here.
#[derive(Default)]
struct Facts {
    architecture: Option<String>,
    alignment: Option<u64>,
    context: Option<u64>,
    purpose: Option<String>,
    adapter: Option<String>,
}

fn read_pairs<R: Read + Seek>(reader: &mut Reader<R>, pairs: u64) -> Result<Facts, Problem> {
    let mut facts = Facts::default();
    for _ in 0..pairs {
        let length = reader.u64()?;
        let key = reader.text("a key", length, KEY_LIMIT)?;
        let kind = reader.u32()?;
        match (key.as_str(), kind) {
            ("general.architecture", TYPE_STRING) => {
                let length = reader.u64()?;
                facts.architecture = Some(reader.text("general.architecture", length, NAME_LIMIT)?);
            }
            ("general.type", TYPE_STRING) => {
                let length = reader.u64()?;
                facts.purpose = Some(reader.text("general.type", length, NAME_LIMIT)?);
            }
            ("adapter.type", TYPE_STRING) => {
                let length = reader.u64()?;
                facts.adapter = Some(reader.text("adapter.type", length, NAME_LIMIT)?);
            }
            ("general.alignment", 4) => facts.alignment = Some(u64::from(reader.u32()?)),
            (key, 4) if key.ends_with(".context_length") => facts.context = Some(u64::from(reader.u32()?)),
            _ => skip_value(reader, &key, kind, 0)?,
        }
    }
    Ok(facts)
}

fn skip_value<R: Read + Seek>(reader: &mut Reader<R>, key: &str, kind: u32, depth: u32) -> Result<(), Problem> {
    if let Some(size) = fixed_size(kind) {
        return reader.skip(size);
    }
    if kind == TYPE_STRING {
        let length = reader.u64()?;
        return reader.skip(length);
    }
    if kind != TYPE_ARRAY {
        return Err(Problem::implausible(format!("'{key}' has the unknown type {kind}")));
    }
    if depth == DEEPEST_ARRAY {
        return Err(Problem::implausible(format!("'{key}' nests arrays more than {DEEPEST_ARRAY} deep")));
    }
    let element = reader.u32()?;
    let count = reader.u64()?;
    // Each element takes at least this much, so the count is bounded by the file before anything is done with it.
    let least = fixed_size(element).unwrap_or(8);
    let bytes =
        count.checked_mul(least).ok_or_else(|| Problem::implausible(format!("'{key}' has {count} elements")))?;
    if fixed_size(element).is_some() {
        return reader.skip(bytes);
    }
    reader.need(bytes)?;
    for _ in 0..count {
        skip_value(reader, key, element, depth + 1)?;
    }
    Ok(())
}

/// Reads all tensor infos; returns where the last byte of data ends, counted from the start of the data, and the shapes.
fn read_tensors<R: Read + Seek>(
    reader: &mut Reader<R>,
    tensors: u64,
    alignment: u64,
) -> Result<(u64, Shapes), Problem> {
    let mut end_of_data = 0;
    let mut shapes = Vec::new();
    for _ in 0..tensors {
        let length = reader.u64()?;
        let name = reader.text("a tensor name", length, NAME_LIMIT)?;
        let dimensions = reader.u32_in("the number of dimensions of a tensor", 0..=4)?;
        let mut dims = [1; 4];
        for dim in dims.iter_mut().take(dimensions as usize) {
            *dim = reader.u64()?;
        }
        let kind = reader.u32()?;
        let offset = reader.u64()?;
        if offset % alignment != 0 {
            return Err(Problem::implausible(format!(
                "tensor '{name}' starts at {offset}, not a multiple of {alignment}"
            )));
        }
        let bytes = tensor::bytes(&name, kind, &dims[..dimensions as usize])?;
        let end = offset
            .checked_add(bytes)
            .ok_or_else(|| Problem::implausible(format!("tensor '{name}' starts at {offset}")))?;
        end_of_data = end_of_data.max(end);
        shapes.push((name, dims));
    }
    Ok((end_of_data, shapes))
}

/// Bytes of a value of a type that is neither a string nor an array.
fn fixed_size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | TYPE_BOOL => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::examine;
    use super::*;

    /// A builder of files, so that each test spells only what is odd about its own.
    struct Pairs(Vec<Vec<u8>>);

    impl Pairs {
        fn plain() -> Self {
            Self(vec![]).text("general.architecture", "llama").u32("llama.context_length", 2048)
        }

        fn raw(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
            self.0.push([&string(key)[..], &kind.to_le_bytes(), value].concat());
            self
        }

        fn text(self, key: &str, value: &str) -> Self {
            self.raw(key, TYPE_STRING, &string(value))
        }

        fn u32(self, key: &str, value: u32) -> Self {
            self.raw(key, 4, &value.to_le_bytes())
        }

        /// With two tensors: 8 floats at 0, a block of `Q4_0` at 32.
        fn file(self) -> Vec<u8> {
            self.file_with(&[(1, 8, 0, 0), (1, 32, 2, 32)])
        }

        fn file_with(self, tensors: &[(u32, u64, u32, u64)]) -> Vec<u8> {
            let mut file = b"GGUF\x03\0\0\0".to_vec();
            file.extend((tensors.len() as u64).to_le_bytes());
            file.extend((self.0.len() as u64).to_le_bytes());
            file.extend(self.0.concat());
            for (dimensions, dim, kind, offset) in tensors {
                file.extend(string("blk.0.weight"));
                file.extend(dimensions.to_le_bytes());
                (0..*dimensions).for_each(|_| file.extend(dim.to_le_bytes()));
                file.extend(kind.to_le_bytes());
                file.extend(offset.to_le_bytes());
            }
            file.resize(file.len().next_multiple_of(32), 0);
            file.extend([0; 32 + 18]);
            file
        }
    }

    fn string(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
    }

    pub(crate) fn tiny_gguf() -> Vec<u8> {
        let words = [&8_u32.to_le_bytes()[..], &2_u64.to_le_bytes(), &string("a"), &string("bc")].concat();
        let numbers = [&6_u32.to_le_bytes()[..], &1_u64.to_le_bytes(), &0.5_f32.to_le_bytes()].concat();
        Pairs::plain().raw("tokenizer.ggml.tokens", TYPE_ARRAY, &words).raw("scores", TYPE_ARRAY, &numbers).file()
    }

    #[test]
    fn a_sound_file_says_what_it_is() {
        let header = examine(&tiny_gguf()).unwrap();
        assert_eq!((header.kind, header.tensors, header.context), (Kind::Text, 2, Some(2048)));
        assert_eq!(header.architecture, "llama");
    }

    #[test]
    fn odd_files_are_named() {
        let says = |file: Vec<u8>| examine(&file).unwrap_err().to_string();
        let nested = [&9_u32.to_le_bytes()[..], &1_u64.to_le_bytes()].concat().repeat(6);
        let huge = [&8_u32.to_le_bytes()[..], &u64::MAX.to_le_bytes()].concat();
        assert!(says(Pairs(vec![]).u32("a.context_length", 1).file()).contains("general.architecture is missing"));
        assert!(says(Pairs::plain().raw("k", 13, &[]).file()).contains("'k' has the unknown type 13"));
        assert!(says(Pairs::plain().raw("k", TYPE_ARRAY, &nested).file()).contains("nests arrays more than 4 deep"));
        assert!(says(Pairs::plain().raw("k", TYPE_ARRAY, &huge).file()).contains("18446744073709551615 elements"));
        assert!(says(Pairs::plain().u32("general.alignment", 3).file()).contains("general.alignment is 3"));
        assert!(says(Pairs::plain().file_with(&[(9, 8, 0, 0)])).contains("dimensions of a tensor is 9"));
        assert!(says(Pairs::plain().file_with(&[(1, 8, 0, 7)])).contains("starts at 7"));
        assert!(says(Pairs::plain().file_with(&[(1, 8, 0, 1 << 40)])).contains("truncated"));
        assert!(says(b"GGUF\0\0\0\x03aaaaaaaaaaaaaaaaaaaaaaa".to_vec()).contains("big-endian"));
        assert!(says(b"GGUF\x01\0\0\0aaaaaaaaaaaaaaaaaaaaaaa".to_vec()).contains("version 1, not 2 or 3"));
        assert!(says([b"GGUF\x03\0\0\0", &[0xff; 16][..]].concat()).contains("18446744073709551615 tensors"));
    }
}
