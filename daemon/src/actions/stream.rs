//! Cleans an answer while it comes: an announcement is held back until it is certain, and dropped. The rest of the cleaning needs the
//! whole answer, so the final text may still differ in its edges from the pieces sent.

use hob_protocol::Secret;

use super::clean::{ANNOUNCEMENT_BYTES, may_announce, without_announcement};

/// Takes the pieces of one answer.
#[derive(Debug, Default)]
pub struct Cleaner {
    original: Secret,
    /// What may still be an announcement; `None` once the answer proper has begun.
    held: Option<Secret>,
}

impl Cleaner {
    pub fn new(original: &str) -> Self {
        Self { original: original.into(), held: Some(Secret::default()) }
    }

    /// There is nothing to clean.
    pub fn idle() -> Self {
        Self { original: Secret::default(), held: None }
    }

    /// What may be shown after this piece; often nothing at first.
    pub fn push(&mut self, piece: &str) -> String {
        let Some(held) = &mut self.held else { return piece.to_owned() };
        held.push_str(piece);
        let rest = without_announcement(self.original.as_str(), held.as_str()).trim_start();
        let undecided = rest.len() < ANNOUNCEMENT_BYTES
            && !rest.trim_end_matches('\n').contains('\n')
            && (rest.is_empty() || may_announce(self.original.as_str(), rest));
        if undecided {
            return String::new();
        }
        let shown = rest.to_owned();
        self.held = None;
        shown
    }

    /// What is left when the answer has ended.
    pub fn finish(self) -> String {
        let held = self.held.unwrap_or_default();
        without_announcement(self.original.as_str(), held.as_str()).trim_start().to_owned()
    }
}
