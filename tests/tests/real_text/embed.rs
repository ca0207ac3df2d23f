//! Vectors of a real model, through everything.

use hob_protocol::method;
use hob_protocol::text::Embed;
use hob_tests::Daemon;

use crate::start;

fn vectors(daemon: &Daemon, texts: &[&str]) -> Vec<Vec<f32>> {
    let texts = texts.iter().map(|text| (*text).into()).collect();
    let result = daemon.call(method::Embed, &Embed { texts, ..Embed::default() }).unwrap().result.unwrap();
    let vectors: Vec<Vec<f32>> = result.embeddings.into_iter().map(|embedding| embedding.vector).collect();
    assert!(vectors.iter().all(|vector| vector.len() == result.dimensions as usize));
    vectors
}

fn alike(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn paraphrases_are_nearer_than_what_has_nothing_to_do_with_them() {
    let daemon = start();
    let pairs = [
        ["The cat sleeps on the warm sofa.", "A cat is sleeping on a cosy couch."],
        ["The stock market fell sharply on Monday.", "Share prices dropped steeply at the start of the week."],
        ["How do I bake bread at home?", "What is the way to make bread in my own oven?"],
    ];
    let texts = pairs.concat();
    let first = vectors(&daemon, &texts);
    for (index, vector) in first.iter().enumerate() {
        assert!((alike(vector, vector) - 1.0).abs() < 1e-4, "{}", alike(vector, vector));
        let partner = index ^ 1;
        for other in (0..texts.len()).filter(|other| *other != index && *other != partner) {
            let (near, far) = (alike(vector, &first[partner]), alike(vector, &first[other]));
            assert!(
                near > far,
                "{:?} is as near to {:?} ({far}) as to {:?} ({near})",
                texts[index],
                texts[other],
                texts[partner]
            );
        }
    }
    assert_eq!(vectors(&daemon, &texts), first, "the same texts give the same vectors, to the last bit");
    let reversed: Vec<&str> = texts.iter().rev().copied().collect();
    assert!(vectors(&daemon, &reversed).iter().rev().eq(&first), "whatever stands beside them");
}
