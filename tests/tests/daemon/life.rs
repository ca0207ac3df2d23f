//! From the start of the daemon to its end: its place in the file system, systemd's ways, signals.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::method::{Nothing, Status, Unload};
use hob_protocol::models;
use hob_tests::{Daemon, Home, PATIENCE, program, write_recording};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde_json::json;

use crate::generate;

/// Set for a test that is to be killed by another.
const TO_BE_KILLED: &str = "HOB_TEST_TO_BE_KILLED";

const ENDING: &str = "the daemon is ending, or this client did not read its replies";

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn socket_and_folder_are_the_users_alone() {
    let daemon = Daemon::start();
    let socket = daemon.home().socket();
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
    assert_eq!((mode(&socket), mode(socket.parent().unwrap())), (0o600, 0o700));
    assert_eq!(daemon.state().socket, socket.display().to_string());
}

#[test]
fn a_dead_daemons_socket_is_replaced() {
    let home = Daemon::start().kill();
    assert!(home.socket().exists(), "a killed daemon cleans nothing up");
    let daemon = home.start();
    assert_eq!(daemon.state().pid, daemon.pid());
}

#[test]
fn a_second_daemon_is_refused_and_the_first_goes_on() {
    let daemon = Daemon::start();
    let (code, complaint) = daemon.home().run_hobd().complained();
    let expected = format!(
        "hobd: another hobd serves {}\nhint: `hob status` shows it, `hob shutdown` ends it\n",
        daemon.home().socket().display()
    );
    assert_eq!((code, complaint), (1, expected));
    assert_eq!(daemon.state().pid, daemon.pid());
}

/// Whatever the allocator would like to keep of it for later, and however much of the program was needed for the first time.
#[test]
fn the_memory_that_work_took_is_given_back() {
    const MOST: u64 = 5_000_000;
    let daemon = Daemon::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("minutes.wav");
    let before = daemon.memory("VmRSS");
    daemon.hob(&["run", "fix", "a text"]).printed();
    for minutes in [3, 4, 3, 4] {
        write_recording(&path, minutes * 60_000);
        daemon.hob(&["transcribe", path.to_str().unwrap()]).printed();
    }
    for engine in EngineKind::ALL {
        daemon.call(Unload, &models::Unload { engine }).unwrap();
    }
    let more = daemon.memory("VmRSS").saturating_sub(before);
    assert!(more < MOST, "{more} bytes more");
}

/// Else it would keep what it holds of the machine, such as its keys.
#[test]
fn a_daemon_ends_with_a_test_that_is_killed() {
    const SAYS: &str = "the daemon is ";
    if std::env::var_os(TO_BE_KILLED).is_some() {
        let daemon = Daemon::start();
        println!("\n{SAYS}{}", daemon.pid());
        loop {
            std::thread::park();
        }
    }
    let leftovers = tempfile::tempdir().unwrap();
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "life::a_daemon_ends_with_a_test_that_is_killed", "--nocapture"]).stdout(Stdio::piped());
    let mut test = test.env(TO_BE_KILLED, "yes").env("TMPDIR", leftovers.path()).spawn().unwrap();
    let mut said = BufReader::new(test.stdout.take().unwrap()).lines();
    let daemon = said.find_map(|line| line.unwrap().strip_prefix(SAYS).map(|pid| pid.parse().unwrap())).unwrap();
    let daemon = pidfd_open(Pid::from_raw(daemon).unwrap(), PidfdFlags::empty()).unwrap();
    test.kill().unwrap();
    test.wait().unwrap();
    let mut descriptors = [PollFd::new(&daemon, PollFlags::IN)];
    let patience = Timespec::try_from(PATIENCE).unwrap();
    assert_eq!(poll(&mut descriptors, Some(&patience)), Ok(1), "the daemon goes on without its test");
}

#[test]
fn something_else_that_listens_there_is_not_replaced() {
    let home = Home::new();
    fs::create_dir(home.socket().parent().unwrap()).unwrap();
    let _other = UnixListener::bind(home.socket()).unwrap();
    let (code, complaint) = home.run_hobd().complained();
    assert_eq!(code, 1);
    assert!(complaint.starts_with("hobd: another hobd serves "), "{complaint}");
}

#[test]
fn a_place_that_cannot_be_taken_is_named() {
    let home = Home::new();
    let home_without_folder = home.path().join("config/file");
    fs::write(&home_without_folder, "").unwrap();
    let home = home.with_variable("HOB_SOCKET", home_without_folder.join("hob.sock"));
    let (code, complaint) = home.run_hobd().complained();
    let expected = format!(
        "hobd: cannot listen on {}/hob.sock: File exists (os error 17)\n\
         hint: the folder must be yours and writable; HOB_SOCKET names another place\n",
        home_without_folder.display()
    );
    assert_eq!((code, complaint), (1, expected));
}

#[test]
fn without_a_place_for_the_socket_there_is_no_start() {
    let home = Home::new().without_variable("XDG_RUNTIME_DIR");
    let (code, complaint) = home.run_hobd().complained();
    let expected = "hobd: no place for the socket: XDG_RUNTIME_DIR and HOB_SOCKET are both unset\n\
                    hint: start it in a login session, or set HOB_SOCKET, HOB_CONFIG and HOB_MODELS\n";
    assert_eq!((code, complaint.as_str()), (1, expected));
}

#[test]
fn hob_socket_names_another_place() {
    let home = Home::new();
    let elsewhere = home.path().join("run/elsewhere.sock");
    let daemon = home.with_variable("HOB_SOCKET", &elsewhere).start();
    assert!(!daemon.home().socket().exists());
    assert_eq!(daemon.hob(&["status", "--json"]).objects()[0]["state"]["socket"], elsewhere.to_str().unwrap());
}

#[test]
fn a_socket_that_systemd_opened_is_taken_over() {
    let home = Home::new();
    let path = home.path().join("run/activated.sock");
    let listener = UnixListener::bind(&path).unwrap();
    // The listener comes as standard input and has to be the third descriptor, of the very process that LISTEN_PID names.
    let mut command = home.command("sh");
    command.args(["-c", "exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\""]).arg(program("hobd"));
    command.stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)));
    let daemon = Daemon::spawn(home, command);
    assert!(!daemon.home().socket().exists(), "no second socket");
    let mut client = hob_protocol::client::Client::connect(&path).unwrap();
    assert_eq!(client.call(Status, &Nothing {}).unwrap().state.pid, daemon.pid());
    let (status, _home) = daemon.terminate();
    assert!(status.success(), "{status}");
    assert!(path.exists(), "the socket stays: it is systemd's");
}

#[test]
fn sigterm_ends_it_in_order() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&generate("fake:hang"));
    let engine = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    let engine = pidfd_open(Pid::from_raw(engine.pid.unwrap().cast_signed()).unwrap(), PidfdFlags::empty()).unwrap();
    let (status, home) = daemon.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(!home.socket().exists(), "the socket is removed");
    let cancelled = json!({"error": "dev.hob.Daemon.Cancelled", "parameters": {"reason": ENDING}});
    assert_eq!(wire.reply(), cancelled);
    assert_eq!(wire.next_reply(), None);
    let patience = Timespec::try_from(PATIENCE).unwrap();
    let ended = poll(&mut [PollFd::new(&engine, PollFlags::IN)], Some(&patience)).unwrap();
    assert_eq!(ended, 1, "the engine ends with the daemon");
}

#[test]
fn shutdown_answers_before_it_ends() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    assert_eq!(wire.ask("dev.hob.Daemon.Shutdown", json!({})), json!({"parameters": {}}));
    let (status, home) = daemon.ended();
    assert!(status.success(), "{status}");
    assert!(!home.socket().exists());
    assert_eq!(wire.next_reply(), None);
}

#[test]
fn a_watcher_is_told_of_the_end() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    wire.call(&json!({"method": "dev.hob.Daemon.Watch", "more": true}));
    assert_eq!(wire.reply()["continues"], true);
    daemon.terminate();
    // What changed before the end is told before it.
    let mut last = wire.reply();
    while last["continues"] == true {
        last = wire.reply();
    }
    assert_eq!(last["parameters"]["reason"], ENDING);
    assert_eq!(wire.next_reply(), None);
}
