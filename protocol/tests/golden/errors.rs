//! The error replies, with the words that people see.

use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use hob_protocol::dictation::MicrophoneTrouble;
use hob_protocol::wire::Reply;
use serde_json::Value;

use crate::contract::{Contract, variants};
use crate::{assert_golden, line};

#[test]
fn errors() {
    let mut contract = Contract::parse();
    let (mut lines, mut words, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for error in all() {
        let reply = Reply::from(&error);
        let line = line(&reply);
        let name = reply.error.clone().expect("an error reply");
        contract.check_error(&name, reply.parameters.as_ref().expect("errors have parameters")).unwrap();
        assert_eq!(serde_json::from_str::<Reply>(&line).unwrap().into_result(), Err(error.clone()));
        let hint = error.hint().map_or(Value::Null, Value::String);
        words.push(format!("{}\n{}", Value::String(error.to_string()), hint));
        lines.push(line);
        shown.push(name);
    }
    let mut known = variants::<Error>("error");
    shown.sort();
    shown.dedup();
    known.sort();
    assert_eq!(shown, known, "each error has its golden line");
    assert_golden("errors", &lines);
    assert_golden("errors-for-people", &words);
}

fn all() -> Vec<Error> {
    let hint = || "the next step".to_owned();
    let cause = || "killed by SIGSEGV".to_owned();
    vec![
        Error::InterfaceNotFound { interface: "org.example".into() },
        Error::MethodNotFound { method: "dev.hob.Daemon.Explode".into() },
        Error::MethodNotImplemented { method: "org.example.Ping".into() },
        Error::InvalidParameter { parameter: "options.tone".into() },
        Error::PermissionDenied {},
        Error::ExpectedMore {},
        Error::Busy { what: "connections".into(), limit: 128 },
        Error::TooLarge { what: "message".into(), limit_bytes: 4_194_304 },
        Error::Malformed { problem: "expected value at column 1".into() },
        Error::EngineDied { engine: EngineKind::Speech, cause: cause(), hint: hint() },
        Error::EngineUnavailable { engine: EngineKind::Text, cause: cause(), hint: hint() },
        Error::Cancelled { reason: "the daemon is ending".into() },
        Error::ConfigInvalid { file: "/c.toml".into(), line: 3, problem: "unknown key `a`".into(), hint: hint() },
        Error::ConfigInvalid { file: "/c".into(), line: 0, problem: "is a directory".into(), hint: hint() },
        Error::Internal { problem: "a reply was lost".into() },
        Error::AlreadyRecording { id: 3 },
        Error::NotRecording { hint: hint() },
        Error::NoSpeech { audio_ms: 640.0 },
        Error::MicrophoneUnavailable {
            trouble: MicrophoneTrouble::NoServer,
            problem: "there is none".into(),
            hint: hint(),
        },
        Error::NoSuchDictation { id: 3, hint: hint() },
        Error::NothingToRetry { hint: hint() },
        Error::Paused { hint: hint() },
        Error::CursorUnavailable { problem: "there is no display".into(), hint: hint() },
        Error::OtherWindow { hint: hint() },
        Error::NothingToUndo { hint: hint() },
        Error::AudioUnreadable { path: "/a.wav".into(), problem: "not a WAV file".into(), hint: hint() },
        Error::UnknownAction { name: "fxi".into(), suggestions: vec!["fix".into()] },
        Error::UnknownAction { name: "zzz".into(), suggestions: Vec::new() },
        Error::ContextExceeded { tokens: 9000, limit: 1900, hint: hint() },
        Error::TooManyTexts { texts: 65, limit: 64 },
        Error::OptionInvalid { option: "tone".into(), problem: "there is no tone `loud`".into() },
        Error::Unfaithful { action: "fix".into(), reason: "changes a number".into(), hint: hint() },
        Error::NothingSelected { hint: hint() },
        Error::SchemaInvalid { problem: "it is no object".into() },
        Error::SchemaUnfinished { tokens: 5, hint: hint() },
        Error::AdapterNotFound { name: "brif".into(), suggestions: vec!["brief".into()] },
        Error::AdapterMisfit { name: "brief".into(), model: "base".into(), problem: "other".into(), hint: hint() },
        Error::ModelNotFound { name: "bse".into(), suggestions: vec!["base".into(), "base.en".into()] },
        Error::ModelNotInstalled { name: "base".into(), hint: hint() },
        Error::NoModel { kind: EngineKind::Speech, hint: hint() },
        Error::ModelStore { problem: "no space left".into(), hint: hint() },
        Error::ModelInvalid { name: "base".into(), path: "/m.bin".into(), problem: "empty".into(), hint: hint() },
    ]
}
