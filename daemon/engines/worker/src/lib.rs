//! The engine side of the socketpair between the daemon and an engine process. An engine implements [`Engine`] and its `main` is one
//! call of [`run`]; everything about frames, threads, cancelling and ending is here. Knows no model, no ggml and no network.
//!
//! The socket is the process's standard input, because native libraries print on standard output. Standard error is the log, a line
//! an entry. Two threads: one reads frames, and only marks what they say; the main thread runs one request after another.
//!
//! What bounds what:
//! - Requests: [`MAX_WAITING_REQUESTS`] may wait; a further one is answered with `OutOfPlace` at once.
//! - Audio: [`MAX_WAITING_SAMPLES`] may wait in a request. Then the reading thread stops until the engine has taken some, so that the
//!   socket fills up and slows the daemon. Until then a cancel frame behind that audio is not seen: the limit is a quarter of an hour,
//!   beyond anything spoken live.
//! - Answers: a socket nobody reads blocks the engine, except for progress and partials, which are left out when there is no room,
//!   because the next one says more. So the daemon must always read.
//!
//! The process ends when the daemon closes its end, at once and also during inference, and without running the destructors of the native
//! libraries, whose threads may be in the middle of something. There is no `PR_SET_PDEATHSIG`: it follows the *thread* that started
//! the process, and the closed socket says the same.

mod audio;
mod ending;
mod inbox;
mod job;
mod leisure;
pub mod log;
mod outbox;
mod reader;
mod session;
mod text;
mod threads;

use std::path::Path;
use std::process::ExitCode;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Failure, Listening, LoadOptions, RecognitionMode};
use hob_protocol::speech::Transcript;

pub use audio::{Audio, AudioIn, MAX_WAITING_SAMPLES};
pub use inbox::MAX_WAITING_REQUESTS;
pub use job::{Job, Voice};
pub use leisure::Leisure;
pub use text::{TextDone, TextWork};
pub use threads::wait_calmly;

/// What an engine does. Every call runs on the main thread, one at a time; `load` comes first and once. A panic ends the process.
pub trait Engine {
    const KIND: EngineKind;

    /// Returns the context length in tokens (0 for speech).
    fn load(&mut self, job: &Job, model: &Path, options: LoadOptions) -> Result<u32, Failure>;

    fn recognize(
        &mut self,
        _job: &Job,
        _mode: RecognitionMode,
        _listening: Listening,
        _audio: AudioIn,
    ) -> Result<Transcript, Failure> {
        Err(Failure::OutOfPlace { problem: format!("the {} engine does not recognise speech", Self::KIND) })
    }

    /// Calls [`Job::pause_point`] between two steps, and [`Job::run_more_urgent`] where it can be interrupted.
    fn work_on_text(&mut self, _job: &Job, _work: TextWork) -> Result<TextDone, Failure> {
        Err(Failure::OutOfPlace { problem: format!("the {} engine does not work on text", Self::KIND) })
    }

    /// Called when the answer to a request has left and no other one waits, for what nobody should have to wait for. What is not done
    /// when [`Leisure::lasts`] ends is left for the next time, which may never come.
    fn use_leisure(&mut self, _leisure: &Leisure<'_>) {}
}

/// The main function of an engine. Returns only if the process was not started as an engine.
pub fn run<E: Engine>(engine: E) -> ExitCode {
    ending::hide_panic_messages();
    let outcome = session::stdin_socket().and_then(|socket| session::serve(engine, &socket, Box::new(ending::end)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::warn(&format!("standard input is not the daemon's socket: {error}"));
            log::warn("hint: hobd starts the engines; start hobd");
            ExitCode::FAILURE
        }
    }
}
