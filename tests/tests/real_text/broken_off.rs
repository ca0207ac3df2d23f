//! Answers that end before their end: the client leaves, or the engine dies.

use hob_protocol::Error;
use hob_protocol::client::{CallError, Replies};
use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::method;
use hob_tests::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::{assert_answers, endless, start};

/// An answer of which a few words have come.
fn begun(daemon: &Daemon) -> Replies<method::Generate> {
    let mut replies = daemon.client().stream(method::Generate, &endless()).unwrap();
    let words = replies.by_ref().filter_map(|reply| reply.unwrap().delta);
    assert_eq!(words.take(5).count(), 5, "words come before the result");
    replies
}

#[test]
fn a_hang_up_stops_the_engine_at_once() {
    let daemon = start();
    let mut watch = daemon.watch();
    let replies = begun(&daemon);
    let engine = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    drop(replies);
    let after = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Ready);
    assert_eq!((after.pid, after.restarts), (engine.pid, 0), "it was told, not killed");
}

#[test]
fn the_next_answer_does_not_wait_for_one_nobody_wants() {
    let daemon = start();
    let replies = begun(&daemon);
    drop(replies);
    let completion = assert_answers(&daemon);
    // The rest of the endless answer would take many times as long.
    assert!(completion.queue_ms < 2000.0, "{completion:?}");
}

#[test]
fn a_kill_in_the_middle_of_an_answer_is_told() {
    let daemon = start();
    let replies = begun(&daemon);
    let pid = daemon.engine(EngineKind::Text).pid.unwrap();
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
    let end = replies.filter_map(Result::err).last();
    let Some(CallError::Refused(Error::EngineDied { engine, cause, hint })) = end else { panic!("{end:?}") };
    assert_eq!((engine, cause.as_str()), (EngineKind::Text, "SIGKILL, perhaps for want of memory"));
    assert!(hint.starts_with("try again"), "{hint}");
    assert_answers(&daemon);
    let engine = daemon.engine(EngineKind::Text);
    assert_eq!((engine.restarts, engine.last_death), (1, Some(cause)));
}
