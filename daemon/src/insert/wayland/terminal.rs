//! How much the programs in a terminal have read, by what the kernel tells of them: when they have read the text that was sent and no more,
//! nothing was typed behind it. A program that reads other things as well, or lines only when they have ended, cannot be told so.

use std::collections::BTreeMap;
use std::fs;

/// What a terminal puts around a text that is pasted, for programs that ask for it.
const AROUND_A_PASTE: u64 = "\x1b[200~\x1b[201~".len() as u64;

/// A terminal has a few processes in it; one in which a whole machine is built is not looked at to its end.
const MOST: usize = 500;

/// Bytes that each program in the foreground has read since it was started. Processes are known by number and time of start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read(BTreeMap<(u32, u64), u64>);

/// What the programs of this terminal have read so far. `None` if it has none, or may not be looked into.
pub fn read(terminal: u32) -> Option<Read> {
    // A terminal itself may have been started in another one.
    let own = process(terminal)?.terminal;
    let inside = below(terminal).into_iter().filter_map(process);
    let foreground =
        inside.filter(|process| process.terminal != 0 && process.terminal != own && process.is_in_foreground);
    let read: Option<BTreeMap<_, _>> =
        foreground.map(|process| Some(((process.id, process.started), bytes_read(process.id)?))).collect();
    read.filter(|read| !read.is_empty()).map(Read)
}

impl Read {
    /// Whether the same programs have read this text since, and nothing else.
    pub fn is_followed_only_by(&self, text: &str, now: &Self) -> bool {
        let all = |read: &Self| read.0.values().sum::<u64>();
        let length = text.len() as u64;
        let more = all(now).checked_sub(all(self));
        self.0.keys().eq(now.0.keys()) && (more == Some(length) || more == Some(length + AROUND_A_PASTE))
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    id: u32,
    /// 0 if it has none.
    terminal: i32,
    is_in_foreground: bool,
    started: u64,
}

/// All processes that this one has started, and those that they have, as far as they are looked for.
fn below(process: u32) -> Vec<u32> {
    let mut found = children(process);
    let mut next = 0;
    while next < found.len() && found.len() < MOST {
        found.extend(children(found[next]));
        next += 1;
    }
    found
}

fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

fn process(id: u32) -> Option<Process> {
    parsed(id, &fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// `proc_pid_stat(5)`. The name of the program, which may hold anything, ends with the last bracket.
fn parsed(id: u32, stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // The first of these is the third of the file.
    let field = |number: usize| fields.get(number - 3).copied();
    let (group, foreground) = (field(5)?, field(8)?);
    Some(Process {
        id,
        terminal: field(7)?.parse().ok()?,
        is_in_foreground: group == foreground,
        started: field(22)?.parse().ok()?,
    })
}

/// By whatever call, from whatever file.
fn bytes_read(process: u32) -> Option<u64> {
    let told = fs::read_to_string(format!("/proc/{process}/io")).ok()?;
    told.lines().find_map(|line| line.strip_prefix("rchar: "))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read() {
        let stat = "77 (odd) name)) S 5 77 77 34816 80 4194304 1 2 3 4 5 6 7 8 20 0 1 0 991 1000 10";
        let expected = Process { id: 77, terminal: 34816, is_in_foreground: false, started: 991 };
        assert_eq!(parsed(77, stat), Some(expected));
        assert_eq!(parsed(77, "77 (cut"), None);
        assert!(process(std::process::id()).is_some());
        let mut child = std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        assert!(below(std::process::id()).contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(bytes_read(std::process::id()).is_some());
    }

    #[test]
    fn the_text_and_nothing_else_was_read() {
        let read = |programs: &[(u32, u64)]| Read(programs.iter().map(|(id, bytes)| ((*id, 1), *bytes)).collect());
        let before = read(&[(7, 100), (8, 5)]);
        for (now, expected) in [
            (read(&[(7, 103), (8, 5)]), true),
            (read(&[(7, 115), (8, 5)]), true),
            (read(&[(7, 104), (8, 5)]), false),
            (read(&[(7, 100), (8, 5)]), false),
            (read(&[(7, 103)]), false),
        ] {
            assert_eq!(before.is_followed_only_by("wé", &now), expected, "{now:?}");
        }
    }
}
