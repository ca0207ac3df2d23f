//! Vectors over the socket: their shape, their limits, and what is told while they wait. The scripted engine counts letters.

use hob_tests::{Daemon, Home};
use serde_json::{Value, json};

fn embed(daemon: &Daemon, texts: &[&str], truncate: bool) -> Value {
    daemon.ask("dev.hob.Text.Embed", json!({"texts": texts, "truncate": truncate}))
}

#[test]
fn each_text_has_its_vector_in_order() {
    let daemon = Daemon::start();
    let reply = embed(&daemon, &["aab", "b"], false);
    let result = &reply["parameters"]["result"];
    assert_eq!((&result["dimensions"], &result["pooling"]), (&json!(26), &json!("mean")), "{reply}");
    let model = result["model"].as_str().unwrap();
    assert_eq!(model, hob_tests::TEXT_MODEL);
    let vectors: Vec<&Value> =
        result["embeddings"].as_array().unwrap().iter().map(|embedding| &embedding["vector"]).collect();
    assert_eq!((&vectors[1][0], &vectors[1][1]), (&json!(0.0), &json!(1.0)));
    assert!(vectors[0][0].as_f64() > vectors[0][1].as_f64(), "{reply}");
    let printed = daemon.hob(&["embed", "b"]).printed();
    assert!(printed.starts_with("[0.0,1.0,0.0,"), "{printed}");
}

#[test]
fn what_is_too_much_is_told_with_its_numbers() {
    let daemon = Home::new().with_config("[text]\ncontext_tokens = 256\n").start();
    let many = vec!["a"; 65];
    let expected = json!({"error": "dev.hob.Text.TooManyTexts", "parameters": {"texts": 65, "limit": 64}});
    assert_eq!(embed(&daemon, &many, false), expected);
    let long = "a ".repeat(300);
    let reply = embed(&daemon, &["short", &long], false);
    assert_eq!(reply["error"], "dev.hob.Text.ContextExceeded");
    let (tokens, limit) = (&reply["parameters"]["tokens"], &reply["parameters"]["limit"]);
    assert_eq!((tokens, limit), (&json!(300), &json!(256)), "{reply}");
    assert!(reply["parameters"]["hint"].as_str().unwrap().starts_with("text 2 is the one"), "{reply}");
    let reply = embed(&daemon, &["short", &long], true);
    let embeddings = &reply["parameters"]["result"]["embeddings"];
    assert_eq!((&embeddings[0]["truncated"], &embeddings[1]["truncated"]), (&json!(false), &json!(true)), "{reply}");
    for (texts, parameter) in [(&[][..], "texts"), (&["a", " "], "texts[1]")] {
        assert_eq!(embed(&daemon, texts, false)["parameters"]["parameter"], parameter);
    }
}
