//! Answers of a schema are valid, whatever the schema and the chance. `HOB_SCHEMAS` says how many are made; `make schemas` makes 1,000.

use hob_protocol::engine::Failure;
use serde_json::{Value, json};

use crate::process::{Ask, EngineProcess};

/// Each with what it asks for. Texts and lists are bounded, and numbers whole: others would only end when the model likes.
fn cases() -> Vec<(&'static str, Value)> {
    let text = |most: u32| json!({"type": "string", "maxLength": most});
    let record = |properties: Value| {
        let required: Vec<&String> = properties.as_object().expect("a record has properties").keys().collect();
        json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
    };
    vec![
        (
            "Describe a person.",
            record(json!({"name": text(20), "age": {"type": "integer", "minimum": 0, "maximum": 120}})),
        ),
        (
            "Is the sky blue?",
            record(json!({"answer": {"enum": ["yes", "no", "perhaps"]}, "sure": {"type": "boolean"}})),
        ),
        ("Name three animals.", json!({"type": "array", "items": text(12), "minItems": 3, "maxItems": 3})),
        (
            "Plan a meeting.",
            record(json!({
                "title": text(30),
                "date": {"type": "string", "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9]$"},
                "people": {"type": "array", "maxItems": 3, "items": record(json!({"name": text(12), "comes": {"type": "boolean"}}))},
            })),
        ),
        ("How warm is it?", record(json!({"celsius": {"type": "integer", "minimum": -50, "maximum": 50}}))),
        (
            "Say anything.",
            json!({"type": "object", "properties": {"a": {"type": "null"}, "b": text(5)}, "additionalProperties": false}),
        ),
        (
            "Draw a tree.",
            json!({
                "$defs": {"leaf": {"type": "string", "maxLength": 6}},
                "type": "object",
                "properties": {"left": {"$ref": "#/$defs/leaf"}, "right": {"$ref": "#/$defs/leaf"}},
                "required": ["left", "right"],
                "additionalProperties": false,
            }),
        ),
        (
            "What is it?",
            json!({"type": "object", "anyOf": [record(json!({"cat": text(4)})), record(json!({"dog": {"const": "Rex \"the\" dog\u{e9}"}}))]}),
        ),
    ]
}

#[test]
fn every_answer_is_valid() {
    let count = std::env::var("HOB_SCHEMAS").map_or(24, |count| count.parse().expect("a number"));
    let mut engine = EngineProcess::with_model(2048);
    let cases = cases();
    for seed in 0..count {
        let (question, schema) = &cases[seed as usize % cases.len()];
        let temperature = 0.5 * (seed / 8 % 4) as f32;
        let ask = Ask::new(question).max_tokens(400).sampled(temperature, seed).schema(schema);
        let completion = engine.generate(&ask).completion();
        let answer = serde_json::from_str(completion.text.as_str())
            .unwrap_or_else(|error| panic!("{error}: {:?} for {schema}", completion.text.as_str()));
        let problem = jsonschema::validate(schema, &answer).err().map(|error| error.to_string());
        assert_eq!(problem, None, "{answer} for {schema}");
    }
}

#[test]
fn what_ends_too_soon_is_no_answer() {
    let mut engine = EngineProcess::with_model(1024);
    let (question, schema) = &cases()[0];
    let failure = engine.generate(&Ask::new(question).max_tokens(4).schema(schema)).failure();
    assert_eq!(failure, Failure::SchemaUnfinished { tokens: 4 });
    let failure = engine.generate(&Ask::new(question).stop("name").schema(schema)).failure();
    assert!(matches!(failure, Failure::SchemaUnfinished { .. }), "{failure:?}");
}

#[test]
fn schemas_that_cannot_be_followed_are_refused() {
    let mut engine = EngineProcess::with_model(512);
    for schema in [
        json!(7),
        json!({"type": "unheard of"}),
        json!({"$ref": "#/nowhere"}),
        json!({"type": "string", "pattern": "("}),
    ] {
        let failure = engine.generate(&Ask::new("hi").schema(&schema)).failure();
        assert!(matches!(failure, Failure::SchemaInvalid { .. }), "{schema}: {failure:?}");
    }
    assert_eq!(engine.generate(&Ask::new("hi").max_tokens(1)).completion().output_tokens, 1);
}
