//! Engines that die, hang or talk nonsense: the caller is told or gets a second try, the daemon and the other engine go on, and the
//! next request works.

use std::fs;
use std::path::Path;

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_tests::{Home, SPEECH_MODEL};
use serde_json::json;

use crate::rig::{Rig, answers, engine_died, hears, transcribe};
use crate::{generate, text};

const REINSTALL: &str = "install hob's engines again (`make build` in a checkout)";

#[test]
fn a_death_is_told_with_its_cause() {
    let rig = Rig::start();
    for kind in EngineKind::ALL {
        let mut deaths = 0;
        for (order, cause) in [
            ("abort", "SIGABRT, an assertion of its own"),
            ("segv", "SIGSEGV, a memory fault"),
            ("exit", "it exited with status 3"),
            ("panic", "it exited with status 101"),
            (
                "garbage",
                "it sent something else than frames: frame with a head of 4294967295 and a tail of 4294967295 bytes",
            ),
        ] {
            let mut wire = rig.daemon.wire();
            wire.call(&rig.call(kind, &format!("fake:{order}")));
            assert_eq!(wire.reply(), engine_died(kind, cause), "{order}");
            // The daemon has tried twice.
            deaths += 2;
            let engine = rig.daemon.engine(kind);
            assert_eq!((engine.state, engine.restarts), (EngineState::Failed, deaths), "{order}");
            assert_eq!(engine.last_death.as_deref(), Some(cause));
            hears(&rig.daemon, &rig.recording);
            answers(&rig.daemon);
        }
    }
    assert_eq!(rig.daemon.state().pid, rig.daemon.pid());
}

#[test]
fn the_other_engine_does_not_notice_a_death() {
    for kind in EngineKind::ALL {
        let rig = Rig::start();
        let mut wire = rig.daemon.wire();
        wire.call(&rig.call(kind, "fake:abort"));
        assert_eq!(wire.reply()["error"], "dev.hob.Daemon.EngineDied");
        rig.goes_on_except(kind);
    }
}

#[test]
fn one_death_is_made_good_without_a_word() {
    for kind in EngineKind::ALL {
        let rig = Rig::start();
        let mut wire = rig.daemon.wire();
        wire.call(&rig.call(kind, "fake:once-segv once"));
        let expected = if kind == EngineKind::Text { "once" } else { "heard 1600 samples" };
        assert_eq!(text(&wire.reply()), expected);
        let engine = rig.daemon.engine(kind);
        assert_eq!((engine.restarts, engine.last_death.as_deref()), (1, Some("SIGSEGV, a memory fault")));
        assert_ne!(engine.pid, rig.before(kind).pid);
        rig.goes_on_except(kind);
    }
}

#[test]
fn a_failure_that_is_no_death_is_told_and_costs_no_process() {
    let rig = Rig::start();
    for kind in EngineKind::ALL {
        let mut wire = rig.daemon.wire();
        wire.call(&rig.call(kind, "fake:fail"));
        let problem = format!("{kind} engine: the script says so");
        assert_eq!(wire.reply(), json!({"error": "dev.hob.Daemon.Internal", "parameters": {"problem": problem}}));
        assert_eq!(rig.daemon.engine(kind).pid, rig.before(kind).pid);
    }
}

#[test]
fn an_engine_that_ignores_its_cancel_is_ended() {
    // Half a frame and an answer to nobody are ways to hang.
    for (kind, order) in [
        (EngineKind::Text, "hang"),
        (EngineKind::Speech, "hang"),
        (EngineKind::Text, "half"),
        (EngineKind::Speech, "wrong-id"),
    ] {
        let rig = Rig::start();
        let mut watch = rig.daemon.watch();
        let mut leave_in_the_midst = || {
            let mut wire = rig.daemon.wire();
            wire.call(&rig.call(kind, &format!("fake:{order}")));
            watch.until_engine(kind, |engine| engine.state == EngineState::Busy);
            drop(wire);
            watch.until_engine(kind, |engine| engine.state != EngineState::Busy)
        };
        let mut engine = leave_in_the_midst();
        // A cancel that comes before the engine has begun is obeyed even by this one.
        for _ in 0..100 {
            if engine.restarts == 0 {
                engine = leave_in_the_midst();
            }
        }
        assert_eq!(engine.restarts, 1, "{order}: {engine:?}");
        assert_eq!(engine.last_death.as_deref(), Some("it did not stop when told to"), "{order}");
        rig.goes_on_except(kind);
    }
}

#[test]
fn a_flood_of_segments_ends_with_its_client() {
    let rig = Rig::start();
    let before = rig.daemon.state().resident_bytes;
    let mut wire = rig.daemon.wire();
    let mut call = rig.call(EngineKind::Speech, "fake:flood");
    call["more"] = json!(true);
    wire.call(&call);
    for _ in 0..1000 {
        assert_eq!(wire.reply()["parameters"]["segment"]["text"], "flood");
    }
    let grown = rig.daemon.state().resident_bytes.saturating_sub(before);
    assert!(grown < 50_000_000, "{grown} bytes more");
    drop(wire);
    hears(&rig.daemon, &rig.recording);
    assert_eq!(rig.daemon.engine(EngineKind::Speech).pid, rig.speech.pid, "it was told, not killed");
}

#[test]
fn a_model_that_cannot_be_loaded_is_named() {
    let daemon = Home::new().with_script(r#"{"on_load": "fail"}"#).start();
    let mut wire = daemon.wire();
    let path = daemon.home().models().join(SPEECH_MODEL).join("model.bin");
    let expected = json!({"error": "dev.hob.Models.ModelInvalid", "parameters": {
        "name": SPEECH_MODEL,
        "path": path,
        "problem": "the model cannot be loaded: the script says so",
        "hint": format!("fetch it again: `hob models remove {SPEECH_MODEL}`, then `hob models pull {SPEECH_MODEL}`"),
    }});
    wire.call(&transcribe(&daemon.home().recording(100), ""));
    assert_eq!(wire.reply(), expected);
}

#[test]
fn a_death_while_loading_is_told() {
    let daemon = Home::new().with_script(r#"{"on_load": "abort"}"#).start();
    let mut wire = daemon.wire();
    wire.call(&generate("hello"));
    assert_eq!(wire.reply(), engine_died(EngineKind::Text, "SIGABRT, an assertion of its own"));
}

#[test]
fn an_idle_engine_ends_and_comes_back() {
    let daemon = Home::new().with_config("[engines]\nidle_s = 1\n").start();
    let mut watch = daemon.watch();
    answers(&daemon);
    let engine = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Ready);
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Stopped);
    daemon.wait_for_log("engine ended");
    let pid = engine.pid.unwrap();
    assert!(!Path::new("/proc").join(pid.to_string()).exists(), "its process is gone");
    answers(&daemon);
    let now = daemon.engine(EngineKind::Text);
    assert_eq!((now.restarts, now.last_death), (0, None), "an end in order is no death");
}

#[test]
fn without_engines_the_daemon_says_what_is_missing() {
    let home = Home::new();
    fs::remove_dir_all(home.engines()).unwrap();
    let daemon = home.start();
    let mut wire = daemon.wire();
    wire.call(&generate("hello"));
    let cause = format!("no hob-text in {}", daemon.home().engines().display());
    let expected = json!({"engine": "text", "cause": cause, "hint": REINSTALL});
    assert_eq!(wire.reply(), json!({"error": "dev.hob.Daemon.EngineUnavailable", "parameters": expected}));
}

#[test]
fn an_engine_that_cannot_be_executed_is_named() {
    let daemon = Home::new().with_engine_script("hob-text", "").start();
    let program = daemon.home().engines().join("native/hob-text");
    fs::write(&program, "no program").unwrap();
    let mut wire = daemon.wire();
    wire.call(&generate("hello"));
    let cause = format!("cannot start {}: Exec format error (os error 8)", program.display());
    let expected = json!({"engine": "text", "cause": cause, "hint": REINSTALL});
    assert_eq!(wire.reply(), json!({"error": "dev.hob.Daemon.EngineUnavailable", "parameters": expected}));
}
