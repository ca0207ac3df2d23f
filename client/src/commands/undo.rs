//! `hob undo`: takes back what was inserted last.

use hob_protocol::method::{Nothing, Undo};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(output: &Output) -> Result<Exit, Failure> {
    let Nothing {} = ask(Undo, &Nothing {})?;
    output.note("taken back");
    Ok(Exit::Ok)
}
