//! Recordings without a table: what is said in each stands in a text file of its name, or on a line of a list that begins with its name.
//! One without either has no transcript.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::super::error::BenchError;
use super::tree::{Tree, read_text};

/// Of files that hold what is said in one recording, or a list of that.
const TEXTS: [&str; 6] = ["txt", "lab", "tsv", "csv", "lst", "trans"];
/// A list without an extension, as Kaldi names it.
const LISTS: [&str; 3] = ["text", "transcripts", "transcript"];

/// Every recording of the tree, with what is said in it if that is known.
pub(super) fn read(tree: &Tree) -> Result<Vec<(PathBuf, Option<String>)>, BenchError> {
    let sounds: Vec<&Path> = tree.sounds().collect();
    let (mut own, mut lists) = (HashMap::new(), HashMap::new());
    let names: HashSet<String> = sounds.iter().flat_map(|sound| keys(tree, sound)).collect();
    for text in tree.files.iter().filter(|path| is_text(path)) {
        let stem = stem(text);
        if names.contains(&stem) {
            own.entry(stem).or_insert_with(Vec::new).push(text.as_path());
        } else {
            list(&read_text(text)?, &names, &mut lists);
        }
    }
    let mut recordings = Vec::new();
    for sound in sounds {
        let texts = keys(tree, sound).into_iter().find_map(|key| own.get(&key));
        // The one beside it, or the only one there is.
        let text = texts.and_then(|texts: &Vec<&Path>| {
            let beside = texts.iter().find(|text| text.parent() == sound.parent());
            beside.or(texts.first().filter(|_| texts.len() == 1))
        });
        let listed = || keys(tree, sound).into_iter().find_map(|key| lists.get(&key).cloned());
        let transcript = match text {
            Some(text) => Some(one_line(&read_text(text)?)),
            None => listed(),
        };
        recordings.push((sound.to_owned(), transcript));
    }
    Ok(recordings)
}

fn is_text(path: &Path) -> bool {
    match path.extension() {
        Some(extension) => TEXTS.contains(&extension.to_string_lossy().to_lowercase().as_str()),
        None => path.file_name().is_some_and(|name| LISTS.contains(&name.to_string_lossy().as_ref())),
    }
}

/// What a recording may be called: its path below the folder, its name, and that without its extension.
fn keys(tree: &Tree, sound: &Path) -> Vec<String> {
    let name = sound.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    vec![tree.name(sound), name, stem(sound)]
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn list(text: &str, names: &HashSet<String>, found: &mut HashMap<String, String>) {
    for line in text.lines() {
        let cut =
            [('\t', '\t'), ('|', '|'), (' ', '\n'), (',', '\n'), (';', '\n')].into_iter().find_map(|(mark, end)| {
                let (name, rest) = line.split_once(mark)?;
                let name = name.trim().trim_matches('"');
                names.contains(name).then(|| (name, rest.split(end).next().unwrap_or_default()))
            });
        if let Some((name, rest)) = cut {
            found.entry(name.to_owned()).or_insert_with(|| one_line(rest.trim().trim_matches('"')));
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The transcript of each sound, in the order of their paths.
    #[track_caller]
    fn texts(files: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let tree = Tree::walk(folder.path()).unwrap();
        read(&tree).unwrap().into_iter().map(|(path, text)| (tree.name(&path), text)).collect()
    }

    #[track_caller]
    fn are(files: &[(&str, &str)], expected: &[(&str, Option<&str>)]) {
        let expected: Vec<_> =
            expected.iter().map(|(name, text)| ((*name).to_owned(), text.map(str::to_owned))).collect();
        assert_eq!(texts(files), expected);
    }

    #[test]
    fn a_text_belongs_to_the_recording_of_its_name() {
        are(
            &[
                ("a b.wav", ""),
                ("a b.txt", " Hello,\nyou.\n"),
                ("c.MP3", ""),
                ("c.mp3.txt", "x"),
                ("C.MP3.txt", "y"),
                ("d.flac", ""),
            ],
            &[("a b.wav", Some("Hello, you.")), ("c.MP3", None), ("d.flac", None)],
        );
        are(
            &[("é.ogg", ""), ("é.ogg.txt", ""), ("e.wav", ""), ("e.lab", "yes")],
            &[("e.wav", Some("yes")), ("é.ogg", Some(""))],
        );
        are(
            &[
                ("txt/p1/one.txt", "1"),
                ("wav/p1/one.wav", ""),
                ("wav/p2/two.wav", ""),
                ("x/two.txt", "2"),
                ("y/two.txt", "3"),
            ],
            &[("wav/p1/one.wav", Some("1")), ("wav/p2/two.wav", None)],
        );
        are(
            &[("p1/one.wav", ""), ("p1/one.txt", "1"), ("p2/one.wav", ""), ("p2/one.txt", "2")],
            &[("p1/one.wav", Some("1")), ("p2/one.wav", Some("2"))],
        );
    }

    #[test]
    fn a_list_names_the_recordings_at_the_beginning_of_its_lines() {
        let sounds = [("s/1-2-3.flac", ""), ("s/1-2-4.flac", "")];
        let expected = [("s/1-2-3.flac", Some("HELLO YOU")), ("s/1-2-4.flac", None)];
        for (name, list) in [
            ("s/1-2.trans.txt", "1-2-3 HELLO  YOU\n1-2-5 NOBODY\n"),
            ("text", "1-2-3 HELLO YOU\n"),
            ("metadata.csv", "1-2-3|HELLO YOU|hello you\n"),
            ("list.csv", "s/1-2-3.flac,\"HELLO YOU\"\n"),
            ("list.txt", "A list:\n1-2-3.flac\tHELLO YOU\t3.5\n"),
        ] {
            are(&[&sounds[..], &[(name, list)]].concat(), &expected);
        }
    }
}
