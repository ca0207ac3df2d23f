//! Between the values of D-Bus and those of JSON.

use std::collections::HashMap;

use hob_protocol::Error;
use serde_json::{Map, Value};
use zbus::zvariant::{OwnedValue, Value as Variant};

use super::error::Refusal;

/// `a{sv}`
pub(super) type Dict = HashMap<String, OwnedValue>;

/// Options of a call. What they may be is checked where all requests are read.
pub(super) fn options_to_json(options: Dict) -> Result<Map<String, Value>, Refusal> {
    let to_json = |(name, value): (String, OwnedValue)| match plain(&value) {
        Some(value) => Ok((name, value)),
        None => Err(Error::InvalidParameter { parameter: name }.into()),
    };
    options.into_iter().map(to_json).collect()
}

fn plain(value: &Variant<'_>) -> Option<Value> {
    Some(match value {
        Variant::U8(number) => (*number).into(),
        Variant::U16(number) => (*number).into(),
        Variant::U32(number) => (*number).into(),
        Variant::U64(number) => (*number).into(),
        Variant::I16(number) => (*number).into(),
        Variant::I32(number) => (*number).into(),
        Variant::I64(number) => (*number).into(),
        Variant::F64(number) => serde_json::Number::from_f64(*number)?.into(),
        Variant::Bool(flag) => (*flag).into(),
        Variant::Str(text) => text.as_str().into(),
        Variant::Value(inner) => plain(inner)?,
        _ => return None,
    })
}

/// An object as a dictionary. Fields without a value are left out, because D-Bus has no null; whole numbers are `x`, others `d`.
pub(super) fn dict(fields: Map<String, Value>) -> Dict {
    fields.into_iter().filter_map(|(name, value)| Some((name, variant(value)?))).collect()
}

fn variant(value: Value) -> Option<OwnedValue> {
    let variant = match value {
        Value::Null => return None,
        Value::Bool(flag) => Variant::from(flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Variant::from(whole),
            None => Variant::from(number.as_f64().expect("every JSON number fits one, if not exactly")),
        },
        Value::String(text) => Variant::from(text),
        Value::Array(items) => list(items),
        Value::Object(fields) => Variant::from(dict(fields)),
    };
    Some(OwnedValue::try_from(variant).expect("no file descriptor, which alone could fail to be copied"))
}

/// `as` for texts (and for nothing), `aa{sv}` for objects, `av` for anything else.
fn list(items: Vec<Value>) -> Variant<'static> {
    if items.iter().all(Value::is_string) {
        let texts = items.into_iter().filter_map(|item| item.as_str().map(str::to_owned));
        Variant::from(texts.collect::<Vec<_>>())
    } else if items.iter().all(Value::is_object) {
        let objects = items.into_iter().filter_map(|item| match item {
            Value::Object(fields) => Some(dict(fields)),
            _ => None,
        });
        Variant::from(objects.collect::<Vec<_>>())
    } else {
        Variant::from(items.into_iter().filter_map(variant).map(Variant::from).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};
    use zbus::zvariant::{OwnedValue, Value as Variant};

    use super::{Dict, dict, options_to_json};

    fn fields(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(fields) => fields,
            other => panic!("{other}"),
        }
    }

    fn option(value: Variant<'static>) -> Dict {
        Dict::from([("key".to_owned(), OwnedValue::try_from(value).unwrap())])
    }

    #[test]
    fn options_become_json() {
        for (value, expected) in [
            (Variant::from("a"), json!("a")),
            (Variant::from(true), json!(true)),
            (Variant::from(7u8), json!(7)),
            (Variant::from(-7i64), json!(-7)),
            (Variant::from(0.5), json!(0.5)),
            (Variant::Value(Box::new(Variant::from("a"))), json!("a")),
        ] {
            assert_eq!(options_to_json(option(value)).unwrap()["key"], expected);
        }
        for value in [Variant::from(f64::NAN), Variant::from(vec!["a"])] {
            assert!(format!("{:?}", options_to_json(option(value)).unwrap_err()).contains("`key`"));
        }
    }

    #[test]
    fn json_becomes_a_dictionary() {
        let all = dict(fields(json!({
            "null": null, "flag": true, "whole": -3, "half": 0.5, "huge": u64::MAX, "text": "a",
            "texts": ["a", "b"], "nothing": [], "mixed": [1, "a"], "objects": [{"a": 1}], "object": {"a": null},
        })));
        let signature = |key: &str| all[key].value_signature().to_string();
        assert!(!all.contains_key("null"));
        for (key, expected) in [
            ("flag", "b"),
            ("whole", "x"),
            ("half", "d"),
            ("huge", "d"),
            ("text", "s"),
            ("texts", "as"),
            ("nothing", "as"),
            ("mixed", "av"),
            ("objects", "aa{sv}"),
            ("object", "a{sv}"),
        ] {
            assert_eq!(signature(key), expected, "{key}");
        }
    }
}
