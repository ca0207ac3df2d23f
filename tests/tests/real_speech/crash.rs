//! The engine killed in the middle of its work: the caller gets the answer after all, or is told, and the next one is served.

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use hob_protocol::Error;
use hob_protocol::client::CallError;
use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::method::Transcribe;
use hob_protocol::speech;
use hob_tests::{Daemon, PATIENCE, Recording, Sound};
use rustix::process::{Pid, Signal, kill_process};

use crate::{assert_says, start, words};

/// How many times the long recording says its sentence.
const TIMES: usize = 12;

fn long_recording(daemon: &Daemon) -> PathBuf {
    let path = daemon.home().path().join("long.wav");
    let sentence = Sound::joined(&[Recording::Fox.sound(), Sound::silence(1.0)]);
    Sound::joined(&vec![sentence; TIMES]).write(&path);
    path
}

fn request(path: PathBuf) -> speech::Transcribe {
    speech::Transcribe { path: path.into_os_string().into_string().unwrap(), ..speech::Transcribe::default() }
}

/// Sends a signal until the process is gone: the handler that looks for stack overflows swallows the first SIGSEGV.
fn kill(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("no process has the number 0");
    let deadline = Instant::now() + PATIENCE;
    while kill_process(pid, signal).is_ok() {
        assert!(Instant::now() < deadline, "{signal:?} does not end the engine");
        thread::yield_now();
    }
}

#[track_caller]
fn next_is_served(daemon: &Daemon) {
    let printed = daemon.hob(&["transcribe", Recording::Fox.path().to_str().unwrap()]).printed();
    assert_says(&printed, &[Recording::Fox]);
}

/// Nothing was heard of the answer yet, so the daemon may begin again.
fn is_retried(signal: Signal, cause: &str) {
    let daemon = start();
    let request = request(long_recording(&daemon));
    let mut watch = daemon.watch();
    thread::scope(|scope| {
        let asking = scope.spawn(|| daemon.call(Transcribe, &request));
        let engine = watch.until_engine(EngineKind::Speech, |engine| engine.state == EngineState::Busy);
        kill(engine.pid.unwrap(), signal);
        let transcript = asking.join().unwrap().unwrap().result.unwrap();
        assert_says(transcript.text.as_str(), &[Recording::Fox; TIMES]);
    });
    let engine = daemon.engine(EngineKind::Speech);
    assert_eq!((engine.restarts, engine.last_death.as_deref()), (1, Some(cause)));
    next_is_served(&daemon);
}

/// Part of the answer is out already, so it cannot be given again.
fn is_told(signal: Signal, cause: &str) {
    let daemon = start();
    let mut replies = daemon.client().stream(Transcribe, &request(long_recording(&daemon))).unwrap();
    let heard = replies.find_map(|reply| reply.unwrap().segment).expect("segments come before the result");
    assert!(Recording::Fox.text().starts_with(&words(heard.text.as_str())), "{:?}", heard.text.as_str());
    kill(daemon.engine(EngineKind::Speech).pid.unwrap(), signal);
    let end = replies.find_map(Result::err);
    let Some(CallError::Refused(Error::EngineDied { engine, cause: told, hint })) = end else { panic!("{end:?}") };
    assert_eq!((engine, told.as_str()), (EngineKind::Speech, cause));
    assert!(hint.starts_with("try again"), "{hint}");
    next_is_served(&daemon);
}

#[test]
fn a_killed_recognition_is_retried() {
    is_retried(Signal::KILL, "SIGKILL, perhaps for want of memory");
}

#[test]
fn a_recognition_with_a_memory_fault_is_retried() {
    is_retried(Signal::SEGV, "SIGSEGV, a memory fault");
}

#[test]
fn a_kill_in_the_middle_of_an_answer_is_told() {
    is_told(Signal::KILL, "SIGKILL, perhaps for want of memory");
}

#[test]
fn a_memory_fault_in_the_middle_of_an_answer_is_told() {
    is_told(Signal::SEGV, "SIGSEGV, a memory fault");
}
