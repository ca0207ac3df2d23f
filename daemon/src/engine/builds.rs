//! Which engine builds there are, and which of them this machine can run: what the processor has *and* the kernel lets
//! programs use, as /proc/cpuinfo tells it. Ordered best first; nothing here starts anything.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use hob_protocol::daemon::EngineKind;

/// Overrides the folder of the builds.
pub const ENGINES_VARIABLE: &str = "HOB_ENGINES";

/// One folder of engines that were built for the same instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The folder's name, such as `x86-64-v3`.
    pub name: String,
    pub folder: PathBuf,
    /// Names as in /proc/cpuinfo; empty runs anywhere.
    features: BTreeSet<String>,
}

impl Build {
    pub fn program(&self, kind: EngineKind) -> PathBuf {
        self.folder.join(format!("hob-{kind}"))
    }
}

#[derive(Debug)]
pub struct Builds {
    /// Where they were looked for.
    places: Vec<PathBuf>,
    /// Those whose instructions the machine offers, best first.
    runnable: Vec<Build>,
    /// Those it does not offer.
    beyond: Vec<String>,
    forbidden: BTreeSet<String>,
    machine: String,
}

/// No build is left to run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBuild {
    #[error("no hob-{kind} in {places}")]
    NotInstalled { kind: EngineKind, places: String },
    #[error("this machine runs none of the builds of hob-{kind}: {builds}")]
    NoneRuns { kind: EngineKind, builds: String },
}

impl NoBuild {
    pub fn hint(&self) -> String {
        match self {
            Self::NotInstalled { .. } => super::REINSTALL.to_owned(),
            Self::NoneRuns { .. } => {
                "build one that does: `packaging/engines.sh x86-64-v2` in a checkout of hob".to_owned()
            }
        }
    }
}

impl Builds {
    /// Looks for builds in the first of these places that holds any: `$HOB_ENGINES`, `engines` beside the folder of this
    /// program, `lib/hob/engines` beside it.
    pub fn find(variable: Option<&OsStr>, program: &Path) -> Self {
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let places = if let Some(folder) = variable.filter(|folder| !folder.is_empty()) {
            vec![PathBuf::from(folder)]
        } else {
            let prefix = program.parent().and_then(Path::parent).unwrap_or(Path::new("/usr"));
            vec![prefix.join("engines"), prefix.join("lib/hob/engines")]
        };
        let builds = places.iter().map(|place| read_builds(place)).find(|builds| !builds.is_empty());
        Self::new(places, builds.unwrap_or_default(), &cpuinfo)
    }

    fn new(places: Vec<PathBuf>, builds: Vec<Build>, cpuinfo: &str) -> Self {
        let offered = offered_features(cpuinfo);
        let (mut runnable, beyond): (Vec<_>, Vec<_>) =
            builds.into_iter().partition(|build| build.features.is_subset(&offered));
        // More instructions are faster; of equals, the one built here.
        runnable
            .sort_by_key(|build| (std::cmp::Reverse(build.features.len()), build.name != "native", build.name.clone()));
        let beyond = beyond.into_iter().map(|build| build.name).collect();
        Self { places, runnable, beyond, forbidden: BTreeSet::new(), machine: machine(cpuinfo) }
    }

    pub fn forbid(&mut self, builds: Vec<String>) {
        self.forbidden = builds.into_iter().collect();
    }

    /// The best build that holds this engine and is not refused.
    pub fn best(&self, kind: EngineKind, refused: &BTreeSet<String>) -> Result<&Build, NoBuild> {
        let installed: Vec<_> = self.runnable.iter().filter(|build| build.program(kind).exists()).collect();
        let allowed = |build: &&&Build| !refused.contains(&build.name) && !self.forbidden.contains(&build.name);
        if let Some(best) = installed.iter().find(allowed) {
            return Ok(best);
        }
        if installed.is_empty() && self.beyond.is_empty() {
            let places = self.places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(" or ");
            return Err(NoBuild::NotInstalled { kind, places });
        }
        let names: Vec<_> = installed.iter().map(|build| &build.name).chain(&self.beyond).map(String::as_str).collect();
        Err(NoBuild::NoneRuns { kind, builds: names.join(", ") })
    }

    /// What a refusal is true of: this processor under this kernel.
    pub fn machine(&self) -> &str {
        &self.machine
    }
}

fn read_builds(place: &Path) -> Vec<Build> {
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let folders = entries.filter_map(Result::ok).map(|entry| entry.path());
    folders.filter_map(|folder| read_build(&folder)).collect()
}

/// A folder without the list of its instructions is not a finished build.
fn read_build(folder: &Path) -> Option<Build> {
    let features = std::fs::read_to_string(folder.join("features")).ok()?;
    let features = features.split_whitespace().map(str::to_owned).collect();
    Some(Build { name: folder.file_name()?.to_str()?.to_owned(), folder: folder.to_owned(), features })
}

/// `flags` on x86, `Features` on ARM. The kernel leaves out what it does not save and restore for programs.
fn offered_features(cpuinfo: &str) -> BTreeSet<String> {
    let line = field(cpuinfo, "flags").or_else(|| field(cpuinfo, "Features"));
    line.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

fn machine(cpuinfo: &str) -> String {
    let processor = field(cpuinfo, "model name").or_else(|| field(cpuinfo, "CPU part")).unwrap_or("unknown");
    let kernel = rustix::system::uname();
    format!("{processor} on {}", kernel.release().to_string_lossy())
}

fn field<'a>(cpuinfo: &'a str, name: &str) -> Option<&'a str> {
    let value =
        |line: &'a str| line.split_once(':').filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    cpuinfo.lines().find_map(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use hob_protocol::daemon::EngineKind;

    use super::{Builds, NoBuild, read_builds};

    const V2: &str = "sse4_2";
    const V3: &str = "sse4_2 avx avx2 fma f16c bmi2";
    const V4: &str = "sse4_2 avx avx2 fma f16c bmi2 avx512f avx512bw avx512cd avx512dq avx512vl";

    fn installed(builds: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, features) in builds {
            let build = folder.path().join(name);
            std::fs::create_dir(&build).unwrap();
            std::fs::write(build.join("features"), features).unwrap();
            std::fs::write(build.join("hob-speech"), "").unwrap();
        }
        folder
    }

    fn best(folder: &Path, cpu: &str, refused: &[&str]) -> Result<String, NoBuild> {
        let cpuinfo = format!("processor\t: 0\nmodel name\t: Test CPU\nflags\t\t: {cpu}\n");
        let builds = Builds::new(vec![PathBuf::from("/engines")], read_builds(folder), &cpuinfo);
        let refused = refused.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        builds.best(EngineKind::Speech, &refused).map(|build| build.name.clone())
    }

    #[test]
    fn the_best_build_that_the_machine_offers_is_taken() {
        let folder = installed(&[("x86-64-v2", V2), ("x86-64-v4", V4), ("x86-64-v3", V3)]);
        let at = |cpu, refused: &[&str]| best(folder.path(), cpu, refused).unwrap();
        assert_eq!(at(V4, &[]), "x86-64-v4");
        assert_eq!(at(V3, &[]), "x86-64-v3");
        assert_eq!(at("sse4_2 avx", &[]), "x86-64-v2");
        // A kernel that does not save the wide registers leaves these flags out, whatever the processor has.
        assert_eq!(at("sse4_2 avx avx2 fma f16c bmi2 avx512f", &[]), "x86-64-v3");
        assert_eq!(at(V4, &["x86-64-v4"]), "x86-64-v3");
        assert_eq!(at(V4, &["x86-64-v4", "x86-64-v3"]), "x86-64-v2");
    }

    #[test]
    fn of_equal_builds_the_one_built_here_is_taken() {
        let folder = installed(&[("x86-64-v3", V3), ("native", V3)]);
        assert_eq!(best(folder.path(), V4, &[]).unwrap(), "native");
    }

    #[test]
    fn what_is_missing_is_said() {
        let none = installed(&[]);
        let missing = best(none.path(), V4, &[]).unwrap_err();
        assert_eq!(missing.to_string(), "no hob-speech in /engines");
        let folder = installed(&[("x86-64-v4", V4), ("x86-64-v3", V3)]);
        let refused = best(folder.path(), V3, &["x86-64-v3"]).unwrap_err();
        assert_eq!(refused.to_string(), "this machine runs none of the builds of hob-speech: x86-64-v3, x86-64-v4");
        assert!(refused.hint().contains("x86-64-v2"));
    }

    #[test]
    fn a_folder_without_its_list_of_instructions_is_no_build() {
        let folder = installed(&[("x86-64-v2", V2)]);
        std::fs::create_dir(folder.path().join("native")).unwrap();
        std::fs::write(folder.path().join("native/hob-speech"), "").unwrap();
        assert_eq!(best(folder.path(), V4, &[]).unwrap(), "x86-64-v2");
    }
}
