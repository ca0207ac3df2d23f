//! How the process ends before its time.

use crate::log;
use crate::reader::Malformed;

/// Why there is nothing left to do for the daemon.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The other end of the socket is closed: the daemon died, or it wants this engine gone.
    DaemonGone,
    /// The daemon sent what is no frame.
    Malformed(Malformed),
}

/// Performs an ending; returns only in tests.
pub(crate) type End = Box<dyn Fn(Ending) + Send + Sync>;

/// Exit codes, for the daemon's log.
const GONE: i32 = 0;
const MALFORMED: i32 = 2;
const PANICKED: i32 = 101;

pub(crate) fn end(ending: Ending) {
    match ending {
        Ending::DaemonGone => exit_now(GONE),
        Ending::Malformed(error) => {
            log::warn(&error.to_string());
            exit_now(MALFORMED)
        }
    }
}

/// Lets a panic in any thread end the process, and say where it was. Its message stays out of the log: it may quote the user's words, as
/// that of a string cut inside a character does.
pub(crate) fn hide_panic_messages() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        log::warn(&format!("panicked at {place}"));
        exit_now(PANICKED)
    }));
}

#[expect(unsafe_code, reason = "the standard library's exit runs the destructors of the native libraries")]
fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` takes no pointer and has no precondition. It skips the static destructors of ggml and OpenMP, whose threads may
    // still be computing.
    unsafe { libc::_exit(code) }
}
