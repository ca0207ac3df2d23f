//! The frames between daemon and engine. Nobody else speaks them, but a change shows here before it surprises.

use hob_protocol::daemon::{EngineKind, Sequences};
use hob_protocol::engine::{
    Adapter, EmbedRequest, Failure, FrameDecoder, FromEngine, Listening, LoadOptions, RecognitionMode, States,
    TextRequest, ToEngine, Urgency, encode, samples_to_bytes,
};
use hob_protocol::speech::{Segment, Transcript};
use hob_protocol::text::{Completion, Embedding, Embeddings, Finish, Message, Role, Sampling};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::contract::variants;
use crate::{assert_golden, line};

/// Shows each message, and sends it through a frame with that tail.
fn assert_frames<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
    name: &str,
    messages: &[T],
    tail: &[u8],
) {
    let lines: Vec<String> = messages.iter().map(line).collect();
    for (message, line) in messages.iter().zip(&lines) {
        let bytes = encode(message, tail);
        assert_eq!(bytes[8..8 + line.len()], *line.as_bytes());
        let mut decoder = FrameDecoder::default();
        decoder.feed(&bytes);
        let frame = decoder.next_frame().unwrap().expect("a whole frame");
        assert_eq!((&frame.read::<T>().unwrap(), frame.tail.as_slice()), (message, tail));
    }
    assert_golden(name, &lines);
}

/// The values of a tag, such as `"do":"load"`, in the order of the messages.
fn tags<T: Serialize>(tag: &str, messages: &[T]) -> Vec<String> {
    let of = |message| serde_json::to_value(message).unwrap()[tag].as_str().expect("a tagged enum").to_owned();
    let mut tags: Vec<String> = messages.iter().map(of).collect();
    tags.dedup();
    tags
}

#[test]
fn requests_to_an_engine() {
    let message = Message { role: Role::User, content: "hello".into() };
    let listening =
        Listening { language: Some("en".into()), prompt: Some("hob".into()), noise_db: Some(-62.5), partials: true };
    let messages = [
        ToEngine::Load {
            id: 1,
            model: "/m/ggml-base.bin".into(),
            options: LoadOptions {
                threads: 4,
                context_tokens: 2048,
                states: Some(States { folder: "/c/hob/states".into(), sha256: "60ed5bc3".into(), most_bytes: 1 << 28 }),
            },
        },
        ToEngine::Recognize { id: 2, mode: RecognitionMode::Clip, listening },
        ToEngine::Recognize { id: 3, mode: RecognitionMode::Live, listening: Listening::default() },
        ToEngine::Audio { id: 2 },
        ToEngine::EndOfAudio { id: 2 },
        ToEngine::Generate {
            id: 4,
            request: TextRequest {
                messages: vec![message],
                sampling: Sampling::default(),
                truncate: true,
                constant_bytes: 7,
                is_impersonal: true,
                adapter: Some(Box::new(Adapter {
                    name: "brief".into(),
                    path: "/m/brief.gguf".into(),
                    sha256: "8d0f".into(),
                    bytes: 1_048_576,
                })),
                without_guesses: true,
                urgency: Urgency::Background,
                schema: Some(serde_json::json!({"type": "object"})),
            },
        },
        ToEngine::Prepare { id: 5, request: TextRequest { constant_bytes: 7, ..TextRequest::default() } },
        ToEngine::Embed {
            id: 6,
            request: EmbedRequest { texts: vec!["hello".into()], truncate: true, urgency: Urgency::Request },
        },
        ToEngine::Pause,
        ToEngine::Resume,
        ToEngine::Cancel { id: 4 },
    ];
    assert_eq!(tags("do", &messages), variants::<ToEngine>("do"), "each message has its golden line");
    assert_frames("engine-requests", &messages, &samples_to_bytes(&[0.0, -1.0, 0.25]));
}

#[test]
fn events_from_an_engine() {
    let segment = Segment { start_s: 0.0, end_s: 1.5, text: "Hello.".into() };
    let transcript = Transcript {
        text: "Hello.".into(),
        language: "en".into(),
        segments: vec![segment.clone()],
        audio_s: 1.75,
        recognition_ms: 90.5,
        queue_ms: 0.0,
        recognition: None,
    };
    let completion = Completion { text: "Hello.".into(), finish: Finish::Length, ..Completion::default() };
    let failures = [
        Failure::Cancelled,
        Failure::ModelUnusable { problem: "no vocabulary".into() },
        Failure::UnknownLanguage { language: "xx".into() },
        Failure::ContextExceeded { tokens: 9000, limit: 1900 },
        Failure::TextTooLong { text: 2, tokens: 9000, limit: 4096 },
        Failure::AdapterUnusable { name: "brief".into(), problem: "wrong size".into() },
        Failure::SchemaInvalid { problem: "it is no object".into() },
        Failure::SchemaUnfinished { tokens: 5 },
        Failure::Inference { problem: "out of memory".into() },
        Failure::OutOfPlace { problem: "no model is loaded".into() },
    ];
    assert_eq!(tags("failure", &failures), variants::<Failure>("failure"), "each failure has its golden line");
    let mut messages = vec![
        FromEngine::Hello { build_id: "0.1.0-0123456789abcdef".into(), engine: EngineKind::Speech },
        FromEngine::Loaded { id: 1, load_ms: 182.25, context_tokens: 2048 },
        FromEngine::Sequences { sequences: Sequences { used: 1, tokens: 96, kept: 96 } },
        FromEngine::Progress { id: 2, fraction: 0.5 },
        FromEngine::Segment { id: 2, segment },
        FromEngine::Partial { id: 3, stable: "Hel".into(), unstable: "lo".into(), settled_s: 0.25 },
        FromEngine::Voice { id: 3, speaking: true, at_s: 0.25, noise_db: Some(-62.5) },
        FromEngine::Recognized { id: 2, transcript },
        FromEngine::Delta { id: 4, text: "Hel".into() },
        FromEngine::Generated { id: 4, completion },
        FromEngine::Prepared { id: 5, tokens: 210, cached: 64 },
        FromEngine::Embedded {
            id: 6,
            embeddings: Embeddings {
                dimensions: 2,
                embeddings: vec![Embedding { vector: vec![0.6, -0.8], tokens: 7, truncated: false }],
                ..Embeddings::default()
            },
        },
    ];
    messages.extend(failures.map(|failure| FromEngine::Failed { id: 5, failure }));
    assert_eq!(tags("event", &messages), variants::<FromEngine>("event"), "each event has its golden line");
    assert_frames("engine-events", &messages, b"");
}
