//! A session bus of its own, because on a desktop the daemon serves one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use hob_tests::Home;

pub(crate) struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        let mut daemon = command.stdout(Stdio::piped()).spawn().expect("dbus-daemon is installed (packaging/deps.sh)");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }

    pub(crate) fn joined_by(&self, home: Home) -> Home {
        home.with_variable("DBUS_SESSION_BUS_ADDRESS", &self.address).with_variable("HOB_LOG", "info")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
