//! The recordings of a folder, with what is said in them: from its `manifest.tsv`, or from pairs of `NAME.wav` and `NAME.txt`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::BenchError;
use crate::cli::Choice;

const MANIFEST: &str = "manifest.tsv";
/// What `hob bench` promises to be about unless it is asked for more: what people dictate in one go.
const USUAL_SECONDS: f64 = 30.0;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recording {
    pub(super) id: String,
    pub(super) seconds: f64,
    /// ISO 639 code, or `none` if nobody speaks.
    pub(super) language: String,
    pub(super) category: String,
    /// How sure the transcript is: gold, silver, or something else, which does not count.
    pub(super) trust: String,
    pub(super) path: PathBuf,
    pub(super) transcript: String,
}

impl Recording {
    /// The transcript is sure enough to be compared with.
    pub(super) fn counts(&self) -> bool {
        matches!(self.trust.as_str(), "gold" | "silver")
    }

    /// Somebody speaks, as far as is known.
    pub(super) fn is_speech(&self) -> bool {
        !self.counts() || !self.transcript.trim().is_empty()
    }

    /// What is measured unless more is asked for.
    pub(super) fn is_usual(&self) -> bool {
        self.counts()
            && matches!(self.language.as_str(), "en" | "none")
            && self.category != "format"
            && self.seconds <= USUAL_SECONDS
    }
}

/// Everything in the folder, in the order of the manifest or of the names.
pub(super) fn read(folder: &Path) -> Result<Vec<Recording>, BenchError> {
    let manifest = folder.join(MANIFEST);
    if manifest.exists() {
        let text =
            fs::read_to_string(&manifest).map_err(|source| BenchError::File { path: manifest.clone(), source })?;
        return parse(&text, folder).map_err(|(line, problem)| BenchError::Manifest { path: manifest, line, problem });
    }
    pairs(folder)
}

/// Those that are wanted, all of which must be there.
pub(super) fn choose(mut recordings: Vec<Recording>, choice: &Choice) -> Result<Vec<Recording>, BenchError> {
    let among = |list: &[String], name: &String| list.is_empty() || list.contains(name);
    recordings.retain(|recording| {
        let is_wide = choice.all || !choice.ids.is_empty();
        (is_wide || recording.is_usual())
            && among(&choice.categories, &recording.category)
            && among(&choice.ids, &recording.id)
    });
    recordings.truncate(choice.limit.map_or(usize::MAX, |limit| limit as usize));
    if recordings.is_empty() {
        return Err(BenchError::NothingChosen);
    }
    match recordings.iter().find(|recording| !recording.path.is_file()) {
        Some(missing) => Err(BenchError::Missing(missing.path.clone())),
        None => Ok(recordings),
    }
}

/// Columns by name, separated by tabs, without quotes. Unknown columns are passed over.
fn parse(text: &str, folder: &Path) -> Result<Vec<Recording>, (usize, String)> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_end_matches('\r')));
    let (_, header) = lines.next().ok_or((1, "it is empty".to_owned()))?;
    let columns: Vec<&str> = header.split('\t').collect();
    let place = |name: &str| columns.iter().position(|column| *column == name);
    for name in ["id", "seconds", "language", "category", "trust", "wav", "transcript"] {
        place(name).ok_or_else(|| (1, format!("there is no column {name}")))?;
    }
    let mut seen = HashMap::new();
    let mut recordings = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != columns.len() {
            return Err((number, format!("{} columns where the first line has {}", cells.len(), columns.len())));
        }
        let cell = |name: &str| place(name).map_or("", |place| cells[place]);
        let seconds: f64 = cell("seconds")
            .parse()
            .ok()
            .filter(|seconds| (0.0..1e6).contains(seconds))
            .ok_or_else(|| (number, format!("`{}` is no number of seconds", cell("seconds"))))?;
        // A recording in another format is to be read from its own file.
        let file = if cell("category") == "format" && !cell("original").is_empty() { "original" } else { "wav" };
        for name in ["id", "language", file] {
            if cell(name).is_empty() {
                return Err((number, format!("{name} is empty")));
            }
        }
        if let Some(first) = seen.insert(cell("id"), number) {
            return Err((number, format!("the id {} is that of line {first} already", cell("id"))));
        }
        recordings.push(Recording {
            id: cell("id").to_owned(),
            seconds,
            language: cell("language").to_owned(),
            category: cell("category").to_owned(),
            trust: cell("trust").to_owned(),
            path: folder.join(cell(file)),
            transcript: cell("transcript").to_owned(),
        });
    }
    Ok(recordings)
}

/// English unless asked for otherwise: a text beside a recording does not say its language.
fn pairs(folder: &Path) -> Result<Vec<Recording>, BenchError> {
    let unreadable = |source| BenchError::Folder { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "wav") && path.with_extension("txt").is_file() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(BenchError::NoRecordings(folder.to_owned()));
    }
    paths.sort();
    paths.into_iter().map(pair).collect()
}

fn pair(path: PathBuf) -> Result<Recording, BenchError> {
    let text = path.with_extension("txt");
    let transcript = fs::read_to_string(&text).map_err(|source| BenchError::File { path: text, source })?;
    let wav = hound::WavReader::open(&path).map_err(|source| BenchError::NotWav { path: path.clone(), source })?;
    let seconds = f64::from(wav.duration()) / f64::from(wav.spec().sample_rate.max(1));
    let id = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (language, category, trust) = ("en".to_owned(), "recording".to_owned(), "gold".to_owned());
    Ok(Recording { id, seconds, language, category, trust, path, transcript: transcript.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "id\tseconds\tlanguage\tcategory\tspeaker\ttrust\twav\toriginal\ttranscript";

    fn parsed(rows: &[&str]) -> Result<Vec<Recording>, (usize, String)> {
        parse(&format!("{HEADER}\n{}\n", rows.join("\n")), Path::new("/in"))
    }

    #[track_caller]
    fn fails(row: &str, problem: &str) {
        let good = "a\t1\ten\tread\tx\tgold\ta.wav\t\thello";
        assert_eq!(parsed(&[good, "", row]).unwrap_err(), (4, problem.to_owned()), "{row}");
    }

    #[test]
    fn columns_are_found_by_name() {
        let rows = parsed(&[
            "a\t3.5\ten\tread\tx\tgold\twav/a.wav\torig/a.mp3\t\"quoted\" text",
            "b\t5\tnone\tno-speech\tx\tgold\twav/b.wav\t\t",
            "c\t5\ten\tformat\tx\tgold\twav/c.wav\torig/c.mp3\tc",
        ])
        .unwrap();
        let expected = Recording {
            id: "a".into(),
            seconds: 3.5,
            language: "en".into(),
            category: "read".into(),
            trust: "gold".into(),
            path: "/in/wav/a.wav".into(),
            transcript: "\"quoted\" text".into(),
        };
        assert_eq!(rows[0], expected);
        assert!(rows[0].is_speech() && !rows[1].is_speech());
        assert_eq!(rows[2].path, Path::new("/in/orig/c.mp3"));
        assert_eq!(rows.iter().map(Recording::is_usual).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        fails("b\t1\ten\tread", "4 columns where the first line has 9");
        fails("b\tlong\ten\tread\tx\tgold\tb.wav\t\thello", "`long` is no number of seconds");
        fails("b\t-1\ten\tread\tx\tgold\tb.wav\t\thello", "`-1` is no number of seconds");
        fails("\t1\ten\tread\tx\tgold\tb.wav\t\thello", "id is empty");
        fails("b\t1\ten\tread\tx\tgold\t\t\thello", "wav is empty");
        fails("a\t1\ten\tread\tx\tgold\tb.wav\t\thello", "the id a is that of line 2 already");
        assert_eq!(parse("", Path::new("/")).unwrap_err(), (1, "it is empty".to_owned()));
        assert_eq!(parse("id\twav", Path::new("/")).unwrap_err(), (1, "there is no column seconds".to_owned()));
    }

    #[test]
    fn the_choice_is_narrow_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        let row = |id: &str, seconds: f64, language: &str, category: &str, trust: &str| {
            let path = folder.path().join(id);
            fs::write(&path, "").unwrap();
            let [id, language, category, trust] = [id, language, category, trust].map(str::to_owned);
            Recording { id, seconds, language, category, trust, path, transcript: "x".into() }
        };
        let all = vec![
            row("short", 3.0, "en", "read", "gold"),
            row("noise", 3.0, "en", "noise", "silver"),
            row("long", 31.0, "en", "long", "gold"),
            row("german", 3.0, "de", "non-english", "gold"),
            row("unsure", 3.0, "en", "read", "asr"),
        ];
        let ids = |choice: Choice| -> Vec<String> {
            choose(all.clone(), &choice).unwrap().into_iter().map(|recording| recording.id).collect()
        };
        assert_eq!(ids(Choice::default()), ["short", "noise"]);
        assert_eq!(ids(Choice { all: true, ..Choice::default() }).len(), 5);
        assert_eq!(ids(Choice { limit: Some(1), ..Choice::default() }), ["short"]);
        assert_eq!(ids(Choice { categories: vec!["noise".into()], ..Choice::default() }), ["noise"]);
        assert_eq!(ids(Choice { ids: vec!["german".into()], ..Choice::default() }), ["german"]);
        let none = choose(all.clone(), &Choice { categories: vec!["long".into()], ..Choice::default() });
        assert!(matches!(none, Err(BenchError::NothingChosen)));
        fs::remove_file(folder.path().join("noise")).unwrap();
        assert!(
            matches!(choose(all.clone(), &Choice::default()), Err(BenchError::Missing(path)) if path.ends_with("noise"))
        );
    }
}
