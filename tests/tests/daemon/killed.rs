//! Engine processes that are killed from outside while they work.

use std::thread;

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_tests::Wire;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::rig::{Rig, engine_died};
use crate::{generate, stream, text};

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
    assert_eq!(wire.news()["parameters"]["delta"], "word ");
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
