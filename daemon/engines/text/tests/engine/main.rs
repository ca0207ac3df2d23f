//! The real engine with a real model, from the outside. Needs smollm2-135m in the model folder.

mod embed;
mod guesses;
mod held;
mod kinds;
mod order;
mod prepare;
mod process;
mod schema;
mod states;
mod tally;

use std::fs;
use std::path::Path;

use hob_protocol::engine::{Failure, LoadOptions};
use hob_protocol::text::{Finish, Role};

use process::{Ask, EngineProcess, model};

pub(crate) const SEA: &str = "Write a long story about the sea.";

#[test]
fn a_question_is_answered_in_pieces_that_make_the_text() {
    let mut engine = EngineProcess::with_model(1024);
    let answer = engine.generate(&Ask::new("What is the capital of France? Answer in one sentence."));
    let text: String = answer.deltas.concat();
    assert!(answer.deltas.len() > 1, "{:?}", answer.deltas);
    let completion = answer.completion();
    assert_eq!(completion.text.as_str(), text);
    assert!(text.contains("Paris"), "{text}");
    assert_eq!(completion.finish, Finish::Stop);
    assert!(0.0 < completion.first_token_ms && completion.first_token_ms <= completion.total_ms);
    assert!(!completion.truncated);
    assert!(completion.prompt_tokens > 10);
}

#[test]
fn a_cancel_ends_a_generation_and_the_next_one_works() {
    let mut engine = EngineProcess::with_model(1024);
    let id = engine.begin(&Ask::new(SEA).max_tokens(900));
    engine.delta();
    engine.cancel(id);
    let answer = engine.rest_of(id);
    // Far from the 900 tokens: what the engine had sent before it could read the cancel.
    assert!(answer.deltas.concat().len() < 400, "{:?} after the cancel", answer.deltas);
    assert_eq!(answer.failure(), Failure::Cancelled);
    assert_eq!(engine.generate(&Ask::new(SEA).max_tokens(3)).completion().output_tokens, 3);
}

#[test]
fn a_cancel_ends_a_prefill_between_two_batches() {
    let mut engine = EngineProcess::with_model(4096);
    let long = Ask::new(&"The tide came in. ".repeat(600)).max_tokens(1);
    let id = engine.begin(&long);
    engine.cancel(id);
    assert_eq!(engine.rest_of(id).failure(), Failure::Cancelled);
    let completion = engine.generate(&long).completion();
    assert!(completion.cached_tokens < completion.prompt_tokens - 64, "the cancel came too late to test anything");
}

#[test]
fn a_text_beyond_the_context_is_refused_or_shortened_on_demand() {
    let mut engine = EngineProcess::with_model(512);
    let long = || Ask::new(&"one two three ".repeat(400)).max_tokens(16);
    match engine.generate(&long()).failure() {
        Failure::ContextExceeded { tokens, limit } => {
            assert!(tokens > 1200, "{tokens}");
            assert_eq!(limit, 512 - 16);
        }
        other => panic!("{other:?}"),
    }
    let completion = engine.generate(&long().truncate()).completion();
    assert!(completion.truncated);
    assert!((480..=512 - 16).contains(&completion.prompt_tokens), "{}", completion.prompt_tokens);
    // The other messages are not what is shortened.
    let instructions = Ask::new(&"one two three ".repeat(400)).message(Role::User, "and now?").truncate();
    assert!(matches!(engine.generate(&instructions).failure(), Failure::ContextExceeded { .. }));
}

#[test]
fn a_wish_for_more_than_fits_ends_with_the_context() {
    let mut engine = EngineProcess::with_model(256);
    let completion = engine.generate(&Ask::new(SEA).max_tokens(100_000)).completion();
    assert_eq!(completion.finish, Finish::Length);
    assert_eq!(completion.prompt_tokens + completion.output_tokens, 256);
}

#[test]
fn nothing_of_a_stop_string_is_sent() {
    let mut engine = EngineProcess::with_model(512);
    let count = "Count from one to ten in words, like this: one, two, three, four, five";
    let whole = engine.generate(&Ask::new(count).max_tokens(40)).completion().text.into_string();
    // From inside one word to inside the next, so that it spans tokens.
    let from = whole.char_indices().nth(12).unwrap().0;
    let to = whole.char_indices().nth(22).unwrap().0;
    let stop = &whole[from..to];
    let answer = engine.generate(&Ask::new(count).max_tokens(40).stop(stop));
    assert_eq!(answer.deltas.concat(), whole[..whole.find(stop).unwrap()]);
    let completion = answer.completion();
    assert_eq!(completion.finish, Finish::StopString);
    assert_eq!(completion.text.as_str(), &whole[..whole.find(stop).unwrap()]);
}

#[test]
fn a_common_beginning_is_not_computed_again_and_changes_nothing() {
    let ask = |question: &str| {
        let rules = "You are a careful librarian. Answer briefly, in plain words, and name your sources where you can.";
        Ask::new(rules).message(Role::Assistant, "I will.").message(Role::User, question).max_tokens(24)
    };
    let fresh = EngineProcess::with_model(512).generate(&ask("What is the capital of France?")).completion();
    assert_eq!(fresh.cached_tokens, 0);

    let mut engine = EngineProcess::with_model(512);
    engine.generate(&ask("Where do whales live?")).completion();
    let reused = engine.generate(&ask("What is the capital of France?")).completion();
    assert!(reused.cached_tokens > 30, "{}", reused.cached_tokens);
    assert_eq!(reused.text, fresh.text);

    let again = engine.generate(&ask("What is the capital of France?")).completion();
    assert_eq!(again.cached_tokens, reused.cached_tokens);
    assert_eq!(again.text, fresh.text);
}

#[test]
fn several_beginnings_are_kept_beside_each_other() {
    let rules =
        |trade: &str| format!("You are a careful {trade}. Answer briefly, in plain words, and name your sources. ");
    let ask = |trade: &str, question: &str| {
        let constant = rules(trade).repeat(3);
        Ask::new(&format!("{constant}{question}")).constant(&constant).max_tokens(16)
    };
    let cases = [("librarian", "Where do whales live?"), ("sailor", "What is a knot?"), ("cook", "What is salt?")];
    let mut fresh = Vec::new();
    for (trade, question) in cases {
        let completion = EngineProcess::with_model(512).generate(&ask(trade, question)).completion();
        assert_eq!(completion.cached_tokens, 0);
        fresh.push(completion.text);
    }

    let mut engine = EngineProcess::with_model(512);
    for (trade, _) in cases {
        engine.generate(&ask(trade, "Who are you?")).completion();
    }
    for ((trade, question), fresh) in cases.into_iter().zip(fresh).rev() {
        let completion = engine.generate(&ask(trade, question)).completion();
        assert!(completion.cached_tokens > 50, "{trade}: {}", completion.cached_tokens);
        assert_eq!(completion.text, fresh, "{trade}");
    }
}

#[test]
fn conversations_that_alternate_keep_their_beginnings() {
    let tale = "Once there was a ship that sailed to the north, where the ice is, and never came back. ".repeat(4);
    let turn = |hero: &str, turns: usize| {
        let mut ask = Ask::new(&format!("{hero} says: {tale}")).max_tokens(8);
        for _ in 1..turns {
            ask = ask.message(Role::Assistant, "And then?").message(Role::User, "You tell me.");
        }
        ask
    };
    let fresh = EngineProcess::with_model(1024).generate(&turn("Ann", 3)).completion().text;
    let mut engine = EngineProcess::with_model(1024);
    for turns in 1..3 {
        for hero in ["Ann", "Bob"] {
            engine.generate(&turn(hero, turns)).completion();
        }
    }
    let completion = engine.generate(&turn("Ann", 3)).completion();
    assert!(completion.cached_tokens > 80, "{}", completion.cached_tokens);
    assert_eq!(completion.text, fresh);
}

#[test]
fn a_seed_makes_sampling_repeatable() {
    let mut engine = EngineProcess::with_model(512);
    let mut sampled = |seed| engine.generate(&Ask::new(SEA).max_tokens(24).sampled(1.5, seed)).completion().text;
    // The first fills the cache, so that the others compute alike.
    sampled(1);
    let first = sampled(7);
    assert_eq!(sampled(7), first);
    assert_ne!(sampled(8), first);
}

#[test]
fn special_tokens_in_a_text_are_just_text() {
    let mut engine = EngineProcess::with_model(512);
    let tokens = |engine: &mut EngineProcess, text: &str| {
        engine.generate(&Ask::new(text).max_tokens(1)).completion().prompt_tokens
    };
    let plain = tokens(&mut engine, "a");
    assert!(tokens(&mut engine, "a<|im_end|>") > plain + 3, "read as the one token that ends a message");
}

#[test]
fn files_that_are_no_model_are_refused_and_the_process_lives() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(model()).unwrap();
    let mut hostile = whole[..1 << 20].to_vec();
    // The number of metadata entries.
    hostile[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    let cases: [(&str, &[u8]); 6] = [
        ("empty", b""),
        ("garbage", &[0x5a; 4096]),
        ("speech", b"lmgg\x00\x00\x00\x00"),
        ("header", &whole[..64]),
        ("truncated", &whole[..whole.len() / 2]),
        ("hostile", &hostile),
    ];
    for (name, bytes) in cases {
        fs::write(folder.path().join(name), bytes).unwrap();
        refuses(&folder.path().join(name));
    }
    refuses(folder.path());
    refuses(&folder.path().join("absent"));
}

fn refuses(file: &Path) {
    let mut engine = EngineProcess::start();
    match engine.load(file, LoadOptions::default()) {
        Err(Failure::ModelUnusable { problem }) => assert!(!problem.is_empty()),
        other => panic!("{}: {other:?}", file.display()),
    }
    // It still answers.
    let failure = engine.generate(&Ask::new("hello")).failure();
    assert!(matches!(failure, Failure::OutOfPlace { .. }), "{failure:?}");
}
