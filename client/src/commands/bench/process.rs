//! What processes cost, from `/proc`: processor time and memory. A process that is gone costs nothing that can be known.

use std::collections::HashMap;
use std::fs;

/// Processor time of one process so far, user and system, in seconds.
pub(super) fn cpu_s(pid: u32) -> Option<f64> {
    Some(Stat::of(pid)?.own_ticks as f64 / ticks_per_second())
}

/// The same of a process, all its descendants, and those of them that have ended.
pub(super) fn tree_cpu_s(root: u32) -> Option<f64> {
    let mut known: HashMap<u32, Stat> = HashMap::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        known.extend(pid.and_then(|pid: u32| Some((pid, Stat::of(pid)?))));
    }
    let mut ticks = 0;
    let mut family = vec![root];
    while let Some(pid) = family.pop() {
        let Some(stat) = known.get(&pid) else { continue };
        ticks += stat.own_ticks + stat.ended_children_ticks;
        family.extend(known.iter().filter(|(_, other)| other.parent == pid).map(|(pid, _)| *pid));
    }
    known.contains_key(&root).then(|| ticks as f64 / ticks_per_second())
}

/// The most memory the process ever had resident, in bytes.
pub(super) fn peak_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[derive(Debug, PartialEq)]
struct Stat {
    parent: u32,
    own_ticks: u64,
    ended_children_ticks: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name in the second field may hold anything, brackets and blanks included. `man proc_pid_stat` has the numbers.
    fn parse(stat: &str) -> Option<Self> {
        let after_name: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| after_name.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(field(4)?).ok()?,
            own_ticks: field(14)? + field(15)?,
            ended_children_ticks: field(16)? + field(17)?,
        })
    }
}

fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let line = "12 (a) b (c)) S 7 12 12 0 -1 4194304 100 0 0 0 250 50 30 3 20 0 1 0 1000 2000 300";
        assert_eq!(Stat::parse(line), Some(Stat { parent: 7, own_ticks: 300, ended_children_ticks: 33 }));
        assert_eq!(Stat::parse("12 (a) S 7"), None);
    }

    #[test]
    fn this_process_is_in_the_family_of_its_parent() {
        let own = std::process::id();
        let before = cpu_s(own).unwrap();
        assert!(tree_cpu_s(std::os::unix::process::parent_id()).unwrap() >= before);
        assert!(peak_bytes(own).unwrap() > 1_000_000);
        assert_eq!(cpu_s(u32::MAX), None);
        assert_eq!(tree_cpu_s(u32::MAX), None);
    }
}
