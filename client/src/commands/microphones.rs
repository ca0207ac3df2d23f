//! `hob microphones`: what can be recorded from, and what will be.

use hob_protocol::dictation::Microphone;
use hob_protocol::method::{Microphones, Nothing};

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, table};

pub(super) fn execute(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Microphones, &Nothing {})?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text if reply.microphones.is_empty() => output.note("no microphone is connected"),
        Format::Text => {
            let rows: Vec<_> = reply.microphones.into_iter().map(row).collect();
            output.text(&table(&rows))?;
        }
    }
    Ok(Exit::Ok)
}

fn row(microphone: Microphone) -> [String; 3] {
    let marks = [
        (microphone.is_chosen, "chosen"),
        (microphone.is_default, "default"),
        (microphone.in_use, "in use"),
        (microphone.is_muted, "muted"),
    ];
    let marks: Vec<_> = marks.into_iter().filter_map(|(holds, mark)| holds.then_some(mark)).collect();
    [microphone.name, microphone.description, marks.join(", ")]
}
