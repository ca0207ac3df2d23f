//! Help, version, completions, and a reader who leaves early.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::fake::{FakeDaemon, hob_at, run};

fn printed(arguments: &[&str]) -> String {
    run(&mut hob_at("/nonexistent".as_ref(), arguments), b"").printed()
}

#[test]
fn version_and_help_need_no_daemon() {
    assert_eq!(printed(&["--version"]), format!("hob {}\n", hob_protocol::VERSION));
    let help = printed(&["--help"]);
    assert!(help.contains("Exit codes:\n  0  done\n"), "{help}");
    assert!(help.contains("\n  5  the model is unknown or not installed\n"), "{help}");
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(printed(&["completions", shell]).contains("transcribe"), "{shell}");
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let daemon = FakeDaemon::start(|_, connection| {
        // More than a pipe holds, so that the writer is still at it when the reader leaves.
        (0..2000).for_each(|number| connection.more(json!({"delta": "x".repeat(200), "number": number})));
        connection.last(json!({}));
    });
    let commands: [&[&str]; 3] =
        [&["call", "a.b.C", "--more"], &["run", "fix", "x", "--stream"], &["run", "fix", "x", "--stream", "--json"]];
    for arguments in commands {
        let mut command = daemon.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        assert!(!reader.fill_buf().unwrap().is_empty());
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_text_that_ends_with_a_line_end_gets_no_other() {
    for (text, expected) in
        [("He goes home.\n", "He goes home.\n"), ("He goes home.", "He goes home.\n"), ("One.\n\n", "One.\n\n")]
    {
        let completion = json!({
            "text": text, "finish": "stop", "prompt_tokens": 1, "cached_tokens": 0, "output_tokens": 1, "truncated": false,
            "queue_ms": 0.0, "first_token_ms": 1.0, "total_ms": 1.0,
        });
        let daemon = FakeDaemon::replying(vec![json!({"result": completion})]);
        assert_eq!(daemon.hob(&["run", "fix", "x"]).stdout, expected);
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = hob_at("/nonexistent".as_ref(), &["completions", "bash"]);
    let output =
        command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.starts_with("hob: cannot write the output: No space left"), "{stderr}");
}

#[test]
fn pipes_get_text_exactly_and_never_colours() {
    let reply = json!({"result": {
        "text": "a\u{1b}[2Jb", "language": "en", "segments": [], "audio_s": 1.0, "recognition_ms": 1.0, "queue_ms": 0.0,
    }});
    let daemon = FakeDaemon::replying(vec![reply]);
    assert_eq!(daemon.hob(&["transcribe", "a.wav"]).printed(), "a\u{1b}[2Jb\n");
    let doctor = daemon.hob(&["doctor"]);
    assert!(!doctor.stdout.contains('\u{1b}'), "{}", doctor.stdout);
}
