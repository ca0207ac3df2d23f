//! The model folder: what is installed, what is broken, and whether the daemon uses the same one.

use std::path::Path;

use hob_models::{Kind, ModelError, Store};
use hob_protocol::daemon::State;

use super::Check;

const NAME: &str = "models";

pub(super) fn check(state: Option<&State>) -> Vec<Check> {
    // The daemon's folder is the one that counts.
    let own = Store::open_default();
    let store = match (&own, state.filter(|state| !state.models.is_empty())) {
        (_, Some(state)) => Ok(Store::new(&state.models)),
        (Ok(own), None) => Ok(own.clone()),
        (Err(error), None) => Err(told(error)),
    };
    let mut checks = match store {
        Ok(store) => store.list().map_or_else(|error| vec![told(&error)], |listed| shelf(&store, &listed)),
        Err(check) => vec![check],
    };
    if let (Ok(own), Some(state)) = (own, state)
        && !state.models.is_empty()
        && own.root() != Path::new(&state.models)
    {
        let finding = format!("hobd looks in {}, this hob in {}", state.models, own.root().display());
        checks.push(Check::warn(NAME, finding, "set HOB_MODELS to the same folder for both"));
    }
    checks
}

fn shelf(store: &Store, listed: &[hob_models::Listed<'_>]) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut installed: Vec<(Kind, &str)> = Vec::new();
    for model in listed {
        match &model.state {
            hob_models::State::Available => {}
            hob_models::State::Installed(stored) => installed.push((stored.record.kind, &model.name)),
            hob_models::State::Broken { problem } => {
                let advice = format!("`hob models remove {0}`, then `hob models pull {0}`", model.name);
                checks.push(Check::warn(NAME, format!("{} is broken: {problem}", model.name), advice));
            }
        }
    }
    if installed.is_empty() {
        let finding = format!("none in {}", store.root().display());
        checks.push(Check::fail(NAME, finding, "`hob models pull starter` fetches a small one of each kind"));
        return checks;
    }
    for kind in [Kind::Speech, Kind::Text] {
        let names: Vec<_> = installed.iter().filter(|(of, _)| *of == kind).map(|(_, name)| *name).collect();
        checks.push(if names.is_empty() {
            Check::warn(NAME, format!("none for {kind}"), "`hob models list` shows what there is to pull")
        } else {
            Check::ok(NAME, format!("{kind}: {}", names.join(", ")))
        });
    }
    checks
}

fn told(error: &ModelError) -> Check {
    Check::fail(NAME, error.to_string(), error.hint().unwrap_or_default())
}
