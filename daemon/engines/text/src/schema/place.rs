//! Where in a schema it is what cannot be followed. Pure.

use serde_json::Value;

use super::narrowed::{LISTS, NAMED, ONE};

/// Schemas that are looked at, with one part of them taken away.
const MOST: usize = 120;

/// The innermost part of a schema without which it no longer fails, as a reference to it; `#` is the whole schema.
pub(super) fn of_the_fault(schema: &Value, fails: impl Fn(&Value) -> bool) -> String {
    let mut place = String::new();
    let mut tries = 0;
    while let Some(node) = schema.pointer(&place) {
        let inner = parts(node).into_iter().map(|part| format!("{place}{part}")).find(|inner| {
            tries += 1;
            let mut without = schema.clone();
            without.pointer_mut(inner).map(|part| *part = Value::Bool(true)).is_some()
                && tries < MOST
                && !fails(&without)
        });
        match inner {
            Some(inner) => place = inner,
            None => break,
        }
    }
    format!("#{place}")
}

/// The schemas directly inside of one.
fn parts(schema: &Value) -> Vec<String> {
    let Value::Object(object) = schema else { return Vec::new() };
    object
        .iter()
        .flat_map(|(keyword, value)| match value {
            Value::Object(schemas) if NAMED.contains(&keyword.as_str()) => schemas
                .keys()
                .map(|name| format!("/{keyword}/{}", name.replace('~', "~0").replace('/', "~1")))
                .collect(),
            Value::Array(schemas) if LISTS.contains(&keyword.as_str()) || keyword == "items" => {
                (0..schemas.len()).map(|number| format!("/{keyword}/{number}")).collect()
            }
            Value::Object(_) | Value::Bool(false) if ONE.contains(&keyword.as_str()) => vec![format!("/{keyword}")],
            _ => Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of_the_fault;

    #[test]
    fn the_innermost_part_is_named() {
        let fault = json!({"pattern": "("});
        for (schema, expected) in [
            (fault.clone(), "#"),
            (json!({"properties": {"a": {}, "b/c": {"items": fault}}}), "#/properties/b~1c/items"),
            (json!({"$defs": {"x": {"anyOf": [{}, fault]}}}), "#/$defs/x/anyOf/1"),
            (json!({"not": fault, "if": fault}), "#"),
        ] {
            let place = of_the_fault(&schema, |schema| schema.to_string().contains(r#""pattern":"(""#));
            assert_eq!(place, expected, "{schema}");
        }
    }
}
