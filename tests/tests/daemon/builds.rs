//! The choice of an engine build: what the machine offers, what it turned out to refuse, what the user forbids.

use std::fs;

use hob_protocol::daemon::EngineKind;
use hob_tests::{Daemon, Home};
use serde_json::{Value, json};

use crate::{generate, text};

const BUILDS: [&str; 3] = ["x86-64-v4", "x86-64-v3", "x86-64-v2"];

/// Three builds that this machine can run, the first with the most instructions, and one that no machine can.
fn home() -> Home {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap();
    let flags = cpuinfo.lines().find(|line| line.starts_with("flags") || line.starts_with("Features")).unwrap();
    let flags: Vec<&str> = flags.split_once(':').unwrap().1.split_whitespace().take(BUILDS.len()).collect();
    let mut home = Home::bare().with_models().with_build("x86-64-v9", "instructions-of-tomorrow");
    for (index, build) in BUILDS.iter().enumerate() {
        home = home.with_build(build, &flags[index..].join(" "));
    }
    home
}

fn answer(daemon: &Daemon) -> Value {
    let mut wire = daemon.wire();
    wire.call(&generate("hello"));
    wire.reply()
}

fn build(daemon: &Daemon) -> (Option<String>, Vec<String>) {
    let engine = daemon.engine(EngineKind::Text);
    (engine.build, engine.refused_builds)
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_best_build_that_the_machine_offers_is_taken() {
    let daemon = home().start();
    assert_eq!(text(&answer(&daemon)), "hello");
    assert_eq!(build(&daemon), (Some("x86-64-v4".to_owned()), vec![]));
}

#[test]
fn a_forbidden_build_is_not_taken() {
    let daemon = home().with_config("[engines]\nforbid_builds = [\"x86-64-v4\", \"x86-64-v3\"]\n").start();
    assert_eq!(text(&answer(&daemon)), "hello");
    assert_eq!(build(&daemon), (Some("x86-64-v2".to_owned()), vec![]));
}

#[test]
fn refused_instructions_lead_to_the_next_build_for_good() {
    for at in ["load", "request"] {
        let home = home()
            .with_variable("HOB_FAKE_SIGILL_BUILDS", "x86-64-v4 x86-64-v3")
            .with_variable("HOB_FAKE_SIGILL_AT", at);
        let daemon = home.start();
        assert_eq!(text(&answer(&daemon)), "hello", "{at}");
        let stepped_down = (Some("x86-64-v2".to_owned()), words(&["x86-64-v3", "x86-64-v4"]));
        assert_eq!(build(&daemon), stepped_down, "{at}");
        let engine = daemon.engine(EngineKind::Text);
        assert_eq!(engine.last_death.as_deref(), Some("SIGILL, an instruction this machine refuses"));
        assert_eq!(engine.restarts, 2);
        assert_eq!(daemon.engine(EngineKind::Speech).refused_builds, words(&[]), "each engine finds out for itself");

        let (status, home) = daemon.terminate();
        assert!(status.success(), "{status}");
        let daemon = home.start();
        assert_eq!(build(&daemon), (None, words(&["x86-64-v3", "x86-64-v4"])), "{at}: remembered");
        assert_eq!(text(&answer(&daemon)), "hello", "{at}");
        assert_eq!(build(&daemon), stepped_down, "{at}");
        assert_eq!(daemon.engine(EngineKind::Text).restarts, 0, "{at}: nothing had to be found out again");
    }
}

#[test]
fn refused_builds_are_shown() {
    let daemon = home().with_variable("HOB_FAKE_SIGILL_BUILDS", "x86-64-v4").start();
    assert_eq!(text(&answer(&daemon)), "hello");
    let shown = daemon.hob(&["status"]).printed();
    let line = shown.lines().find(|line| line.starts_with("text")).unwrap();
    assert!(line.contains("build x86-64-v3") && line.contains("refused x86-64-v4"), "{line}");
    let state = daemon.hob(&["status", "--json"]).objects().remove(0);
    assert_eq!(state["state"]["engines"][1]["refused_builds"], json!(["x86-64-v4"]));
    let doctor = daemon.hob(&["doctor"]).stdout;
    assert!(doctor.contains("text builds that died of instructions this machine lacks: x86-64-v4"), "{doctor}");
}

#[test]
fn a_watcher_sees_the_refused_builds_too() {
    let daemon = home().with_variable("HOB_FAKE_SIGILL_BUILDS", "x86-64-v4").start();
    let mut watch = daemon.watch();
    assert_eq!(text(&answer(&daemon)), "hello");
    let engine = watch.until_engine(EngineKind::Text, |engine| engine.build.as_deref() == Some("x86-64-v3"));
    assert_eq!(engine.refused_builds, words(&["x86-64-v4"]));
}

#[test]
fn when_every_build_is_refused_the_caller_learns_how_to_get_one_that_is_not() {
    let daemon = home().with_variable("HOB_FAKE_SIGILL_BUILDS", BUILDS.join(" ")).start();
    let parameters = json!({
        "engine": "text",
        "cause": "this machine runs none of the builds of hob-text: x86-64-v4, x86-64-v3, x86-64-v2, x86-64-v9",
        "hint": "build one that does: `packaging/engines.sh x86-64-v2` in a checkout of hob",
    });
    let expected = json!({"error": "dev.hob.Daemon.EngineUnavailable", "parameters": parameters});
    assert_eq!(answer(&daemon), expected);
    assert_eq!(answer(&daemon), expected, "and again at once");
    assert_eq!(daemon.engine(EngineKind::Speech).refused_builds, words(&[]));
}
