//! The text actions: what a model is asked to do with a text, and how its answer is made fit for use. One action is one file and
//! one line in [`ACTIONS`]. Pure: messages go out, text comes in, and nothing here knows a model or an engine.

mod ask;
mod bullets;
mod clean;
mod expand;
mod explain;
mod fix;
mod language;
mod prompt;
mod rewrite;
mod shorten;
mod spec;
mod stream;
mod summarize;
#[cfg(test)]
mod tests;
mod title;
mod translate;

use hob_protocol::Error;
use hob_protocol::text::{Action, Message, Run, Sampling};

pub use spec::ActionSpec;
pub use stream::Cleaner;

/// In the order in which people read them.
const ACTIONS: &[&ActionSpec] = &[
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
}

/// Every action, as the socket describes it.
pub fn list() -> Vec<Action> {
    ACTIONS
        .iter()
        .map(|action| Action {
            name: action.name.to_owned(),
            help: action.help.to_owned(),
            options: action.options.iter().map(|option| (*option).to_owned()).collect(),
        })
        .collect()
}

/// The action of this name, or the names that are like it.
pub fn find(name: &str) -> Result<&'static ActionSpec, Error> {
    ACTIONS.iter().find(|action| action.name == name).copied().ok_or_else(|| Error::UnknownAction {
        name: name.to_owned(),
        suggestions: alike(name, ACTIONS.iter().map(|action| action.name)),
    })
}

/// What to ask a model for.
pub fn prepare(run: &Run) -> Result<Prepared, Error> {
    let action = find(&run.action)?;
    if run.text.as_str().trim().is_empty() {
        return Err(Error::InvalidParameter { parameter: "text".to_owned() });
    }
    let options = run.options.clone().unwrap_or_default();
    action.check_options(&options)?;
    Ok(Prepared {
        messages: prompt::messages(action, &options, &run.text)?,
        sampling: prompt::sampling(action, &options, &run.text),
    })
}

/// What the model wrote, made fit for use. An action nobody knows leaves it as it is.
pub fn finish(run: &Run, output: &str) -> String {
    match find(&run.action) {
        Ok(action) => clean::result(action.shape, run.text.as_str(), output),
        Err(_) => output.to_owned(),
    }
}

/// One slip of the finger, also two letters swapped, counts for almost equal however short the name is.
fn likeness(wanted: &str, name: &str) -> f64 {
    if strsim::damerau_levenshtein(wanted, name) == 1 { 0.99 } else { strsim::jaro_winkler(wanted, name) }
}

/// The names most like this one, the likest first.
fn alike(wanted: &str, names: impl Iterator<Item = &'static str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut names: Vec<(f64, &str)> = names
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .collect();
    names.sort_by(|a, b| b.0.total_cmp(&a.0));
    names.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}
