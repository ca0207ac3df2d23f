//! An engine for tests that does what a script says: echo, stall, die, flood, talk nonsense. Links no ggml and reads no real model.
//!
//! Started as `hob-engine-fake speech` or `hob-engine-fake text`, or under the file name `hob-speech` or `hob-text`, so that a test can
//! link it into an engines folder.
//!
//! Left alone it echoes. Text: the words of the last message come back one by one as deltas. Speech: `heard N samples`, with that as
//! partials in live mode and as one segment in clip mode. A context that is too long fails or is cut, one word being one token.
//!
//! # Behaviours
//!
//! | name | what happens |
//! |---|---|
//! | `echo` | as above |
//! | `slow N` | the same, with N milliseconds before every word or piece of audio |
//! | `abort`, `segv`, `sigill` | dies of that signal |
//! | `exit`, `panic` | ends by itself, with code 3 or 101 |
//! | `hang` | answers no more and ignores cancels; ends only with its socket |
//! | `flood` | deltas or segments without end, until cancelled |
//! | `garbage` | sends bytes that are no frame, then hangs |
//! | `half` | sends half a frame, then hangs |
//! | `wrong-id` | answers under an id nobody asked with, then hangs |
//! | `fail` | answers with a failure |
//!
//! With `once-` in front (`once-abort`) it happens only if the file that `HOB_FAKE_MARKER` names is missing, and makes that file first: the
//! process that is started in its place echoes.
//!
//! A behaviour is chosen, in this order, by
//! - the words of the request: `fake:NAME` in the last message, or in the prompt of a recognition, as in `fake:slow 20 one two`; the
//!   recognition then misbehaves at its first audio;
//! - a script, for the n-th request the n-th entry; requests beyond the list echo:
//!   `{"on_load": "ok", "on_request": ["echo", "once-abort"]}`. `on_load` is `ok` or a behaviour.
//!   The script is the model file if that begins with `{`, or the file that `HOB_FAKE_SCRIPT` names.
//!
//! # What was asked
//!
//! The last message of each text request is added to the file that `HOB_FAKE_REQUESTS` names, before the answer begins.
//!
//! # Before any request
//!
//! - `HOB_FAKE_HANDSHAKE`: `wrong-build` (greets with another build id), `no-hello` (never greets), `garbage`, `half`, `exit`, or `wrong-kind`.
//! - `HOB_FAKE_SIGILL_BUILDS`: names of builds, blank-separated. If the folder that holds the executable has one of these names, the
//!   engine dies of SIGILL while it loads, or with `HOB_FAKE_SIGILL_AT=request` in its first request: a build with instructions that the
//!   processor refuses. A link is not followed: its own folder counts.

mod behaviour;
mod engine;
mod handshake;
mod mischief;
mod script;

use std::path::Path;
use std::process::ExitCode;

use hob_protocol::daemon::EngineKind;

use engine::{Fake, Speech, Text};

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let executable = arguments.next().unwrap_or_default();
    let Some(kind) = kind(&executable, arguments.next().as_deref()) else {
        eprintln!("hob-engine-fake: which engine?\nhint: hob-engine-fake speech, or hob-engine-fake text");
        return ExitCode::FAILURE;
    };
    handshake::misbehave(kind);
    let fake = Fake::new(Path::new(&executable));
    match kind {
        EngineKind::Speech => hob_worker::run(Speech(fake)),
        EngineKind::Text => hob_worker::run(Text(fake)),
    }
}

fn kind(executable: &str, argument: Option<&str>) -> Option<EngineKind> {
    let file_name = Path::new(executable).file_name().and_then(|name| name.to_str());
    match (argument, file_name) {
        (Some("speech"), _) | (None, Some("hob-speech")) => Some(EngineKind::Speech),
        (Some("text"), _) | (None, Some("hob-text")) => Some(EngineKind::Text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hob_protocol::daemon::EngineKind;

    use super::kind;

    #[test]
    fn argument_or_file_name_chooses_the_engine() {
        assert_eq!(kind("/engines/native/hob-speech", None), Some(EngineKind::Speech));
        assert_eq!(kind("hob-text", None), Some(EngineKind::Text));
        assert_eq!(kind("hob-text", Some("speech")), Some(EngineKind::Speech));
        assert_eq!(kind("hob-engine-fake", Some("text")), Some(EngineKind::Text));
        assert_eq!(kind("hob-engine-fake", None), None);
        assert_eq!(kind("hob-text", Some("tea")), None);
    }
}
