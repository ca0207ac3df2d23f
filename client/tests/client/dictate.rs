//! `hob dictate`.

use std::process::Stdio;
use std::sync::mpsc;

use hob_protocol::dictation::Timings;
use serde_json::{Value, json};

use crate::fake::{FakeDaemon, run};

fn outcome(text: &str) -> Value {
    let timings =
        Timings { capture_ms: 4.0, speech_ms: 90.0, release_to_text_ms: 95.0, audio_ms: 3100.0, ..Timings::default() };
    json!({"text": text, "timings": timings})
}

fn stream() -> Vec<Value> {
    vec![
        json!({"id": 3}),
        json!({"id": 3, "stable": "", "unstable": "The"}),
        json!({"id": 3, "stable": "The kettle", "unstable": "is hot"}),
        json!({"id": 3, "result": outcome("The kettle is hot.")}),
    ]
}

#[test]
fn a_recording_gives_its_final_text_and_nothing_else() {
    for arguments in
        [&["dictate", "--file"][..], &["dictate", "--print", "--file"], &["dictate", "start", "--print", "--file"]]
    {
        let daemon = FakeDaemon::replying(stream());
        let arguments = [arguments, &["a b.wav", "--language", "en", "--action", "fix"]].concat();
        assert_eq!(daemon.hob(&arguments).printed(), "The kettle is hot.\n");
        let (method, parameters) = daemon.called();
        let path = std::env::current_dir().unwrap().join("a b.wav");
        assert_eq!(method, "dev.hob.Dictation.Start");
        // Nobody sees more than the end: nothing before it is to be worked for.
        let expected = json!({"file": path, "language": "en", "action": "fix", "partials": false});
        assert_eq!(parameters, expected, "an absolute path");
        assert!(daemon.call().more);
    }
}

#[test]
fn timings_are_a_remark_beside_the_text() {
    let expected = "text 95 ms after the end (speech 90, action 0, storing 0, insertion 0); 3.1 s of sound, the first after 4 ms, \
                    the engine after 0 ms; recognition 0 ms\n";
    let last = |reply: Value| FakeDaemon::replying(vec![reply]);
    let daemon = FakeDaemon::replying(stream());
    let ran = daemon.hob(&["dictate", "--timings", "--file", "a.wav"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "The kettle is hot.\n", expected));
    for command in ["stop", "toggle", "retry"] {
        let daemon = last(json!({"id": 3, "result": outcome("Hello.")}));
        let ran = daemon.hob(&["dictate", command, "--timings"]);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("Hello.\n", expected), "{command}");
    }
    let (code, _) = last(json!({})).hob(&["dictate", "stop", "--timings", "--json"]).complained();
    assert_eq!(code, 2);
}

#[test]
fn scripts_get_every_reply() {
    let daemon = FakeDaemon::replying(stream());
    assert_eq!(daemon.hob(&["dictate", "--file", "a.wav", "--json"]).objects(), stream());
}

#[test]
fn start_returns_when_recording_has_begun() {
    let daemon = FakeDaemon::replying(vec![json!({"id": 3})]);
    assert_eq!(daemon.hob(&["dictate", "start"]).printed(), "");
    assert_eq!(daemon.called(), ("dev.hob.Dictation.Start".into(), json!({})));
    assert!(!daemon.call().more);
    let daemon = FakeDaemon::replying(vec![json!({"id": 3})]);
    assert_eq!(daemon.hob(&["dictate", "start", "--json"]).objects(), [json!({"id": 3})]);
}

#[test]
fn stop_and_toggle_print_the_text() {
    let reply = json!({"id": 3, "result": outcome("Hello.")});
    for command in ["stop", "toggle"] {
        let daemon = FakeDaemon::replying(vec![reply.clone()]);
        assert_eq!(daemon.hob(&["dictate", command]).printed(), "Hello.\n");
        assert_eq!(daemon.called().0.to_lowercase(), format!("dev.hob.dictation.{command}"));
        assert_eq!(daemon.hob(&["dictate", command, "--json"]).objects(), std::slice::from_ref(&reply));
    }
    let daemon = FakeDaemon::replying(vec![json!({"id": 4})]);
    assert_eq!(daemon.hob(&["dictate", "toggle"]).printed(), "", "it has started one");
}

#[test]
fn keys_are_bound_for_the_cursor_and_files_for_their_caller() {
    for (arguments, target) in [
        (&["dictate", "start"][..], json!({"target": "cursor"})),
        (&["dictate", "start", "--target", "clipboard"], json!({"target": "clipboard"})),
        (&["dictate", "start", "--target", "caller"], json!({})),
        (&["dictate", "toggle"], json!({"target": "cursor"})),
        (&["dictate", "toggle", "--target", "caller", "--action", "fix"], json!({"action": "fix"})),
    ] {
        let daemon = FakeDaemon::replying(vec![json!({"id": 3})]);
        run(daemon.command(arguments).env("WAYLAND_DISPLAY", "wayland-1"), b"").printed();
        assert_eq!(daemon.called().1, target, "{arguments:?}");
    }
}

#[test]
fn a_text_at_the_cursor_is_not_printed_and_one_that_did_not_arrive_is_a_failure() {
    let reply = |state: &str, problem: Value| {
        let mut result = outcome("Hello.");
        result["insertion"] = json!({"state": state, "method": "xtest"});
        if !problem.is_null() {
            result["insertion"]["problem"] = problem;
        }
        FakeDaemon::replying(vec![json!({"id": 3, "result": result})])
    };
    for state in ["verified", "sent"] {
        for command in ["stop", "toggle"] {
            assert_eq!(reply(state, Value::Null).hob(&["dictate", command]).printed(), "", "{state}");
        }
    }
    let daemon = reply("failed", json!("the window is gone; the text is on the clipboard"));
    let expected = "hob: the text was not inserted: the window is gone; the text is on the clipboard\n\
                    hint: `hob doctor` shows what can be inserted; `hob history` has the text\n";
    assert_eq!(daemon.hob(&["dictate", "stop"]).complained(), (1, expected.to_owned()));
}

#[test]
fn undo_menu_pause_and_resume() {
    for (command, method, reply) in [
        ("undo", "dev.hob.Dictation.Undo", json!({})),
        ("menu", "dev.hob.Text.Menu", json!({})),
        ("pause", "dev.hob.Dictation.Pause", json!({"changed": true})),
        ("resume", "dev.hob.Dictation.Resume", json!({"changed": false})),
    ] {
        let daemon = FakeDaemon::replying(vec![reply]);
        assert_eq!(daemon.hob(&[command]).printed(), "");
        assert_eq!(daemon.called(), (method.into(), json!({})));
    }
    let daemon = FakeDaemon::refusing("dev.hob.Dictation.NothingToUndo", json!({"hint": "once only"}));
    let expected = "hob: there is nothing to take back\nhint: once only\n".to_owned();
    assert_eq!(daemon.hob(&["undo"]).complained(), (1, expected));
}

#[test]
fn cancel_succeeds_also_when_there_is_nothing_to_cancel() {
    for cancelled in [true, false] {
        let daemon = FakeDaemon::replying(vec![json!({"cancelled": cancelled})]);
        assert_eq!(daemon.hob(&["dictate", "cancel"]).printed(), "");
        assert_eq!(daemon.hob(&["dictate", "cancel", "--json"]).objects(), [json!({"cancelled": cancelled})]);
    }
}

#[test]
fn silence_has_an_exit_code_of_its_own() {
    let daemon = FakeDaemon::refusing("dev.hob.Dictation.NoSpeech", json!({"audio_ms": 800.0}));
    for command in [&["dictate", "stop"][..], &["dictate", "--file", "a.wav"]] {
        let (code, stderr) = daemon.hob(command).complained();
        assert_eq!(code, 4);
        assert!(stderr.starts_with("hob: no speech heard\n"), "{stderr}");
    }
}

#[test]
fn the_state_of_the_dictation_is_told() {
    let daemon = FakeDaemon::refusing("dev.hob.Dictation.AlreadyRecording", json!({"id": 7}));
    let expected =
        "hob: dictation 7 is already running\nhint: `hob dictate stop` ends it, `hob dictate cancel` throws it away\n";
    assert_eq!(daemon.hob(&["dictate", "start"]).complained(), (6, expected.into()));
    let daemon =
        FakeDaemon::refusing("dev.hob.Dictation.NotRecording", json!({"hint": "`hob dictate start` starts one"}));
    let expected = "hob: no dictation is running\nhint: `hob dictate start` starts one\n";
    assert_eq!(daemon.hob(&["dictate", "stop"]).complained(), (1, expected.into()));
    let parameters = json!({"trouble": "absent", "problem": "no device", "hint": "connect one"});
    let daemon = FakeDaemon::refusing("dev.hob.Dictation.MicrophoneUnavailable", parameters);
    let expected = "hob: the microphone cannot be used: no device\nhint: connect one\n";
    assert_eq!(daemon.hob(&["dictate", "toggle"]).complained(), (1, expected.into()));
}

#[test]
fn words_survive_a_daemon_that_dies() {
    let daemon = FakeDaemon::start(|_, connection| {
        for reply in &stream()[..3] {
            connection.more(reply.clone());
        }
        connection.hang_up();
    });
    let (code, stderr) = daemon.hob(&["dictate", "--file", "a.wav"]).complained();
    assert_eq!(code, 1);
    assert!(stderr.starts_with("hob: heard so far: The kettle is hot\nhob: the daemon hung up"), "{stderr}");
    assert!(stderr.contains("\nhint: `journalctl --user -u hobd`"), "{stderr}");
}

#[test]
fn a_client_that_is_killed_hangs_up() {
    let (gone, told) = mpsc::channel();
    let daemon = FakeDaemon::start(move |_, connection| {
        connection.more(json!({"id": 3}));
        connection.wait_for_hang_up();
        gone.send(()).unwrap();
    });
    let mut command = daemon.command(&["dictate", "start", "--print", "--json"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut first).unwrap();
    assert_eq!(first, "{\"id\":3}\n");
    let child_id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(child_id, rustix::process::Signal::TERM).unwrap();
    told.recv().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "killed by the signal");
}
