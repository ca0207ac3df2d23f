//! `hob menu`: lets the person choose a text action for the selection, for a key of the desktop.

use hob_protocol::method::{Menu, Nothing};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn execute() -> Result<Exit, Failure> {
    let Nothing {} = ask(Menu, &Nothing {})?;
    Ok(Exit::Ok)
}
