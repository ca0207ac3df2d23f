//! The engine killed in the middle of its work: the caller gets the answer after all, and the next one is served.

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::method::Transcribe;
use hob_protocol::speech;
use hob_tests::{Daemon, PATIENCE, Recording, Sound};
use rustix::process::{Pid, Signal, kill_process};

use crate::{assert_says, start, words};

const DEATHS: [(Signal, &str); 2] =
    [(Signal::KILL, "SIGKILL, perhaps for want of memory"), (Signal::SEGV, "SIGSEGV, a memory fault")];

/// A minute and a half, which takes seconds. In its long pauses it is recognised piece by piece.
fn long_recording(daemon: &Daemon) -> PathBuf {
    let path = daemon.home().path().join("long.wav");
    let sentences = [Recording::Fox.sound(), Sound::silence(1.0), Recording::Counting.sound(), Sound::silence(12.0)];
    Sound::joined(&vec![Sound::joined(&sentences); 5]).write(&path);
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

/// What the engine hears when nothing happens to it; not perfect after so many repetitions, but always the same.
fn undisturbed(daemon: &Daemon, request: &speech::Transcribe) -> String {
    let text = daemon.call(Transcribe, request).unwrap().result.unwrap().text.into_string();
    assert!(words(&text).starts_with(Recording::Fox.text()), "{text:?}");
    text
}

#[track_caller]
fn next_is_served(daemon: &Daemon) {
    let printed = daemon.hob(&["transcribe", Recording::Fox.path().to_str().unwrap()]).printed();
    assert_says(&printed, &[Recording::Fox]);
}

#[test]
fn a_recognition_that_dies_is_retried() {
    let daemon = start();
    let request = request(long_recording(&daemon));
    let undisturbed = undisturbed(&daemon, &request);
    let mut watch = daemon.watch();
    for (restarts, (signal, cause)) in (1..).zip(DEATHS) {
        let transcript = thread::scope(|scope| {
            let asking = scope.spawn(|| daemon.call(Transcribe, &request));
            let engine = watch.until_engine(EngineKind::Speech, |engine| engine.state == EngineState::Busy);
            kill(engine.pid.unwrap(), signal);
            asking.join().unwrap().unwrap().result.unwrap()
        });
        assert_eq!(transcript.text.as_str(), undisturbed);
        let engine = watch.until_engine(EngineKind::Speech, |engine| engine.state == EngineState::Ready);
        assert_eq!((engine.restarts, engine.last_death.as_deref()), (restarts, Some(cause)));
    }
    next_is_served(&daemon);
}

#[test]
fn a_recognition_that_dies_half_way_is_retried() {
    let daemon = start();
    let request = request(long_recording(&daemon));
    let undisturbed = undisturbed(&daemon, &request);
    for (restarts, (signal, cause)) in (1..).zip(DEATHS) {
        let mut replies = daemon.client().stream(Transcribe, &request).unwrap();
        replies.find_map(|reply| reply.unwrap().segment).expect("segments come before the result");
        kill(daemon.engine(EngineKind::Speech).pid.unwrap(), signal);
        let transcript = replies.find_map(|reply| reply.unwrap().result).expect("the last reply holds the result");
        assert_eq!(transcript.text.as_str(), undisturbed);
        let engine = daemon.engine(EngineKind::Speech);
        assert_eq!((engine.restarts, engine.last_death.as_deref()), (restarts, Some(cause)));
    }
    next_is_served(&daemon);
}
