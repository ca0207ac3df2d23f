//! `hob` against the real daemon. What each command sends and prints is tested with the client; here is what both make together.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use hob_protocol::daemon::{State, WatchReply};
use hob_tests::{Daemon, Home, SPEECH_MODEL, TEXT_MODEL, program, run};
use serde_json::{Value, json};

#[test]
fn without_a_daemon_the_message_says_how_to_start_one() {
    let home = Home::new();
    let expected = format!(
        "hob: no daemon at {}\nhint: start it with `systemctl --user start hobd`, or with `hobd &`\n",
        home.socket().display()
    );
    for arguments in [
        &["status"][..],
        &["run", "fix", "a text"],
        &["dictate", "start"],
        &["transcribe", "a.wav"],
        &["bench", "dictation", "recordings"],
        &["watch"],
        &["actions"],
        &["call", "dev.hob.Daemon.Status"],
        &["reload"],
        &["shutdown"],
    ] {
        assert_eq!(home.hob(arguments).complained(), (3, expected.clone()), "{arguments:?}");
    }
    let home = Daemon::start().kill();
    assert_eq!(home.hob(&["status"]).complained().0, 3, "a socket that nobody serves is no daemon");
}

#[test]
fn typing_mistakes_get_a_suggestion() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(100);
    for (arguments, code, expected) in [
        (
            &["run", "sumarize", "a text"][..],
            1,
            "hob: no action `sumarize`\nhint: did you mean summarize? `hob actions` shows all\n",
        ),
        (&["run", "zzz", "a text"], 1, "hob: no action `zzz`\nhint: `hob actions` shows what there is\n"),
        (
            &["run", "fix", "a text", "--model", "tiny-txet"],
            5,
            "hob: no model `tiny-txet`\nhint: did you mean tiny-text? `hob models list` shows all\n",
        ),
        (
            &["transcribe", &recording, "--model", "tiny.em"],
            5,
            "hob: no model `tiny.em`\nhint: did you mean tiny.en? `hob models list` shows all\n",
        ),
        (
            &["transcribe", &recording, "--model", "base"],
            5,
            "hob: model `base` is not installed\nhint: hob models pull base\n",
        ),
        (
            &["call", "dev.hob.Daemon.Statsu"],
            1,
            "hob: no method `dev.hob.Daemon.Statsu`\n\
             hint: `hob call org.varlink.service.GetInterfaceDescription '{\"interface\":\"dev.hob.Daemon\"}'` shows what there is\n",
        ),
    ] {
        assert_eq!(daemon.hob(arguments).complained(), (code, expected.to_owned()), "{arguments:?}");
    }
}

#[test]
fn a_transposed_short_name_is_recognised_too() {
    let expected = "hob: no action `fxi`\nhint: did you mean fix? `hob actions` shows all\n";
    assert_eq!(Daemon::start().hob(&["run", "fxi", "a text"]).complained(), (1, expected.to_owned()));
}

#[test]
fn text_and_recordings_go_through() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(500);
    assert_eq!(daemon.hob(&["transcribe", &recording]).printed(), "heard 8000 samples\n");
    let reply = daemon.hob(&["transcribe", &recording, "--json", "--language", "de"]).objects().remove(0);
    assert_eq!((&reply["result"]["language"], &reply["result"]["audio_s"]), (&json!("de"), &json!(0.5)));
    // The scripted engine answers with the text.
    let printed = daemon.hob(&["run", "fix", "the ketle is hot"]).printed();
    assert_eq!(printed, "the ketle is hot\n");
    let mut piped = daemon.home().command(program("hob"));
    let printed = run(piped.args(["run", "fix", "-"]), b"from a pipe").printed();
    assert_eq!(printed, "from a pipe\n");
}

#[test]
fn own_actions_are_listed_and_run_like_any_other() {
    let own = "[actions.standup]\nprompt = 'Make a note of it, {tone}.'\nhelp = 'Make a note'\n";
    let daemon = Home::new().with_config(own).start();
    let listed = daemon.hob(&["actions"]).printed();
    let line = listed.lines().find(|line| line.starts_with("standup ")).unwrap_or_else(|| panic!("{listed}"));
    assert!(line.contains("Make a note") && line.ends_with("--tone"), "{line}");
    assert_eq!(daemon.hob(&["run", "standup", "--tone", "brief", "a text"]).printed(), "a text\n");
    let missing = "hob: option `tone`: missing: the action standup needs it\n";
    assert!(daemon.hob(&["run", "standup", "a text"]).complained().1.starts_with(missing));
    assert!(daemon.hob(&["completions", "fish"]).printed().contains("standup"));

    daemon.home().write_config("[actions.shout]\nprompt = 'Shout it.'\n");
    daemon.hob(&["reload"]).printed();
    assert_eq!(daemon.hob(&["run", "shout", "a text"]).printed(), "a text\n");
    assert_eq!(daemon.hob(&["run", "standup", "a text"]).complained().0, 1);
}

#[test]
fn status_and_models_show_what_is_loaded() {
    let daemon = Daemon::start();
    let stopped = daemon.hob(&["status"]).printed();
    assert!(stopped.contains("\nspeech     stopped\ntext       stopped\ndictation  idle\n"), "{stopped}");
    daemon.hob(&["models", "load", TEXT_MODEL]).printed();
    let loaded = daemon.hob(&["status"]).printed();
    assert!(loaded.contains(&format!("\ntext       ready, {TEXT_MODEL}, build native, pid ")), "{loaded}");
    let models = daemon.ask("dev.hob.Models.List", json!({}));
    let of = |name: &str| {
        models["parameters"]["models"].as_array().unwrap().iter().find(|model| model["name"] == name).cloned()
    };
    let (text, speech) = (of(TEXT_MODEL).unwrap(), of(SPEECH_MODEL).unwrap());
    assert_eq!((&text["loaded"], &text["trust"], &text["kind"]), (&json!(true), &json!("imported"), &json!("text")));
    assert_eq!((&speech["loaded"], &speech["installed"]), (&json!(false), &json!(true)));
    assert_eq!(of("base").unwrap()["installed"], false);
    daemon.hob(&["models", "unload", "text"]).printed();
    assert!(daemon.hob(&["status"]).printed().contains("\ntext       stopped\n"));
}

#[test]
fn watch_prints_the_whole_state_and_then_the_changes() {
    let daemon = Daemon::start();
    let mut hob = daemon.home().command(program("hob"));
    let mut hob = hob.args(["watch", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(hob.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<WatchReply>(&lines.next().expect("another line").unwrap()).unwrap();
    let mut state: State = next().state.expect("the whole state comes first");
    assert_eq!(state.pid, daemon.pid());
    daemon.hob(&["models", "load", TEXT_MODEL]).printed();
    let mut seen = Vec::new();
    while seen.last() != Some(&"Ready".to_owned()) {
        let change = next();
        assert!(change.state.is_none() && change.dictation.is_none(), "{change:?}");
        // Parts of the desktop may still be looked for, and are told of as well.
        let is_of_engine = change.engine.is_some();
        state.apply(change);
        if is_of_engine {
            seen.push(format!("{:?}", state.engines[1].state));
        }
    }
    assert_eq!(seen, ["Starting", "Loading", "Ready"]);
    daemon.hob(&["shutdown"]).printed();
    let output = hob.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "hob: cancelled: the daemon is ending, or this client did not read its replies\n"
    );
}

#[test]
fn call_reaches_every_method() {
    let daemon = Daemon::start();
    let info = daemon.hob(&["call", "org.varlink.service.GetInfo"]).objects().remove(0);
    assert_eq!(info["product"], "hobd");
    let messages = r#"{"messages": [{"role": "user", "content": "one two"}]}"#;
    let replies = daemon.hob(&["call", "dev.hob.Text.Generate", messages, "--more"]).objects();
    let (waited, answer) = replies.split_at(replies.len() - 3);
    let deltas: Vec<&Value> = answer.iter().map(|reply| &reply["delta"]).collect();
    assert_eq!(deltas, [&json!("one "), &json!("two"), &Value::Null]);
    assert_eq!(waited, [json!({"waiting": {"reason": "loading", "position": 1}})]);
    let expected = "hob: this method answers with a stream of replies\n\
                    hint: call it with `more`; `hob call METHOD --more` does\n";
    assert_eq!(daemon.hob(&["call", "dev.hob.Daemon.Watch"]).complained(), (1, expected.to_owned()));
}

#[test]
fn doctor_finds_nothing_wrong_with_the_daemon() {
    let daemon = Daemon::start();
    let ran = daemon.hob(&["doctor", "--json"]);
    let checks: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let level = |name: &str| checks.iter().find(|check| check["name"] == name).map(|check| check["level"].clone());
    for name in ["socket", "permissions", "config", "engines"] {
        assert_eq!(level(name), Some(json!("ok")), "{name}: {}", ran.stdout);
    }
    let ran = daemon.kill().hob(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("fail  socket          no daemon at "), "{}", ran.stdout);
}

#[test]
fn a_client_that_is_ended_takes_its_request_back() {
    use hob_protocol::daemon::{EngineKind, EngineState};
    use rustix::process::{Pid, Signal, kill_process};

    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut hob = daemon.home().command(program("hob"));
    let mut hob = hob.args(["run", "fix", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    hob.stdin.take().unwrap().write_all(b"fake:flood").unwrap();
    let busy = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    kill_process(Pid::from_child(&hob), Signal::TERM).unwrap();
    hob.wait().unwrap();
    let ready = watch.until_engine(EngineKind::Text, |engine| engine.state != EngineState::Busy);
    assert_eq!((ready.state, ready.pid, ready.restarts), (EngineState::Ready, busy.pid, 0));
}
