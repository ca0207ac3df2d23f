//! A client that leaves takes its request with it, wherever that is by then.

use hob_protocol::daemon::{Engine, EngineKind, EngineState};
use hob_tests::{Daemon, Watcher};

use crate::{generate, stream, text};

/// With a pause before each of its words, this takes longer than any test waits.
fn endless() -> String {
    format!("fake:slow 20 {}", "word ".repeat(4000))
}

#[track_caller]
fn busy(watch: &mut Watcher) -> Engine {
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy)
}

#[track_caller]
fn next_is_served_by(daemon: &Daemon, engine: &Engine) {
    let mut wire = daemon.wire();
    wire.call(&generate("next"));
    assert_eq!(text(&wire.reply()), "next");
    let now = daemon.engine(EngineKind::Text);
    assert_eq!((now.pid, now.restarts, &now.last_death), (engine.pid, 0, &None), "the engine was told, not killed");
}

#[test]
fn a_hang_up_cancels_what_runs() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&generate(&endless()));
    let engine = busy(&mut watch);
    drop(wire);
    next_is_served_by(&daemon, &engine);
}

#[test]
fn a_hang_up_cancels_a_stream() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&stream(&endless()));
    for _ in 0..3 {
        assert_eq!(wire.news()["parameters"]["delta"], "word ");
    }
    let engine = busy(&mut watch);
    drop(wire);
    next_is_served_by(&daemon, &engine);
}

#[test]
fn a_hang_up_ends_a_flood() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&stream("fake:flood"));
    for _ in 0..100 {
        assert_eq!(wire.news()["parameters"]["delta"], "flood ");
    }
    let engine = busy(&mut watch);
    drop(wire);
    next_is_served_by(&daemon, &engine);
}

#[test]
fn a_hang_up_takes_back_what_waits() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut running = daemon.wire();
    running.call(&stream(&endless()));
    running.news();
    let engine = busy(&mut watch);
    let mut waiting = daemon.wire();
    waiting.call(&generate(&endless()));
    let mut other = daemon.wire();
    other.call(&generate("after both"));
    drop(waiting);
    drop(running);
    assert_eq!(text(&other.reply()), "after both");
    next_is_served_by(&daemon, &engine);
}

#[test]
fn a_client_that_has_only_finished_sending_gets_its_answer() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    wire.call(&stream("fake:slow 10 one two"));
    wire.finish();
    let mut heard = String::new();
    while let Some(reply) = wire.next_reply() {
        if reply["parameters"].get("waiting").is_none() {
            heard.push_str(reply["parameters"]["delta"].as_str().unwrap_or("."));
        }
    }
    assert_eq!(heard, "one two.");
}

#[test]
fn a_client_that_has_finished_and_then_leaves_cancels() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&generate(&endless()));
    wire.finish();
    let engine = busy(&mut watch);
    drop(wire);
    next_is_served_by(&daemon, &engine);
}
