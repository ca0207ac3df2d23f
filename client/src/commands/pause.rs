//! `hob pause` and `hob resume`: whether the microphone may be opened.

use hob_protocol::method::{Nothing, Pause, Resume};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(output: &Output) -> Result<Exit, Failure> {
    let changed = ask(Pause, &Nothing {})?.changed;
    output.note(if changed {
        "the microphone stays closed; `hob resume` allows it again"
    } else {
        "it was paused already"
    });
    Ok(Exit::Ok)
}

pub(super) fn resume(output: &Output) -> Result<Exit, Failure> {
    let changed = ask(Resume, &Nothing {})?.changed;
    output.note(if changed { "the microphone may be opened" } else { "it was not paused" });
    Ok(Exit::Ok)
}
