//! Answers of a schema are valid, whatever the schema and the chance. `HOB_SCHEMAS` says how many are made; `make schemas` makes 1,000.

use std::time::Instant;

use hob_protocol::engine::{Failure, LoadOptions};
use hob_protocol::text::Finish;
use serde_json::{Value, json};

use crate::kinds::kinds;
use crate::process::{Ask, EngineProcess, model};
use crate::tally::{Made, Tally};

/// Tokens for an answer whose length the schema bounds, and for any other, which is closed where they run out.
const ROOM: u32 = 400;
const LITTLE_ROOM: u32 = 80;

/// Each with what it asks for.
pub(crate) fn cases() -> Vec<(&'static str, Value)> {
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

/// Makes so many answers by these schemas, in turn, and judges them with another implementation.
fn assert_all_are_valid(asked: &[(&str, Value)], count: u32, room: u32) {
    // Two tests do this side by side, and threads that wait for each other are slow where cores are few.
    let mut engine = EngineProcess::start();
    let options = LoadOptions { context_tokens: 2048, threads: 1, ..LoadOptions::default() };
    assert_eq!(engine.load(&model(), options), Ok(2048));
    let mut tally = Tally::new(count);
    for seed in 0..count {
        let (question, schema) = &asked[seed as usize % asked.len()];
        let temperature = 0.5 * (seed / 8 % 4) as f32;
        let begin = Instant::now();
        let answer = engine.generate(&Ask::new(question).max_tokens(room).sampled(temperature, seed).schema(schema));
        let time = begin.elapsed();
        let deltas = answer.deltas.concat();
        let (tokens, problem) = match answer.outcome {
            Ok(completion) => {
                assert!(deltas == completion.text.as_str() && completion.output_tokens <= room);
                (completion.output_tokens, problem(schema, completion.text.as_str()))
            }
            Err(failure) => (0, Some(format!("{failure:?} for {schema}"))),
        };
        tally.count(schema, Made { tokens, time, problem: problem.map(|problem| format!("{seed}: {problem}")) });
    }
    tally.conclude();
}

fn problem(schema: &Value, text: &str) -> Option<String> {
    let answer: Value = match serde_json::from_str(text) {
        Ok(answer) => answer,
        Err(error) => return Some(format!("{error}: {text:?} for {schema}")),
    };
    let validator = jsonschema::options().should_validate_formats(true).build(schema).expect("a schema");
    validator.validate(&answer).err().map(|error| format!("{error}: {answer} for {schema}"))
}

/// For each of two tests.
fn count(usual: u32) -> u32 {
    std::env::var("HOB_SCHEMAS").map_or(usual, |count| count.parse::<u32>().expect("a number").div_ceil(2))
}

#[test]
fn every_answer_is_valid() {
    assert_all_are_valid(&cases(), count(24), ROOM);
}

/// Also of schemas whose texts and lists have no end of their own, and of what the grammar has no words for.
#[test]
fn answers_of_every_kind_of_schema_are_valid() {
    let kinds: Vec<(&str, Value)> = kinds().into_iter().map(|schema| ("Tell me about the sea.", schema)).collect();
    assert_all_are_valid(&kinds, count(kinds.len() as u32), LITTLE_ROOM);
}

/// A stop string ends a text, which may be inside of a value.
#[test]
fn what_a_stop_string_left_is_valid_or_an_error() {
    let mut engine = EngineProcess::with_model(1024);
    let record =
        json!({"type": "object", "required": ["a"], "properties": {"a": {"const": 15}}, "additionalProperties": false});
    for (schema, stop) in
        [(&record, "}"), (&record, "5"), (&json!({"const": 15}), "5"), (&json!({"const": "ab"}), "\"")]
    {
        let failure = engine.generate(&Ask::new("hi").stop(stop).schema(schema)).failure();
        assert!(matches!(failure, Failure::SchemaUnfinished { .. }), "{schema} {stop}: {failure:?}");
    }
    let answer = engine.generate(&Ask::new("hi").stop("9").schema(&record)).completion();
    assert_eq!(answer.text.as_str(), r#"{"a": 15}"#);
}

#[test]
fn an_answer_comes_in_pieces_unless_only_the_whole_can_be_judged() {
    let mut engine = EngineProcess::with_model(1024);
    let day = |day: Value| {
        json!({
            "type": "object",
            "required": ["format", "story"],
            "properties": {"format": {"enum": ["pdf", "png"]}, "story": {"type": "string", "minLength": 80, "maxLength": 90}, "day": day},
            "additionalProperties": false,
            "default": {"format": "pdf"},
        })
    };
    // A property of that name is no keyword, nor is what a value holds. What is of a known format is known piece by piece.
    for day_is in [json!({"type": "null"}), json!({"type": "string", "format": "date"})] {
        let pieces = engine.generate(&Ask::new("Tell me of the sea.").schema(&day(day_is))).deltas.len();
        assert!(pieces > 1, "{pieces}");
    }
    let days = json!({"type": "array", "items": {"enum": [1, 2, 3]}, "maxItems": 2, "uniqueItems": true});
    assert_eq!(engine.generate(&Ask::new("Tell me of the sea.").schema(&day(days))).deltas.len(), 1);
}

/// As programs write schemas that have types of their own: small models go on inventing properties otherwise, until no token is left.
#[test]
fn a_record_has_the_properties_that_its_schema_names() {
    let mut engine = EngineProcess::with_model(1024);
    let event = json!({
        "$defs": {"Place": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 12}}, "required": ["city"]}},
        "properties": {
            "id": {"format": "uuid", "type": "string"},
            "created_at": {"format": "date-time", "type": "string"},
            "place": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}], "default": null},
        },
        "required": ["id", "created_at", "place"],
        "type": "object",
    });
    let completion = engine.generate(&Ask::new("Make up an event.").max_tokens(300).schema(&event)).completion();
    assert_eq!((completion.finish, problem(&event, completion.text.as_str())), (Finish::Stop, None));
    let record: Value = serde_json::from_str(completion.text.as_str()).unwrap();
    assert_eq!(record.as_object().unwrap().len(), 3, "{record}");
    assert!(record["place"].as_object().is_none_or(|place| place.len() == 1), "{record}");
}

/// Programs would see one of the two.
#[test]
fn no_object_has_a_name_twice() {
    let mut engine = EngineProcess::with_model(1024);
    let any = json!({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 9}, "minProperties": 12});
    let completion = engine.generate(&Ask::new("Count the letters.").max_tokens(200).schema(&any)).completion();
    let counted = completion.text.as_str().matches("\": ").count();
    let record: serde_json::Map<String, Value> = serde_json::from_str(completion.text.as_str()).unwrap();
    assert!(counted >= 12 && counted == record.len(), "{}", completion.text.as_str());
}

#[test]
fn a_refusal_names_the_place() {
    let mut engine = EngineProcess::with_model(512);
    for (schema, place) in [
        (
            json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a)\\1$"}}}),
            "at #/properties/a: ",
        ),
        (json!({"properties": {"x": {"minimum": "3"}}}), "at #/properties/x/minimum: "),
        (
            json!({"type": "array", "minItems": 1, "items": {"not": {}, "type": "integer", "minimum": 3, "maximum": 2}}),
            "at #/items: ",
        ),
    ] {
        let failure = engine.generate(&Ask::new("hi").schema(&schema)).failure();
        assert!(
            matches!(&failure, Failure::SchemaInvalid { problem } if problem.starts_with(place)),
            "{schema}: {failure:?}"
        );
    }
}

/// So that a model can be asked for its reasons before what follows from them.
#[test]
fn properties_come_in_the_order_of_the_schema() {
    let mut engine = EngineProcess::with_model(1024);
    let schema: Value = serde_json::from_str(
        r#"{"type": "object", "required": ["reason", "answer", "again"], "additionalProperties": false,
            "properties": {"reason": {"type": "string", "maxLength": 8}, "answer": {"type": "boolean"}, "again": {"type": "null"}}}"#,
    )
    .unwrap();
    let completion = engine.generate(&Ask::new("Is the sky blue?").schema(&schema)).completion();
    let place = |name: &str| completion.text.as_str().find(&format!("\"{name}\":")).unwrap();
    assert!(place("reason") < place("answer") && place("answer") < place("again"), "{}", completion.text.as_str());
}

#[test]
fn an_answer_without_room_is_brought_to_an_end() {
    let mut engine = EngineProcess::with_model(1024);
    let schema = json!({"type": "string", "minLength": 60});
    let ask = Ask::new("Write a long story about the sea.").max_tokens(30).schema(&schema);
    let completion = engine.generate(&ask).completion();
    assert_eq!((completion.finish, problem(&schema, completion.text.as_str())), (Finish::Length, None));
}

#[test]
fn what_ends_too_soon_is_no_answer() {
    let mut engine = EngineProcess::with_model(1024);
    let (question, schema) = &cases()[0];
    let failure = engine.generate(&Ask::new(question).max_tokens(4).schema(schema)).failure();
    assert_eq!(failure, Failure::SchemaUnfinished { tokens: 4 });
    let failure = engine.generate(&Ask::new(question).stop("name").schema(schema)).failure();
    assert!(matches!(failure, Failure::SchemaUnfinished { .. }), "{failure:?}");
    // Not even the shortest answer fits.
    let failure =
        engine.generate(&Ask::new("hi").max_tokens(8).schema(&json!({"type": "string", "minLength": 80}))).failure();
    assert_eq!(failure, Failure::SchemaUnfinished { tokens: 8 });
}

#[test]
fn schemas_that_cannot_be_followed_are_refused() {
    let mut engine = EngineProcess::with_model(512);
    for schema in [
        json!(7),
        json!(false),
        json!({"type": "string", "const": 1}),
        json!({"type": "integer", "minimum": 3, "maximum": 2}),
        json!({"$ref": "https://example.com/elsewhere.json"}),
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": true}),
        json!({"type": "unheard of"}),
        json!({"$ref": "#/nowhere"}),
        json!({"type": "string", "pattern": "("}),
    ] {
        let failure = engine.generate(&Ask::new("hi").schema(&schema)).failure();
        assert!(matches!(failure, Failure::SchemaInvalid { .. }), "{schema}: {failure:?}");
    }
    assert_eq!(engine.generate(&Ask::new("hi").max_tokens(1)).completion().output_tokens, 1);
}
