//! Whole sessions over a real socketpair, with a small engine.

use std::io::{Read as _, Write as _};
use std::iter;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use hob_protocol::Secret;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{
    Failure, FrameDecoder, FromEngine, Listening, LoadOptions, RecognitionMode, TextRequest, ToEngine, build_id,
    encode, samples_to_bytes,
};
use hob_protocol::speech::Transcript;

use super::serve;
use crate::ending::Ending;
use crate::{Audio, AudioIn, Engine, Job, Leisure, MAX_WAITING_REQUESTS, TextDone, TextWork};

/// Counts samples; generates until it is cancelled. Says "busy" when a generation has begun, and after how many recognitions it has
/// leisure, which it then uses up.
#[derive(Default)]
struct Counter {
    recognitions: usize,
    leisure: Option<Sender<usize>>,
}

impl Engine for Counter {
    const KIND: EngineKind = EngineKind::Speech;

    fn load(&mut self, job: &Job, model: &Path, _options: LoadOptions) -> Result<u32, Failure> {
        job.progress(0.5);
        if model.ends_with("bad") { Err(Failure::ModelUnusable { problem: "bad".to_owned() }) } else { Ok(7) }
    }

    fn recognize(
        &mut self,
        job: &Job,
        _mode: RecognitionMode,
        listening: Listening,
        audio: AudioIn,
    ) -> Result<Transcript, Failure> {
        if listening.language.is_some() {
            return Err(Failure::UnknownLanguage { language: String::new() });
        }
        self.recognitions += 1;
        let mut count = 0;
        loop {
            match audio.recv() {
                Audio::Samples(samples) => {
                    count += samples.len();
                    job.partial(&count.to_string(), "", 0.5);
                }
                Audio::End => return Ok(Transcript { text: Secret::new(count.to_string()), ..Transcript::default() }),
                Audio::Cancelled => return Err(Failure::Cancelled),
            }
        }
    }

    fn work_on_text(&mut self, job: &Job, _: TextWork) -> Result<TextDone, Failure> {
        job.delta("busy");
        while !job.is_cancelled() {
            thread::yield_now();
        }
        job.delta("after the cancel");
        Err(Failure::Cancelled)
    }

    fn use_leisure(&mut self, leisure: &Leisure<'_>) {
        if let Some(told) = &self.leisure {
            told.send(self.recognitions).unwrap_or(());
            while leisure.lasts() {
                thread::yield_now();
            }
        }
    }
}

#[test]
fn greets_loads_and_counts_samples() {
    let mut daemon = Daemon::start();
    let audio = [0.5; 3];
    daemon.send(&recognize(2), &[]);
    daemon.send(&ToEngine::Audio { id: 2 }, &samples_to_bytes(&audio));
    daemon.send(&ToEngine::Audio { id: 99 }, &samples_to_bytes(&audio));
    daemon.send(&ToEngine::EndOfAudio { id: 2 }, &[]);
    assert_eq!(daemon.next(), FromEngine::Partial { id: 2, stable: "3".into(), unstable: "".into(), settled_s: 0.5 });
    assert_eq!(daemon.transcript(2), "3");
}

#[test]
fn a_failed_load_and_a_second_load_and_work_without_a_model_are_answered() {
    let mut daemon = Daemon::greeted();
    daemon.send(&generate(1), &[]);
    assert_eq!(daemon.failure(1), out_of_place("no model is loaded"));
    daemon.send(&load(2, "bad"), &[]);
    assert!(matches!(daemon.next(), FromEngine::Progress { id: 2, .. }));
    assert_eq!(daemon.failure(2), Failure::ModelUnusable { problem: "bad".to_owned() });
    daemon.send(&load(3, "good"), &[]);
    assert_eq!(daemon.failure(3), out_of_place("a second model for the same process"));
}

#[test]
fn cancel_ends_the_running_request_and_silences_it() {
    let mut daemon = Daemon::start();
    daemon.send(&generate(2), &[]);
    assert_eq!(daemon.next(), FromEngine::Delta { id: 2, text: "busy".into() });
    daemon.send(&ToEngine::Cancel { id: 2 }, &[]);
    assert_eq!(daemon.failure(2), Failure::Cancelled);
}

#[test]
fn cancel_wakes_a_recognition_that_waits_for_audio() {
    let mut daemon = Daemon::start();
    daemon.send(&recognize(2), &[]);
    daemon.send(&ToEngine::Audio { id: 2 }, &samples_to_bytes(&[0.0]));
    assert!(matches!(daemon.next(), FromEngine::Partial { .. }));
    daemon.send(&ToEngine::Cancel { id: 2 }, &[]);
    assert_eq!(daemon.failure(2), Failure::Cancelled);
}

#[test]
fn cancel_takes_a_waiting_request_out_of_the_line_and_ignores_unknown_ones() {
    let mut daemon = Daemon::start();
    daemon.send(&generate(2), &[]);
    assert!(matches!(daemon.next(), FromEngine::Delta { .. }));
    daemon.send(&recognize(3), &[]);
    daemon.send(&ToEngine::Cancel { id: 99 }, &[]);
    daemon.send(&ToEngine::Cancel { id: 3 }, &[]);
    assert_eq!(daemon.failure(3), Failure::Cancelled);
    daemon.send(&ToEngine::Cancel { id: 2 }, &[]);
    assert_eq!(daemon.failure(2), Failure::Cancelled);
}

#[test]
fn a_line_that_is_too_long_is_refused_at_once() {
    let mut daemon = Daemon::start();
    daemon.send(&generate(2), &[]);
    assert!(matches!(daemon.next(), FromEngine::Delta { .. }));
    let last = 3 + MAX_WAITING_REQUESTS as u64;
    for id in 3..=last {
        daemon.send(&generate(id), &[]);
    }
    assert!(matches!(daemon.failure(last), Failure::OutOfPlace { .. }));
}

#[test]
fn audio_after_the_end_and_for_failed_requests_is_ignored() {
    let mut daemon = Daemon::start();
    daemon.send(&recognize(2), &[]);
    daemon.send(&ToEngine::EndOfAudio { id: 2 }, &[]);
    daemon.send(&ToEngine::Audio { id: 2 }, &samples_to_bytes(&[0.0; 5]));
    assert_eq!(daemon.transcript(2), "0");
    let listening = Listening { language: Some("xx".to_owned()), ..Listening::default() };
    daemon.send(&ToEngine::Recognize { id: 3, mode: RecognitionMode::Live, listening }, &[]);
    daemon.send(&ToEngine::Audio { id: 3 }, &samples_to_bytes(&[0.0; 5]));
    daemon.send(&ToEngine::EndOfAudio { id: 3 }, &[]);
    assert!(matches!(daemon.failure(3), Failure::UnknownLanguage { .. }));
    daemon.send(&recognize(4), &[]);
    daemon.send(&ToEngine::EndOfAudio { id: 4 }, &[]);
    assert_eq!(daemon.transcript(4), "0");
}

#[test]
fn a_closed_socket_ends_the_session_also_in_the_middle_of_a_request() {
    let mut daemon = Daemon::start();
    daemon.send(&generate(2), &[]);
    assert!(matches!(daemon.next(), FromEngine::Delta { .. }));
    drop(daemon.socket);
    assert!(matches!(daemon.endings.recv_timeout(TIMEOUT), Ok(Ending::DaemonGone)));
}

#[test]
fn what_is_no_frame_ends_the_session() {
    let half_a_sample = encode(&ToEngine::Audio { id: 1 }, &[0, 0]);
    let unknown_request = encode(&"dance", &[]);
    for garbage in [vec![0xff; 64], half_a_sample, unknown_request] {
        let mut daemon = Daemon::start();
        daemon.socket.write_all(&garbage).unwrap();
        assert!(matches!(daemon.endings.recv_timeout(TIMEOUT), Ok(Ending::Malformed(_))), "{garbage:?}");
    }
}

#[test]
fn there_is_leisure_until_a_request_comes_and_none_in_a_pause() {
    let (leisure, told) = channel();
    let mut daemon = Daemon::of(Counter { leisure: Some(leisure), ..Counter::default() });
    let recognition = |daemon: &mut Daemon, id| {
        daemon.send(&recognize(id), &[]);
        daemon.send(&ToEngine::EndOfAudio { id }, &[]);
        daemon.transcript(id);
    };
    daemon.send(&load(1, "good"), &[]);
    daemon.next();
    daemon.next();
    assert_eq!(told.recv_timeout(TIMEOUT), Ok(0));
    recognition(&mut daemon, 2);
    assert_eq!(told.recv_timeout(TIMEOUT), Ok(1));
    daemon.send(&ToEngine::Pause, &[]);
    recognition(&mut daemon, 3);
    // The second of them proves that the time after the first is over.
    recognition(&mut daemon, 4);
    daemon.send(&ToEngine::Resume, &[]);
    recognition(&mut daemon, 5);
    let since: Vec<usize> = iter::from_fn(|| told.recv_timeout(TIMEOUT).ok()).take_while(|count| *count < 4).collect();
    assert!(!since.contains(&2), "{since:?}");
}

/// Far above what anything here takes; only reached by a test that fails.
const TIMEOUT: Duration = Duration::from_secs(20);

struct Daemon {
    socket: UnixStream,
    decoder: FrameDecoder,
    endings: Receiver<Ending>,
}

impl Daemon {
    /// With a loaded model.
    fn start() -> Self {
        let mut daemon = Self::greeted();
        daemon.send(&load(1, "good"), &[]);
        assert!(matches!(daemon.next(), FromEngine::Progress { id: 1, .. }));
        assert!(matches!(daemon.next(), FromEngine::Loaded { id: 1, context_tokens: 7, .. }));
        daemon
    }

    fn greeted() -> Self {
        Self::of(Counter::default())
    }

    fn of(engine: Counter) -> Self {
        let (socket, engine_socket) = UnixStream::pair().unwrap();
        socket.set_read_timeout(Some(TIMEOUT)).unwrap();
        let (ending, endings) = channel();
        let end = Box::new(move |reason| ending.send(reason).unwrap_or(()));
        thread::spawn(move || serve(engine, &engine_socket, end));
        let mut daemon = Self { socket, decoder: FrameDecoder::default(), endings };
        assert_eq!(daemon.next(), FromEngine::Hello { build_id: build_id(), engine: EngineKind::Speech });
        daemon
    }

    fn send(&mut self, message: &ToEngine, tail: &[u8]) {
        self.socket.write_all(&encode(message, tail)).unwrap();
    }

    fn next(&mut self) -> FromEngine {
        loop {
            if let Some(frame) = self.decoder.next_frame().unwrap() {
                return frame.read().unwrap();
            }
            let mut bytes = [0; 4096];
            let count = self.socket.read(&mut bytes).unwrap();
            assert!(count > 0, "the engine closed its socket");
            self.decoder.feed(&bytes[..count]);
        }
    }

    fn failure(&mut self, expected: u64) -> Failure {
        match self.next() {
            FromEngine::Failed { id, failure } if id == expected => failure,
            other => panic!("{other:?} instead of the failure of {expected}"),
        }
    }

    fn transcript(&mut self, expected: u64) -> String {
        match self.next() {
            FromEngine::Recognized { id, transcript } if id == expected => transcript.text.into_string(),
            other => panic!("{other:?} instead of the transcript of {expected}"),
        }
    }
}

fn load(id: u64, model: &str) -> ToEngine {
    ToEngine::Load { id, model: PathBuf::from(model), options: LoadOptions::default() }
}

fn recognize(id: u64) -> ToEngine {
    ToEngine::Recognize { id, mode: RecognitionMode::Clip, listening: Listening::default() }
}

fn generate(id: u64) -> ToEngine {
    ToEngine::Generate { id, request: TextRequest::default() }
}

fn out_of_place(problem: &str) -> Failure {
    Failure::OutOfPlace { problem: problem.to_owned() }
}
