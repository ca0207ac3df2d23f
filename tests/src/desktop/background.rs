//! A program that runs beside the test, and ends with it.

use std::fmt::{self, Debug};
use std::process::{Child, ChildStdin, ChildStdout, Command};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::PATIENCE;

/// Ended when dropped, with a signal that lets it tidy up; killed if it does not end.
pub struct Background {
    name: String,
    child: Child,
}

impl Background {
    #[track_caller]
    pub(crate) fn start(name: &str, command: &mut Command) -> Self {
        let child = command.spawn();
        let child = child.unwrap_or_else(|error| panic!("{name}: {error}\nhint: packaging/deps.sh"));
        Self { name: name.to_owned(), child }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().expect("it is piped, and taken once")
    }

    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("it is piped, and taken once")
    }

    /// It does nothing until what this gives is dropped.
    pub fn stop(&self) -> Stopped {
        Stopped::new(&self.child)
    }

    /// Ends it as nobody should.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn ends_in_time(&self) -> bool {
        let Ok(process) = pidfd_open(Pid::from_child(&self.child), PidfdFlags::empty()) else { return true };
        let patience = PATIENCE.try_into().expect("a minute is a time");
        let mut descriptors = [PollFd::new(&process, PollFlags::IN)];
        matches!(poll(&mut descriptors, Some(&patience)), Ok(1..))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended already.
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            if !self.ends_in_time() {
                let _ = self.child.kill();
            }
            let _ = self.child.wait();
        }
    }
}

/// A program that does nothing.
#[derive(Debug)]
pub struct Stopped(Pid);

impl Stopped {
    pub(crate) fn new(child: &Child) -> Self {
        let process = Pid::from_child(child);
        kill_process(process, Signal::STOP).unwrap();
        Self(process)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // The program may have been killed.
        let _ = kill_process(self.0, Signal::CONT);
    }
}

impl Debug for Background {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.pid())
    }
}
