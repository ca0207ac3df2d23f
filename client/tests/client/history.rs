//! What was dictated: listed, one text alone, tried again, forgotten.

use serde_json::{Value, json};

use crate::fake::FakeDaemon;

fn entry(id: u64, state: &str, text: Option<&str>) -> Value {
    let mut entry =
        json!({"id": id, "began": 1_700_000_000, "state": state, "audio_ms": 3400.0, "has_audio": text.is_none()});
    if let Some(text) = text {
        entry["text"] = text.into();
    }
    entry
}

#[test]
fn the_history_is_a_table_with_the_newest_last() {
    let entries = json!([entry(12, "interrupted", None), entry(9, "delivered", Some("The kettle\n\x1b[31mis hot."))]);
    let daemon = FakeDaemon::replying(vec![json!({"entries": entries})]);
    let mut command = daemon.command(&["history", "--limit", "2"]);
    command.env("TZ", "UTC");
    let expected =
        "9   2023-11-14 22:13  delivered    3.4 s  The kettle [31mis hot.\n12  2023-11-14 22:13  interrupted  3.4 s\n";
    assert_eq!(crate::fake::run(&mut command, b"").printed(), expected);
    assert_eq!(daemon.called(), ("dev.hob.Dictation.History".into(), json!({"limit": 2})));
    assert_eq!(daemon.hob(&["history", "--json"]).objects(), [json!({"entries": entries})]);
}

#[test]
fn one_text_comes_alone() {
    let daemon = FakeDaemon::replying(vec![json!({"entries": [entry(9, "delivered", Some("Line one\nline two"))]})]);
    assert_eq!(daemon.hob(&["history", "9"]).printed(), "Line one\nline two\n");
    assert_eq!(daemon.called(), ("dev.hob.Dictation.History".into(), json!({"id": 9})));
}

#[test]
fn a_recording_without_a_text_is_no_result() {
    let mut failed = entry(9, "failed", None);
    failed["error"] = "the speech engine died".into();
    let daemon = FakeDaemon::replying(vec![json!({"entries": [failed]})]);
    let expected = "hob: dictation 9 has no text: the speech engine died\nhint: `hob dictate retry` with its number recognises it\n";
    assert_eq!(daemon.hob(&["history", "9"]).complained(), (2, expected.to_owned()));
}

#[test]
fn an_empty_history_prints_nothing() {
    let daemon = FakeDaemon::replying(vec![json!({"entries": []})]);
    assert_eq!(daemon.hob(&["history"]).printed(), "");
}

#[test]
fn a_retry_prints_the_text() {
    let timings = json!({"capture_ms": 0.0, "speech_ms": 1.0, "text_ms": 0.0, "insert_ms": 0.0, "release_to_text_ms": 1.0, "audio_ms": 5.0});
    let reply = json!({"id": 9, "result": {"text": "The kettle is hot.", "timings": timings}});
    let daemon = FakeDaemon::replying(vec![reply]);
    assert_eq!(daemon.hob(&["dictate", "retry", "9", "--language", "en"]).printed(), "The kettle is hot.\n");
    assert_eq!(daemon.called(), ("dev.hob.Dictation.Retry".into(), json!({"id": 9, "language": "en"})));
}

#[test]
fn forgetting_takes_a_number_or_all() {
    let daemon = FakeDaemon::replying(vec![json!({"forgotten": 3})]);
    assert_eq!(daemon.hob(&["history", "--forget", "all"]).printed(), "");
    assert_eq!(daemon.called(), ("dev.hob.Dictation.Forget".into(), json!({})));
    let daemon = FakeDaemon::replying(vec![json!({"forgotten": 1})]);
    daemon.hob(&["history", "--forget", "9"]).printed();
    assert_eq!(daemon.called(), ("dev.hob.Dictation.Forget".into(), json!({"id": 9})));
    for wrong in [&["history", "--forget", "every"][..], &["history", "9", "--forget", "9"], &["history", "--forget"]] {
        assert_eq!(daemon.hob(wrong).complained().0, 2, "{wrong:?}");
    }
}
