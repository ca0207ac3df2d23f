//! `hob models`: the folder without a daemon, and loading with one. Downloads are tested where they are made.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::fake::{FakeDaemon, Ran, hob_at, run, state};

/// Runs `hob` with a model folder and no daemon.
fn hob(models: &Path, arguments: &[&str]) -> Ran {
    run(hob_at("/nonexistent/hob.sock".as_ref(), arguments).env("HOB_MODELS", models), b"")
}

#[test]
fn the_list_needs_no_daemon_and_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    let printed = hob(&models, &["models", "list"]).printed();
    let tiny = printed.lines().find(|line| line.starts_with("tiny.en ")).unwrap();
    assert!(tiny.contains("speech") && tiny.contains("MB") && tiny.contains("MIT"), "{tiny}");
    assert!(printed.contains("set starter: tiny.en smollm2-135m\n"), "{printed}");
    let objects = hob(&models, &["models", "list", "--json"]).objects();
    let reply: hob_protocol::models::ListReply = serde_json::from_value(objects[0].clone()).unwrap();
    assert!(reply.models.iter().any(|model| model.name == "tiny.en" && !model.installed && model.trust.is_empty()));
    assert!(!models.exists(), "looking makes nothing");
}

#[test]
fn info_tells_what_can_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let printed = hob(folder.path(), &["models", "info", "tiny.en"]).printed();
    assert!(printed.contains("state      not installed\n"), "{printed}");
    assert!(printed.contains("sources    hub, pip\n"), "{printed}");
    let objects = hob(folder.path(), &["models", "info", "tiny.en", "--json"]).objects();
    assert_eq!(objects[0]["model"]["name"], "tiny.en");
}

#[test]
fn names_that_are_unknown_or_missing_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["info", "path", "remove"] {
        let (code, stderr) = hob(folder.path(), &["models", command, "tiny.em"]).complained();
        assert_eq!(code, 5);
        assert!(stderr.starts_with("hob: no model is called 'tiny.em'\nhint: did you mean tiny.en"), "{stderr}");
    }
    for command in ["path", "remove"] {
        let (code, stderr) = hob(folder.path(), &["models", command, "base"]).complained();
        assert_eq!(
            (code, stderr.as_str()),
            (5, "hob: the model 'base' is not installed\nhint: hob models pull base\n")
        );
    }
    let (code, stderr) = hob(folder.path(), &["models", "pull", "tiny.em"]).complained();
    assert_eq!(code, 5, "{stderr}");
}

/// The smallest file that passes for a GGUF: version 3, no tensors, one key, `general.architecture` = `llama`.
fn gguf() -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3u32.to_le_bytes());
    bytes.extend(1u64.to_le_bytes());
    bytes.extend(1u64.to_le_bytes());
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    text(&mut bytes, "general.architecture");
    bytes.extend(8u32.to_le_bytes());
    text(&mut bytes, "llama");
    text(&mut bytes, "output.weight");
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(8u64.to_le_bytes());
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(0u64.to_le_bytes());
    bytes.resize(bytes.len().next_multiple_of(32) + 32, 0);
    bytes
}

#[test]
fn a_file_of_ones_own_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (models, own) = (folder.path().join("models"), folder.path().join("own.gguf"));
    fs::write(&own, gguf()).unwrap();
    let printed = hob(&models, &["models", "import", own.to_str().unwrap(), "--name", "mine"]).printed();
    assert!(printed.starts_with("mine, a text model of "), "{printed}");
    let path = hob(&models, &["models", "path", "mine"]).printed();
    assert_eq!(fs::read(path.trim_end()).unwrap(), gguf());
    let info = hob(&models, &["models", "info", "mine", "--json"]).objects();
    assert_eq!((&info[0]["model"]["trust"], &info[0]["model"]["kind"]), (&json!("imported"), &json!("text")));
    assert_eq!(hob(&models, &["models", "remove", "mine"]).printed(), "");
    assert_eq!(hob(&models, &["models", "path", "mine"]).complained().0, 5);
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("notes.txt");
    for contents in ["", "milk, bread"] {
        fs::write(&own, contents).unwrap();
        let (code, stderr) = hob(folder.path(), &["models", "import", own.to_str().unwrap()]).complained();
        assert_eq!(code, 1);
        assert!(stderr.starts_with("hob: cannot use ") && stderr.contains("\nhint: "), "{stderr}");
    }
}

#[test]
fn what_the_daemon_has_loaded_is_marked() {
    let mut state = state();
    state["engines"][0]["model"] = json!("mine");
    let daemon = FakeDaemon::replying(vec![json!({"state": state})]);
    let own = daemon.folder.path().join("mine.gguf");
    fs::write(&own, gguf()).unwrap();
    let models = daemon.folder.path().join("models");
    hob(&models, &["models", "import", own.to_str().unwrap()]).printed();
    let mut list = daemon.command(&["models", "list"]);
    let printed = run(list.env("HOB_MODELS", &models), b"").printed();
    assert!(printed.lines().any(|line| line.starts_with("mine ") && line.ends_with(" loaded")), "{printed}");
}

#[test]
fn loading_and_unloading_ask_the_daemon() {
    let daemon = FakeDaemon::replying(vec![json!({"load_ms": 1840.0})]);
    assert_eq!(daemon.hob(&["models", "load", "base"]).printed(), "base loaded in 1.8 s\n");
    assert_eq!(daemon.called(), ("dev.hob.Models.Load".into(), json!({"name": "base"})));
    let daemon = FakeDaemon::replying(vec![json!({"load_ms": 181.0})]);
    daemon.hob(&["models", "load", "base", "--pin"]);
    assert_eq!(daemon.called().1, json!({"name": "base", "pin": true}));
    let daemon = FakeDaemon::replying(vec![json!({"unloaded": true})]);
    assert_eq!(daemon.hob(&["models", "unload", "speech"]).printed(), "the speech engine has ended\n");
    assert_eq!(daemon.called(), ("dev.hob.Models.Unload".into(), json!({"engine": "speech"})));
    let daemon = FakeDaemon::replying(vec![json!({"unloaded": false})]);
    assert_eq!(daemon.hob(&["models", "unload", "text", "--json"]).objects(), [json!({"unloaded": false})]);
    assert_eq!(daemon.hob(&["models", "unload", "text"]).printed(), "the text engine was not running\n");
}
