//! Engines that die, hang or talk nonsense: the caller is told or gets a second try, the daemon and the other engine go on, and the
//! next request works.

use std::fs;
use std::path::Path;
use std::thread;

use hob_protocol::daemon::{Engine, EngineKind, EngineState};
use hob_protocol::engine::build_id;
use hob_tests::{Daemon, Home, SPEECH_MODEL, Wire};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::{generate, stream, text};

const AGAIN: &str = "try again; `hob status` shows the engines, the log (`journalctl --user -u hobd`) says more";
const REINSTALL: &str = "install hob's engines again (`make build` in a checkout)";

/// A daemon whose two engines are loaded, and what both were before anything happened.
struct Rig {
    daemon: Daemon,
    recording: String,
    speech: Engine,
    text: Engine,
}

impl Rig {
    fn start() -> Self {
        let daemon = Daemon::start();
        let recording = daemon.home().recording(100);
        hears(&daemon, &recording);
        answers(&daemon);
        let (speech, text) = (daemon.engine(EngineKind::Speech), daemon.engine(EngineKind::Text));
        assert_eq!((speech.state, text.state), (EngineState::Ready, EngineState::Ready));
        Self { daemon, recording, speech, text }
    }

    /// The call whose words or prompt hold this order.
    fn call(&self, kind: EngineKind, order: &str) -> Value {
        match kind {
            EngineKind::Text => generate(order),
            EngineKind::Speech => transcribe(&self.recording, order),
        }
    }

    fn before(&self, kind: EngineKind) -> &Engine {
        if kind == EngineKind::Speech { &self.speech } else { &self.text }
    }

    #[track_caller]
    fn goes_on_except(&self, kind: EngineKind) {
        let other = if kind == EngineKind::Speech { EngineKind::Text } else { EngineKind::Speech };
        let now = self.daemon.engine(other);
        let before = self.before(other);
        assert_eq!((now.pid, now.restarts, &now.last_death), (before.pid, 0, &None), "the other engine is untouched");
        hears(&self.daemon, &self.recording);
        answers(&self.daemon);
    }
}

fn transcribe(recording: &str, prompt: &str) -> Value {
    json!({"method": "dev.hob.Speech.Transcribe", "parameters": {"path": recording, "prompt": prompt}})
}

#[track_caller]
fn hears(daemon: &Daemon, recording: &str) {
    let mut wire = daemon.wire();
    wire.call(&transcribe(recording, ""));
    assert_eq!(text(&wire.reply()), "heard 1600 samples");
}

#[track_caller]
fn answers(daemon: &Daemon) {
    let mut wire = daemon.wire();
    wire.call(&generate("as usual"));
    assert_eq!(text(&wire.reply()), "as usual");
}

fn engine_died(kind: EngineKind, cause: &str) -> Value {
    json!({"error": "dev.hob.Daemon.EngineDied", "parameters": {"engine": kind, "cause": cause, "hint": AGAIN}})
}

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
        let mut wire = rig.daemon.wire();
        wire.call(&rig.call(kind, &format!("fake:{order}")));
        watch.until_engine(kind, |engine| engine.state == EngineState::Busy);
        drop(wire);
        let engine = watch.until_engine(kind, |engine| engine.state != EngineState::Busy);
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

/// Sends a signal until nothing is left to send it to: Rust's own handler takes the first SIGSEGV.
fn strike(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    while kill_process(pid, signal).is_ok() {
        thread::yield_now();
    }
}

#[test]
fn a_process_killed_in_the_middle_of_a_request_is_replaced() {
    for (signal, cause) in
        [(Signal::KILL, "SIGKILL, perhaps for want of memory"), (Signal::SEGV, "SIGSEGV, a memory fault")]
    {
        for kind in EngineKind::ALL {
            let rig = Rig::start();
            let mut watch = rig.daemon.watch();
            let mut wire = rig.daemon.wire();
            wire.call(&rig.call(kind, "fake:hang"));
            let engine = watch.until_engine(kind, |engine| engine.state == EngineState::Busy);
            strike(engine.pid.unwrap(), signal);
            // The second try, in a process of its own.
            let second = watch.until_engine(kind, |now| now.state == EngineState::Busy && now.pid != engine.pid);
            strike(second.pid.unwrap(), signal);
            assert_eq!(wire.reply(), engine_died(kind, cause));
            rig.goes_on_except(kind);
        }
    }
}

#[test]
fn an_answer_that_was_killed_before_its_first_word_comes_all_the_same() {
    let rig = Rig::start();
    let mut watch = rig.daemon.watch();
    let mut wire = rig.daemon.wire();
    wire.call(&generate("fake:slow 200 one two three four five"));
    let engine = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    strike(engine.pid.unwrap(), Signal::KILL);
    assert_eq!(text(&wire.reply()), "one two three four five");
    rig.goes_on_except(EngineKind::Text);
}

#[test]
fn an_answer_that_was_killed_in_its_midst_is_not_begun_again() {
    let rig = Rig::start();
    let mut wire = rig.daemon.wire();
    wire.call(&stream(&format!("fake:slow 20 {}", "word ".repeat(4000))));
    assert_eq!(wire.reply()["parameters"]["delta"], "word ");
    strike(rig.text.pid.unwrap(), Signal::KILL);
    assert_eq!(last(&mut wire), engine_died(EngineKind::Text, "SIGKILL, perhaps for want of memory"));
    rig.goes_on_except(EngineKind::Text);
}

/// The final reply of a stream.
fn last(wire: &mut Wire) -> Value {
    loop {
        let reply = wire.reply();
        if reply["continues"] != true {
            return reply;
        }
    }
}

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
