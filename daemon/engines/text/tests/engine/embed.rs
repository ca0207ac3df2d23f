//! Vectors: their shape, their limit, and that they make room like everything else.

use hob_protocol::engine::{Failure, FromEngine, Urgency};
use hob_protocol::text::Pooling;

use crate::SEA;
use crate::process::{Ask, EngineProcess};

#[test]
fn vectors_have_the_length_1_and_depend_on_their_text_alone() {
    let mut engine = EngineProcess::with_model(512);
    let long = "The tide came in. ".repeat(40);
    let both = engine.embed(&[SEA, &long]).unwrap();
    assert_eq!((both.pooling, both.embeddings.len()), (Pooling::Mean, 2));
    for embedding in &both.embeddings {
        assert_eq!(embedding.vector.len(), both.dimensions as usize);
        let length: f32 = embedding.vector.iter().map(|value| value * value).sum();
        assert!((length - 1.0).abs() < 1e-4, "{length}");
    }
    assert!(both.embeddings[1].tokens > 128, "it takes several decodes: {}", both.embeddings[1].tokens);
    let before = engine.generate(&Ask::new(SEA).max_tokens(8)).completion().text;
    let alone = engine.embed(&[&long]).unwrap();
    assert_eq!(alone.embeddings[0], both.embeddings[1]);
    assert_eq!(engine.generate(&Ask::new(SEA).max_tokens(8)).completion().text, before);
}

#[test]
fn a_text_that_does_not_fit_is_named_with_its_numbers() {
    let mut engine = EngineProcess::with_model(512);
    let long = "The tide came in. ".repeat(400);
    match engine.embed(&[SEA, &long]) {
        Err(Failure::TextTooLong { text: 2, tokens, limit: 512 }) => assert!(tokens > 512, "{tokens}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn vectors_in_the_background_wait_for_an_answer_and_are_the_same() {
    let mut engine = EngineProcess::with_model(1024);
    let long = "The tide came in. ".repeat(200);
    let alone = engine.embed(&[&long]).unwrap();
    let slow = engine.begin_embedding(&[&long], Urgency::Background);
    let quick = engine.begin(&Ask::new(SEA).max_tokens(4));
    assert_eq!(engine.rest_of(quick).completion().output_tokens, 4);
    match engine.event() {
        FromEngine::Embedded { id, embeddings } => assert_eq!((id, embeddings.embeddings), (slow, alone.embeddings)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_in_the_background_waits_for_vectors() {
    let mut engine = EngineProcess::with_model(1024);
    let ask = || Ask::new(SEA).max_tokens(60).urgency(Urgency::Background);
    let undisturbed = engine.generate(&ask()).completion().text;
    let slow = engine.begin(&ask());
    engine.delta();
    let quick = engine.begin_embedding(&["a few words"], Urgency::Request);
    loop {
        match engine.event() {
            FromEngine::Delta { .. } => (),
            FromEngine::Embedded { id, .. } => break assert_eq!(id, quick),
            other => panic!("they came after the end: {other:?}"),
        }
    }
    assert_eq!(engine.rest_of(slow).completion().text, undisturbed);
}

#[test]
fn vectors_are_cancelled_and_held_up_by_a_pause() {
    let mut engine = EngineProcess::with_model(512);
    engine.pause();
    let held = engine.begin_embedding(&[SEA], Urgency::Keyboard);
    engine.cancel(held);
    assert_eq!(engine.event(), FromEngine::Failed { id: held, failure: Failure::Cancelled });
    engine.resume();
    engine.embed(&[SEA]).unwrap();
}
