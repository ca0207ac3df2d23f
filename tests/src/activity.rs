//! How often the threads of a process wake up, and how much processor time it takes.

use std::collections::BTreeMap;
use std::fs;

/// Counters of a process since its start.
#[derive(Debug)]
pub struct Activity {
    /// By thread: how often it has waited for something, and so how often it woke.
    waits: BTreeMap<String, u64>,
    /// Processor time in ticks of the clock.
    ticks: u64,
}

impl Activity {
    pub fn of(pid: u32) -> Self {
        let waits = threads(pid).into_iter().filter_map(|thread| {
            // It may end in between.
            let status = fs::read_to_string(format!("{thread}/status")).ok()?;
            let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
            Some((thread, count.trim().parse().unwrap()))
        });
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        // The name may hold blanks; behind its bracket, times of the user and the system are the 12th and 13th field.
        let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let ticks = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Self { waits: waits.collect(), ticks }
    }

    /// All threads together. One that has ended meanwhile woke up for its end.
    pub fn wake_ups_since(&self, before: &Self) -> u64 {
        let since = self.waits.iter().map(|(thread, count)| count - before.waits.get(thread).unwrap_or(&0));
        let ended = before.waits.keys().filter(|thread| !self.waits.contains_key(*thread));
        since.sum::<u64>() + ended.count() as u64
    }

    /// The threads that woke, by their names, and how often each did.
    pub fn wakers_since(&self, before: &Self) -> Vec<(String, u64)> {
        let since = self.waits.iter().map(|(thread, count)| {
            let name = fs::read_to_string(format!("{thread}/comm")).unwrap_or_default();
            (name.trim().to_owned(), count - before.waits.get(thread).unwrap_or(&0))
        });
        since.filter(|(_, count)| *count > 0).collect()
    }

    pub fn milliseconds_since(&self, before: &Self) -> u64 {
        (self.ticks - before.ticks) * 1000 / rustix::param::clock_ticks_per_second()
    }
}

/// Their folders.
pub fn threads(pid: u32) -> Vec<String> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.map(|thread| thread.unwrap().path().into_os_string().into_string().unwrap()).collect()
}
