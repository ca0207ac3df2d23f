//! The files of a folder and of those in it, and the texts among them, whatever encoding they are in.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::BenchError;
use super::sound;

#[derive(Debug)]
pub(super) struct Tree {
    pub(super) folder: PathBuf,
    /// Sorted; hidden ones are passed over.
    pub(super) files: Vec<PathBuf>,
}

impl Tree {
    pub(super) fn walk(folder: &Path) -> Result<Self, BenchError> {
        let mut files = Vec::new();
        collect(folder, &mut Vec::new(), &mut files)?;
        files.sort();
        Ok(Self { folder: folder.to_owned(), files })
    }

    pub(super) fn sounds(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path).filter(|path| sound::is_sound(path))
    }

    /// Files that lie in the folder itself.
    pub(super) fn top(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path).filter(|path| path.parent() == Some(&self.folder))
    }

    /// The path below the folder, as people write it.
    pub(super) fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// The file that a table means: where it says, else the one of this name, with or without its extension.
    pub(super) fn resolve(&self, said: &str) -> PathBuf {
        let path = self.folder.join(said);
        if path.is_file() {
            return path;
        }
        let (name, stem) = (Path::new(said).file_name(), Path::new(said).file_stem());
        let by_name = self.sounds().find(|sound| sound.file_name() == name);
        let by_stem = || self.sounds().find(|sound| sound.file_stem() == stem || sound.file_stem() == name);
        by_name.or_else(by_stem).map_or(path, Path::to_owned)
    }
}

/// `above` are the folders around it, in which a link may lead round in circles.
fn collect(folder: &Path, above: &mut Vec<PathBuf>, files: &mut Vec<PathBuf>) -> Result<(), BenchError> {
    let unreadable = |source| BenchError::Folder { path: folder.to_owned(), source };
    let real = folder.canonicalize().map_err(unreadable)?;
    if above.contains(&real) {
        return Ok(());
    }
    above.push(real);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            collect(&path, above, files)?;
        } else {
            files.push(path);
        }
    }
    above.pop();
    Ok(())
}

/// UTF-8 or UTF-16 with or without its mark, else what Windows wrote in Western Europe.
pub(super) fn read_text(path: &Path) -> Result<String, BenchError> {
    let bytes = fs::read(path).map_err(|source| BenchError::File { path: path.to_owned(), source })?;
    Ok(decoded(bytes))
}

fn decoded(bytes: Vec<u8>) -> String {
    let wide = |read: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes[2..].as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| read(*pair)).collect::<Vec<_>>())
    };
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => return wide(u16::from_le_bytes),
        Some([0xfe, 0xff]) => return wide(u16::from_be_bytes),
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
        Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_whatever_encoding_they_are() {
        for (bytes, expected) in [
            (&b"Gr\xc3\xbc\xc3\x9fe"[..], "Grüße"),
            (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße"),
            (b"Gr\xfc\xdfe", "Grüße"),
            (b"\xff\xfeG\0\xfc\0", "Gü"),
            (b"\xfe\xff\0G\0\xfc", "Gü"),
            (b"", ""),
        ] {
            assert_eq!(decoded(bytes.to_vec()), expected);
        }
    }

    #[test]
    fn files_are_found_below_and_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["clips/a b.mp3", "clips/deep/c.wav", ".hidden/d.wav", "notes.txt"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        // A link that goes round in circles.
        std::os::unix::fs::symlink(folder.path(), folder.path().join("clips/again")).unwrap();
        let tree = Tree::walk(folder.path()).unwrap();
        assert_eq!(tree.top().count(), 1);
        for (said, expected) in
            [("a b.mp3", "clips/a b.mp3"), ("c", "clips/deep/c.wav"), ("/elsewhere/c.flac", "clips/deep/c.wav")]
        {
            assert!(tree.resolve(said).ends_with(expected), "{said}: {:?}", tree.resolve(said));
        }
        assert!(!tree.resolve("e.wav").exists());
    }
}
