//! States that outlive the process: what was computed for the instructions of an action, so that a restart is warm as well. One file
//! each, in a folder of the user's own, under the name of a checksum over all that has to be the same: this very program (which also
//! decides how keys and values are kept), the model's file, the threads, the context, the adapter, the tokens and the steps in which they were
//! computed. A file that is not exactly what was written is nothing.
//! Never holds a text of the user's, is never needed, and is never written while somebody waits.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hob_protocol::engine::{States as Wanted, build_id};
use hob_worker::log::warn;
use sha2::{Digest, Sha256};

use crate::shelf::Computed;

const MAGIC: &[u8; 8] = b"hobstat1";
const DIGEST: usize = 32;
const ENDING: &str = "state";
const PARTIAL: &str = "partial";
/// States that wait to be written; more are computed only where nobody ever has leisure.
const MOST_UNWRITTEN: usize = 4;
/// How much is done between two looks at whether somebody waits: a millisecond's work.
const STEP_BYTES: usize = 256 * 1024;

/// What made a state, apart from this program.
#[derive(Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) model: &'a Path,
    pub(crate) threads: u16,
    pub(crate) context_tokens: u32,
}

/// The folder, and what all of its files that count have in common.
#[derive(Debug)]
pub(crate) struct States {
    folder: PathBuf,
    most_bytes: u64,
    /// Lines that say what made a state: the program's path, which file that is, the model's, and how it was run.
    origin: String,
    unwritten: VecDeque<Unwritten>,
}

#[derive(Debug)]
struct Unwritten {
    computed: Computed,
    state: Vec<u8>,
}

/// How an attempt to write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Done,
    /// Somebody came.
    Interrupted,
}

impl States {
    /// Nowhere, if the folder is not the user's alone. Files of what this program was before go.
    pub(crate) fn open(wanted: &Wanted, origin: &Origin) -> Option<Self> {
        let Origin { model, threads, context_tokens } = origin;
        let program = std::env::current_exe().ok()?;
        let this_file = identity(Path::new("/proc/self/exe"))?;
        let model_file = identity(model)?;
        // So that each is one line, whatever is in it.
        let [program, model] = [&program, *model].map(|path| path.as_os_str().as_encoded_bytes().escape_ascii());
        let origin = format!(
            "{program}\n{} {this_file}\n{model} {model_file} {}\n{threads} {context_tokens}",
            build_id(),
            wanted.sha256
        );
        let (folder, most_bytes) = (wanted.folder.clone(), wanted.most_bytes);
        let states = Self { folder, most_bytes, origin, unwritten: VecDeque::new() };
        if let Err(error) = states.prepare_folder() {
            warn(&format!("nothing is kept in {}: {error}", states.folder.display()));
            return None;
        }
        states.remove_outdated();
        Some(states)
    }

    /// The state for these tokens, computed in these steps.
    pub(crate) fn read(&self, computed: &Computed) -> Option<Vec<u8>> {
        let path = self.path(computed);
        let about = fs::symlink_metadata(&path).ok()?;
        let is_ours = about.is_file() && is_ours_alone(&about);
        let state = is_ours.then(|| read(&path, &self.head(computed), self.most_bytes)).flatten();
        if state.is_none() {
            remove(&path);
        }
        state
    }

    /// A state that llama.cpp did not take.
    pub(crate) fn forget(&self, computed: &Computed) {
        remove(&self.path(computed));
    }

    /// Whether a state of these tokens would be kept.
    pub(crate) fn wants(&self, computed: &Computed) -> bool {
        let waits = self.unwritten.iter().any(|unwritten| unwritten.computed == *computed);
        !waits && self.unwritten.len() < MOST_UNWRITTEN && !self.path(computed).exists()
    }

    /// Takes a state to be written as soon as there is leisure.
    pub(crate) fn keep(&mut self, computed: Computed, state: Vec<u8>) {
        if (MAGIC.len() + DIGEST + self.head(&computed).len() + state.len()) as u64 <= self.most_bytes {
            self.unwritten.push_back(Unwritten { computed, state });
        }
    }

    /// Writes what waits for it, while there is leisure, and drops the states whose last use is longest ago where there is no room.
    /// That one cannot be kept is no failure of anything.
    pub(crate) fn write(&mut self, mut leisure_lasts: impl FnMut() -> bool) {
        while let Some(unwritten) = self.unwritten.pop_front() {
            let path = self.path(&unwritten.computed);
            match self.try_write(&path, &unwritten, &mut leisure_lasts) {
                Ok(Writing::Done) => self.keep_limit(&path),
                Ok(Writing::Interrupted) => {
                    self.unwritten.push_front(unwritten);
                    return;
                }
                Err(error) => warn(&format!("cannot keep a state in {}: {error}", self.folder.display())),
            }
        }
    }

    /// Nobody ever sees half a file.
    fn try_write(
        &self,
        path: &Path,
        Unwritten { computed, state }: &Unwritten,
        leisure_lasts: &mut impl FnMut() -> bool,
    ) -> io::Result<Writing> {
        let head = self.head(computed);
        let mut hasher = Sha256::new_with_prefix(&head);
        for bytes in state.chunks(STEP_BYTES) {
            if !leisure_lasts() {
                return Ok(Writing::Interrupted);
            }
            hasher.update(bytes);
        }
        let sum: [u8; DIGEST] = hasher.finalize().into();
        let before = [MAGIC.as_slice(), &sum, &head];
        let partial = self.folder.join(std::process::id().to_string()).with_extension(PARTIAL);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
        let mut write = || {
            for bytes in before.into_iter().chain(state.chunks(STEP_BYTES)) {
                if !leisure_lasts() {
                    return Ok(Writing::Interrupted);
                }
                file.write_all(bytes)?;
            }
            fs::rename(&partial, path).map(|()| Writing::Done)
        };
        let outcome = write();
        if !matches!(outcome, Ok(Writing::Done)) {
            remove(&partial);
        }
        outcome
    }

    fn prepare_folder(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let about = fs::symlink_metadata(&self.folder)?;
        if about.is_dir() && is_ours_alone(&about) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is no folder of this user's alone"))
    }

    /// What nobody can use any more: of what stood in this program's place before, of nobody, or left half written. States of other
    /// builds, and of an earlier file of the model, make room in time, like all that is not used.
    fn remove_outdated(&self) {
        let program = |origin: &str| origin.split_once('\n').map(|(path, rest)| (path.to_owned(), first_line(rest)));
        let (our_path, our_file) = program(&self.origin).expect("it has four lines");
        let outdated = |path: &PathBuf| {
            origin_of(path).as_deref().and_then(program).is_none_or(|(path, file)| path == our_path && file != our_file)
        };
        let states = self.files(ENDING).into_iter().map(|(path, _)| path).filter(outdated);
        states.chain(self.files(PARTIAL).into_iter().map(|(path, _)| path)).for_each(|path| remove(&path));
    }

    fn keep_limit(&self, newest: &Path) {
        let mut files = self.files(ENDING);
        files.sort_by_key(|(path, about)| (path == newest, about.mtime(), about.mtime_nsec()));
        let mut bytes: u64 = files.iter().map(|(_, about)| about.len()).sum();
        for (path, about) in files {
            if bytes <= self.most_bytes {
                break;
            }
            bytes -= about.len();
            remove(&path);
        }
    }

    fn files(&self, ending: &str) -> Vec<(PathBuf, Metadata)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.path().extension().is_some_and(|found| found == ending));
        let about = named.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)));
        about.filter(|(_, about)| about.is_file()).collect()
    }

    /// Half of the checksum is enough of a name: the file itself says what it is for.
    fn path(&self, computed: &Computed) -> PathBuf {
        let sum = digest(&[&self.head(computed)]);
        let name = u128::from_be_bytes(*sum.first_chunk().expect("it is longer"));
        self.folder.join(format!("{name:032x}")).with_extension(ENDING)
    }

    /// All that has to be the same: lengths first, so that no two heads have the same bytes.
    fn head(&self, computed: &Computed) -> Vec<u8> {
        let length = |length: usize| (length as u64).to_le_bytes();
        let mut head = length(self.origin.len()).to_vec();
        head.extend(self.origin.as_bytes());
        let adapter = computed.adapter.as_deref().unwrap_or_default();
        head.extend(length(adapter.len()));
        head.extend(adapter.as_bytes());
        head.extend(length(computed.tokens.len()));
        head.extend(computed.tokens.iter().flat_map(|token| token.0.to_le_bytes()));
        head.extend(length(computed.ends.len()));
        head.extend(computed.ends.iter().flat_map(|end| length(*end)));
        head
    }
}

/// A state that is read was used last.
fn read(path: &Path, head: &[u8], most_bytes: u64) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let before = MAGIC.len() + DIGEST + head.len();
    if file.metadata().ok()?.len() > most_bytes {
        return None;
    }
    let mut start = vec![0; before];
    file.read_exact(&mut start).ok()?;
    let (magic, rest) = start.split_at(MAGIC.len());
    let (sum, found_head) = rest.split_at(DIGEST);
    let mut state = Vec::new();
    let fits = magic == MAGIC && found_head == head;
    let is_whole = fits && file.read_to_end(&mut state).is_ok() && digest(&[head, &state]) == sum;
    // Without the time it makes room sooner, and that is all.
    let _ = file.set_modified(SystemTime::now());
    is_whole.then_some(state)
}

/// What the head of a file says of where it comes from.
fn origin_of(path: &Path) -> Option<String> {
    /// More than two paths and a checksum take.
    const LONGEST: u64 = 16 * 1024;
    let mut file = File::open(path).ok()?;
    let mut start = [0; MAGIC.len() + DIGEST + 8];
    file.read_exact(&mut start).ok()?;
    let length = u64::from_le_bytes(*start.last_chunk::<8>()?);
    let mut origin = String::new();
    (start.starts_with(MAGIC) && length <= LONGEST).then_some(())?;
    file.take(length).read_to_string(&mut origin).ok()?;
    Some(origin)
}

/// This very file, of a program or a model: another build rounds in another way. Packages give all files one time of change, but
/// nobody gives a file the time at which the kernel saw it come.
pub(crate) fn identity(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    let times = [about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec()];
    Some(format!("{} {times:?}", about.len()))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        warn(&format!("cannot remove {}: {error}", path.display()));
    }
}

fn is_ours_alone(about: &Metadata) -> bool {
    const OF_OTHERS: u32 = 0o077;
    about.uid() == rustix::process::geteuid().as_raw() && about.mode() & OF_OTHERS == 0
}

fn digest(parts: &[&[u8]]) -> [u8; DIGEST] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
