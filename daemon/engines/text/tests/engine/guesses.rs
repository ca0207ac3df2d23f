//! Guesses, from the text or from what a schema prescribes, make answers come sooner and change nothing.

use std::path::Path;
use std::time::Instant;

use hob_protocol::engine::LoadOptions;

use crate::process::{Ask, EngineProcess, model, model_if_there};
use crate::schema::cases;

/// What an edit is asked for, as the daemon does it.
const CONSTANT: &str = "Return the text between the tags with its mistakes corrected.\n<text>\n";
const TEXTS: [&str; 8] = [
    "their dog dont likes the rain and he have ate my shoe",
    "The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog again.",
    "i think that we should of gone to the market on sunday, because the apples was cheap and the pears to",
    "Dear Anna, thank you for you're letter from the 3rd of May 2024; I have read it with grate pleasure.",
    "for x in range(10): print(x)  # counts to ten, or does it",
    "Das ist ein Satz. Und das ist noch ein Satz, in dem nichts falsch ist.",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "What is the capital of France? I dont know, but my sister know it: she have been there too times.",
];

fn edit(text: &str) -> Ask {
    Ask::new(&format!("{CONSTANT}{text}\n</text>")).stop("</text>").max_tokens(60)
}

#[test]
fn an_edit_is_the_same_with_and_without_guesses() {
    edits_are_the_same(EngineProcess::with_model(1024));
}

/// Weights of other types are multiplied by other routines.
const OTHER_TYPES: [&str; 2] = [
    "qwen2.5-coder-0.5b/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    "qwen2.5-coder-1.5b/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
];

#[test]
fn an_edit_is_the_same_with_and_without_guesses_where_weights_are_of_other_types() {
    for model in OTHER_TYPES.into_iter().filter_map(model_if_there) {
        edits_are_the_same(loaded(&model));
    }
}

#[test]
fn an_answer_of_a_schema_is_the_same_with_and_without_guesses() {
    for model in OTHER_TYPES.into_iter().filter_map(model_if_there).chain([model()]) {
        let mut engine = loaded(&model);
        let (mut tokens, mut guessed_s, mut plain_s) = (0, 0.0, 0.0);
        for (seed, (question, schema)) in (0..).zip(cases()) {
            let temperature = 0.7 * (seed % 2) as f32;
            let ask = || Ask::new(question).max_tokens(120).sampled(temperature, seed).schema(&schema);
            let begin = Instant::now();
            let guessed = engine.generate(&ask()).completion();
            guessed_s += begin.elapsed().as_secs_f64();
            let begin = Instant::now();
            let plain = engine.generate(&ask().without_guesses()).completion();
            plain_s += begin.elapsed().as_secs_f64();
            tokens += plain.output_tokens;
            assert_eq!((guessed.text, guessed.output_tokens), (plain.text, plain.output_tokens), "{schema}");
        }
        println!("{}: {tokens} tokens in {guessed_s:.1} s with guesses, {plain_s:.1} s without", model.display());
    }
}

/// Also where tokens run out, and the answer is closed without the model.
#[test]
fn an_answer_of_a_schema_that_runs_out_of_tokens_is_the_same_with_and_without_guesses() {
    let mut engine = EngineProcess::with_model(1024);
    for most in [16, 17, 25] {
        for (question, schema) in cases() {
            let ask = || Ask::new(question).max_tokens(most).schema(&schema);
            let guessed = engine.generate(&ask()).outcome.map(|answer| (answer.text, answer.output_tokens));
            let plain =
                engine.generate(&ask().without_guesses()).outcome.map(|answer| (answer.text, answer.output_tokens));
            assert_eq!(guessed, plain, "{schema}");
        }
    }
}

fn loaded(model: &Path) -> EngineProcess {
    let mut engine = EngineProcess::start();
    assert_eq!(engine.load(model, LoadOptions { context_tokens: 1024, ..LoadOptions::default() }), Ok(1024));
    engine
}

fn edits_are_the_same(mut engine: EngineProcess) {
    // Long enough for a KV cache of more than one page of cells.
    let long = TEXTS.concat().repeat(2);
    for text in TEXTS.iter().copied().chain([long.as_str()]) {
        let guessed = engine.generate(&edit(text).constant(CONSTANT)).completion();
        let plain = engine.generate(&edit(text).constant(CONSTANT).without_guesses()).completion();
        assert_eq!(guessed.prompt_tokens, plain.prompt_tokens, "another prompt: {text}");
        assert_eq!((guessed.text, guessed.output_tokens), (plain.text, plain.output_tokens), "{text}");
    }
}

#[test]
fn chance_is_the_same_with_and_without_guesses() {
    let mut engine = EngineProcess::with_model(1024);
    for (seed, text) in (0..).zip(TEXTS) {
        let guessed = engine.generate(&edit(text).sampled(0.6, seed).constant(CONSTANT)).completion();
        let plain = engine.generate(&edit(text).sampled(0.6, seed).constant(CONSTANT).without_guesses()).completion();
        assert_eq!((guessed.text, guessed.output_tokens), (plain.text, plain.output_tokens), "{text}");
    }
}

#[test]
fn guesses_leave_room_for_what_fits() {
    let mut engine = EngineProcess::with_model(256);
    let text = TEXTS[6].repeat(3);
    for most in [1, 2, 7, 20] {
        let completion = engine.generate(&edit(&text).constant(CONSTANT).max_tokens(most)).completion();
        assert!(completion.output_tokens <= most, "{completion:?}");
    }
    let completion = engine.generate(&edit(&text).constant(CONSTANT).max_tokens(9000)).completion();
    assert!(completion.prompt_tokens + completion.output_tokens <= 256, "{completion:?}");
}
