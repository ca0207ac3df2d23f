//! Conditions and prohibitions as alternatives that the grammar can tell apart. Pure.

use serde_json::{Map, Value, json};

use super::narrowed::also;

/// Values of a property that are told one by one.
const MOST_VALUES: usize = 64;
pub(super) const TYPES: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];

type Object = Map<String, Value>;

/// Conditions about a property of which all values are known: what holds with each of them.
pub(super) fn by_value(object: &mut Object) {
    while let Some(name) = conditions(object).iter().find_map(|condition| tested(condition).map(|(name, _)| name)) {
        let Some(values) = known_values(object, &name) else { return };
        let (asked, others): (Vec<Object>, Vec<Object>) = conditions(object)
            .into_iter()
            .partition(|condition| tested(condition).is_some_and(|(tested, _)| tested == name));
        let is_required =
            object.get("required").and_then(Value::as_array).is_some_and(|all| all.contains(&json!(name)));
        let mut alternatives: Vec<Value> = values
            .iter()
            .map(|value| {
                let told = asked.iter().map(|condition| {
                    let is_met = tested(condition).is_some_and(|(_, values)| values.contains(value));
                    outcome(condition, is_met)
                });
                json!({"type": "object", "required": [name], "properties": {&name: {"const": value}}, "allOf": all(told)})
            })
            .collect();
        if !is_required {
            let told = asked.iter().map(|condition| outcome(condition, !wants(condition, &name)));
            alternatives.push(json!({"properties": {&name: false}, "allOf": all(told)}));
        }
        take_conditions(object);
        for condition in others {
            also(object, condition.into());
        }
        also(object, json!({"anyOf": alternatives}));
    }
}

/// What is not this schema, if there are words for it.
pub(super) fn negated(schema: &Value) -> Option<Value> {
    let Value::Object(object) = schema else { return schema.as_bool().map(|all| json!(!all)) };
    if object.is_empty() {
        return Some(json!(false));
    }
    let mut entries = object.iter();
    let (Some((keyword, value)), None) = (entries.next(), entries.next()) else { return None };
    let number = |keyword: &str| value.is_number().then(|| json!({"type": "number", keyword: value}));
    match keyword.as_str() {
        "type" => {
            let named = |kind: &&str| match value {
                Value::Array(kinds) => kinds.contains(&json!(kind)),
                named => named == *kind,
            };
            let others: Vec<&str> = TYPES.into_iter().filter(|kind| !named(kind)).collect();
            Some(json!({"type": others}))
        }
        "required" => {
            let without = |name: &Value| Some(json!({"type": "object", "properties": {name.as_str()?: false}}));
            let any: Vec<Value> = value.as_array()?.iter().map(without).collect::<Option<_>>()?;
            if let [one] = &any[..] { Some(one.clone()) } else { Some(json!({"anyOf": any})) }
        }
        "anyOf" => Some(json!({"allOf": value.as_array()?.iter().map(negated).collect::<Option<Vec<_>>>()?})),
        "allOf" => Some(json!({"anyOf": value.as_array()?.iter().map(negated).collect::<Option<Vec<_>>>()?})),
        "not" => Some(value.clone()),
        "minimum" => number("exclusiveMaximum"),
        "maximum" => number("exclusiveMinimum"),
        "exclusiveMinimum" => number("maximum"),
        "exclusiveMaximum" => number("minimum"),
        _ => None,
    }
}

/// Those of a schema itself, and those that are all there is to say in a part of it.
fn conditions(object: &Object) -> Vec<Object> {
    let own = only_condition(object);
    let parts = object.get("allOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let told = parts.iter().filter_map(Value::as_object).filter(|part| is_condition(part)).cloned();
    own.into_iter().chain(told).collect()
}

fn take_conditions(object: &mut Object) {
    for keyword in ["if", "then", "else"] {
        object.remove(keyword);
    }
    if let Some(Value::Array(parts)) = object.get_mut("allOf") {
        parts.retain(|part| !part.as_object().is_some_and(is_condition));
    }
}

fn is_condition(part: &Object) -> bool {
    part.contains_key("if") && part.keys().all(|keyword| ["if", "then", "else"].contains(&keyword.as_str()))
}

fn only_condition(object: &Object) -> Option<Object> {
    let of = |keyword: &str| Some((keyword.to_owned(), object.get(keyword)?.clone()));
    object.contains_key("if").then(|| ["if", "then", "else"].into_iter().filter_map(of).collect())
}

/// The one property that a condition is about, and with which values it is met.
fn tested(condition: &Object) -> Option<(String, Vec<Value>)> {
    let test = condition.get("if")?.as_object()?;
    let says_more = |keyword: &String| !["properties", "required", "type"].contains(&keyword.as_str());
    let mut properties = test.get("properties")?.as_object()?.iter();
    let (Some((name, wanted)), None) = (properties.next(), properties.next()) else { return None };
    let required = test.get("required").and_then(Value::as_array);
    if test.keys().any(says_more) || required.is_some_and(|names| names.iter().any(|other| other != name)) {
        return None;
    }
    Some((name.clone(), listed(wanted)?))
}

/// Whether the property has to be there for the condition to be met.
fn wants(condition: &Object, name: &str) -> bool {
    let required = condition.get("if").and_then(|test| test.get("required")).and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|wanted| wanted == name))
}

fn outcome(condition: &Object, is_met: bool) -> Value {
    condition.get(if is_met { "then" } else { "else" }).cloned().unwrap_or(Value::Bool(true))
}

fn all(told: impl Iterator<Item = Value>) -> Vec<Value> {
    told.filter(|schema| *schema != Value::Bool(true)).collect()
}

fn known_values(object: &Object, name: &str) -> Option<Vec<Value>> {
    let property = object.get("properties")?.get(name)?;
    if property.get("type").is_some_and(|kind| kind == "boolean") {
        return Some(vec![json!(true), json!(false)]);
    }
    listed(property).filter(|values| values.len() <= MOST_VALUES)
}

fn listed(schema: &Value) -> Option<Vec<Value>> {
    let schema = schema.as_object()?;
    let of =
        |keyword: &String| ["const", "enum", "type", "title", "description", "default"].contains(&keyword.as_str());
    if !schema.keys().all(of) {
        return None;
    }
    match schema.get("const") {
        Some(value) => Some(vec![value.clone()]),
        None => schema.get("enum")?.as_array().cloned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{by_value, negated};

    fn told_apart(mut schema: Value) -> Value {
        by_value(schema.as_object_mut().unwrap());
        schema
    }

    #[test]
    fn what_holds_with_a_value_is_said_beside_it() {
        let kind = json!({"kind": {"enum": ["a", "b"]}});
        let test = |value: &str| json!({"properties": {"kind": {"const": value}}});
        let with = |value: &str, more: Value| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": value}}, "allOf": more});
        assert_eq!(
            told_apart(
                json!({"properties": kind, "required": ["kind"], "if": test("a"), "then": {"required": ["x"]}, "else": {"required": ["y"]}})
            ),
            json!({"properties": kind, "required": ["kind"], "allOf": [{"anyOf": [
                with("a", json!([{"required": ["x"]}])),
                with("b", json!([{"required": ["y"]}])),
            ]}]}),
        );
        assert_eq!(
            told_apart(json!({"properties": kind, "allOf": [
                {"minProperties": 1},
                {"if": test("a"), "then": {"required": ["x"]}},
                {"if": test("b"), "then": {"required": ["y"]}},
            ]})),
            json!({"properties": kind, "allOf": [
                {"minProperties": 1},
                {"anyOf": [
                    with("a", json!([{"required": ["x"]}])),
                    with("b", json!([{"required": ["y"]}])),
                    {"properties": {"kind": false}, "allOf": [{"required": ["x"]}, {"required": ["y"]}]},
                ]},
            ]}),
        );
        for unknown in [
            json!({"properties": {"kind": {"type": "string"}}, "if": test("a"), "then": {"required": ["x"]}}),
            json!({"properties": kind, "if": {"required": ["x"]}, "then": {"required": ["y"]}}),
        ] {
            assert_eq!(told_apart(unknown.clone()), unknown);
        }
    }

    #[test]
    fn what_may_not_be_is_said_as_what_may() {
        for (schema, expected) in [
            (json!({"type": "null"}), Some(json!({"type": ["boolean", "number", "string", "array", "object"]}))),
            (json!({"type": ["null", "string"]}), Some(json!({"type": ["boolean", "number", "array", "object"]}))),
            (json!({"required": ["a"]}), Some(json!({"type": "object", "properties": {"a": false}}))),
            (json!({"not": {"type": "null"}}), Some(json!({"type": "null"}))),
            (json!({"anyOf": [{"minimum": 3}]}), Some(json!({"allOf": [{"type": "number", "exclusiveMaximum": 3}]}))),
            (json!({}), Some(json!(false))),
            (json!({"pattern": "a"}), None),
            (json!({"type": "string", "maxLength": 3}), None),
        ] {
            assert_eq!(negated(&schema), expected, "{schema}");
        }
    }
}
