//! Answers by a JSON schema, over the socket and through `hob call`.

use hob_protocol::Error;
use hob_protocol::client::CallError;
use hob_protocol::method;
use hob_protocol::text::{Finish, Generate, Sampling};
use serde_json::{Value, json};

use crate::{asking, assert_answers, generated, greedy, start};

fn person() -> Value {
    json!({
        "type": "object",
        "required": ["name", "age", "kind"],
        "properties": {
            "name": {"type": "string", "maxLength": 20},
            "age": {"type": "integer", "minimum": 18, "maximum": 65},
            "kind": {"enum": ["sailor", "cook"]},
        },
        "additionalProperties": false,
    })
}

fn describing(schema: Value, sampling: Sampling) -> Generate {
    Generate { schema: Some(schema), ..asking("Describe a person.", sampling) }
}

#[track_caller]
fn assert_person(text: &str) {
    let person: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    let keys: Vec<&String> = person.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 3, "{person}");
    assert!(person["name"].as_str().is_some_and(|name| name.chars().count() <= 20), "{person}");
    assert!(person["age"].as_u64().is_some_and(|age| (18..=65).contains(&age)), "{person}");
    assert!(matches!(person["kind"].as_str(), Some("sailor" | "cook")), "{person}");
}

#[test]
fn an_answer_is_valid_by_its_schema_streamed_and_whole_greedy_and_by_chance() {
    let daemon = start();
    let request = describing(person(), Sampling { max_tokens: Some(100), ..greedy() });
    let whole = generated(&daemon, &request).unwrap();
    assert_person(whole.text.as_str());
    assert_eq!(whole.finish, Finish::Stop);

    let replies: Vec<_> = daemon.client().stream(method::Generate, &request).unwrap().map(Result::unwrap).collect();
    let deltas: String = replies.iter().filter_map(|reply| Some(reply.delta.as_ref()?.as_str())).collect();
    let streamed = replies.last().and_then(|reply| reply.result.clone()).unwrap();
    assert_eq!((deltas.as_str(), streamed.text.as_str()), (whole.text.as_str(), whole.text.as_str()));

    for seed in 1..=5 {
        let hot = Sampling { temperature: Some(1.5), seed: Some(seed), max_tokens: Some(100), ..Sampling::default() };
        assert_person(generated(&daemon, &describing(person(), hot)).unwrap().text.as_str());
    }
}

#[test]
fn the_command_line_passes_a_schema_on() {
    let daemon = start();
    let parameters = json!({
        "messages": [{"role": "user", "content": "Describe a person."}],
        "sampling": {"max_tokens": 100},
        "schema": person(),
    });
    let printed = daemon.hob(&["call", "dev.hob.Text.Generate", &parameters.to_string()]).printed();
    let reply: Value = serde_json::from_str(&printed).unwrap();
    assert_person(reply["result"]["text"].as_str().unwrap_or_else(|| panic!("{reply}")));
}

#[test]
fn a_schema_that_cannot_be_followed_and_one_that_was_not_finished_are_told_apart() {
    let daemon = start();
    for schema in [json!({"type": "unheard of"}), json!({"$ref": "#/nowhere"})] {
        let refused = generated(&daemon, &describing(schema.clone(), greedy())).unwrap_err();
        assert!(matches!(&refused, Error::SchemaInvalid { problem } if !problem.is_empty()), "{schema}: {refused:?}");
    }
    let few = Sampling { max_tokens: Some(4), ..greedy() };
    let unfinished = generated(&daemon, &describing(person(), few.clone())).unwrap_err();
    assert!(matches!(&unfinished, Error::SchemaUnfinished { tokens: 4, hint } if !hint.is_empty()), "{unfinished:?}");
    // Streamed, its pieces are void.
    let end = daemon.client().stream(method::Generate, &describing(person(), few)).unwrap().last();
    assert!(matches!(end, Some(Err(CallError::Refused(Error::SchemaUnfinished { .. })))), "{end:?}");
    assert_answers(&daemon);
}
