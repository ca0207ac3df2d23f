//! What the keeper asks of a source of keys, and what it is told by one.

use crate::core::{Binding, Motion};

use super::key::Key;

/// Where keys come from. Dropped, it gives all keys back.
pub trait Source: Send {
    /// From now on these keys and no others; [`News::Bound`] says what became of each. A key that is down still tells of its release.
    fn bind(&mut self, keys: Vec<(Binding, Key)>);
}

/// Each press and each release comes once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// What became of the keys last asked for; again when that changes.
    Bound(Vec<Bound>),
    Moved(Binding, Motion),
    /// Nothing comes from here any more.
    Lost {
        why: String,
    },
}

/// One key, as it can or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub binding: Binding,
    /// As the desktop calls it.
    pub key: String,
    pub problem: Option<String>,
}
