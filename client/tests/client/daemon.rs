//! The commands about the daemon itself: status, watch, reload, shutdown, call, actions.

use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::{fs, thread};

use hob_protocol::codec;
use hob_protocol::wire::Reply;
use serde_json::json;

use crate::fake::{FakeDaemon, hob_at, run, state};

#[test]
fn status_for_people() {
    let daemon = FakeDaemon::replying(vec![json!({"state": state()})]);
    let version = hob_protocol::VERSION;
    let expected = format!(
        "hobd       {version}, pid 4711, up 2 h 5 min, 9.4 MB\n\
         socket     /run/hob.sock\n\
         config     /etc/none.toml\n\
         models\n\
         speech     ready, base, build x86-64-v3, pid 12, 210.0 MB, loaded in 180 ms, restarts 1, refused x86-64-v4, \
         last died: killed by SIGILL\n\
         text       stopped\n\
         dictation  idle\n\
         sound      microphone open, Headset\n\
         requests   2 waiting, 3 connected\n"
    );
    assert_eq!(daemon.hob(&["status"]).printed(), expected);
    assert_eq!(daemon.called(), ("dev.hob.Daemon.Status".into(), json!({})));
}

#[test]
fn status_shows_the_last_dictation_line_by_line() {
    let mut state = state();
    state["last_dictation"] = json!({"release_to_text_ms": 71.0, "audio_ms": 3800.0, "hits": 1, "speculations": 3});
    let printed = FakeDaemon::replying(vec![json!({"state": state})]).hob(&["status"]).printed();
    let expected =
        "last text  text 71 ms after the end (speech 0, action 0, storing 0, insertion 0)\n           3.8 s of sound, ";
    assert!(printed.contains(expected), "{printed}");
    assert!(printed.contains("\n           3 speculations, 1 used\n"), "{printed}");
}

#[test]
fn status_for_scripts_is_the_reply_as_it_came() {
    let daemon = FakeDaemon::replying(vec![json!({"state": state()})]);
    assert_eq!(daemon.hob(&["status", "--json"]).objects(), [json!({"state": state()})]);
}

#[test]
fn status_waits_for_a_daemon_that_is_about_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("hob.sock");
    // The first one is gone at once; its file stays behind, as after a crash.
    drop(UnixListener::bind(&socket).unwrap());
    let child = hob_at(&socket, &["status", "--wait", "30", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    fs::remove_file(&socket).unwrap();
    let listener = UnixListener::bind(&socket).unwrap();
    let server = thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&codec::encode(&Reply::last(json!({"state": state()})))).unwrap();
        stream
    });
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("4711"));
    drop(server.join().unwrap());
}

#[test]
fn waiting_ends() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("hob.sock");
    let (code, stderr) = run(&mut hob_at(&socket, &["status", "--wait", "0.05"]), b"").complained();
    assert_eq!(code, 3, "{stderr}");
    // One that listens and never answers.
    let _listener = UnixListener::bind(&socket).unwrap();
    let (code, stderr) = run(&mut hob_at(&socket, &["status", "--wait", "0.05"]), b"").complained();
    assert!(stderr.starts_with("hob: the daemon does not answer\nhint: "), "{stderr}");
    assert_eq!(code, 3);
}

#[test]
fn watch_says_the_whole_state_and_then_what_changes() {
    let speech = state()["engines"][0].clone();
    let mut busy = speech.clone();
    busy["state"] = json!("busy");
    let dictation = |stable, unstable| json!({"dictation": {"phase": "recording", "id": 3, "stable": stable, "unstable": unstable, "level": 0.5}});
    let replies = vec![
        json!({"state": state()}),
        json!({"engine": speech}),
        json!({"engine": busy}),
        dictation("", ""),
        dictation("the kettle", "is hot"),
    ];
    let daemon = FakeDaemon::replying(replies.clone());
    let printed = daemon.hob(&["watch"]).printed();
    let lines: Vec<_> = printed.lines().collect();
    assert!(lines[0].starts_with("hobd       "), "{printed}");
    let changes = &lines[9..];
    assert!(changes[0].starts_with("speech: busy, base, "), "a change that changes nothing is not said: {printed}");
    assert_eq!(changes[1..], ["dictation: recording, number 3", "dictation: recording, number 3: the kettle | is hot"]);
    assert!(daemon.call().more);

    let daemon = FakeDaemon::replying(replies.clone());
    assert_eq!(daemon.hob(&["watch", "--json"]).objects(), replies);
}

#[test]
fn reload_says_what_changed() {
    let daemon = FakeDaemon::replying(vec![json!({"changed": ["speech.model", "log"]})]);
    assert_eq!(daemon.hob(&["reload"]).printed(), "changed: speech.model, log\n");
    let daemon = FakeDaemon::replying(vec![json!({"changed": []})]);
    assert_eq!(daemon.hob(&["reload"]).printed(), "nothing changed\n");
    assert_eq!(daemon.called().0, "dev.hob.Daemon.Reload");
    let daemon = FakeDaemon::refusing(
        "dev.hob.Daemon.ConfigInvalid",
        json!({"file": "/c.toml", "line": 3, "problem": "no key `modle`", "hint": "did you mean `model`?"}),
    );
    let expected = "hob: /c.toml:3: no key `modle`\nhint: did you mean `model`?\n";
    assert_eq!(daemon.hob(&["reload"]).complained(), (1, expected.into()));
}

#[test]
fn shutdown_is_silent_in_a_script() {
    let daemon = FakeDaemon::replying(vec![json!({})]);
    assert_eq!(daemon.hob(&["shutdown"]).printed(), "");
    assert_eq!(daemon.called(), ("dev.hob.Daemon.Shutdown".into(), json!({})));
}

#[test]
fn actions_are_listed_with_their_options() {
    let reply = json!({"actions": [
        {"name": "fix", "help": "Correct spelling", "options": []},
        {"name": "translate", "help": "Translate", "options": ["language", "model"]},
    ]});
    let daemon = FakeDaemon::replying(vec![reply.clone()]);
    let expected = "fix        Correct spelling\ntranslate  Translate         --language --model\n";
    assert_eq!(daemon.hob(&["actions"]).printed(), expected);
    let daemon = FakeDaemon::replying(vec![reply.clone()]);
    assert_eq!(daemon.hob(&["actions", "--json"]).objects(), [reply]);
}

#[test]
fn call_takes_any_method_and_any_reply() {
    let daemon = FakeDaemon::replying(vec![json!({"a": [1, {"b": null}]}), json!({})]);
    let printed = daemon.hob(&["call", "org.example.Ping", r#"{"x": "ü"}"#, "--more"]).printed();
    assert_eq!(printed, "{\"a\":[1,{\"b\":null}]}\n{}\n");
    assert_eq!(daemon.called(), ("org.example.Ping".into(), json!({"x": "ü"})));
    assert!(daemon.call().more);

    let daemon = FakeDaemon::refusing("org.example.Odd", json!({"why": 3}));
    let (code, stderr) = daemon.hob(&["call", "org.example.Ping"]).complained();
    assert_eq!((code, stderr.as_str()), (1, "hob: org.example.Odd {\"why\":3}\n"));
    assert_eq!(daemon.call().parameters, None);
}

#[test]
fn parameters_that_are_no_object_are_refused_before_anything_is_sent() {
    let daemon = FakeDaemon::replying(vec![json!({})]);
    for (parameters, problem) in
        [("[1]", "the parameters are not a JSON object"), ("{x", "the parameters are not JSON: key")]
    {
        let (code, stderr) = daemon.hob(&["call", "a.b", parameters]).complained();
        assert_eq!(code, 2);
        assert!(
            stderr.starts_with(&format!("hob: {problem}")) && stderr.contains("\nhint: write them as "),
            "{stderr}"
        );
    }
}
