//! The texts of `hob bench text`. Pure but for reading a folder.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::super::BenchError;

/// The texts that come with hob.
const OWN: &str = include_str!("texts.toml");
/// From so many words on, a text counts for the time of the whole answer, and below for that of the first token.
const LONG_WORDS: usize = 105;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Size {
    #[default]
    Short,
    Long,
}

impl Sample {
    pub(super) fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }

    pub(super) fn size(&self) -> Size {
        if self.words() < LONG_WORDS { Size::Short } else { Size::Long }
    }

    /// Another text of the same length: one that was there before would have been computed already.
    pub(super) fn in_pass(&self, pass: u32) -> String {
        if pass == 1 { self.text.clone() } else { format!("{pass}. {}", self.text) }
    }
}

/// Those of hob, or every `NAME.txt` of a folder in the order of their names.
pub(super) fn read(folder: Option<&Path>) -> Result<Vec<Sample>, BenchError> {
    let Some(folder) = folder else { return Ok(own()) };
    let unreadable = |source| BenchError::Folder { path: folder.to_owned(), source };
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|source| BenchError::File { path: path.clone(), source })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !text.trim().is_empty() {
            samples.push(Sample { name, text: text.trim().to_owned() });
        }
    }
    if samples.is_empty() {
        return Err(BenchError::NoTexts(folder.to_owned()));
    }
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(samples)
}

fn own() -> Vec<Sample> {
    #[derive(Deserialize)]
    struct File {
        text: Vec<Sample>,
    }
    toml::from_str::<File>(OWN).expect("a test reads it").text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Size, own, read};

    #[test]
    fn own_texts_have_the_lengths_that_are_promised() {
        let samples = own();
        let words = |size: Size| {
            let samples = samples.iter().filter(move |sample| sample.size() == size);
            samples.map(super::Sample::words).collect::<Vec<_>>()
        };
        let (short, long) = (words(Size::Short), words(Size::Long));
        assert!(short.len() >= 6 && short.iter().all(|words| (55..=72).contains(words)), "{short:?}");
        assert!(long.len() >= 6 && long.iter().all(|words| (145..=172).contains(words)), "{long:?}");
        assert_ne!(samples[0].in_pass(2), samples[0].text);
    }

    #[test]
    fn a_folder_gives_its_texts_by_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(Some(folder.path())).is_err());
        for (name, text) in [("b.txt", "two\n"), ("a.txt", "one"), ("c.md", "three"), ("d.txt", " \n")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let samples = read(Some(folder.path())).unwrap();
        let texts: Vec<_> = samples.iter().map(|sample| (sample.name.as_str(), sample.text.as_str())).collect();
        assert_eq!(texts, [("a", "one"), ("b", "two")]);
    }
}
