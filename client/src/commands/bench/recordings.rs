//! The recordings of a folder, with what is said in them: from a table, from texts beside them, or without any. What cannot be used as sound
//! is one of them, too: measuring says so.

mod beside;
mod sound;
mod table;
mod tree;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::error::BenchError;
use crate::cli::Choice;
use table::{Expected, Form, Row};
use tree::{Tree, read_text};

/// The names of tables, the best first, without their extension.
const TABLES: [&str; 6] = ["manifest", "metadata", "transcripts", "test", "validated", "dev"];
/// What `hob bench` promises to be about unless it is asked for more: what people dictate in one go.
const USUAL_SECONDS: f64 = 30.0;
/// Where neither the table nor the caller says it.
const USUAL_LANGUAGE: &str = "en";

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recording {
    pub(super) id: String,
    /// 0 if it is not known.
    pub(super) seconds: f64,
    /// ISO 639 code, or `none` if nobody speaks.
    pub(super) language: String,
    pub(super) category: String,
    /// How sure the transcript is: gold, silver, or something else, which does not count. Empty if there is none.
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
        (self.counts() || self.trust.is_empty())
            && matches!(self.language.as_str(), "en" | "none")
            && self.category != "format"
            && self.seconds <= USUAL_SECONDS
    }
}

/// What was read, or chosen of that.
#[derive(Debug)]
pub(super) struct Recordings {
    pub(super) all: Vec<Recording>,
    /// What the user should know of how they were taken.
    pub(super) notes: Vec<String>,
}

/// Everything in a folder, in the order of its table or of the names; or one recording, or what one table names.
/// `language` is that of the recordings of which nothing tells it.
pub(super) fn read(place: &Path, language: Option<&str>) -> Result<Recordings, BenchError> {
    let is_code = |language: &&str| (2..=3).contains(&language.len()) && *language != "auto";
    let usual = language.filter(is_code).unwrap_or(USUAL_LANGUAGE);
    let mut all = if place.is_file() { of_file(place)? } else { of_folder(&Tree::walk(place)?)? };
    let untold = all.iter_mut().filter(|recording| recording.language.is_empty());
    let untold = untold.map(|recording| usual.clone_into(&mut recording.language)).count();
    let mut notes = Vec::new();
    if untold > 0 && language.is_none() {
        notes.push("nothing says which language is spoken: English is taken (--language CODE)".to_owned());
    }
    Ok(Recordings { all, notes })
}

fn of_file(path: &Path) -> Result<Vec<Recording>, BenchError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let extension = extension(path);
    if let Some(form) = Form::of(&extension) {
        let rows = table::parse(&read_text(path)?, form, Expected::Certainly);
        let rows = rows.map_err(|(line, problem)| manifest_error(path, line, problem))?;
        return of_table(rows, &Tree::walk(folder)?, path);
    }
    // The folder may hold what is said in it.
    let all = of_folder(&Tree::walk(folder)?)?;
    let one: Vec<_> = all.into_iter().filter(|recording| recording.path.file_name() == path.file_name()).collect();
    if one.is_empty() { Err(BenchError::NoRecordings(path.to_owned())) } else { Ok(one) }
}

fn of_folder(tree: &Tree) -> Result<Vec<Recording>, BenchError> {
    if let Some(recordings) = tables(tree)? {
        return Ok(recordings);
    }
    let found = beside::read(tree)?;
    if found.is_empty() {
        return Err(BenchError::NoRecordings(tree.folder.clone()));
    }
    let mut stems = HashMap::new();
    let stem = |path: &Path| tree.name(&path.with_extension(""));
    for (path, _) in &found {
        *stems.entry(stem(path)).or_insert(0) += 1;
    }
    let recording = |(path, transcript): (PathBuf, Option<String>)| Recording {
        // Where two files differ by their extensions alone, those tell them apart.
        id: if stems[&stem(&path)] == 1 { stem(&path) } else { tree.name(&path) },
        seconds: sound::seconds(&path).unwrap_or_default(),
        language: String::new(),
        category: "recording".to_owned(),
        trust: if transcript.is_some() { "gold" } else { "" }.to_owned(),
        transcript: transcript.unwrap_or_default(),
        path,
    };
    Ok(found.into_iter().map(recording).collect())
}

/// Of the first table that is one. What is wrong with one that is called a manifest is told; others may be about something else.
fn tables(tree: &Tree) -> Result<Option<Vec<Recording>>, BenchError> {
    let mut candidates: Vec<(&Path, Form)> =
        tree.top().filter_map(|path| Some((path, Form::of(&extension(path))?))).collect();
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let rank = |path: &Path| TABLES.iter().position(|name| stem(path) == *name).unwrap_or(TABLES.len());
    candidates.sort_by_key(|(path, _)| rank(path));
    for (path, form) in candidates {
        let expected = if rank(path) == 0 { Expected::Certainly } else { Expected::Perhaps };
        match table::parse(&read_text(path)?, form, expected) {
            Ok(rows) if !rows.is_empty() => return of_table(rows, tree, path).map(Some),
            Err((line, problem)) if expected == Expected::Certainly => return Err(manifest_error(path, line, problem)),
            // A broken line in a table that has the right columns is worth to be told as well.
            Err((line, problem)) if line > 1 && form != Form::Json => return Err(manifest_error(path, line, problem)),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(None)
}

fn of_table(rows: Vec<Row>, tree: &Tree, table: &Path) -> Result<Vec<Recording>, BenchError> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut recordings = Vec::new();
    for row in rows {
        let id = match &row.id {
            Some(id) => match seen.insert(id.clone(), row.line) {
                Some(first) => {
                    let problem = format!("the id {id} is that of line {first} already");
                    return Err(manifest_error(table, row.line, problem));
                }
                None => id.clone(),
            },
            None => free_id(&row.file, &taken),
        };
        taken.insert(id.clone());
        recordings.push(of_row(row, id, tree));
    }
    Ok(recordings)
}

/// The file's name without its extension, or something longer if that is taken.
fn free_id(file: &str, taken: &HashSet<String>) -> String {
    let stem = Path::new(file).file_stem().map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned());
    let numbered = (2..).map(|number| format!("{file} {number}"));
    [stem, file.to_owned()].into_iter().chain(numbered).find(|id| !taken.contains(id)).unwrap_or_default()
}

fn of_row(row: Row, id: String, tree: &Tree) -> Recording {
    let path = tree.resolve(&row.file);
    let (language, category) =
        (row.language.unwrap_or_default(), row.category.unwrap_or_else(|| "recording".to_owned()));
    let nobody_speaks = language == "none" || category == "no-speech";
    let transcript = row.transcript.unwrap_or_default();
    let trust =
        row.trust.unwrap_or_else(|| if transcript.is_empty() && !nobody_speaks { "" } else { "gold" }.to_owned());
    let seconds = row.seconds.or_else(|| sound::seconds(&path)).unwrap_or_default();
    Recording { id, seconds, language, category, trust, path, transcript }
}

fn manifest_error(path: &Path, line: usize, problem: String) -> BenchError {
    BenchError::Manifest { path: path.to_owned(), line, problem }
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Those that are wanted, all of which must be there. Where none is what is usually measured, all are.
pub(super) fn choose(recordings: Recordings, choice: &Choice) -> Result<Recordings, BenchError> {
    let Recordings { mut all, mut notes } = recordings;
    let among = |list: &[String], name: &String| list.is_empty() || list.contains(name);
    all.retain(|recording| among(&choice.categories, &recording.category) && among(&choice.ids, &recording.id));
    let is_wide = choice.all || !choice.ids.is_empty();
    if !is_wide && all.iter().any(Recording::is_usual) {
        all.retain(Recording::is_usual);
    } else if !is_wide && !all.is_empty() {
        notes.push("no English recording of up to 30 s with a sure transcript: everything is taken".to_owned());
    }
    all.truncate(choice.limit.map_or(usize::MAX, |limit| limit as usize));
    if all.is_empty() {
        return Err(BenchError::NothingChosen);
    }
    match all.iter().find(|recording| !recording.path.exists()) {
        Some(missing) => Err(BenchError::Missing(missing.path.clone())),
        None => Ok(Recordings { all, notes }),
    }
}

#[cfg(test)]
mod tests;
