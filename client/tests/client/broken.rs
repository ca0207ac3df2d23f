//! A daemon that is missing, odd or broken, and wrong arguments: a message, a hint, an exit code, never a panic.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::process::Command;

use serde_json::json;

use crate::fake::{FakeDaemon, hob_at, run};

/// A way to call each command that needs a daemon.
const COMMANDS: [&[&str]; 15] = [
    &["status"],
    &["dictate", "start"],
    &["dictate", "stop"],
    &["dictate", "toggle"],
    &["dictate", "cancel"],
    &["dictate", "--file", "a.wav"],
    &["transcribe", "a.wav"],
    &["transcribe", "a.wav", "--json"],
    &["run", "fix", "text"],
    &["actions"],
    &["models", "load", "base"],
    &["models", "unload", "text"],
    &["watch"],
    &["reload"],
    &["call", "dev.hob.Daemon.Status"],
];

#[test]
fn without_a_daemon_every_command_says_how_to_start_it() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("hob.sock");
    let stale = folder.path().join("stale.sock");
    drop(UnixListener::bind(&stale).unwrap());
    for socket in [socket, stale] {
        let hint = "hint: start it with `systemctl --user start hobd`, or with `hobd &`";
        let expected = format!("hob: no daemon at {}\n{hint}\n", socket.display());
        for arguments in COMMANDS {
            assert_eq!(run(&mut hob_at(&socket, arguments), b"").complained(), (3, expected.clone()), "{arguments:?}");
        }
    }
}

#[test]
fn a_path_that_can_be_no_socket_is_no_daemon_either() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let long = format!("/tmp/{}", "x".repeat(200));
    assert_eq!(run(&mut hob_at(file.path(), &["status"]), b"").complained().0, 3);
    let (code, stderr) = run(&mut hob_at(long.as_ref(), &["status"]), b"").complained();
    assert_eq!(code, 3);
    assert!(
        stderr.starts_with("hob: cannot reach the daemon at ") && stderr.contains("\nhint: `hob doctor`"),
        "{stderr}"
    );
    let mut nowhere = Command::new(env!("CARGO_BIN_EXE_hob"));
    let (code, stderr) = run(nowhere.env_clear().arg("status"), b"").complained();
    assert_eq!(code, 3);
    assert!(
        stderr.starts_with("hob: no place for the socket") && stderr.contains("\nhint: set HOB_SOCKET"),
        "{stderr}"
    );
}

#[test]
fn garbage_is_told_and_ends_the_command() {
    let replies: [(&[u8], &str); 5] = [
        (b"", "hob: the daemon hung up"),
        (b"{\"parameters\":{", "hob: the daemon hung up"),
        (b"HTTP/1.1 400 Bad Request\r\n\0", "hob: the daemon sent a reply that cannot be read: "),
        (b"[]\0", "hob: the daemon sent a reply that cannot be read"),
        (b"{\"parameters\":[7]}\0", "hob: the daemon sent a reply that cannot be read"),
    ];
    for (bytes, problem) in replies {
        let daemon = FakeDaemon::sending(bytes);
        // `call` takes whatever parameters there are.
        for arguments in COMMANDS.iter().filter(|arguments| arguments[0] != "call") {
            let (code, stderr) = daemon.hob(arguments).complained();
            assert_eq!(code, 1, "{arguments:?}: {stderr}");
            assert!(stderr.starts_with(problem) && stderr.contains("\nhint: "), "{arguments:?}: {stderr}");
        }
    }
}

#[test]
fn a_reply_that_never_ends_is_cut_off() {
    let daemon = FakeDaemon::start(|_, connection| {
        let chunk = [b'x'; 8 * 1024];
        (0..1000).for_each(|_| connection.raw(&chunk));
    });
    let (code, stderr) = daemon.hob(&["status"]).complained();
    assert_eq!(code, 1);
    assert!(stderr.starts_with("hob: message longer than 4194304 bytes\n"), "{stderr}");
}

#[test]
fn a_full_daemon_that_answers_before_it_reads_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("hob.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let busy = hob_protocol::Error::Busy { what: "connections".into(), limit: 64 };
        let reply = hob_protocol::codec::encode(&hob_protocol::wire::Reply::from(&busy));
        std::io::Write::write_all(&mut stream, &reply).unwrap();
    });
    // So large that it does not fit the socket's buffer: the daemon is gone before it is sent.
    let (code, stderr) = run(&mut hob_at(&socket, &["run", "fix"]), &vec![b'a'; 4_000_000]).complained();
    server.join().unwrap();
    assert_eq!((code, stderr.lines().next()), (6, Some("hob: too many connections: the limit is 64")));
}

#[test]
fn a_stream_without_a_result_is_a_failure() {
    let daemon = FakeDaemon::replying(vec![json!({"id": 1})]);
    let commands: [&[&str]; 3] = [&["dictate", "--file", "a.wav"], &["transcribe", "a.wav"], &["run", "fix", "x"]];
    for arguments in commands {
        let (code, stderr) = daemon.hob(arguments).complained();
        assert_eq!(code, 1);
        assert!(
            stderr.starts_with("hob: the daemon ended its answer without a result\nhint: "),
            "{arguments:?}: {stderr}"
        );
    }
}

#[test]
fn wrong_arguments_are_usage_with_a_suggestion() {
    let nowhere = "/nonexistent/hob.sock".as_ref();
    let (code, stderr) = run(&mut hob_at(nowhere, &["statsu"]), b"").complained();
    assert_eq!(code, 2);
    assert!(stderr.contains("similar subcommand exists: 'status'"), "{stderr}");
    let wrong: [&[&str]; 7] = [
        &[],
        &["dictate"],
        &["dictate", "--print"],
        &["run"],
        &["run", "fix", "x", "--max-tokens", "0"],
        &["models", "unload", "everything"],
        &["status", "--wait", "forever"],
    ];
    for arguments in wrong {
        assert_eq!(run(&mut hob_at(nowhere, arguments), b"").complained().0, 2, "{arguments:?}");
    }
    let mut odd = hob_at(nowhere, &["run"]);
    assert_eq!(run(odd.arg(OsStr::from_bytes(b"\xff")), b"").complained().0, 2);
}
