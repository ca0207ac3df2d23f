//! Schemas of every kind that programs write: bounded and unbounded, nested, recursive, in old and new words.

use serde_json::{Value, json};

/// For which there is an answer of some tens of tokens.
pub(crate) fn kinds() -> Vec<Value> {
    [plain(), texts(), numbers(), lists(), records(), choices(), references(), conditions()].concat()
}

fn plain() -> Vec<Value> {
    vec![
        json!({}),
        json!(true),
        json!({"type": "string"}),
        json!({"type": "number"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
        json!({"type": "null"}),
        json!({"type": "array"}),
        json!({"type": "object"}),
        json!({"type": ["string", "null"]}),
        json!({"title": "Anything", "description": "What you like.", "default": 1}),
        json!({"const": {"a": [1, "x", null], "b": true}}),
        json!({"enum": ["red", "green", 3, null, {"a": 1}]}),
        json!({"enum": ["да", "нет", "日本", "😀"]}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/a.json", "type": "string"}),
    ]
}

fn texts() -> Vec<Value> {
    let text = |more: Value| {
        let mut schema = json!({"type": "string"});
        schema.as_object_mut().expect("it is one").extend(more.as_object().expect("and so is this").clone());
        schema
    };
    vec![
        text(json!({"minLength": 40, "maxLength": 60})),
        text(json!({"maxLength": 0})),
        text(json!({"pattern": "^[A-Z]{3}-[0-9]{4}$"})),
        text(json!({"pattern": "^[a-z]+@[a-z]+\\.com$"})),
        text(json!({"pattern": "ab"})),
        text(json!({"pattern": "^\\d+$"})),
        text(json!({"pattern": "^(\\+\\d{1,2} )?\\(\\d{3}\\) \\d{3}-\\d{4}$"})),
        text(json!({"pattern": "^[а-я]{3,6}$"})),
        text(json!({"pattern": "^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$", "maxLength": 12})),
        text(json!({"format": "date"})),
        text(json!({"format": "date-time"})),
        text(json!({"format": "time"})),
        text(json!({"format": "email"})),
        text(json!({"format": "uri"})),
        text(json!({"format": "uuid"})),
        text(json!({"format": "ipv4"})),
        text(json!({"format": "ipv6"})),
        text(json!({"format": "hostname"})),
        text(json!({"format": "duration"})),
        text(json!({"format": "of our own"})),
        text(json!({"format": "uri-reference"})),
        text(json!({"format": "json-pointer"})),
        text(json!({"format": "regex"})),
        text(json!({"format": "date", "pattern": "^19"})),
        text(json!({"format": "uri", "pattern": "^file:///"})),
        text(json!({"pattern": "^[a-z]{2,5}\\b$"})),
    ]
}

fn numbers() -> Vec<Value> {
    vec![
        json!({"type": "integer", "minimum": -5, "maximum": 5}),
        json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2}),
        json!({"type": "number", "minimum": 0, "maximum": 1}),
        json!({"type": "number", "minimum": -0.25, "exclusiveMaximum": 1e3}),
        json!({"type": "integer", "multipleOf": 7, "maximum": 700, "minimum": 0}),
        json!({"type": "number", "multipleOf": 0.25, "minimum": 0, "maximum": 10}),
        json!({"type": "integer", "minimum": 1_000_000_000_000_u64}),
        json!({"type": "integer", "multipleOf": 97, "minimum": 1}),
        json!({"type": "number", "multipleOf": 0.01, "minimum": 0.5, "maximum": 1}),
        json!({"type": "number", "exclusiveMinimum": 0.1, "exclusiveMaximum": 0.10001}),
        json!({"type": "number", "minimum": 0, "maximum": 1.7e308}),
    ]
}

fn lists() -> Vec<Value> {
    vec![
        json!({"type": "array", "items": {"type": "string"}, "minItems": 2}),
        json!({"type": "array", "items": {"type": "array", "items": {"type": "integer"}, "maxItems": 3}, "maxItems": 3}),
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false, "minItems": 2}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [{"type": "boolean"}], "additionalItems": false}),
        json!({"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "maxItems": 3, "uniqueItems": true}),
        json!({"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 9}, "minItems": 6, "uniqueItems": true}),
        json!({"type": "array", "items": {"type": "string", "maxLength": 5}, "minItems": 4, "maxItems": 8, "uniqueItems": true}),
        json!({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": true}),
        json!({"type": "array", "items": {"type": "integer"}, "contains": {"const": 5}, "maxItems": 5}),
        json!({"type": "array", "prefixItems": [{"type": "integer"}], "contains": {"const": "x"}, "maxItems": 4}),
        json!({"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 2}, "minItems": 3, "maxItems": 5, "uniqueItems": true}),
        json!({"type": "array", "maxItems": 0}),
        json!({"type": "array", "items": {"type": "object", "required": ["x", "y"], "properties": {
            "x": {"type": "number"}, "y": {"type": "number"}}}, "minItems": 1}),
    ]
}

fn records() -> Vec<Value> {
    vec![
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a", "b"]}),
        json!({"type": "object", "properties": {"größe": {"type": "integer"}, "名前": {"type": "string"}, "a \"b\"/c~d": {"type": "null"}},
            "required": ["größe", "名前", "a \"b\"/c~d"], "additionalProperties": false}),
        json!({"type": "object", "required": ["not", "described"]}),
        json!({"type": "object", "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "patternProperties": {"^x_": {"type": "string"}}, "additionalProperties": false}),
        json!({"type": "object", "propertyNames": {"pattern": "^[a-z]{1,4}$"}, "additionalProperties": {"type": "boolean"}, "maxProperties": 3}),
        json!({"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "minProperties": 2, "additionalProperties": false}),
        json!({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}}, "maxProperties": 1}),
        json!({"type": "object", "dependentRequired": {"card": ["address"]},
            "properties": {"card": {"type": "integer"}, "address": {"type": "string", "maxLength": 9}}, "additionalProperties": false}),
        json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 4}}, "unevaluatedProperties": false}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "object", "required": ["b"], "properties": {
            "b": {"type": "object", "required": ["c"], "properties": {"c": {"type": "array", "items": {"type": "object", "required": ["d"],
            "properties": {"d": {"enum": [1, 2]}}, "additionalProperties": false}, "minItems": 2, "maxItems": 2}}}}}}}),
    ]
}

fn choices() -> Vec<Value> {
    vec![
        json!({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 3}]}),
        json!({"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}], "minimum": 0, "maximum": 100}),
        json!({"oneOf": [
            {"type": "object", "required": ["cat"], "properties": {"cat": {"type": "string", "maxLength": 6}}},
            {"type": "object", "required": ["dog"], "properties": {"dog": {"type": "integer"}}},
        ]}),
        json!({"type": "object", "required": ["kind", "value"], "oneOf": [
            {"properties": {"kind": {"const": "number"}, "value": {"type": "number"}}},
            {"properties": {"kind": {"const": "text"}, "value": {"type": "string", "maxLength": 8}}},
        ]}),
        json!({"allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 3}}},
            {"required": ["b"], "properties": {"a": {"maximum": 6}, "b": {"type": "boolean"}}},
        ]}),
        json!({"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}], "type": "object",
            "properties": {"b": {"type": "string", "maxLength": 4}}, "unevaluatedProperties": false}),
        json!({"not": {"type": "string"}}),
        json!({"type": ["integer", "string"], "maxLength": 3, "not": {"anyOf": [{"type": "string"}, {"minimum": 10}]}}),
        json!({"type": "integer", "not": {"const": 0}, "minimum": 0, "maximum": 9}),
        json!({"type": "object", "properties": {"a": {"type": "integer"}}, "not": {"required": ["b"]}}),
    ]
}

fn references() -> Vec<Value> {
    vec![
        json!({"$ref": "#/$defs/name", "$defs": {"name": {"type": "string", "maxLength": 8}}}),
        json!({"$ref": "#/definitions/a~1b", "definitions": {"a/b": {"type": "integer"}}}),
        json!({"type": "object", "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}},
            "required": ["value", "next"], "additionalProperties": false}),
        json!({"$dynamicAnchor": "node", "type": "object", "required": ["v", "kids"], "additionalProperties": false, "properties": {
            "v": {"type": "boolean"}, "kids": {"type": "array", "maxItems": 1, "items": {"$dynamicRef": "#node"}}}}),
        json!({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "required": ["name", "children"], "additionalProperties": false,
            "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}}}),
    ]
}

fn conditions() -> Vec<Value> {
    vec![
        json!({"type": "object", "properties": {"country": {"enum": ["US", "NL"]}, "code": {"type": "string", "maxLength": 7}},
            "required": ["country", "code"], "additionalProperties": false,
            "if": {"properties": {"country": {"const": "US"}}}, "then": {"properties": {"code": {"pattern": "^[0-9]{5}$"}}},
            "else": {"properties": {"code": {"pattern": "^[0-9]{4} [A-Z]{2}$"}}}}),
        json!({"type": "object", "properties": {"k": {"enum": ["a", "b", "c"]}, "v": {}}, "required": ["k", "v"], "additionalProperties": false, "allOf": [
            {"if": {"properties": {"k": {"const": "a"}}}, "then": {"properties": {"v": {"type": "integer"}}}},
            {"if": {"properties": {"k": {"const": "b"}}}, "then": {"properties": {"v": {"type": "boolean"}}}},
            {"if": {"properties": {"k": {"const": "c"}}}, "then": {"properties": {"v": {"type": "null"}}}}]}),
        json!({"type": "object", "properties": {"a": {"type": "boolean"}}, "dependentSchemas": {"a": {"required": ["b"]}},
            "maxProperties": 4}),
    ]
}
