//! `hob embed`.

use serde_json::{Value, json};

use crate::fake::FakeDaemon;

fn result(vectors: &[[f32; 2]], truncated: bool) -> Value {
    let embedding = |vector: &[f32; 2]| json!({"vector": vector, "tokens": 3, "truncated": truncated});
    let embeddings: Vec<Value> = vectors.iter().map(embedding).collect();
    json!({"result": {"model": "m", "pooling": "mean", "dimensions": 2, "embeddings": embeddings, "queue_ms": 0.0, "total_ms": 1.0}})
}

#[test]
fn vectors_are_lines_of_json() {
    let daemon = FakeDaemon::replying(vec![
        json!({"waiting": {"reason": "loading", "position": 1}}),
        result(&[[0.6, -0.8], [1.0, 0.0]], false),
    ]);
    let ran = daemon.hob(&["embed", "a tea", "the hob", "--model", "m", "--truncate", "--background"]);
    assert_eq!(ran.printed(), "[0.6,-0.8]\n[1.0,0.0]\n");
    let parameters = json!({"texts": ["a tea", "the hob"], "model": "m", "truncate": true, "background": true});
    assert_eq!(daemon.called(), ("dev.hob.Text.Embed".into(), parameters));
}

#[test]
fn standard_input_is_one_text_or_a_text_a_line() {
    for (arguments, texts) in [(&["embed"][..], json!(["a\n\nb\n"])), (&["embed", "--lines"], json!(["a", "b"]))] {
        let daemon = FakeDaemon::replying(vec![result(&[[1.0, 0.0]], false)]);
        daemon.hob_reading("a\n\nb\n", arguments).printed();
        assert_eq!(daemon.called().1, json!({"texts": texts}), "{arguments:?}");
    }
}

#[test]
fn more_texts_than_one_request_takes_are_several_requests() {
    let daemon = FakeDaemon::start(|call, connection| {
        let texts = call.parameters.as_ref().unwrap()["texts"].as_array().unwrap().len();
        connection.last(result(&vec![[1.0, 0.0]; texts], false));
    });
    let input = "a line\n".repeat(150);
    assert_eq!(daemon.hob_reading(&input, &["embed", "--lines"]).printed().lines().count(), 150);
}

#[test]
fn a_shortened_text_is_told_of_and_an_empty_one_is_refused() {
    let daemon = FakeDaemon::replying(vec![result(&[[1.0, 0.0]], true)]);
    let ran = daemon.hob(&["embed", "long", "--truncate"]);
    let expected = "hob: a text was too long for the model: the first 3 tokens were read\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "[1.0,0.0]\n", expected));
    let (code, said) = daemon.hob(&["embed", "a", " "]).complained();
    assert_eq!((code, said.contains("the text is empty")), (2, true), "{said}");
}
