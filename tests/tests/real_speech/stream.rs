//! Samples sent over the socket, after `dev.hob.Speech.Stream`.

use std::io::{Read, Write};
use std::net::Shutdown;

use hob_protocol::codec::Decoder;
use hob_protocol::method::Stream;
use hob_protocol::speech::{self, SampleFormat, StreamEvent};
use hob_tests::{Daemon, Recording, Sound, plain_noises};

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

/// Three minutes in which each sentence has its known place: the last ones are found as exactly as the first ones.
#[test]
fn times_do_not_drift_in_long_speech() {
    const ROUNDS: usize = 30;
    /// Voice activity detection begins somewhat before the voice and ends somewhat behind it.
    const NEAR_S: f64 = 0.6;
    let daemon = start();
    let (fox, pause) = (Recording::Fox.sound().trimmed(), Sound::silence(3.0));
    let round = Sound::joined(&[fox.clone(), pause]);
    let sound = Sound::joined(&vec![round.clone(); ROUNDS]);
    let events = events(&daemon, &sound, Some("en"));
    let result = events.last().and_then(|event| event.result.as_ref()).expect("the last event holds the result");
    assert_eq!(result.segments.len(), ROUNDS, "{result:?}");
    for (index, segment) in result.segments.iter().enumerate() {
        assert_says(segment.text.as_str(), &[Recording::Fox]);
        let begin_s = index as f64 * round.seconds();
        let (early, late) = (begin_s - segment.start_s, segment.end_s - (begin_s + fox.seconds()));
        assert!(early.abs() < NEAR_S && late.abs() < NEAR_S, "{index}: {early} s early, {late} s late");
    }
}

#[test]
fn where_nobody_speaks_there_is_no_text() {
    let daemon = start();
    let quiet = [Sound::silence(2.0), Sound::noise(2.0)].map(|sound| ("quiet".to_owned(), sound));
    for (name, sound) in quiet.into_iter().chain(plain_noises(3.0)) {
        let last = events(&daemon, &sound, None).pop().expect("there is an event");
        let told = (last.result, last.error.as_deref(), last.problem.as_deref());
        assert_eq!(told, (None, Some("dev.hob.Dictation.NoSpeech"), Some("no speech heard")), "{name}");
    }
}

#[test]
fn a_refusal_is_told_by_name() {
    let daemon = start();
    let last = events(&daemon, &Recording::Fox.sound(), Some("de")).pop().expect("there is an event");
    let problem = last.problem.unwrap_or_default();
    assert_eq!(last.error.as_deref(), Some("dev.hob.Text.OptionInvalid"), "{problem}");
    assert!(problem.contains("option `language`") && problem.contains("de"), "{problem}");
}
