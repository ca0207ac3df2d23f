//! `hob reload`: the daemon reads its configuration again.

use hob_protocol::method::{Nothing, Reload};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

pub(super) fn execute(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Reload, &Nothing {})?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text if reply.changed.is_empty() => output.text("nothing changed")?,
        Format::Text => output.text(&format!("changed: {}", reply.changed.join(", ")))?,
    }
    Ok(Exit::Ok)
}
