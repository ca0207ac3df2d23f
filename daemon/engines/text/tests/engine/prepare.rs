//! What is constant of a request, computed before it comes.

use hob_protocol::engine::{Failure, FromEngine, Urgency};
use hob_protocol::text::Role;

use crate::process::{Ask, EngineProcess};

const RULES: &str = "You are a careful librarian. Answer briefly, in plain words, and name your sources where you can.";

/// What many requests begin with, and then the question.
fn ask(question: &str) -> Ask {
    let constant = "Answer the question between the tags.\n<text>\n";
    let whole = format!("{constant}{question}");
    Ask::new(RULES).message(Role::Assistant, "I will.").message(Role::User, &whole).constant(constant).max_tokens(12)
}

#[test]
fn a_prepared_beginning_is_not_computed_again_and_changes_nothing() {
    let question = "Where do whales live?";
    let fresh = EngineProcess::with_model(512).generate(&ask(question)).completion();
    let mut engine = EngineProcess::with_model(512);
    let (tokens, cached) = engine.prepare(&ask(""));
    assert_eq!(cached, 0);
    let prepared = engine.generate(&ask(question)).completion();
    assert_eq!((prepared.cached_tokens, prepared.text), (tokens, fresh.text));
    assert_eq!(engine.prepare(&ask("")), (tokens, tokens), "there is nothing left to do");
    engine.generate(&Ask::new("Hello!").max_tokens(2)).completion();
    assert_eq!(engine.prepare(&ask("")), (tokens, tokens), "it was put aside, and is still there");
}

#[test]
fn a_preparation_makes_room_and_what_it_had_is_not_lost() {
    let mut engine = EngineProcess::with_model(2048);
    let long = "Once there was a ship that sailed to the north. ".repeat(60);
    let ask = |question: &str| Ask::new(&format!("{long}{question}")).constant(&long).max_tokens(2);
    let preparing = engine.begin_preparing(&ask("").urgency(Urgency::Background));
    let quick = engine.begin(&Ask::new("Hello!").max_tokens(2));
    engine.rest_of(quick).completion();
    assert!(matches!(engine.event(), FromEngine::Prepared { id, .. } if id == preparing));

    let mut engine = EngineProcess::with_model(2048);
    let preparing = engine.begin_preparing(&ask("").urgency(Urgency::Background));
    engine.cancel(preparing);
    let (done, _) = match engine.event() {
        FromEngine::Prepared { tokens, cached, .. } => (tokens, cached),
        FromEngine::Failed { failure: Failure::Cancelled, .. } => (0, 0),
        other => panic!("{other:?}"),
    };
    assert!(engine.generate(&ask("?")).completion().cached_tokens >= done);
}
