//! The text actions: what a model is asked to do with a text, and how its answer is made fit for use. One action is one file and
//! one line in [`BUILT_IN`]. Pure: messages go out, text comes in, and nothing here knows a model or an engine.

mod ask;
mod assignment;
mod bullets;
mod clean;
mod division;
mod expand;
mod explain;
mod faithful;
mod fix;
mod language;
mod lines;
mod own;
mod pattern;
mod prompt;
mod registry;
mod rewrite;
mod shorten;
mod spec;
mod stream;
mod summarize;
#[cfg(test)]
mod tests;
mod title;
mod translate;

use hob_protocol::text::{Message, Sampling};

pub use assignment::{Assignment, Next};
pub use own::{Keep, Output, OwnAction, OwnExample};
pub use prompt::constant_bytes;
pub use registry::{Beginning, Registry};
use spec::ActionSpec;

/// In the order in which people read them.
const BUILT_IN: &[&ActionSpec] = &[
    &fix::ACTION,
    &rewrite::ACTION,
    &shorten::ACTION,
    &expand::ACTION,
    &summarize::ACTION,
    &bullets::ACTION,
    &title::ACTION,
    &translate::ACTION,
    &explain::ACTION,
    &ask::ACTION,
];

/// Names that are less like the wanted one than this are not suggested; 1 is equal.
const LIKENESS: f64 = 0.75;
const SUGGESTIONS: usize = 3;

/// A request for a text model.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub messages: Vec<Message>,
    pub sampling: Sampling,
    /// So many bytes at the beginning of the last message are the same for many texts.
    pub constant: usize,
}

/// One slip of the finger, also two letters swapped, counts for almost equal however short the name is.
fn likeness(wanted: &str, name: &str) -> f64 {
    if strsim::damerau_levenshtein(wanted, name) == 1 { 0.99 } else { strsim::jaro_winkler(wanted, name) }
}

/// The names most like this one, the likest first.
fn alike<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut names: Vec<(f64, &str)> = names
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .collect();
    names.sort_by(|a, b| b.0.total_cmp(&a.0));
    names.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}
