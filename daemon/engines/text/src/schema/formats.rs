//! Formats as patterns. Each takes only what every reader takes, so that an answer needs no second look, and has an end: what people write
//! as a rule, not all that the rules of a format would let pass. Pure.

use serde_json::{Value, json};

/// All of a schema's formats as patterns. Those that nobody knows say nothing.
pub(super) fn as_patterns(schema: &Value) -> Value {
    super::narrowed::walk(schema, &|object| {
        let Some(Value::String(format)) = object.get("format") else { return };
        let pattern = pattern(format);
        object.remove("format");
        match pattern {
            Some(pattern) if !object.contains_key("pattern") => {
                object.insert("pattern".to_owned(), pattern.into());
            }
            Some(pattern) => super::narrowed::also(object, json!({"pattern": pattern})),
            None => {}
        }
    })
}

/// What a text of this format is, from its beginning to its end.
fn pattern(format: &str) -> Option<String> {
    // Years of four digits; 29 February where there is one.
    const DATE: &str = "(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)\
        |02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)";
    const TIME: &str =
        "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    const CLOCK: &str = "T(?:[0-9]{1,3}H(?:[0-9]{1,3}M(?:[0-9]{1,3}S)?)?|[0-9]{1,3}M(?:[0-9]{1,3}S)?|[0-9]{1,3}S)";
    const DAYS: &str = "(?:[0-9]{1,3}Y(?:[0-9]{1,3}M(?:[0-9]{1,3}D)?)?|[0-9]{1,3}M(?:[0-9]{1,3}D)?|[0-9]{1,3}D)";
    const BYTE: &str = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    const GROUP: &str = "[0-9a-fA-F]{1,4}";
    // No two hyphens beside each other: some of those mean something.
    const HOST: &str = "(?:[a-zA-Z][a-zA-Z0-9]{0,20}(?:-[a-zA-Z0-9]{1,12}){0,2}\\.){1,3}[a-zA-Z]{2,8}";
    const MAILBOX: &str = "[a-zA-Z0-9_+-]{1,20}(?:\\.[a-zA-Z0-9_+-]{1,20}){0,2}";
    const PATH: &str = "(?:/[a-zA-Z0-9_.~-]{0,30}){0,8}";
    const QUERY: &str = "(?:\\?[a-zA-Z0-9_.~=&-]{0,60})?(?:#[a-zA-Z0-9_.~-]{0,30})?";
    const POINTER: &str = "(?:/[a-zA-Z0-9_-]{1,20}){0,6}";
    let address = format!("{MAILBOX}@{HOST}");
    let uri = format!(
        "(?:(?:https?|wss?|s?ftp|ssh|git|postgresql|mysql|redis|mongodb|amqps?|s3)://{HOST}(?::[1-9][0-9]{{1,3}})?{PATH}{QUERY}|file://{PATH}|mailto:{address}|urn:[a-z]{{2,12}}:[a-zA-Z0-9:_.-]{{1,40}})"
    );
    let uuid = |version: &str| {
        let hex = |count: u32| format!("[0-9a-fA-F]{{{count}}}");
        format!("{}-{}-{version}-{}", hex(8), hex(4), hex(12))
    };
    let pattern = match format {
        "date" => DATE.to_owned(),
        "time" => TIME.to_owned(),
        "date-time" => format!("{DATE}T{TIME}"),
        "duration" => format!("P(?:{DAYS}(?:{CLOCK})?|{CLOCK}|[0-9]{{1,3}}W)"),
        "uuid" => uuid("[0-9a-fA-F]{4}-[0-9a-fA-F]{4}"),
        "uuid1" | "uuid3" | "uuid4" | "uuid5" | "uuid6" | "uuid7" | "uuid8" => {
            uuid(&format!("{}[0-9a-fA-F]{{3}}-[89ab][0-9a-fA-F]{{3}}", &format[4..]))
        }
        "ipv4" => format!("(?:{BYTE}\\.){{3}}{BYTE}"),
        "ipv6" => {
            format!("(?:(?:{GROUP}:){{7}}{GROUP}|(?:{GROUP}:){{1,3}}(?::{GROUP}){{1,4}}|::(?:{GROUP}:){{0,5}}{GROUP})")
        }
        "hostname" | "idn-hostname" => HOST.to_owned(),
        "email" | "idn-email" => address,
        "uri" | "iri" => uri,
        "uri-reference" | "iri-reference" => format!("(?:{uri}|(?:\\.\\.?)?/[a-zA-Z0-9_.~-]{{1,30}}{PATH}{QUERY})"),
        "uri-template" => {
            format!("https?://{HOST}(?:/(?:[a-zA-Z0-9_.~-]{{1,30}}|\\{{[a-zA-Z0-9_]{{1,20}}\\}})){{0,8}}")
        }
        "json-pointer" => POINTER.to_owned(),
        "relative-json-pointer" => format!("[0-9](?:#|{POINTER})"),
        "regex" => "\\^?(?:(?:[a-zA-Z0-9_ -]|\\\\[dsw.]|\\.|\\[(?:a-z|A-Z|0-9|a-z0-9|a-zA-Z0-9)\\])[+*?]?){1,30}\\$?"
            .to_owned(),
        _ => return None,
    };
    Some(format!("^(?:{pattern})$"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{as_patterns, pattern};
    use crate::schema::validity::Validity;

    const EXAMPLES: [(&str, &[&str], &[&str]); 14] = [
        (
            "date",
            &["2024-02-29", "2000-02-29", "2023-12-31"],
            &["2023-02-29", "1900-02-29", "2023-04-31", "0000-01-01"],
        ),
        ("time", &["23:59:59Z", "00:00:00.5+01:00"], &["24:00:00Z", "12:00:60Z", "12:00:00"]),
        ("date-time", &["2024-02-29T12:00:00Z", "2023-04-01T12:00:00.123456-23:59"], &["2023-02-29T12:00:00Z"]),
        ("duration", &["P1Y2M3DT4H5M6S", "PT5M", "P3W", "P1D", "P1YT1S"], &["P", "PT", "P1Y2D", "PT1H2S", "P1W2D"]),
        ("uuid", &["12345678-1234-5678-1234-567890ABCDEF"], &["12345678-1234-5678-1234-567890abcde"]),
        ("ipv4", &["0.0.0.0", "255.199.20.1"], &["256.0.0.1", "01.2.3.4", "1.2.3"]),
        ("ipv6", &["1:2:3:4:5:6:7:8", "::1", "fe80::1", "1:2:3::4:5:6:7"], &["1:2:3::4:5:6:7:8", "1::2::3", "12345::"]),
        ("hostname", &["example.com", "a-b-c.example.org"], &["-a.com", "a--b.com", "a_b.com"]),
        ("email", &["john.doe+x@mail.example.com"], &["a..b@c.de", "a@b", "@example.com"]),
        (
            "uri",
            &["https://example.com:8080/a/b?c=d#e", "mailto:a@b.de", "urn:isbn:0451450523", "file:///tmp/x"],
            &["example.com", "http://", "https://a b.com"],
        ),
        ("uri-reference", &["../a?b", "/a", "https://example.com/"], &["/a b"]),
        ("uri-template", &["https://example.com/users/{id}"], &["https://example.com/{"]),
        ("json-pointer", &["", "/a/0"], &["a", "/~"]),
        ("regex", &["^[a-z]+\\d*$", "a.b"], &["[", "+a"]),
    ];

    /// What the pattern takes is of the format, and what people write is taken.
    #[test]
    fn patterns_take_what_is_of_the_format_and_nothing_else() {
        for (format, good, bad) in EXAMPLES {
            let by_format = Validity::of(&json!({"format": format})).unwrap();
            let by_pattern = Validity::of(&json!({"pattern": pattern(format).unwrap()})).unwrap();
            for (texts, fits) in [(good, true), (bad, false)] {
                for text in texts {
                    let text = json!(text).to_string();
                    assert_eq!(by_pattern.problem(&text).is_none(), fits, "{format}: {text}");
                    assert!(!fits || by_format.problem(&text).is_none(), "{format}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_pattern_stands_beside_another_one() {
        let date = pattern("date").unwrap();
        for (schema, expected) in [
            (json!({"format": "date"}), json!({"pattern": date})),
            (json!({"format": "date", "pattern": "^19"}), json!({"pattern": "^19", "allOf": [{"pattern": date}]})),
            (json!({"format": "of our own", "maxLength": 3}), json!({"maxLength": 3})),
            (
                json!({"properties": {"format": {"format": "date"}}}),
                json!({"properties": {"format": {"pattern": date}}}),
            ),
        ] {
            assert_eq!(as_patterns(&schema), expected);
        }
    }
}
