//! `dev.hob.Speech.Stream`: raw samples after an upgrade, events back.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use hob_protocol::client::CallError;
use hob_protocol::codec::Decoder;
use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::method;
use hob_protocol::speech::{SampleFormat, Stream, StreamEvent};
use hob_tests::{Daemon, Home, PATIENCE};

/// An upgraded connection.
struct Samples {
    socket: UnixStream,
    decoder: Decoder,
}

impl Samples {
    fn open(daemon: &Daemon, format: SampleFormat, rate: u32) -> Self {
        Self::ask(daemon, &Stream { format, rate, ..Stream::default() }).unwrap()
    }

    fn ask(daemon: &Daemon, stream: &Stream) -> Result<Self, CallError> {
        let (socket, early) = daemon.client().upgrade(method::Stream, stream)?;
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut decoder = Decoder::default();
        decoder.feed(&early);
        Ok(Self { socket, decoder })
    }

    fn finish(&self) {
        self.socket.shutdown(Shutdown::Write).unwrap();
    }

    /// The next event; `None` once the daemon has hung up.
    fn event(&mut self) -> Option<StreamEvent> {
        let mut chunk = [0; 4096];
        loop {
            if let Some(message) = self.decoder.next_message().unwrap() {
                return Some(serde_json::from_slice(&message).unwrap());
            }
            match self.socket.read(&mut chunk).expect("an event comes in time") {
                0 => return None,
                count => self.decoder.feed(&chunk[..count]),
            }
        }
    }

    /// The last event, which must be a result, and the partials before it.
    fn result(mut self) -> (String, Vec<String>) {
        let mut partials = Vec::new();
        loop {
            let event = self.event().expect("a result comes before the end");
            assert_eq!(event.error, None, "{:?}", event.problem);
            if let Some(result) = event.result {
                assert_eq!(self.event(), None, "nothing after the result");
                return (result.text.into_string(), partials);
            }
            partials.push(event.unstable.unwrap_or_default().into_string());
        }
    }
}

/// How many samples the scripted engine heard.
fn count(text: &str) -> usize {
    text.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn every_format_and_rate_arrives_as_one_second() {
    let daemon = Daemon::start();
    for (format, width) in [(SampleFormat::S16le, 2), (SampleFormat::F32le, 4)] {
        for rate in [8_000, 16_000, 44_100, 48_000] {
            let mut samples = Samples::open(&daemon, format, rate);
            // In pieces that do not respect the samples' borders.
            for piece in vec![0; rate as usize * width].chunks(4093) {
                samples.socket.write_all(piece).unwrap();
            }
            samples.finish();
            let (text, partials) = samples.result();
            let heard = count(&text);
            assert!(heard.abs_diff(16_000) <= 32, "{format:?} at {rate}: {text}");
            let counts: Vec<_> = partials.iter().map(|partial| count(partial)).collect();
            assert!(counts.is_sorted() && counts.last().is_none_or(|last| *last <= heard), "{counts:?}");
        }
    }
}

#[test]
fn partials_come_while_samples_are_still_sent() {
    let daemon = Daemon::start();
    let mut samples = Samples::open(&daemon, SampleFormat::S16le, 16_000);
    for piece in 1..=5 {
        samples.socket.write_all(&[0; 2 * 1600]).unwrap();
        let mut heard = 0;
        while heard < piece * 1600 {
            let event = samples.event().expect("a partial comes");
            assert_eq!(event.result, None);
            heard = count(event.unstable.unwrap().as_str());
        }
    }
    samples.finish();
    assert_eq!(samples.result().0, "heard 8000 samples");
}

/// The answer of an engine that is at work again.
#[track_caller]
fn no_speech(daemon: &Daemon) {
    let mut samples = Samples::open(daemon, SampleFormat::F32le, 16_000);
    samples.finish();
    let event = samples.event().expect("an event comes before the end");
    let expected = (Some("dev.hob.Dictation.NoSpeech"), Some("no speech heard"));
    assert_eq!((event.error.as_deref(), event.problem.as_deref()), expected);
    assert_eq!(samples.event(), None);
}

#[test]
fn no_samples_are_no_words() {
    let daemon = Daemon::start();
    no_speech(&daemon);
}

#[test]
fn a_hang_up_cancels() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut samples = Samples::open(&daemon, SampleFormat::S16le, 16_000);
    samples.socket.write_all(&[0; 2 * 1600]).unwrap();
    samples.event().expect("a partial comes");
    let busy = watch.until_engine(EngineKind::Speech, |engine| engine.state == EngineState::Busy);
    // A shutdown alone would be the end of the samples; the reading side goes, too.
    drop(samples);
    let ready = watch.until_engine(EngineKind::Speech, |engine| engine.state == EngineState::Ready);
    assert_eq!((ready.pid, ready.restarts), (busy.pid, 0), "the engine was told, not killed");
    no_speech(&daemon);
}

#[test]
fn what_goes_wrong_comes_as_an_event() {
    let daemon = Home::new().start();
    let stream = |prompt: &str, model: Option<&str>| Stream {
        rate: 16_000,
        prompt: Some(prompt.into()),
        model: model.map(str::to_owned),
        ..Stream::default()
    };
    for (stream, error, problem) in [
        (stream("", Some("tiny-speach")), "dev.hob.Models.ModelNotFound", "no model `tiny-speach`"),
        (
            stream("", Some(hob_tests::TEXT_MODEL)),
            "dev.hob.Text.OptionInvalid",
            "option `model`: `tiny-text` is a text model",
        ),
        (
            stream("fake:abort", None),
            "dev.hob.Daemon.EngineDied",
            "the speech engine died: SIGABRT, an assertion of its own",
        ),
    ] {
        let mut samples = Samples::ask(&daemon, &stream).unwrap();
        // It may have hung up before all is sent.
        let _ = samples.socket.write_all(&[0; 3200]);
        let _ = samples.socket.shutdown(Shutdown::Write);
        let mut event = samples.event().expect("an event comes before the end");
        while event.unstable.is_some() {
            event = samples.event().expect("an event comes before the end");
        }
        assert_eq!((event.error.as_deref(), event.problem.as_deref()), (Some(error), Some(problem)));
        assert_eq!(samples.event(), None);
    }
}

#[test]
fn a_death_in_the_midst_of_the_samples_loses_none() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let stream = Stream { rate: 16_000, prompt: Some("fake:once-abort".into()), ..Stream::default() };
    let mut samples = Samples::ask(&daemon, &stream).unwrap();
    samples.socket.write_all(&[0; 2 * 1600]).unwrap();
    watch.until_engine(EngineKind::Speech, |engine| engine.restarts == 1);
    samples.socket.write_all(&[0; 2 * 1600]).unwrap();
    samples.finish();
    assert_eq!(samples.result().0, "heard 3200 samples");
}
