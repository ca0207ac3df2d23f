//! Whatever is written can be read again, for any content.

#![expect(clippy::unwrap_used, reason = "a test, helpers included")]

use hob_protocol::codec::{self, Decoder};
use hob_protocol::engine::{FrameDecoder, FromEngine, Listening, RecognitionMode, TextRequest, ToEngine, encode};
use hob_protocol::speech::{Segment, Transcript};
use hob_protocol::text::{Completion, Finish, Message, Options, Role, Run, Sampling};
use hob_protocol::wire::{Call, Reply};
use hob_protocol::{Error, Request, Secret};
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn over_the_socket<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let mut decoder = Decoder::default();
    decoder.feed(&codec::encode(value));
    let message = decoder.next_message().unwrap().expect("one message");
    assert_eq!(decoder.next_message(), Ok(None), "and no second one");
    serde_json::from_slice(&message).unwrap()
}

fn over_the_pair<T: Serialize + DeserializeOwned>(value: &T, tail: &[u8]) -> (T, Vec<u8>) {
    let mut decoder = FrameDecoder::default();
    decoder.feed(&encode(value, tail));
    let frame = decoder.next_frame().unwrap().expect("one frame");
    assert!(decoder.next_frame().unwrap().is_none(), "and no second one");
    (frame.read().unwrap(), frame.tail)
}

/// Any Unicode, control characters and NUL included.
fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..24).prop_map(String::from_iter)
}

fn secret() -> impl Strategy<Value = Secret> {
    words().prop_map(Secret::from)
}

fn finite() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        finite().prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(words(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Parameters of an envelope: `None` and null mean the same to the reader, so null is left out.
fn parameters() -> impl Strategy<Value = Option<Value>> {
    option::of(any_json().prop_filter("null is none", |value| !value.is_null()))
}

fn options() -> impl Strategy<Value = Options> {
    let texts = (option::of(words()), option::of(words()), option::of(secret()), option::of(words()));
    (texts, option::of(words()), option::of(any::<u32>()), option::of(any::<bool>())).prop_map(
        |((language, tone, question, model), adapter, max_tokens, truncate)| Options {
            language,
            tone,
            question,
            model,
            adapter,
            max_tokens,
            truncate,
        },
    )
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let number = || option::of(prop::num::f32::NORMAL | prop::num::f32::ZERO);
    let count = || option::of(any::<u32>());
    (number(), count(), number(), number(), count(), count(), option::of(prop::collection::vec(words(), 0..3)))
        .prop_map(|(temperature, top_k, top_p, min_p, seed, max_tokens, stop)| Sampling {
            temperature,
            top_k,
            top_p,
            min_p,
            seed,
            max_tokens,
            stop,
        })
}

fn to_engine() -> impl Strategy<Value = ToEngine> {
    let role = prop_oneof![Just(Role::System), Just(Role::User), Just(Role::Assistant)];
    let message = (role, secret()).prop_map(|(role, content)| Message { role, content });
    let mode = prop_oneof![Just(RecognitionMode::Clip), Just(RecognitionMode::Live)];
    let listening = (option::of(words()), option::of(secret())).prop_map(|(language, prompt)| Listening {
        language,
        prompt,
        noise_db: None,
        partials: true,
    });
    prop_oneof![
        any::<u64>().prop_map(|id| ToEngine::Audio { id }),
        (any::<u64>(), mode, listening).prop_map(|(id, mode, listening)| ToEngine::Recognize { id, mode, listening }),
        (any::<u64>(), prop::collection::vec(message, 0..4), sampling(), any::<bool>()).prop_map(
            |(id, messages, sampling, truncate)| ToEngine::Generate {
                id,
                request: TextRequest { messages, sampling, truncate, ..TextRequest::default() },
            }
        ),
    ]
}

fn from_engine() -> impl Strategy<Value = FromEngine> {
    let segment = || (finite(), finite(), secret()).prop_map(|(start_s, end_s, text)| Segment { start_s, end_s, text });
    let transcript = (secret(), words(), prop::collection::vec(segment(), 0..3), finite()).prop_map(
        |(text, language, segments, audio_s)| Transcript { text, language, segments, audio_s, ..Transcript::default() },
    );
    let completion = (secret(), any::<u32>(), finite()).prop_map(|(text, output_tokens, total_ms)| Completion {
        text,
        finish: Finish::Length,
        output_tokens,
        total_ms,
        ..Completion::default()
    });
    prop_oneof![
        (any::<u64>(), secret()).prop_map(|(id, text)| FromEngine::Delta { id, text }),
        (any::<u64>(), secret(), secret()).prop_map(|(id, stable, unstable)| FromEngine::Partial {
            id,
            stable,
            unstable,
            settled_s: 0.5
        }),
        (any::<u64>(), segment()).prop_map(|(id, segment)| FromEngine::Segment { id, segment }),
        (any::<u64>(), transcript).prop_map(|(id, transcript)| FromEngine::Recognized { id, transcript }),
        (any::<u64>(), completion).prop_map(|(id, completion)| FromEngine::Generated { id, completion }),
    ]
}

proptest! {
    #[test]
    fn calls(method in words(), parameters in parameters(), more: bool, oneway: bool, upgrade: bool) {
        let call = Call { method, parameters, more, oneway, upgrade };
        prop_assert_eq!(over_the_socket(&call), call);
    }

    #[test]
    fn replies(error in option::of(words()), parameters in parameters(), continues: bool) {
        let reply = Reply { error, parameters, continues };
        prop_assert_eq!(over_the_socket(&reply), reply);
    }

    #[test]
    fn requests(action in words(), text in secret(), options in option::of(options())) {
        let run = Run { action, text, options, background: None };
        let call = Call {
            method: "dev.hob.Text.Run".to_owned(),
            parameters: Some(serde_json::to_value(&run).unwrap()),
            ..Call::default()
        };
        let received = over_the_socket(&call);
        prop_assert_eq!(Request::parse(&received.method, received.parameters), Ok(Request::Run(run)));
    }

    #[test]
    fn errors(file in words(), line: u32, problem in words(), hint in words()) {
        let error = Error::ConfigInvalid { file, line, problem, hint };
        prop_assert_eq!(over_the_socket(&Reply::from(&error)).into_result(), Err(error));
    }

    #[test]
    fn errors_nobody_knows(name in words(), parameters in any_json()) {
        let error = Error::from_wire(name.clone(), parameters.clone());
        prop_assert_eq!(error.to_wire(), (name, parameters));
    }

    #[test]
    fn frames_to_an_engine(message in to_engine(), tail in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert_eq!(over_the_pair(&message, &tail), (message, tail));
    }

    #[test]
    fn frames_from_an_engine(message in from_engine()) {
        prop_assert_eq!(over_the_pair(&message, &[]), (message, Vec::new()));
    }

    #[test]
    fn secrets_survive_the_wire_and_stay_out_of_debug(text in words()) {
        let secret = Secret::new(text.clone());
        prop_assert_eq!(over_the_socket(&secret).into_string(), text.clone());
        prop_assert_eq!(format!("{secret:?}"), "\"hidden\"");
        prop_assert_eq!(json!(secret), json!(text));
    }
}
