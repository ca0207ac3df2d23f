//! Other users of the machine. Only root can take another user's place; elsewhere these tests say what they could not do, and the
//! rule itself is tested where it stands, in the daemon's `ipc/listener.rs`.

use std::os::unix::process::CommandExt;
use std::process::Command;

use hob_tests::{Daemon, Ran, run};
use rustix::process::geteuid;

/// The user that owns nothing, by the number that Linux distributions share.
const NOBODY: u32 = 65_534;
const STATUS: &[u8] = b"{\"method\":\"dev.hob.Daemon.Status\"}\0";

fn as_nobody(daemon: &Daemon) -> Option<Ran> {
    if !geteuid().is_root() {
        eprintln!("not checked: only root can connect as another user");
        return None;
    }
    let address = format!("UNIX-CONNECT:{}", daemon.home().socket().display());
    let mut socat = Command::new("socat");
    socat.args(["-t", "60", "-", &address]).uid(NOBODY).gid(NOBODY).current_dir("/");
    Some(run(&mut socat, STATUS))
}

#[test]
fn the_folder_keeps_other_users_out() {
    let daemon = Daemon::start();
    if let Some(ran) = as_nobody(&daemon) {
        let (code, complaint) = ran.complained();
        assert_eq!(code, 1);
        assert!(complaint.contains("Permission denied"), "{complaint}");
    }
}

#[test]
fn the_daemon_refuses_other_users_that_get_through() {
    let daemon = Daemon::start();
    daemon.home().open_to_others();
    if let Some(ran) = as_nobody(&daemon) {
        assert_eq!(ran.printed(), "{\"error\":\"org.varlink.service.PermissionDenied\",\"parameters\":{}}\0");
    }
    assert_eq!(daemon.state().pid, daemon.pid(), "its own user is served as before");
}
