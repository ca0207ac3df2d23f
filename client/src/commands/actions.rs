//! `hob actions`: the text actions the daemon offers.

use hob_protocol::method::{Actions, Nothing};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, table};

pub(super) fn execute(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Actions, &Nothing {})?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text if reply.actions.is_empty() => output.note("the daemon offers no action"),
        Format::Text => {
            let options =
                |options: &[String]| options.iter().map(|name| format!("--{name}")).collect::<Vec<_>>().join(" ");
            let rows: Vec<_> =
                reply.actions.into_iter().map(|action| [action.name, action.help, options(&action.options)]).collect();
            output.text(&table(&rows))?;
        }
    }
    Ok(Exit::Ok)
}
