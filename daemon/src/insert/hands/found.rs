//! What was found of this desktop, for `hob doctor`.

use hob_protocol::daemon::{Part, PartState};

use super::Hands;
use crate::insert::backend::{Fitness, Way};
use crate::insert::order::{Wish, order};

impl Hands {
    /// Tells if it is different from before.
    pub(super) fn look_again(&mut self) {
        let fresh = vec![self.insertion(), self.selection()];
        self.parts.send_if_modified(|parts| {
            let changed = *parts != fresh;
            *parts = fresh;
            changed
        });
    }

    fn insertion(&mut self) -> Part {
        let wish = Wish { method: None, methods: &self.settings.methods, preferred: Way::Types };
        let backends: Vec<_> = self.backends.iter().map(|backend| (backend.name(), backend.way())).collect();
        let order = order(&backends, wish);
        let mut looked = Vec::new();
        for index in order {
            let fitness = self.backends[index].fitness();
            if fitness.is_usable() || self.is_of_interest(index) {
                looked.push((self.backends[index].name(), fitness));
            }
        }
        part("insertion", &looked, "no insertion method is known")
    }

    fn selection(&mut self) -> Part {
        let looked = self.sessions.iter_mut().map(|session| (session.name(), session.fitness()));
        part("selection", &looked.collect::<Vec<_>>(), "no display was found")
    }
}

/// The first that can be used is what is used; the reasons of the others are said as well.
fn part(name: &str, looked: &[(&'static str, Fitness)], none: &str) -> Part {
    let using: Vec<_> = looked.iter().filter(|(_, fitness)| fitness.is_usable()).map(|(name, _)| *name).collect();
    let (state, hint) = match looked.iter().find(|(_, fitness)| fitness.is_usable()).or_else(|| looked.first()) {
        Some((_, Fitness::Works { .. })) => (PartState::Works, None),
        Some((_, Fitness::Limited { hint, .. })) => (PartState::Limited, hint.clone()),
        Some((_, Fitness::Missing { .. })) | None => {
            let hint = looked.iter().find_map(|(_, fitness)| match fitness {
                Fitness::Missing { hint, .. } => hint.clone(),
                _ => None,
            });
            (PartState::Missing, hint)
        }
    };
    let why = if looked.is_empty() { none.to_owned() } else { reasons(looked) };
    Part { name: name.to_owned(), state, using: using.join(", "), why, hint }
}

/// Each reason once, with all that it holds for.
pub(super) fn reasons(looked: &[(&'static str, Fitness)]) -> String {
    let mut reasons: Vec<(Vec<&str>, &str)> = Vec::new();
    for (name, fitness) in looked {
        match reasons.iter_mut().find(|(_, why)| *why == fitness.why()) {
            Some((names, _)) => names.push(name),
            None => reasons.push((vec![name], fitness.why())),
        }
    }
    let said = reasons.iter().map(|(names, why)| format!("{}: {why}", names.join(", ")));
    said.collect::<Vec<_>>().join("; ")
}
