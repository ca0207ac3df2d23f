//! `hob` on a terminal: what grows, what is rewritten, what is coloured, and the Enter key.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::{Value, json};

use crate::fake::{FakeDaemon, state};

/// A terminal of 40 columns.
struct Terminal {
    ours: File,
}

impl Terminal {
    fn open() -> (Self, File) {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        tcsetwinsize(&ours, Winsize { ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        (Self { ours: ours.into() }, theirs)
    }

    /// Everything until the other side is closed by all who had it.
    fn rest(&mut self) -> String {
        let mut seen = Vec::new();
        // At the end, Linux answers with EIO.
        let _ = self.ours.read_to_end(&mut seen);
        String::from_utf8(seen).unwrap().replace("\r\n", "\n")
    }
}

/// What a person sees, and the exit code.
fn on_terminal(command: &mut Command) -> (String, i32) {
    let (mut terminal, theirs) = Terminal::open();
    let streams = [theirs.try_clone().unwrap(), theirs.try_clone().unwrap()];
    let [output, errors] = streams;
    let mut child = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn().unwrap();
    // The command keeps copies for further runs, and the terminal ends only when all are closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    drop(theirs);
    let seen = terminal.rest();
    (seen, child.wait().unwrap().code().unwrap())
}

fn outcome(text: &str) -> Value {
    let timings = json!({"capture_ms": 4.0, "speech_ms": 90.0, "text_ms": 0.0, "insert_ms": 0.0, "release_to_text_ms": 95.0, "audio_ms": 3100.0});
    json!({"text": text, "timings": timings})
}

fn partials() -> FakeDaemon {
    FakeDaemon::replying(vec![
        json!({"id": 3}),
        json!({"id": 3, "stable": "", "unstable": "The"}),
        json!({"id": 3, "stable": "The kettle", "unstable": "is\u{1b}[2J hot"}),
        json!({"id": 3, "result": outcome("The kettle is hot.")}),
    ])
}

#[test]
fn partials_rewrite_one_line_and_the_final_text_stays() {
    let (seen, code) = on_terminal(&mut partials().command(&["dictate", "--file", "a.wav"]));
    let expected =
        "\r\u{1b}[K\u{1b}[2mThe\u{1b}[0m\r\u{1b}[KThe kettle \u{1b}[2mis[2J hot\u{1b}[0m\r\u{1b}[KThe kettle is hot.\n";
    assert_eq!((seen.as_str(), code), (expected, 0));
}

#[test]
fn no_color_and_dumb_terminals_are_obeyed() {
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let (seen, _) = on_terminal(partials().command(&["dictate", "--file", "a.wav"]).env(variable, value));
        assert!(!seen.contains("\u{1b}[2m"), "{variable}: {seen:?}");
        let (seen, _) = on_terminal(FakeDaemon::sending(b"").command(&["status"]).env(variable, value));
        assert!(seen.starts_with("hob: the daemon hung up"), "{variable}: {seen:?}");
        let (seen, _) = on_terminal(FakeDaemon::sending(b"").command(&["doctor"]).env(variable, value));
        assert!(!seen.contains('\u{1b}'), "{variable}: {seen:?}");
    }
    let (seen, _) = on_terminal(partials().command(&["doctor"]).env("NO_COLOR", ""));
    assert!(seen.contains("\u{1b}[31mfail\u{1b}[0m"), "empty does not count: {seen:?}");
}

#[test]
fn an_answer_grows_on_a_terminal_and_what_was_shown_stays() {
    let deltas = [json!({"delta": "The \u{1b}]0;kettle"}), json!({"delta": " is hot."})];
    let daemon = FakeDaemon::start(move |_, connection| {
        for delta in &deltas {
            connection.more(delta.clone());
        }
        connection.hang_up();
    });
    let (seen, code) = on_terminal(&mut daemon.command(&["run", "fix", "x"]));
    assert_eq!(code, 1);
    assert!(seen.starts_with("The ]0;kettle is hot.\n\u{1b}[1mhob:\u{1b}[0m the daemon hung up"), "{seen:?}");
}

#[test]
fn people_are_told_what_scripts_are_not() {
    let daemon = FakeDaemon::replying(vec![json!({"id": 3})]);
    let (seen, _) = on_terminal(&mut daemon.command(&["dictate", "start"]));
    assert_eq!(seen, "recording; `hob dictate stop` ends it\n");
}

#[test]
fn a_person_is_told_what_an_answer_waits_for() {
    let waiting = |reason: &str, position: u32| json!({"waiting": {"reason": reason, "position": position}});
    let replies = [
        waiting("loading", 1),
        waiting("dictation", 3),
        waiting("requests", 2),
        waiting("requests", 4),
        json!({"delta": "Hot."}),
    ];
    let daemon = FakeDaemon::start(move |_, connection| {
        for reply in &replies {
            connection.more(reply.clone());
        }
        connection.hang_up();
    });
    let (seen, _) = on_terminal(&mut daemon.command(&["run", "fix", "x"]));
    let expected = "the model is being loaded\nsomebody dictates, and 2 requests go first\nanother request goes first\n3 requests go first\nHot.\n";
    assert!(seen.starts_with(expected), "{seen:?}");
    let ran = daemon.hob(&["run", "fix", "x"]);
    assert_eq!(
        (ran.stderr.contains("the answer so far: Hot."), ran.stderr.contains("loaded")),
        (true, false),
        "{ran:?}"
    );
}

#[test]
fn a_progress_bar_comes_and_goes() {
    let transcript = json!({"text": "Hot.", "language": "en", "segments": [], "audio_s": 1.0, "recognition_ms": 1.0, "queue_ms": 0.0});
    let daemon = FakeDaemon::replying(vec![json!({"progress": 0.5}), json!({"result": transcript})]);
    let (seen, code) = on_terminal(daemon.command(&["transcribe", "a.wav"]).env("TERM", "xterm"));
    assert!(seen.contains('%'), "{seen:?}");
    assert!(seen.ends_with("Hot.\n"), "{seen:?}");
    assert_eq!(code, 0);
}

/// The daemon of a dictation that ends when `Stop` is called.
fn stoppable() -> FakeDaemon {
    let stopped = Arc::new((Mutex::new(false), Condvar::new()));
    FakeDaemon::start(move |call, connection| {
        let (flag, changed) = &*stopped;
        match call.method.as_str() {
            "dev.hob.Dictation.Start" => {
                connection.more(json!({"id": 3}));
                drop(changed.wait_while(flag.lock().unwrap(), |stopped| !*stopped).unwrap());
                connection.last(json!({"id": 3, "result": outcome("Enough.")}));
            }
            "dev.hob.Dictation.Stop" => {
                *flag.lock().unwrap() = true;
                changed.notify_all();
                connection.last(json!({"id": 3, "result": outcome("Enough.")}));
            }
            _ => connection.last(json!({"state": state()})),
        }
    })
}

#[test]
fn enter_ends_a_dictation() {
    let daemon = stoppable();
    let (mut terminal, theirs) = Terminal::open();
    let hob = daemon.command(&["dictate", "start", "--print"]);
    // Only a terminal of its own session lets a process read the keyboard.
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait"]).arg(hob.get_program()).args(hob.get_args());
    command.envs(hob.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut child = command.spawn().unwrap();
    drop(command);
    // What is typed before the program reads waits in the terminal.
    terminal.ours.write_all(b"\n").unwrap();
    let seen = terminal.rest();
    assert!(seen.contains("recording; Enter ends it, Ctrl-C breaks it off\n"), "{seen:?}");
    assert!(seen.ends_with("Enough.\n"), "{seen:?}");
    assert!(child.wait().unwrap().success());
}
