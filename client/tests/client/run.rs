//! `hob run`.

use serde_json::{Value, json};

use crate::fake::{FakeDaemon, Ran, run};

fn completion(text: &str) -> Value {
    json!({
        "text": text, "finish": "stop", "prompt_tokens": 40, "cached_tokens": 30, "output_tokens": 5, "truncated": false,
        "queue_ms": 0.0, "first_token_ms": 20.0, "total_ms": 90.0,
    })
}

/// The deltas hold a quotation mark that the daemon cleans away in the end.
fn stream() -> Vec<Value> {
    vec![
        json!({"delta": "\"The kettle"}),
        json!({"delta": " is hot.\""}),
        json!({"result": completion("The kettle is hot.")}),
    ]
}

#[test]
fn a_pipe_gets_the_cleaned_result_once() {
    let daemon = FakeDaemon::replying(stream());
    let arguments = [
        "run",
        "ask",
        "the ketle",
        "--question",
        "hot?",
        "--model",
        "m",
        "--max-tokens",
        "9",
        "--truncate",
        "--background",
    ];
    assert_eq!(daemon.hob(&arguments).printed(), "The kettle is hot.\n");
    let options = json!({"question": "hot?", "model": "m", "max_tokens": 9, "truncate": true});
    assert_eq!(
        daemon.called(),
        (
            "dev.hob.Text.Run".into(),
            json!({"action": "ask", "text": "the ketle", "options": options, "background": true})
        )
    );
}

#[test]
fn a_stream_that_is_asked_for_shows_the_deltas_instead() {
    let daemon = FakeDaemon::replying(stream());
    assert_eq!(daemon.hob(&["run", "fix", "the ketle", "--stream"]).printed(), "\"The kettle is hot.\"\n");
    let daemon = FakeDaemon::replying(vec![json!({"result": completion("Cold.")})]);
    assert_eq!(daemon.hob(&["run", "fix", "x", "--stream"]).printed(), "Cold.\n", "no deltas came");
}

#[test]
fn scripts_get_one_reply_or_all_of_them() {
    let daemon = FakeDaemon::replying(vec![json!({"result": completion("Hot.")})]);
    assert_eq!(daemon.hob(&["run", "fix", "x", "--json"]).objects(), [json!({"result": completion("Hot.")})]);
    assert!(!daemon.call().more);
    let daemon = FakeDaemon::replying(stream());
    assert_eq!(daemon.hob(&["run", "fix", "x", "--json", "--stream"]).objects(), stream());
}

#[test]
fn the_text_comes_from_standard_input() {
    for arguments in [&["run", "fix"][..], &["run", "fix", "-"]] {
        let daemon = FakeDaemon::replying(stream());
        assert_eq!(daemon.hob_reading("der Kessel ist heiß\n", arguments).printed(), "The kettle is hot.\n");
        assert_eq!(daemon.called().1, json!({"action": "fix", "text": "der Kessel ist heiß\n"}));
    }
}

fn refused(ran: Ran, problem: &str) {
    let (code, stderr) = ran.complained();
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.starts_with(&format!("hob: {problem}\nhint: ")), "{stderr}");
}

#[test]
fn nothing_to_work_on_is_refused_before_anything_is_sent() {
    let daemon = FakeDaemon::start(|call, _| panic!("{call:?}"));
    refused(daemon.hob(&["run", "fix", " \n"]), "the text is empty");
    refused(daemon.hob(&["run", "fix"]), "the text is empty");
    refused(run(&mut daemon.command(&["run", "fix"]), b"\xff\xfe"), "standard input is not UTF-8 text");
    let endless = vec![b'a'; 4 * 1024 * 1024 + 2];
    refused(run(&mut daemon.command(&["run", "fix"]), &endless), "the text is longer than 4194304 bytes");
}

#[test]
fn a_text_that_only_just_does_not_fit_a_message_is_refused() {
    let daemon = FakeDaemon::start(|call, _| panic!("{call:?}"));
    let (code, stderr) = run(&mut daemon.command(&["run", "fix"]), &vec![b'a'; 4 * 1024 * 1024]).complained();
    assert_eq!((code, stderr.as_str()), (1, "hob: message longer than 4194304 bytes\nhint: send it in parts\n"));
}

#[test]
fn remarks_go_to_standard_error() {
    let mut cut = completion("Hot");
    cut["finish"] = json!("length");
    cut["truncated"] = json!(true);
    let ran = FakeDaemon::replying(vec![json!({"result": cut})]).hob(&["run", "fix", "x"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Hot\n"));
    let expected = "hob: the text was too long for the model and was shortened\n\
                    hob: the answer was cut off after 5 tokens; --max-tokens allows more\n";
    assert_eq!(ran.stderr, expected);
}

#[test]
fn errors_of_the_daemon_carry_their_hint() {
    let daemon = FakeDaemon::refusing("dev.hob.Text.UnknownAction", json!({"name": "fxi", "suggestions": ["fix"]}));
    let expected = "hob: no action `fxi`\nhint: did you mean fix? `hob actions` shows all\n";
    assert_eq!(daemon.hob(&["run", "fxi", "x"]).complained(), (1, expected.into()));
    let daemon = FakeDaemon::refusing(
        "dev.hob.Text.ContextExceeded",
        json!({"tokens": 9000, "limit": 2000, "hint": "--truncate shortens it"}),
    );
    let expected = "hob: the text has 9000 tokens, and 2000 fit this model\nhint: --truncate shortens it\n";
    assert_eq!(daemon.hob(&["run", "fix", "x"]).complained(), (1, expected.into()));
    let daemon = FakeDaemon::refusing("dev.hob.Daemon.Busy", json!({"what": "requests", "limit": 32}));
    let expected = "hob: too many requests: the limit is 32\nhint: try again when earlier requests have ended\n";
    assert_eq!(daemon.hob(&["run", "fix", "x"]).complained(), (6, expected.into()));
}

#[test]
fn the_answer_so_far_survives_a_daemon_that_hangs_up() {
    let daemon = || {
        FakeDaemon::start(|_, connection| {
            connection.more(json!({"delta": "The kettle"}));
            connection.hang_up();
        })
    };
    let (code, stderr) = daemon().hob(&["run", "fix", "x"]).complained();
    assert_eq!(code, 1);
    assert!(stderr.starts_with("hob: the answer so far: The kettle\nhob: the daemon hung up"), "{stderr}");
    let ran = daemon().hob(&["run", "fix", "x", "--stream"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "The kettle\n"), "{}", ran.stderr);
    assert!(ran.stderr.starts_with("hob: the daemon hung up"), "{}", ran.stderr);
}

#[test]
fn the_clipboard_is_worked_on_by_the_daemon() {
    let daemon = FakeDaemon::replying(vec![json!({"result": completion("The kettle is hot.")})]);
    assert_eq!(daemon.hob(&["run", "fix", "--clipboard"]).printed(), "");
    assert_eq!(daemon.called(), ("dev.hob.Text.RunOnClipboard".into(), json!({"action": "fix"})));
}

#[test]
fn a_second_try_takes_the_place_of_the_first() {
    let again = || {
        vec![
            json!({"delta": "Paris."}),
            json!({"progress": {"piece": 1, "pieces": 1, "again": true}}),
            json!({"delta": "What is it?"}),
            json!({"result": completion("What is it?")}),
        ]
    };
    assert_eq!(FakeDaemon::replying(again()).hob(&["run", "fix", "x"]).printed(), "What is it?\n");
    let ran = FakeDaemon::replying(again()).hob(&["run", "fix", "x", "--stream"]);
    assert_eq!(ran.stdout, "Paris.\nWhat is it?\n");
    assert_eq!(ran.stderr, "hob: that was no edit of the text; once more\n");
    let parameters = json!({"action": "fix", "reason": "talks back instead", "hint": "try another model"});
    let ran = FakeDaemon::refusing("dev.hob.Text.Unfaithful", parameters).hob(&["run", "fix", "x"]);
    let expected = "hob: fix was given up, because the model's answer talks back instead\nhint: try another model\n";
    assert_eq!(ran.complained(), (1, expected.into()));
}
