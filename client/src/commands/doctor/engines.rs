//! The engines: which builds there are, which the daemon had to refuse, and how those that ran have fared.

use std::env;
use std::fs;
use std::path::PathBuf;

use hob_protocol::daemon::{EngineKind, EngineState, State};

use super::Check;

const NAME: &str = "engines";
const REINSTALL: &str = "install hob again, or build them with `make build`";

pub(super) fn check(state: Option<&State>) -> Vec<Check> {
    let mut checks = vec![builds(state)];
    for engine in state.iter().flat_map(|state| &state.engines) {
        let name = engine.name;
        if engine.state == EngineState::Failed {
            let death = engine.last_death.as_deref().unwrap_or("no reason is known");
            checks.push(Check::fail(
                NAME,
                format!("{name} has failed: {death}"),
                "`journalctl --user -u hobd` shows its last words",
            ));
        }
        if !engine.refused_builds.is_empty() {
            let finding = format!(
                "{name} builds that died of instructions this machine lacks: {}",
                engine.refused_builds.join(", ")
            );
            checks.push(Check::warn(NAME, finding, "nothing to do: the next lower build is used"));
        }
    }
    checks
}

/// The first folder there is of those in which hobd looks.
fn builds(state: Option<&State>) -> Check {
    let folders = folders(state);
    let Some(folder) = folders.iter().find(|folder| folder.is_dir()) else {
        let looked: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        return Check::fail(NAME, format!("no folder of engines: {}", looked.join(", ")), REINSTALL);
    };
    let mut builds: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    builds.sort();
    let mut found = Vec::new();
    for kind in EngineKind::ALL {
        let with: Vec<_> = builds
            .iter()
            .filter(|build| build.join(format!("hob-{kind}")).is_file())
            .filter_map(|build| build.file_name()?.to_str())
            .collect();
        if with.is_empty() {
            return Check::fail(NAME, format!("no hob-{kind} in {}", folder.display()), REINSTALL);
        }
        found.push(format!("{kind} {}", with.join(" ")));
    }
    Check::ok(NAME, format!("{} in {}", found.join(", "), folder.display()))
}

/// Where hobd looks: its own program tells where that is, and without a running one, that of hob beside it.
fn folders(state: Option<&State>) -> Vec<PathBuf> {
    if let Some(folder) = env::var_os("HOB_ENGINES").filter(|folder| !folder.is_empty()) {
        return vec![folder.into()];
    }
    let daemon = state.and_then(|state| fs::read_link(format!("/proc/{}/exe", state.pid)).ok());
    let program = daemon.or_else(|| env::current_exe().ok()).unwrap_or_default();
    let parent = program.parent().and_then(|folder| folder.parent()).map(PathBuf::from).unwrap_or_default();
    vec![parent.join("engines"), parent.join("lib/hob/engines")]
}
