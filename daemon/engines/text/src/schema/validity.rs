//! Whether a whole answer is valid by a schema, by another implementation than the one that made it.

use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use super::place;

/// How the value at fault is called where a problem is told: its words are nobody's business.
const VALUE: &str = "a value";
const OLDER: [Draft; 2] = [Draft::Draft7, Draft::Draft4];

pub(super) struct Validity(Validator);

impl Validity {
    /// Fails with what is wrong with the schema, and where.
    pub(super) fn of(schema: &Value) -> Result<Self, String> {
        Self::built(schema).map_err(|error| {
            // A reference that leads nowhere does not say where it is.
            let place = match error.instance_path().as_str() {
                "" => place::of_the_fault(schema, |schema| Self::built(schema).is_err()),
                path => format!("#{path}"),
            };
            super::at(&place, &super::in_one_line(&error))
        })
    }

    fn built(schema: &Value) -> Result<Self, ValidationError<'_>> {
        let options = jsonschema::options().should_validate_formats(true);
        let older = || OLDER.into_iter().find_map(|draft| options.clone().with_draft(draft).build(schema).ok());
        match options.build(schema) {
            Ok(validator) => Ok(Self(validator)),
            // What does not say of when it is may be from earlier.
            Err(error) => older().map(Self).ok_or(error),
        }
    }

    /// What is wrong with an answer.
    pub(super) fn problem(&self, answer: &str) -> Option<String> {
        let Ok(answer) = serde_json::from_str::<Value>(answer) else {
            return Some("it is no JSON".to_owned());
        };
        let error = self.0.validate(&answer).err()?;
        Some(super::in_one_line(&error.masked_with(VALUE)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Validity;

    #[test]
    fn problems_are_told_without_the_words_of_the_answer() {
        let schema = json!({"type": "array", "items": {"type": "string", "format": "date"}, "uniqueItems": true});
        let validity = Validity::of(&schema).unwrap();
        for (answer, fault) in [
            (r#"["2024-02-29"]"#, None),
            (r#"["2024-02-29", "2024-02-29"]"#, Some("a value has non-unique elements")),
            (r#"["2023-02-29"]"#, Some(r#"a value is not a "date""#)),
            (r#"["2023-02"#, Some("it is no JSON")),
            (r#"{"secret": 1}"#, Some(r#"a value is not of type "array""#)),
        ] {
            assert_eq!(validity.problem(answer).as_deref(), fault, "{answer}");
        }
        for (schema, beginning) in [
            (json!({"type": "unheard of"}), "at #/type: "),
            (json!({"properties": {"a": {"$ref": "#/nowhere"}}}), "at #/properties/a: "),
            (
                json!({"properties": {"a": {"properties": {"b": {"minimum": "3"}}}}}),
                "at #/properties/a/properties/b/minimum: ",
            ),
        ] {
            let problem = Validity::of(&schema).err().unwrap();
            assert!(problem.starts_with(beginning), "{problem}");
        }
        for old in [json!({"items": [{"type": "null"}]}), json!({"minimum": 1, "exclusiveMinimum": true})] {
            assert!(Validity::of(&old).is_ok(), "{old}");
        }
    }
}
