//! LoRA adapters with a real model, through everything.

use std::fs;

use hob_protocol::text::{Completion, Generate};
use hob_protocol::{Error, method};
use hob_tests::lora::{Change, Numbers, lora};
use hob_tests::{Daemon, Home, REAL_TEXT_MODEL, Ran};
use serde_json::json;

use crate::{asking, generated, greedy};

const CONFIG: &str = r#"
[actions.plain]
prompt = "Say what the text is about."
output = "text"

[actions.changed]
prompt = "Say what the text is about."
output = "text"

[text.adapters]
changed = "loud"
title = "loud"
"#;

/// Of the small model.
const CHANGE: Change<'_> =
    Change { tensor: "blk.20.ffn_down.weight", sizes: [1536, 576], by: 0.5, rank: 1, numbers: Numbers::Single };

fn add(daemon: &Daemon, name: &str, architecture: &str, change: Change<'_>) -> Ran {
    add_all(daemon, name, architecture, &[change])
}

fn add_all(daemon: &Daemon, name: &str, architecture: &str, changes: &[Change<'_>]) -> Ran {
    let file = daemon.home().path().join(format!("{name}.gguf"));
    fs::write(&file, lora(architecture, changes)).unwrap();
    daemon.hob(&["models", "adapters", "add", name, file.to_str().unwrap(), "--model", REAL_TEXT_MODEL])
}

/// The words, or what is said in their place: a model that is changed so much may well give no answer that is accepted.
fn run(daemon: &Daemon, action: &str) -> String {
    run_with(daemon, action, &[])
}

fn run_with(daemon: &Daemon, action: &str, options: &[&str]) -> String {
    let text = "The kettle is on the hob, and the tea is ready.";
    let ran = daemon.hob(&[&["run", action, text, "--max-tokens", "16"], options].concat());
    format!("{}{}", ran.stdout, ran.stderr)
}

/// A long beginning, so that it is worth keeping.
fn generate(daemon: &Daemon, adapter: Option<&str>) -> Result<Completion, Error> {
    let question = "Tell me about the sea, the ships and the harbours, in plain words that everybody knows. ".repeat(8);
    let mut request = asking(&question, greedy());
    request.sampling.as_mut().unwrap().max_tokens = Some(12);
    let request = Generate { adapter: adapter.map(str::to_owned), constant: Some(question.len() - 10), ..request };
    let reply = daemon.call(method::Generate, &request)?;
    Ok(reply.result.expect("the last reply holds the result"))
}

#[test]
fn an_action_with_an_adapter_answers_otherwise_and_the_others_as_before() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).with_config(CONFIG).start();
    let (before, title) = (run(&daemon, "plain"), run(&daemon, "title"));
    assert!(title.contains("no adapter `loud`"), "{title}");
    assert!(run(&daemon, "changed").contains("no adapter `loud`"));
    add(&daemon, "loud", "llama", CHANGE).printed();
    let listed = daemon.hob(&["models", "adapters", "list"]).printed();
    assert!(listed.starts_with(&format!("loud  {REAL_TEXT_MODEL}  ")), "{listed}");
    let reply = daemon.ask("dev.hob.Models.Adapters", json!({}));
    assert_eq!(reply["parameters"]["adapters"][0]["model"], REAL_TEXT_MODEL);
    let changed = run(&daemon, "changed");
    assert_ne!(changed, before);
    assert!(!run(&daemon, "title").contains("no adapter"));
    // A refusal names its action.
    let (plain_was, changed_was) = ("hob: plain was", "hob: changed was");
    let chosen = run_with(&daemon, "plain", &["--adapter", "loud"]);
    assert_eq!(chosen.replace(plain_was, changed_was), changed, "whoever asks may choose");
    let without = run_with(&daemon, "changed", &["--adapter", ""]);
    assert_eq!(without.replace(changed_was, plain_was), before, "or do without");
    assert!(run_with(&daemon, "plain", &["--adapter", "quiet"]).contains("no adapter `quiet`"));
    for _ in 0..2 {
        assert_eq!(run(&daemon, "plain"), before, "it is in force for its action alone");
        assert_eq!(run(&daemon, "changed"), changed);
    }
    assert_eq!(daemon.hob(&["models", "adapters", "remove", "loud"]).code, 0);
    assert!(run(&daemon, "changed").contains("no adapter `loud`"));
    assert_eq!(run(&daemon, "plain"), before);
}

#[test]
fn what_one_adapter_computed_is_not_taken_over_by_another_and_one_of_zeros_changes_nothing() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    add(&daemon, "loud", "llama", CHANGE).printed();
    add(&daemon, "none", "llama", Change { by: 0.0, ..CHANGE }).printed();
    let plain = generate(&daemon, None).unwrap();
    let loud = generate(&daemon, Some("loud")).unwrap();
    let none = generate(&daemon, Some("none")).unwrap();
    assert_ne!(loud.text, plain.text);
    assert_eq!(none.text, plain.text);
    assert_eq!([plain.cached_tokens, loud.cached_tokens, none.cached_tokens], [0, 0, 0]);
    for (adapter, first) in [(None, plain), (Some("loud"), loud), (Some("none"), none)] {
        let again = generate(&daemon, adapter).unwrap();
        assert_eq!(again.text, first.text, "{adapter:?}");
        assert!(again.cached_tokens > 100, "{adapter:?} has its own beginning kept: {again:?}");
    }
}

#[test]
fn an_adapter_of_the_same_name_is_another_one() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    add(&daemon, "loud", "llama", Change { by: 0.0, ..CHANGE }).printed();
    let quiet = generate(&daemon, Some("loud")).unwrap();
    assert_eq!(daemon.hob(&["models", "adapters", "remove", "loud"]).code, 0);
    add(&daemon, "loud", "llama", CHANGE).printed();
    let loud = generate(&daemon, Some("loud")).unwrap();
    assert_ne!((loud.cached_tokens, &loud.text), (quiet.prompt_tokens, &quiet.text));
    assert_eq!(loud.cached_tokens, 0);
}

#[test]
fn an_adapter_that_does_not_fit_is_refused_with_the_reason() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    let (_, said) = add(&daemon, "loud", "qwen2", CHANGE).complained();
    assert!(said.contains("for models of the architecture `qwen2`, and this one is of `llama`"), "{said}");
    let (_, said) = add(&daemon, "loud", "llama", Change { sizes: [512, 576], ..CHANGE }).complained();
    assert!(said.contains("it is for 512 × 576, and the model has 1536 × 576"), "{said}");
    add(&daemon, "loud", "llama", CHANGE).printed();
    let (_, said) = add(&daemon, "loud", "llama", CHANGE).complained();
    assert!(said.contains("an adapter called 'loud' is already there"), "{said}");
    match generate(&daemon, Some("lound")) {
        Err(Error::AdapterNotFound { name, suggestions }) => {
            assert_eq!((name.as_str(), &suggestions[..]), ("lound", &["loud".to_owned()][..]));
        }
        other => panic!("{other:?}"),
    }
}

/// With each rank and type of numbers another routine multiplies.
#[test]
fn an_answer_with_an_adapter_is_the_same_with_and_without_guesses() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).with_variable("HOB_LOG", "debug").start();
    let sizes =
        [("attn_q", [576, 576]), ("attn_output", [576, 576]), ("ffn_up", [576, 1536]), ("ffn_down", [1536, 576])];
    let text = "The ships that come into the harbour in the evening stay there until the morning. ".repeat(3);
    let question = format!("Repeat this text word by word.\n\n{text}");
    let mut answers = Vec::new();
    for (rank, numbers) in
        [(1, Numbers::Single), (8, Numbers::Half), (16, Numbers::Single), (16, Numbers::Half), (64, Numbers::Half)]
    {
        let tensors: Vec<String> =
            (8..12).flat_map(|layer| sizes.map(|(name, _)| format!("blk.{layer}.{name}.weight"))).collect();
        let changes = tensors.iter().zip(sizes.iter().cycle());
        let changes: Vec<_> =
            changes.map(|(tensor, (_, sizes))| Change { tensor, sizes: *sizes, by: 0.25, rank, numbers }).collect();
        let name = format!("rank-{rank}-{}", if numbers == Numbers::Half { "half" } else { "single" });
        add_all(&daemon, &name, "llama", &changes).printed();
        let mut request = asking(&question, greedy());
        request.sampling.as_mut().unwrap().max_tokens = Some(48);
        let request = Generate { adapter: Some(name.clone()), constant: Some(question.len() - text.len()), ..request };
        let guessed = generated(&daemon, &request).unwrap();
        let plain = generated(&daemon, &Generate { guess: Some(false), ..request }).unwrap();
        assert_eq!((&guessed.text, guessed.output_tokens), (&plain.text, plain.output_tokens), "{name}");
        answers.push(guessed.text);
        daemon.wait_for_log(&format!("adapter {name}: "));
        // Where our own routines work, an adapter is no reason to guess less.
        if fs::read_to_string("/proc/cpuinfo").unwrap().contains("avx512_vnni") {
            daemon.wait_for_log(&format!("adapter {name}: 15 tokens are guessed at once"));
        }
    }
    answers.dedup();
    assert!(answers.len() > 1, "the adapters change nothing: {answers:?}");
}
