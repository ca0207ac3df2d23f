//! Which work is done where, also for what interrupts other work.

use hob_protocol::engine::Failure;
use hob_worker::{Job, TextDone, TextWork};

use crate::embed::embed;
use crate::generate::{Loaded, generate, prepare};

pub(crate) fn serve(loaded: &mut Loaded, job: &Job, work: TextWork) -> Result<TextDone, Failure> {
    match work {
        TextWork::Generate(request) => generate(loaded, job, request).map(TextDone::Generated),
        TextWork::Prepare(request) => prepare(loaded, job, request),
        TextWork::Embed(request) => embed(loaded, job, &request).map(TextDone::Embedded),
    }
}
