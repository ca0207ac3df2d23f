//! A text that is too long for the model.

use hob_protocol::Error;
use hob_protocol::text::{Generate, Sampling};
use hob_tests::{Daemon, Home, REAL_TEXT_MODEL, Ran, program, run};

use crate::{asking, assert_answers, generated, greedy};

/// Tokens of the model's context here: few, so that filling it takes no minute.
const CONTEXT: u32 = 512;

fn start() -> Daemon {
    Home::real(&[REAL_TEXT_MODEL]).with_config(&format!("[text]\ncontext_tokens = {CONTEXT}\n")).start()
}

/// About eleven hundred tokens.
fn long_text() -> String {
    "On the next day the ship sailed on, and nobody spoke. ".repeat(90)
}

fn explain(daemon: &Daemon, options: &[&str]) -> Ran {
    let mut command = daemon.home().command(program("hob"));
    run(command.args(["run", "explain"]).args(options), long_text().as_bytes())
}

#[test]
fn a_text_beyond_the_context_is_refused_with_both_numbers() {
    let daemon = start();
    let Err(Error::ContextExceeded { tokens, limit, .. }) = generated(&daemon, &asking(&long_text(), greedy())) else {
        panic!("it was not refused");
    };
    assert!(tokens > 1000 && (CONTEXT / 2..CONTEXT).contains(&limit), "{tokens} tokens, limit {limit}");

    let (code, complaint) = explain(&daemon, &[]).complained();
    let (said, hint) = complaint.split_once('\n').unwrap();
    let numbers: Vec<u32> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(code == 1 && numbers.len() == 2 && numbers[0] > tokens && numbers[1] < CONTEXT, "{complaint}");
    assert_eq!(said, format!("hob: the text has {} tokens, and {} fit this model", numbers[0], numbers[1]));
    assert_eq!(hint, "hint: send less, or let it be shortened: `--truncate`\n");
    assert_answers(&daemon);
}

#[test]
fn a_text_beyond_the_context_may_be_shortened() {
    let daemon = start();
    let few = Sampling { max_tokens: Some(20), ..greedy() };
    let request = Generate { truncate: Some(true), ..asking(&long_text(), few) };
    let completion = generated(&daemon, &request).unwrap();
    assert!(completion.truncated && completion.output_tokens > 0, "{completion:?}");
    assert!((CONTEXT / 2..=CONTEXT - 20).contains(&completion.prompt_tokens), "{completion:?}");

    let ran = explain(&daemon, &["--truncate", "--max-tokens", "20"]);
    assert_eq!((ran.code, ran.stdout.trim().is_empty()), (0, false), "{}", ran.stderr);
    assert!(ran.stderr.contains("the text was too long for the model and was shortened"), "{}", ran.stderr);
    assert!(!assert_answers(&daemon).truncated, "what fits is not shortened");
}

#[test]
fn an_edit_of_a_long_text_is_done_piece_by_piece() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    // A model of this size may well refuse one; but for no reason of length.
    let mut command = daemon.home().command(program("hob"));
    let ran = run(command.args(["run", "fix", "--stream", "--json"]), long_text().as_bytes());
    let first: serde_json::Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    assert!(first["progress"]["pieces"].as_u64().unwrap() > 3, "{first}");
    assert!(ran.code == 0 || ran.stderr.contains("fix was given up"), "{}", ran.stderr);
}

#[test]
fn without_a_wish_the_context_has_room_for_pages() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    let pages = long_text().repeat(10);
    let Err(Error::ContextExceeded { tokens, limit, .. }) = generated(&daemon, &asking(&pages, greedy())) else {
        panic!("it was not refused");
    };
    assert!(tokens > 9000 && limit >= 3000, "{tokens} tokens, limit {limit}");
}
