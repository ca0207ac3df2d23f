//! What is left of an engine that has ended for want of work.

use std::fs;

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::text::Sampling;
use hob_tests::{Daemon, Home, PATIENCE, REAL_TEXT_MODEL};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::{asking, generated, greedy};

/// What the daemon may have more after an engine came and went than before.
const MORE: u64 = 5_000_000;

/// Bytes that are in memory for the daemon's sake: what files on the disk it has looked at counts as well.
fn resident(daemon: &Daemon) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn an_idle_engine_gives_all_its_memory_back() {
    let home = Home::real(&[REAL_TEXT_MODEL]).with_config("[engines]\nidle_s = 1\n");
    let daemon = home.start();
    let mut watch = daemon.watch();
    let before = resident(&daemon);
    let few = Sampling { max_tokens: Some(20), ..greedy() };
    for round in 1..=3 {
        generated(&daemon, &asking("Say one sentence about the whale.", few.clone())).unwrap();
        let engine = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Ready);
        let pid = engine.pid.expect("it is ready").cast_signed();
        let process = pidfd_open(Pid::from_raw(pid).unwrap(), PidfdFlags::empty()).unwrap();
        let ended = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Stopped);
        assert_eq!((ended.pid, ended.resident_bytes, ended.restarts, ended.last_death), (None, None, 0, None));
        let patience = PATIENCE.try_into().unwrap();
        let gone = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&patience)).unwrap();
        assert_eq!(gone, 1, "the process {pid} is still there");
        let after = resident(&daemon);
        assert!(after <= before + MORE, "round {round}: {before} bytes became {after}");
    }
}
