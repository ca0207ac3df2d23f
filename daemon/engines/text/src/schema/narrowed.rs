//! Says in words that the grammar knows what a schema says in others. The answer may be asked for more than it was, or for less, which
//! `Validity` then finds; never is a schema made that no answer of the first one fits where there is an easy one. Pure.

use serde_json::{Map, Value, json};

use super::alternatives::{by_value, negated};
use super::lookaround::without_lookaround;
use super::unevaluated::unevaluated;

/// Keywords whose value is a schema, a list of them, or schemas by name.
pub(super) const ONE: [&str; 9] =
    ["items", "additionalItems", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames"];
pub(super) const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
pub(super) const NAMED: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];
/// Keywords whose value is JSON of any kind, and no schema.
pub(super) const VALUES: [&str; 4] = ["const", "enum", "default", "examples"];
pub(super) type Object = Map<String, Value>;

/// Whether a schema, or one inside of it, uses a keyword, to something. The name of a property is no keyword, and nor is what a value
/// holds that is compared with answers.
pub(super) fn mentions(schema: &Value, keyword: &str) -> bool {
    let Value::Object(object) = schema else { return false };
    let here = object.get(keyword).is_some_and(|value| matches!(value, Value::Bool(true) | Value::String(_)));
    here || object.iter().any(|(name, value)| match value {
        _ if VALUES.contains(&name.as_str()) => false,
        Value::Object(schemas) if NAMED.contains(&name.as_str()) => {
            schemas.values().any(|schema| mentions(schema, keyword))
        }
        // Under a name that is no keyword there may be schemas as well, for references to point to.
        Value::Array(schemas) => schemas.iter().any(|schema| mentions(schema, keyword)),
        schema => mentions(schema, keyword),
    })
}

/// The schema, and all schemas inside of it, in other words.
pub(super) fn narrowed(schema: &Value) -> Value {
    let told_apart = walk(schema, &by_value);
    walk(&told_apart, &|object| {
        references(object);
        dependencies(object);
        conditions(object);
        names(object);
        counted_properties(object);
        contained(object);
        unevaluated(object, schema);
        prohibitions(object);
        if let Some(Value::String(pattern)) = object.get_mut("pattern") {
            *pattern = without_lookaround(pattern);
        }
    })
}

/// Changes the schemas inside first.
pub(super) fn walk(schema: &Value, change: &impl Fn(&mut Object)) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    let inner = object.iter().map(|(keyword, value)| (keyword.clone(), inside(keyword, value, change)));
    let mut object: Object = inner.collect();
    change(&mut object);
    Value::Object(object)
}

fn inside(keyword: &str, value: &Value, change: &impl Fn(&mut Object)) -> Value {
    match value {
        Value::Object(_) if ONE.contains(&keyword) => walk(value, change),
        // An old way to write `prefixItems`.
        Value::Array(schemas) if LISTS.contains(&keyword) || keyword == "items" => {
            schemas.iter().map(|schema| walk(schema, change)).collect()
        }
        Value::Object(schemas) if NAMED.contains(&keyword) => {
            schemas.iter().map(|(name, schema)| (name.clone(), walk(schema, change))).collect::<Object>().into()
        }
        _ => value.clone(),
    }
}

pub(super) fn also(object: &mut Object, schema: Value) {
    if let Value::Array(all) = object.entry("allOf").or_insert_with(|| json!([])) {
        all.push(schema);
    }
}

/// Either the property and what it wants, or no such property.
fn dependencies(object: &mut Object) {
    for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
        let Some(Value::Object(dependencies)) = object.remove(keyword) else { continue };
        for (name, wanted) in dependencies {
            let wanted = match wanted {
                Value::Array(required) => json!({"required": required}),
                schema => schema,
            };
            let with = json!({"type": "object", "required": [name.clone()], "allOf": [wanted]});
            also(object, json!({"anyOf": [{"properties": {name: false}}, with]}));
        }
    }
}

/// Both parts of the condition together, or the other alternative alone.
fn conditions(object: &mut Object) {
    let [condition, then, other] = ["if", "then", "else"].map(|keyword| object.remove(keyword));
    if let Some(condition) = condition {
        let met = json!({"allOf": [condition, then.unwrap_or(Value::Bool(true))]});
        also(object, json!({"anyOf": [met, other.unwrap_or(Value::Bool(true))]}));
    }
}

/// The first ones are required, as many as must be there, or none else may.
fn counted_properties(object: &mut Object) {
    let count =
        |object: &Object, keyword: &str| object.get(keyword).and_then(Value::as_u64).map(|count| count as usize);
    let (least, most) = (count(object, "minProperties"), count(object, "maxProperties"));
    let Some(Value::Object(properties)) = object.get("properties").cloned() else { return };
    let mut required: Vec<Value> = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let optional: Vec<Value> =
        properties.keys().map(|name| json!(name)).filter(|name| !required.contains(name)).collect();
    if let Some(most) = most.filter(|most| *most >= required.len()) {
        required.extend(optional.into_iter().take(most - required.len()));
        let stays = |name: &String| required.contains(&json!(name));
        let properties = properties.into_iter().map(|(name, schema)| {
            let schema = if stays(&name) { schema } else { Value::Bool(false) };
            (name, schema)
        });
        object.insert("properties".to_owned(), properties.collect::<Object>().into());
        object.insert("required".to_owned(), required.into());
    } else if let Some(least) = least.filter(|least| *least > required.len()) {
        let missing = least - required.len();
        if optional.len() >= missing {
            object.remove("minProperties");
        }
        required.extend(optional.into_iter().take(missing));
        object.insert("required".to_owned(), required.into());
    }
}

/// Names of a pattern are properties of a pattern.
fn names(object: &mut Object) {
    let Some(names) = object.get("propertyNames") else { return };
    let any = object.get("additionalProperties").cloned().unwrap_or(Value::Bool(true));
    let length = |keyword: &str| names.get(keyword).and_then(Value::as_u64);
    let (key, value) = if let Some(pattern) = names.get("pattern").and_then(Value::as_str) {
        ("patternProperties", json!({pattern: any}))
    } else if let Some(list) = names.get("enum").and_then(Value::as_array) {
        let listed = list.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), any.clone()));
        ("properties", listed.collect::<Object>().into())
    } else if let (least, Some(most)) = (length("minLength").unwrap_or(1), length("maxLength")) {
        ("patternProperties", json!({format!("^[a-z]{{{least},{most}}}$"): any}))
    } else {
        return;
    };
    if !object.contains_key(key) {
        object.insert(key.to_owned(), value);
        object.insert("additionalProperties".to_owned(), json!(false));
        object.remove("propertyNames");
    }
}

/// What must be somewhere in a list is as near to its beginning as it can be.
fn contained(object: &mut Object) {
    let Some(wanted) = object.remove("contains") else { return };
    let count = |object: &mut Object, keyword: &str| object.remove(keyword).and_then(|count| count.as_u64());
    let least = count(object, "minContains").unwrap_or(1);
    count(object, "maxContains");
    let (first, rest) = if object.get("items").is_some_and(Value::is_array) {
        ("items", "additionalItems")
    } else {
        ("prefixItems", "items")
    };
    let item = match object.get(rest) {
        Some(Value::Bool(false)) => return,
        Some(rest) => json!({"allOf": [rest, wanted]}),
        None => wanted,
    };
    if least > 64 {
        return;
    }
    let Value::Array(firsts) = object.entry(first).or_insert_with(|| json!([])) else { return };
    firsts.extend((0..least).map(|_| item.clone()));
    let all = firsts.len() as u64;
    let items = object.get("minItems").and_then(Value::as_u64).unwrap_or(0);
    object.insert("minItems".to_owned(), json!(items.max(all)));
}

/// What may not be, as what may.
fn prohibitions(object: &mut Object) {
    let Some(prohibited) = object.remove("not") else { return };
    match (negated(&prohibited), prohibited.get("anyOf")) {
        (Some(allowed), _) => also(object, allowed),
        // As much of it as there are words for.
        (None, Some(Value::Array(all))) => all.iter().filter_map(negated).for_each(|allowed| also(object, allowed)),
        (None, _) => drop(object.insert("not".to_owned(), prohibited)),
    }
}

/// References that choose what they point to when an answer is judged point to what they would without that.
fn references(object: &mut Object) {
    for (keyword, usual) in [("$dynamicRef", "$ref"), ("$recursiveRef", "$ref"), ("$dynamicAnchor", "$anchor")] {
        if !object.contains_key(usual)
            && let Some(value) = object.remove(keyword)
        {
            object.insert(usual.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{mentions, narrowed};

    #[test]
    fn keywords_are_said_in_other_words() {
        for (schema, expected) in [
            (json!(true), json!(true)),
            (json!({"type": "string"}), json!({"type": "string"})),
            (
                json!({"dependentRequired": {"a": ["b"]}}),
                json!({"allOf": [{"anyOf": [
                    {"properties": {"a": false}},
                    {"type": "object", "required": ["a"], "allOf": [{"required": ["b"]}]},
                ]}]}),
            ),
            (
                json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}}),
                json!({"allOf": [{"anyOf": [{"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, true]}]}),
            ),
            (
                json!({"properties": {"a": {}, "b": {}, "c": {}}, "required": ["c"], "maxProperties": 2}),
                json!({"properties": {"a": {}, "b": false, "c": {}}, "required": ["c", "a"], "maxProperties": 2}),
            ),
            (
                json!({"properties": {"a": {}, "b": {}}, "minProperties": 1}),
                json!({"properties": {"a": {}, "b": {}}, "required": ["a"]}),
            ),
            (
                json!({"propertyNames": {"pattern": "^x"}, "additionalProperties": {"type": "null"}}),
                json!({"patternProperties": {"^x": {"type": "null"}}, "additionalProperties": false}),
            ),
            (
                json!({"propertyNames": {"enum": ["a", "b"]}, "minProperties": 1}),
                json!({"properties": {"a": true, "b": true}, "additionalProperties": false, "required": ["a"]}),
            ),
            (
                json!({"items": {"type": "integer"}, "contains": {"const": 5}, "minItems": 3}),
                json!({
                    "items": {"type": "integer"},
                    "prefixItems": [{"allOf": [{"type": "integer"}, {"const": 5}]}],
                    "minItems": 3,
                }),
            ),
            (
                json!({"properties": {"a": {}}, "unevaluatedProperties": false}),
                json!({"properties": {"a": {}}, "allOf": [{"properties": {"a": true}, "additionalProperties": false}]}),
            ),
            (
                json!({"properties": {"a": {}}, "allOf": [{"$ref": "#/$defs/b"}], "unevaluatedProperties": false, "$defs": {"b": {"properties": {"c": {}}}}}),
                json!({
                    "properties": {"a": {}},
                    "allOf": [{"$ref": "#/$defs/b"}, {"properties": {"a": true, "c": true}, "additionalProperties": false}],
                    "$defs": {"b": {"properties": {"c": {}}}},
                }),
            ),
            (
                json!({"not": {"type": "null"}}),
                json!({"allOf": [{"type": ["boolean", "number", "string", "array", "object"]}]}),
            ),
            (
                json!({"prefixItems": [{"type": "null"}], "contains": {"const": 5}}),
                json!({"prefixItems": [{"type": "null"}, {"const": 5}], "minItems": 2}),
            ),
            (
                json!({"$dynamicAnchor": "a", "items": {"$dynamicRef": "#a"}}),
                json!({"items": {"$ref": "#a"}, "$anchor": "a"}),
            ),
            (json!({"not": {"const": 1}}), json!({"not": {"const": 1}})),
            (
                json!({"$defs": {"a": {"not": {"required": ["x"]}}}, "properties": {"if": {"const": {"if": 1}}}}),
                json!({
                    "$defs": {"a": {"allOf": [{"type": "object", "properties": {"x": false}}]}},
                    "properties": {"if": {"const": {"if": 1}}},
                }),
            ),
        ] {
            assert_eq!(narrowed(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn a_keyword_is_found_wherever_it_is() {
        assert!(mentions(&json!({"items": [{"x": {"uniqueItems": true}}]}), "uniqueItems"));
        assert!(!mentions(&json!({"items": {"uniqueItems": false}}), "uniqueItems"));
        for schema in [
            json!({"properties": {"a": {"type": "string", "format": "date"}}}),
            json!({"properties": {"format": {"type": "string", "format": "date"}}}),
            json!({"$defs": {"format": {"anyOf": [{"format": "date"}]}}}),
            json!({"components": {"schemas": {"day": {"format": "date"}}}}),
            json!({"dependencies": {"format": {"properties": {"a": {"format": "date"}}}}}),
        ] {
            assert!(mentions(&schema, "format"), "{schema}");
        }
    }

    #[test]
    fn what_has_the_name_of_a_keyword_is_none() {
        for schema in [
            json!({"properties": {"format": {"type": "string"}}}),
            json!({"properties": {"format": true}}),
            json!({"$defs": {"format": true}, "dependencies": {"format": ["a"]}, "required": ["format"]}),
            json!({"const": {"format": "pdf"}}),
            json!({"items": {"enum": [{"format": "pdf"}, {"format": "png"}]}}),
            json!({"properties": {"a": {"default": {"format": "pdf"}, "examples": [{"format": "png"}]}}}),
        ] {
            assert!(!mentions(&schema, "format"), "{schema}");
        }
        assert!(!mentions(
            &json!({"properties": {"uniqueItems": true}, "const": [{"uniqueItems": true}]}),
            "uniqueItems"
        ));
    }
}
