//! Keeps an answer from going on for ever where its schema lets it. Pure.

use serde_json::{Value, json};

use super::narrowed::{Object, walk};

/// Characters on either side of a match.
const AROUND: usize = 40;
/// Formats without a length of their own. The part of an e-mail address before its sign must not have more than 64 characters.
const ADDRESSES: [&str; 3] = ["email", "hostname", "uri"];
const LONGEST_ADDRESS: usize = 60;
/// Of the bounds of a number.
const GREATEST: f64 = 1e15;

/// Patterns that may match anywhere in a text match near its beginning, addresses are not long, and the bounds of numbers are such as answers
/// may come to.
pub(super) fn with_near_ends(schema: &Value) -> Value {
    walk(schema, &|object| {
        if let Some(Value::String(pattern)) = object.get_mut("pattern")
            && !pattern.contains(['^', '$'])
        {
            *pattern = format!("^.{{0,{AROUND}}}(?:{pattern}).{{0,{AROUND}}}$");
        }
        if object.get("format").and_then(Value::as_str).is_some_and(|format| ADDRESSES.contains(&format)) {
            object.entry("maxLength").or_insert_with(|| json!(LONGEST_ADDRESS));
        }
        near_bounds(object);
    })
}

/// The grammar cannot count further than 64 bits go, and answers have no numbers of so many digits.
fn near_bounds(object: &mut Object) {
    let number = |object: &Object, keyword: &str| object.get(keyword).and_then(Value::as_f64);
    let least = number(object, "minimum").or(number(object, "exclusiveMinimum"));
    let most = number(object, "maximum").or(number(object, "exclusiveMaximum"));
    if most.is_some_and(|most| most > GREATEST) && least.is_none_or(|least| least < GREATEST) {
        object.remove("exclusiveMaximum");
        object.insert("maximum".to_owned(), json!(GREATEST as i64));
    }
    if least.is_some_and(|least| least < -GREATEST) && most.is_none_or(|most| most > -GREATEST) {
        object.remove("exclusiveMinimum");
        object.insert("minimum".to_owned(), json!(-GREATEST as i64));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with_near_ends;

    #[test]
    fn matches_are_near_where_they_may_be_anywhere() {
        for (pattern, expected) in [("a|b", "^.{0,40}(?:a|b).{0,40}$"), ("^a", "^a"), ("a$", "a$")] {
            let schema =
                |pattern: &str| json!({"properties": {"pattern": {"pattern": pattern}}, "const": {"pattern": "a"}});
            assert_eq!(with_near_ends(&schema(pattern)), schema(expected));
        }
        assert_eq!(with_near_ends(&json!({"format": "email"})), json!({"format": "email", "maxLength": 60}));
    }

    #[test]
    fn bounds_are_near() {
        for (schema, expected) in [
            (json!({"minimum": 0, "maximum": 1e22}), json!({"minimum": 0, "maximum": 1_000_000_000_000_000_u64})),
            (json!({"exclusiveMinimum": -1.7e308}), json!({"minimum": -1_000_000_000_000_000_i64})),
            (json!({"minimum": 1e20, "maximum": 1e22}), json!({"minimum": 1e20, "maximum": 1e22})),
            (json!({"minimum": -3, "exclusiveMaximum": 3}), json!({"minimum": -3, "exclusiveMaximum": 3})),
        ] {
            assert_eq!(with_near_ends(&schema), expected);
        }
    }
}
