//! What is said of the keys in the state of the daemon: which source, why, and what became of each key. Pure.

use std::fmt::Write as _;

use hob_protocol::daemon::{Part, PartState};

use super::Wanted;
use super::choice::Kind;
use super::source::Bound;

const CHOOSE_ANOTHER: &str = "choose another key in the section [keys] of the configuration, or free it in the other program, after which \
                              `hob reload` asks for it at once";

const CHOOSE_THERE: &str = "choose the key in the settings of the desktop, among its shortcuts for programs";
const GET_LEAVE: &str = "`sudo usermod -aG input $USER`, and log in again, lets you read keyboards; every program of yours can then read all \
                         that is typed";

/// Before anything was tried.
pub fn at_first() -> Part {
    part(PartState::Missing, "", "the keys are not asked for yet", None)
}

pub fn off(source: Wanted) -> Part {
    let why = if source == Wanted::None { "keys.source is \"none\"" } else { "the section [keys] names no key" };
    part(PartState::Off, "", why, None)
}

pub fn nothing(why: &str, hint: &str) -> Part {
    part(PartState::Missing, "", why, Some(hint))
}

pub fn lost(kind: &Kind, why: &str, way_out: &str) -> Part {
    part(PartState::Missing, kind.name(), why, Some(way_out))
}

pub fn of(kind: &Kind, why: &str, limit: Option<&str>, bounds: &[Bound]) -> Part {
    let (good, bad): (Vec<&Bound>, Vec<&Bound>) = bounds.iter().partition(|bound| bound.problem.is_none());
    let mut said = why.to_owned();
    for bound in &good {
        let _ = write!(said, "; {}: {}", bound.binding, bound.key);
    }
    for Bound { binding, key, problem } in &bad {
        let _ = write!(said, "; {binding}: {key} does not work: {}", problem.as_deref().unwrap_or_default());
    }
    if let Some(limit) = limit {
        let _ = write!(said, "; {limit}");
    }
    let state = match (good.is_empty(), bad.is_empty() && limit.is_none()) {
        (true, _) => PartState::Missing,
        (false, true) => PartState::Works,
        (false, false) => PartState::Limited,
    };
    let hint = match kind {
        Kind::X11(_) | Kind::GlobalHotkey(_) => CHOOSE_ANOTHER,
        Kind::Portal => CHOOSE_THERE,
        Kind::Evdev => GET_LEAVE,
    };
    part(state, kind.name(), &said, (!bad.is_empty()).then_some(hint))
}

fn part(state: PartState, using: &str, why: &str, hint: Option<&str>) -> Part {
    let (name, hint) = ("hotkeys".to_owned(), hint.map(str::to_owned));
    Part { name, state, using: using.to_owned(), why: why.to_owned(), hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Binding;

    #[test]
    fn every_key_is_accounted_for() {
        let bound = |binding, key: &str, problem: Option<&str>| Bound {
            binding,
            key: key.to_owned(),
            problem: problem.map(str::to_owned),
        };
        let good = bound(Binding::Dictate, "F9", None);
        let bad = bound(Binding::Cancel, "F8", Some("another program has taken it"));
        for (bounds, limit, state, why) in [
            (vec![good.clone()], None, PartState::Works, "it is so; dictate: F9"),
            (
                vec![good.clone(), bad.clone()],
                None,
                PartState::Limited,
                "it is so; dictate: F9; cancel: F8 does not work: another program has taken it",
            ),
            (vec![bad], None, PartState::Missing, "it is so; cancel: F8 does not work: another program has taken it"),
            (vec![good], Some("in part"), PartState::Limited, "it is so; dictate: F9; in part"),
        ] {
            let part = of(&Kind::Evdev, "it is so", limit, &bounds);
            assert_eq!((part.state, part.why.as_str()), (state, why));
            assert_eq!(part.hint.is_some(), why.contains("does not work"));
        }
    }
}
