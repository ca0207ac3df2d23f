//! Misbehaviour before the first request, chosen by the environment because no script is known yet.

use std::io::Read as _;
use std::process::exit;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{FromEngine, build_id};

use crate::mischief;

const HANDSHAKE: &str = "HOB_FAKE_HANDSHAKE";

/// Returns if the handshake should be a good one.
pub(crate) fn misbehave(kind: EngineKind) {
    let Ok(choice) = std::env::var(HANDSHAKE) else { return };
    let hello = |build_id: String, engine| FromEngine::Hello { build_id, engine };
    match choice.as_str() {
        "" | "ok" => return,
        "wrong-build" => mischief::whole(&hello("0.0.0-0000000000000000".to_owned(), kind)),
        "wrong-kind" => {
            let other = if kind == EngineKind::Speech { EngineKind::Text } else { EngineKind::Speech };
            mischief::whole(&hello(build_id(), other));
        }
        "no-hello" => {}
        "garbage" => mischief::write(&[0xff; 64]),
        "half" => mischief::write_half(&hello(build_id(), kind)),
        "exit" => exit(mischief::EXIT_CODE),
        unknown => {
            eprintln!("hob-engine-fake: unknown {HANDSHAKE} `{unknown}`");
            exit(1);
        }
    }
    wait_for_the_end();
}

/// No worker runs yet that would see the daemon close the socket.
fn wait_for_the_end() -> ! {
    let mut bytes = [0; 4096];
    while std::io::stdin().read(&mut bytes).is_ok_and(|count| count > 0) {}
    exit(0)
}
