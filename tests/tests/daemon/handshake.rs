//! Engines that do not greet the daemon as its own would.

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::engine::build_id;
use hob_tests::Home;
use serde_json::json;

use crate::generate;
use crate::rig::{engine_died, hears};

#[test]
fn engines_that_do_not_greet_as_they_should_are_not_used() {
    let ours = build_id();
    for (handshake, cause) in [
        ("wrong-build", format!("it is text 0.0.0-0000000000000000, and this daemon is {ours}")),
        ("wrong-kind", format!("it is speech {ours}, and this daemon is {ours}")),
        (
            "garbage",
            "it sent something else than frames: frame with a head of 4294967295 and a tail of 4294967295 bytes"
                .to_owned(),
        ),
        ("exit", "it exited with status 3".to_owned()),
    ] {
        let fake = hob_tests::program("hob-engine-fake");
        let script = format!("HOB_FAKE_HANDSHAKE={handshake} exec {} text", fake.display());
        let daemon = Home::new().with_engine_script("hob-text", &script).start();
        let mut wire = daemon.wire();
        wire.call(&generate("hello"));
        assert_eq!(wire.reply(), engine_died(EngineKind::Text, &cause), "{handshake}");
        hears(&daemon, &daemon.home().recording(100));
    }
}

#[test]
fn an_engine_that_never_greets_holds_up_nobody_but_its_callers() {
    let script = format!("HOB_FAKE_HANDSHAKE=no-hello exec {} text", hob_tests::program("hob-engine-fake").display());
    let daemon = Home::new().with_engine_script("hob-text", &script).start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&generate("hello"));
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Starting);
    hears(&daemon, &daemon.home().recording(100));
    drop(wire);
    watch.until(|state| state.engines[0].state == EngineState::Ready);
    let unloaded = daemon.ask("dev.hob.Models.Unload", json!({"engine": "text"}));
    assert_eq!(unloaded, json!({"parameters": {"unloaded": true}}));
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Stopped);
}
