//! `hob shutdown`: ends the daemon.

use hob_protocol::method::{Nothing, Shutdown};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(output: &mut Output) -> Result<Exit, Failure> {
    ask(Shutdown, &Nothing {})?;
    output.note("hobd has ended");
    Ok(Exit::Ok)
}
