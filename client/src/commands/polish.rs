//! `hob polish`: what a dictation would make of a text.

use hob_protocol::{Secret, method};

use super::{ask, given};
use crate::cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

const GIVE_TEXT: &str = "give it in quotes, or pipe it in: `echo \"one comma two\" | hob polish`";

pub(super) fn execute(arguments: cli::Polish, output: &mut Output) -> Result<Exit, Failure> {
    let text = given::text(arguments.text.as_deref(), GIVE_TEXT)?;
    // The end of a piped line is nothing that was said.
    let text = text.as_str().strip_suffix('\n').unwrap_or(text.as_str());
    let request = hob_protocol::dictation::Polish {
        text: text.into(),
        language: arguments.language,
        before: arguments.before.map(Secret::new),
    };
    let reply = ask(method::Polish, &request)?;
    match arguments.json.format() {
        Format::Json => output.json(&reply)?,
        Format::Text => output.text(reply.text.as_str())?,
    }
    Ok(Exit::Ok)
}
