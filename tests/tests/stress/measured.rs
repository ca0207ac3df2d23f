//! What a process holds.

use std::fmt;
use std::fs;
use std::time::Duration;

use hob_tests::Daemon;

/// Memory that comes and goes with what a process does just now, in bytes: of the daemon, and of the engine, which moves states of some
/// megabytes each.
const DAEMON_SPARE: u64 = 5_000_000;
const ENGINE_SPARE: u64 = 24_000_000;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Bytes that are in memory for this process alone.
    own: u64,
    resident: u64,
    descriptors: usize,
    threads: usize,
    spare: u64,
}

impl Measured {
    pub(crate) fn hobd(daemon: &Daemon) -> Self {
        Self::of(daemon.pid(), DAEMON_SPARE)
    }

    pub(crate) fn engine(pid: u32) -> Self {
        Self::of(pid, ENGINE_SPARE)
    }

    fn of(pid: u32, spare: u64) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let bytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
        };
        let entries = |folder: &str| fs::read_dir(format!("/proc/{pid}/{folder}")).unwrap().count();
        Self {
            own: bytes("RssAnon:"),
            resident: bytes("VmRSS:"),
            descriptors: entries("fd"),
            threads: entries("task"),
            spare,
        }
    }

    pub(crate) fn is_no_more_than(&self, before: &Self) -> bool {
        self.own <= before.own + self.spare && self.descriptors <= before.descriptors && self.threads <= before.threads
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { own, resident, descriptors, threads, .. } = self;
        let megabytes = |bytes: &u64| *bytes as f64 / 1e6;
        write!(f, "{:.1} MB of its own ({:.1} resident), ", megabytes(own), megabytes(resident))?;
        write!(f, "{descriptors} descriptors, {threads} threads")
    }
}

/// Processor time of a process until now.
pub(crate) fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name may hold blanks; behind its bracket, times of the user and the system are the 12th and 13th field.
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
    let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
}
