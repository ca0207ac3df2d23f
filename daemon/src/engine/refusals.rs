//! Builds that died of an illegal instruction, remembered across restarts. True of one processor, kernel and version of hob
//! only: after a change of any of them every build gets another chance.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hob_protocol::daemon::EngineKind;
use serde::{Deserialize, Serialize};

const FILE: &str = "refused-builds.json";

#[derive(Debug)]
pub struct Refusals {
    file: Option<PathBuf>,
    known: Known,
    none: BTreeSet<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    version: String,
    machine: String,
    refused: BTreeMap<EngineKind, BTreeSet<String>>,
}

impl Refusals {
    /// Without a folder, refusals are known until the daemon ends.
    pub fn load(folder: Option<PathBuf>, machine: &str) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let fresh =
            Known { version: hob_protocol::VERSION.to_owned(), machine: machine.to_owned(), ..Known::default() };
        let known = file.as_deref().and_then(read);
        let known = known.filter(|known| known.version == fresh.version && known.machine == fresh.machine);
        Self { file, known: known.unwrap_or(fresh), none: BTreeSet::new() }
    }

    pub fn of(&self, kind: EngineKind) -> &BTreeSet<String> {
        self.known.refused.get(&kind).unwrap_or(&self.none)
    }

    /// A refusal that cannot be written down is found out again after the next start; that costs one death.
    pub fn add(&mut self, kind: EngineKind, build: &str) {
        self.known.refused.entry(kind).or_default().insert(build.to_owned());
        if let Some(file) = &self.file
            && let Err(error) = write(file, &self.known)
        {
            tracing::warn!("cannot remember the refused build in {}: {error}", file.display());
        }
    }
}

fn read(file: &Path) -> Option<Known> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

fn write(file: &Path, known: &Known) -> std::io::Result<()> {
    let folder = file.parent().expect("the file lies in the state folder");
    std::fs::create_dir_all(folder)?;
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, serde_json::to_vec_pretty(known)?)?;
    std::fs::rename(fresh, file)
}

#[cfg(test)]
mod tests {
    use hob_protocol::daemon::EngineKind;

    use super::Refusals;

    #[test]
    fn refusals_outlive_the_daemon_on_the_same_machine_only() {
        let folder = tempfile::tempdir().unwrap();
        let state = || Some(folder.path().join("hob"));
        Refusals::load(state(), "this machine").add(EngineKind::Text, "x86-64-v4");
        let again = Refusals::load(state(), "this machine");
        assert!(again.of(EngineKind::Text).contains("x86-64-v4"));
        assert!(again.of(EngineKind::Speech).is_empty());
        assert!(Refusals::load(state(), "another kernel").of(EngineKind::Text).is_empty());
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(super::FILE), "{\"version\": 3").unwrap();
        assert!(Refusals::load(Some(folder.path().to_owned()), "m").of(EngineKind::Text).is_empty());
    }
}
