//! Samples sent over the socket, after `dev.hob.Speech.Stream`.

use std::io::{Read, Write};
use std::net::Shutdown;

use hob_protocol::codec::Decoder;
use hob_protocol::method::Stream;
use hob_protocol::speech::{self, SampleFormat, StreamEvent};
use hob_tests::{Daemon, Recording, Sound};

use crate::{assert_says, start};

/// Sends a sound as fast as it is taken, and gives every event.
fn events(daemon: &Daemon, sound: &Sound, language: Option<&str>) -> Vec<StreamEvent> {
    let request = speech::Stream {
        format: SampleFormat::S16le,
        rate: 16_000,
        language: language.map(str::to_owned),
        ..speech::Stream::default()
    };
    let (mut stream, early) = daemon.client().upgrade(Stream, &request).unwrap();
    assert!(early.is_empty());
    // Who is refused at once may be cut off while it still sends.
    let _ = stream.write_all(&sound.to_s16le());
    let _ = stream.shutdown(Shutdown::Write);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let mut decoder = Decoder::default();
    decoder.feed(&bytes);
    std::iter::from_fn(|| decoder.next_message().unwrap())
        .map(|event| serde_json::from_slice(&event).unwrap())
        .collect()
}

#[test]
fn sent_samples_become_text() {
    let daemon = start();
    let sound = Sound::joined(&[Recording::Fox.sound(), Sound::silence(1.5), Recording::Counting.sound()]);
    let events = events(&daemon, &sound, None);
    let result = events.last().and_then(|event| event.result.as_ref()).expect("the last event holds the result");
    assert_says(result.text.as_str(), &[Recording::Fox, Recording::Counting]);
    assert_eq!(result.language, "en");
    assert!((result.audio_s - sound.seconds()).abs() < 0.05, "{result:?}");
    assert!(events.iter().all(|event| event.error.is_none()), "{events:?}");
}

#[test]
fn what_cannot_be_recognised_is_told_by_name() {
    let daemon = start();
    let errors = |sound: &Sound, language| {
        let last = events(&daemon, sound, language).pop().expect("there is an event");
        (last.error.unwrap_or_default(), last.problem.unwrap_or_default())
    };
    let (error, problem) = errors(&Sound::silence(2.0), None);
    assert_eq!((error.as_str(), problem.as_str()), ("dev.hob.Dictation.NoSpeech", "no speech heard"));
    let (error, problem) = errors(&Recording::Fox.sound(), Some("de"));
    assert_eq!(error, "dev.hob.Text.OptionInvalid", "{problem}");
    assert!(problem.contains("option `language`") && problem.contains("de"), "{problem}");
}
