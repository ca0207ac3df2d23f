//! Which work is done where, also for what interrupts other work.

use hob_protocol::engine::Failure;
use hob_worker::{Job, TextDone, TextWork};

use crate::embed::embed;
use crate::generate::{Loaded, generate, prepare};

/// Whatever comes of it, nothing of it is held afterwards but what later requests may begin with.
pub(crate) fn serve(loaded: &mut Loaded, job: &Job, work: TextWork) -> Result<TextDone, Failure> {
    let under_way = loaded.sequence.begin();
    job.sequences(loaded.sequence.held());
    let outcome = match work {
        TextWork::Generate(request) => generate(loaded, job, request).map(TextDone::Generated),
        TextWork::Prepare(request) => prepare(loaded, job, request),
        TextWork::Embed(request) => embed(loaded, job, &request).map(TextDone::Embedded),
    };
    drop(under_way);
    loaded.sequence.release();
    job.sequences(loaded.sequence.held());
    outcome
}
