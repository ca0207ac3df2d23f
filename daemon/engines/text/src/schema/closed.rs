//! Records have the properties that their schema names, and no others unless it speaks of others: so does everybody mean it who writes a
//! schema by way of types, and small models go on inventing properties until no token is left. Whatever fits the closed schema fits the
//! one it was made of. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::narrowed::NAMED;

/// Keywords by which other schemas speak of the same value, and what says with values how it is to be.
const COMPANY: [&str; 15] = [
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "const",
    "enum",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
];
/// Keywords of an object that already say what else there may be.
const OTHERS: [&str; 4] = ["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames"];
/// Besides a type, what a schema may say without saying anything of the value.
const REMARKS: [&str; 16] = [
    "type",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "discriminator",
    "nullable",
    "definitions",
    "$defs",
    "$schema",
    "$id",
    "$comment",
    "$anchor",
];

type Object = Map<String, Value>;

/// The schema, with no other properties wherever none are spoken of.
pub(super) fn closed(schema: &Value) -> Value {
    // What is spoken of in more than one place may get its properties from all of them.
    let mut shared = BTreeSet::new();
    loop {
        let known = shared.len();
        let Some(closed) = Walk { shared: &mut shared, follows: true }.start(schema) else { return schema.clone() };
        if shared.len() == known {
            return closed;
        }
    }
}

struct Walk<'a> {
    /// Where references point to beside which something else is said.
    shared: &'a mut BTreeSet<String>,
    /// Every reference so far was one within the schema.
    follows: bool,
}

/// Who speaks of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Alone,
    Together,
}

impl Walk<'_> {
    fn start(mut self, schema: &Value) -> Option<Value> {
        let closed = self.schema(schema, "", Told::Alone);
        self.follows.then_some(closed)
    }

    fn schema(&mut self, schema: &Value, place: &str, told: Told) -> Value {
        let Value::Object(object) = schema else { return schema.clone() };
        let told = if self.shared.contains(place) { Told::Together } else { told };
        let company = COMPANY.iter().filter(|keyword| object.contains_key(**keyword)).count();
        let is_alone = told == Told::Alone && company == 0;
        self.note_reference(object, told);
        let mut object: Object = object
            .iter()
            .map(|(keyword, value)| {
                let inner = match keyword.as_str() {
                    "$defs" | "definitions" => Told::Alone,
                    // One of several, or all there is to say.
                    "anyOf" | "oneOf" if says_only(object, keyword) => told,
                    "allOf" if says_only(object, keyword) && value.as_array().is_some_and(|all| all.len() == 1) => told,
                    "properties" | "items" if is_alone && !object.contains_key("patternProperties") => Told::Alone,
                    "additionalProperties" | "prefixItems" if is_alone => Told::Alone,
                    _ => Told::Together,
                };
                (keyword.clone(), self.inside(keyword, value, &format!("{place}/{}", escaped(keyword)), inner))
            })
            .collect();
        if is_alone && names_all_it_wants(&object) {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
        Value::Object(object)
    }

    fn inside(&mut self, keyword: &str, value: &Value, place: &str, told: Told) -> Value {
        match value {
            _ if super::narrowed::VALUES.contains(&keyword) => value.clone(),
            Value::Object(schemas) if NAMED.contains(&keyword) => schemas
                .iter()
                .map(|(name, schema)| (name.clone(), self.schema(schema, &format!("{place}/{}", escaped(name)), told)))
                .collect::<Object>()
                .into(),
            Value::Array(schemas) => schemas
                .iter()
                .enumerate()
                .map(|(number, schema)| self.schema(schema, &format!("{place}/{number}"), told))
                .collect(),
            schema => self.schema(schema, place, told),
        }
    }

    fn note_reference(&mut self, object: &Object, told: Told) {
        self.follows &= !object.contains_key("$dynamicRef") && !object.contains_key("$recursiveRef");
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return };
        match reference.strip_prefix('#').filter(|place| place.is_empty() || place.starts_with('/')) {
            Some(place) if told == Told::Together || !says_only(object, "$ref") => {
                self.shared.insert(place.to_owned());
            }
            Some(_) => {}
            None => self.follows = false,
        }
    }
}

fn says_only(object: &Object, keyword: &str) -> bool {
    object.keys().all(|other| other == keyword || REMARKS.contains(&other.as_str()))
}

/// Whether a record that has its properties has all it needs.
fn names_all_it_wants(object: &Object) -> bool {
    let Some(properties) = object.get("properties").and_then(Value::as_object).filter(|named| !named.is_empty()) else {
        return false;
    };
    let is_there = |name: &Value| name.as_str().is_some_and(|name| properties.contains_key(name));
    let required = object.get("required").and_then(Value::as_array);
    let least = object.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
    OTHERS.iter().all(|keyword| !object.contains_key(*keyword))
        && required.is_none_or(|required| required.iter().all(is_there))
        && least <= properties.len() as u64
}

/// As a name stands in a reference.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::closed;

    fn record(of: &Value) -> Value {
        json!({"type": "object", "properties": of})
    }

    fn shut(of: &Value) -> Value {
        json!({"type": "object", "properties": of, "additionalProperties": false})
    }

    #[test]
    fn records_get_no_others() {
        let name = json!({"name": {"type": "string"}});
        for (schema, expected) in [
            (record(&name), shut(&name)),
            (record(&json!({"a": record(&name)})), shut(&json!({"a": shut(&name)}))),
            (json!({"type": "array", "items": record(&name)}), json!({"type": "array", "items": shut(&name)})),
            (
                json!({"anyOf": [record(&name), {"type": "null"}], "title": "x"}),
                json!({"anyOf": [shut(&name), {"type": "null"}], "title": "x"}),
            ),
            (json!({"allOf": [record(&name)]}), json!({"allOf": [shut(&name)]})),
            (
                json!({"$defs": {"a": record(&name)}, "items": {"$ref": "#/$defs/a", "description": "x"}}),
                json!({"$defs": {"a": shut(&name)}, "items": {"$ref": "#/$defs/a", "description": "x"}}),
            ),
            (
                record(&json!({"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}})),
                shut(&json!({"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}})),
            ),
        ] {
            assert_eq!(closed(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn what_may_need_others_gets_them() {
        let name = json!({"name": {"type": "string"}});
        let with = |more: Value| {
            let mut schema = record(&json!({"name": {"type": "string"}}));
            schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            schema
        };
        for schema in [
            json!(true),
            json!({"type": "object"}),
            record(&json!({})),
            with(json!({"additionalProperties": true})),
            with(json!({"required": ["name", "age"]})),
            with(json!({"minProperties": 2})),
            with(json!({"patternProperties": {"^x": {}}})),
            with(json!({"enum": [{"name": "a", "b": 1}]})),
            with(json!({"allOf": [record(&json!({"age": {"type": "integer"}}))]})),
            with(json!({"oneOf": [record(&name), {"required": ["b"]}]})),
            json!({"allOf": [record(&name), record(&json!({"age": {}}))]}),
            json!({"$ref": "#/$defs/a", "required": ["b"], "$defs": {"a": record(&name)}}),
            json!({"$defs": {"a": record(&json!({"b": {"$ref": "#/$defs/b"}})), "b": record(&name)},
                "allOf": [{"$ref": "#/$defs/a"}, record(&json!({"b": record(&json!({"c": {}}))}))]}),
            json!({"$defs": {"a": {"$anchor": "x", "properties": {"a": {}}}}, "items": {"$ref": "#x"}}),
            json!({"const": record(&name), "default": record(&name)}),
        ] {
            assert_eq!(closed(&schema), schema);
        }
    }
}
