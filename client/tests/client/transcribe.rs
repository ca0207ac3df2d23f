//! `hob transcribe`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use crate::fake::{FakeDaemon, run};

fn segments() -> [Value; 2] {
    [
        json!({"start_s": 0.0, "end_s": 61.5, "text": " The kettle"}),
        json!({"start_s": 61.5, "end_s": 3725.25, "text": "is hot."}),
    ]
}

fn result() -> Value {
    json!({"result": {
        "text": "The kettle is hot.", "language": "en", "segments": segments(), "audio_s": 3725.25, "recognition_ms": 900.0, "queue_ms": 0.5,
    }})
}

fn stream() -> Vec<Value> {
    let [first, second] = segments();
    vec![
        json!({"progress": 0.5}),
        json!({"segment": first}),
        json!({"progress": 7.0}),
        json!({"segment": second}),
        result(),
    ]
}

#[test]
fn the_text_alone() {
    let daemon = FakeDaemon::replying(stream());
    let arguments = ["transcribe", "./talk.wav", "--language", "en", "--prompt", "kettle, hob", "--model", "base"];
    assert_eq!(daemon.hob(&arguments).printed(), "The kettle is hot.\n");
    let path = std::env::current_dir().unwrap().join("talk.wav");
    let parameters = json!({"path": path, "language": "en", "prompt": "kettle, hob", "model": "base"});
    assert_eq!(daemon.called(), ("dev.hob.Speech.Transcribe".into(), parameters));
}

#[test]
fn segments_with_their_times() {
    let daemon = FakeDaemon::replying(stream());
    let expected = "[00:00:00.00 - 00:01:01.50] The kettle\n[00:01:01.50 - 01:02:05.25] is hot.\n";
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav", "--timestamps"]).printed(), expected);
}

#[test]
fn scripts_get_the_one_reply() {
    let daemon = FakeDaemon::replying(vec![result()]);
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav", "--json"]).objects(), [result()]);
    assert!(!daemon.call().more);
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav", "--json", "--timestamps"]).complained().0, 2);
}

#[test]
fn a_path_that_is_no_text_is_refused() {
    let daemon = FakeDaemon::replying(stream());
    let mut command = daemon.command(&["transcribe"]);
    let (code, stderr) = run(command.arg(OsStr::from_bytes(b"/t\xffalk.wav")), b"").complained();
    assert_eq!(code, 2);
    assert!(stderr.contains("is not valid UTF-8\nhint: rename the file"), "{stderr}");
}

#[test]
fn what_is_wrong_with_the_file_or_the_model_is_told() {
    let audio =
        json!({"path": "/talk.wav", "problem": "not an audio file", "hint": "wav, flac, mp3 and ogg are understood"});
    let daemon = FakeDaemon::refusing("dev.hob.Speech.AudioUnreadable", audio);
    let expected = "hob: /talk.wav: not an audio file\nhint: wav, flac, mp3 and ogg are understood\n";
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav"]).complained(), (1, expected.into()));

    let daemon = FakeDaemon::refusing(
        "dev.hob.Models.ModelNotFound",
        json!({"name": "bsae", "suggestions": ["base", "base.en"]}),
    );
    let expected = "hob: no model `bsae`\nhint: did you mean base or base.en? `hob models list` shows all\n";
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav", "--model", "bsae"]).complained(), (5, expected.into()));

    let missing = json!({"kind": "speech", "hint": "`hob models pull starter` fetches one"});
    let daemon = FakeDaemon::refusing("dev.hob.Models.NoModel", missing);
    let expected = "hob: no speech model is installed\nhint: `hob models pull starter` fetches one\n";
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav", "--json"]).complained(), (5, expected.into()));
}

#[test]
fn segments_survive_an_engine_that_dies() {
    let daemon = FakeDaemon::start(|_, connection| {
        connection.more(json!({"segment": segments()[0]}));
        connection.refuse(
            "dev.hob.Daemon.EngineDied",
            json!({"engine": "speech", "cause": "killed by SIGSEGV", "hint": "try again"}),
        );
    });
    let expected = "hob: recognised so far:\n[00:00:00.00 - 00:01:01.50] The kettle\n\
                    hob: the speech engine died: killed by SIGSEGV\nhint: try again\n";
    assert_eq!(daemon.hob(&["transcribe", "/talk.wav"]).complained(), (1, expected.into()));
}
