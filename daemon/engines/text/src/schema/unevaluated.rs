//! What nothing else in a schema speaks of. Pure.

use serde_json::{Map, Value, json};

use super::narrowed::{LISTS, also};

/// Schemas inside of each other that are looked through for names.
const DEPTH: u32 = 16;

type Object = Map<String, Value>;

/// What nothing else speaks of may not be there, as far as it is said nearby who speaks of what.
pub(super) fn unevaluated(object: &mut Object, whole: &Value) {
    if let Some(schema) = object.remove("unevaluatedProperties")
        && !object.contains_key("additionalProperties")
    {
        let mut names = Vec::new();
        if names_in(object, whole, &mut names, DEPTH) {
            let all: Object = names.into_iter().map(|name| (name, Value::Bool(true))).collect();
            also(object, json!({"properties": all, "additionalProperties": schema}));
        }
    }
    let is_alone = !LISTS[..3].iter().chain(&["$ref"]).any(|keyword| object.contains_key(*keyword));
    if let Some(schema) = object.remove("unevaluatedItems")
        && is_alone
        && !object.contains_key("items")
    {
        object.insert("items".to_owned(), schema);
    }
}

/// Finds the properties that a schema speaks of, and says whether it speaks of no others.
fn names_in(object: &Object, whole: &Value, names: &mut Vec<String>, depth: u32) -> bool {
    if depth == 0 {
        return false;
    }
    if let Some(Value::Object(properties)) = object.get("properties") {
        names.extend(properties.keys().cloned());
    }
    let mut inner: Vec<&Value> = ["if", "then", "else"].iter().filter_map(|keyword| object.get(*keyword)).collect();
    inner.extend(LISTS[..3].iter().filter_map(|keyword| object.get(*keyword)?.as_array()).flatten());
    if let Some(reference) = object.get("$ref") {
        let place = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        let Some(target) = place.and_then(|place| whole.pointer(place)) else { return false };
        inner.push(target);
    }
    let others = ["patternProperties", "additionalProperties", "dependentSchemas", "$dynamicRef", "$recursiveRef"];
    others.iter().all(|keyword| !object.contains_key(*keyword))
        && inner.into_iter().all(|schema| match schema {
            Value::Object(object) => names_in(object, whole, names, depth - 1),
            _ => true,
        })
}
