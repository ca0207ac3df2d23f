//! `hob models pull`: the only part of hob that ever goes to the network. Fetches models from a hub or through the user's own pip,
//! verifies them, and hands them to the store. Prints its plan and its progress to standard error.

mod error;
mod hub;
mod pip;
mod progress;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use hob_models::{Entry, ModelError, Record, Source, SourceKind, State, Store, StoredModel, Trust, disk, human_bytes};

pub use error::PullError;
use progress::{Console, Look};

/// Fetches, verifies and installs models. `names` may hold models, aliases and sets; without `from`, the sources of each model are
/// tried in order. Blocks until all are there; what an interruption leaves behind is taken up by the next call.
pub fn pull(store: &Store, names: &[String], from: Option<SourceKind>) -> Result<(), PullError> {
    let look = if io::stderr().is_terminal() { Look::Bars } else { Look::Lines };
    let mut puller = Puller {
        store,
        python: std::env::var_os("HOB_PYTHON").filter(|python| !python.is_empty()).unwrap_or_else(|| "python3".into()),
        free_bytes: &disk::free_bytes,
        console: Console::new(Box::new(io::stderr()), look),
        hub: Hub::Untried,
    };
    puller.run(names, from)
}

/// One call of [`pull`], with everything it takes from the world around it.
struct Puller<'a> {
    store: &'a Store,
    python: OsString,
    free_bytes: &'a dyn Fn(&Path) -> io::Result<u64>,
    console: Console,
    hub: Hub,
}

/// Whether the hub is worth another try within one call: each failed one costs the connect timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hub {
    Untried,
    Unreachable,
}

impl<'a> Puller<'a> {
    fn run(&mut self, names: &[String], from: Option<SourceKind>) -> Result<(), PullError> {
        let mut wanted = Vec::new();
        for entry in self.entries(names)? {
            let sources: Vec<&Source> =
                entry.sources.iter().filter(|source| from.is_none_or(|from| source.kind() == from)).collect();
            if sources.is_empty() {
                let from = from.expect("every entry has a source, so only --from leaves none");
                return Err(PullError::NoSuchSource { name: entry.name.clone(), from });
            }
            if !self.is_installed(entry)? {
                wanted.push((entry, sources));
            }
        }
        for (entry, sources) in &wanted {
            let from: Vec<String> = sources.iter().map(|source| source.kind().to_string()).collect();
            self.console.line(&format!(
                "{}: {}, {}, {}, from {}",
                entry.name,
                entry.title,
                human_bytes(sources[0].bytes()),
                entry.licence,
                from.join(", else "),
            ));
        }
        let missing = wanted
            .iter()
            .map(|(entry, sources)| sources[0].bytes().saturating_sub(self.store.staged_bytes(&entry.name)));
        self.check_room(missing.sum())?;
        wanted.into_iter().try_for_each(|(entry, sources)| self.pull_one(entry, &sources))
    }

    /// The entries behind names, aliases and sets, each once.
    fn entries(&self, names: &[String]) -> Result<Vec<&'a Entry>, PullError> {
        let store: &'a Store = self.store;
        let mut entries: Vec<&'a Entry> = Vec::new();
        for name in names {
            let members = store.catalogue().set(name).map_or(std::slice::from_ref(name), |set| &set.models);
            for member in members {
                let listed = store.info(member)?;
                let entry = listed.entry.ok_or(PullError::Imported { name: listed.name })?;
                if !entries.iter().any(|known| known.name == entry.name) {
                    entries.push(entry);
                }
            }
        }
        Ok(entries)
    }

    /// Whether there is nothing to do, because the model is here and its sum is right.
    fn is_installed(&mut self, entry: &Entry) -> Result<bool, PullError> {
        match self.store.info(&entry.name)?.state {
            State::Available => return Ok(false),
            State::Broken { problem } => {
                self.console
                    .line(&format!("{}: the installed model is damaged ({problem}) and is replaced", entry.name));
                return Ok(false);
            }
            State::Installed(_) => {}
        }
        match self.store.verify(&entry.name, &mut |_| {}) {
            Ok(model) => {
                self.console.line(&format!("{}: already installed, {}", entry.name, model.record.trust));
                Ok(true)
            }
            Err(ModelError::Changed { .. }) => {
                self.console.line(&format!("{}: the installed file has changed and is replaced", entry.name));
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn pull_one(&mut self, entry: &Entry, sources: &[&Source]) -> Result<(), PullError> {
        let mut sources = sources.iter().peekable();
        while let Some(source) = sources.next() {
            if sources.peek().is_some() && source.kind() == SourceKind::Hub && self.hub == Hub::Unreachable {
                continue;
            }
            match (self.pull_from(entry, source), sources.peek()) {
                (Ok(model), _) => {
                    let StoredModel { record, path } = model;
                    self.console.line(&format!("{}: installed, {}: {}", record.name, record.trust, path.display()));
                    return Ok(());
                }
                (Err(error), Some(next)) if error.is_worth_another_source() => {
                    if matches!(error, PullError::Unreachable { .. }) {
                        self.hub = Hub::Unreachable;
                    }
                    self.console.line(&format!("{}: {error}; trying {} instead", entry.name, next.kind()));
                }
                (Err(error), _) => return Err(error),
            }
        }
        unreachable!("the last source either gives the model or an error")
    }

    /// Fetches from one source into the staging folder, verifies, installs.
    fn pull_from(&mut self, entry: &Entry, source: &Source) -> Result<StoredModel, PullError> {
        let staging = self.store.stage(&entry.name)?;
        let (file, sha256) = match source {
            Source::Hub { url, bytes, sha256 } => {
                let part = staging.folder().join(format!("hub-{}.part", &sha256[..8]));
                self.check_room(bytes.saturating_sub(hub::bytes_of(&part)))?;
                let others = entry.sources.iter().map(Source::kind);
                let elsewhere = others.into_iter().find(|kind| *kind != SourceKind::Hub);
                let wanted = hub::Wanted { name: &entry.name, url, bytes: *bytes, sha256: source.sha256(), elsewhere };
                let actual = hub::fetch(&wanted, &part, &mut self.console)?;
                (part, actual)
            }
            Source::Pip(pip) => {
                let assembly =
                    pip::Assembly { name: &entry.name, source: pip, folder: staging.folder(), python: &self.python };
                self.check_room(assembly.room_needed())?;
                assembly.run(&mut self.console)?
            }
        };
        let record = Record {
            name: entry.name.clone(),
            kind: entry.kind,
            file: entry.file.clone(),
            bytes: hub::bytes_of(&file),
            sha256,
            trust: if source.sha256().is_some() { Trust::Catalogue } else { Trust::FirstDownload },
            source: describe(source),
            licence: entry.licence.clone(),
        };
        Ok(staging.install(&file, record)?)
    }

    fn check_room(&self, needed: u64) -> Result<(), PullError> {
        /// Left over for records, directories and whatever else is at work on the machine.
        const MARGIN: u64 = 16 << 20;
        let root = self.store.root();
        let free = (self.free_bytes)(root).map_err(ModelError::io("look at", root))?;
        if needed > 0 && free < needed + MARGIN {
            return Err(ModelError::NoSpace { path: root.to_owned(), needed: needed + MARGIN, free }.into());
        }
        Ok(())
    }
}

/// A source as the record of the model names it.
fn describe(source: &Source) -> String {
    match source {
        Source::Hub { url, .. } => url.clone(),
        Source::Pip(pip) => {
            let wheels: Vec<&str> = pip.parts.iter().map(|part| part.wheel.as_str()).collect();
            format!("pip: {}", wheels.join(", "))
        }
    }
}

/// Kept apart from `Write` so that a full disk is told from other trouble.
fn write_error(path: &Path) -> impl FnOnce(io::Error) -> PullError {
    let path = path.to_owned();
    move |error| ModelError::io("write", &path)(error).into()
}

/// Flushes what was downloaded, so that a resumed download never starts behind a hole.
fn settle(mut file: impl Write, path: &Path) -> Result<(), PullError> {
    file.flush().map_err(write_error(path))
}
