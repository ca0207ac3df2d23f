//! The fake as a process: what it sends and how it dies.

#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not the functions around them")]

use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use hob_protocol::engine::{
    Failure, FrameDecoder, FromEngine, Listening, LoadOptions, RecognitionMode, TextRequest, ToEngine, build_id,
    encode, samples_to_bytes,
};
use hob_protocol::text::{Message, Role};
use tempfile::TempDir;

#[test]
fn text_echoes_word_by_word() {
    let mut engine = Engine::loaded("text", "{}");
    engine.generate("one two");
    assert_eq!(engine.next(), Some(FromEngine::Delta { id: 2, text: "one ".into() }));
    assert_eq!(engine.next(), Some(FromEngine::Delta { id: 2, text: "two".into() }));
    let Some(FromEngine::Generated { id: 2, completion }) = engine.next() else { panic!("no completion") };
    assert_eq!((completion.text.as_str(), completion.output_tokens), ("one two", 2));
}

#[test]
fn speech_says_how_much_it_heard() {
    let mut engine = Engine::loaded("speech", "{}");
    engine.recognize(None);
    assert_eq!(
        engine.next(),
        Some(FromEngine::Partial { id: 2, stable: "".into(), unstable: "heard 3 samples".into(), settled_s: 0.0 })
    );
    let Some(FromEngine::Recognized { id: 2, transcript }) = engine.next() else { panic!("no transcript") };
    assert_eq!(transcript.text.as_str(), "heard 3 samples");
}

#[test]
fn deaths_are_those_asked_for() {
    for (behaviour, signal, code) in [
        ("abort", Some(6), None),
        ("segv", Some(11), None),
        ("sigill", Some(4), None),
        ("exit", None, Some(3)),
        ("panic", None, Some(101)),
    ] {
        let mut engine = Engine::loaded("text", "{}");
        engine.generate(&format!("fake:{behaviour}"));
        assert_eq!(engine.next(), None, "{behaviour}");
        let status = engine.wait();
        assert_eq!((status.signal(), status.code()), (signal, code), "{behaviour}");
    }
    let mut engine = Engine::loaded("speech", "{}");
    engine.recognize(Some("fake:abort"));
    assert_eq!(engine.wait().signal(), Some(6));
}

#[test]
fn floods_until_cancelled() {
    let mut engine = Engine::loaded("text", "{}");
    engine.generate("fake:flood");
    for _ in 0..1000 {
        assert_eq!(engine.next(), Some(FromEngine::Delta { id: 2, text: "flood ".into() }));
    }
    engine.send(&ToEngine::Cancel { id: 2 }, &[]);
    let last = std::iter::from_fn(|| engine.next()).find(|event| !matches!(event, FromEngine::Delta { .. }));
    assert_eq!(last, Some(FromEngine::Failed { id: 2, failure: Failure::Cancelled }));
}

#[test]
fn one_that_hangs_still_ends_with_its_socket() {
    let mut engine = Engine::loaded("text", r#"{"on_request": ["hang"]}"#);
    engine.generate("anything");
    engine.socket.shutdown(std::net::Shutdown::Both).unwrap();
    assert_eq!(engine.wait().code(), Some(0));
}

#[test]
fn a_script_can_refuse_to_load_and_the_handshake_can_be_of_another_build() {
    let mut engine = Engine::start("text", r#"{"on_load": "fail"}"#, &[]);
    assert!(matches!(engine.next(), Some(FromEngine::Hello { .. })));
    engine.load();
    assert!(matches!(engine.next(), Some(FromEngine::Failed { id: 1, failure: Failure::ModelUnusable { .. } })));

    let mut engine = Engine::start("text", "{}", &[("HOB_FAKE_HANDSHAKE", "wrong-build")]);
    assert!(matches!(engine.next(), Some(FromEngine::Hello { build_id: other, .. }) if other != build_id()));
}

/// Far above what anything here takes; only reached by a test that fails.
const TIMEOUT: Duration = Duration::from_secs(30);

struct Engine {
    child: Child,
    socket: UnixStream,
    decoder: FrameDecoder,
    folder: TempDir,
}

impl Engine {
    fn loaded(kind: &str, script: &str) -> Self {
        let mut engine = Self::start(kind, script, &[]);
        assert!(matches!(engine.next(), Some(FromEngine::Hello { build_id: id, .. }) if id == build_id()));
        engine.load();
        assert!(matches!(engine.next(), Some(FromEngine::Loaded { id: 1, .. })));
        engine
    }

    fn start(kind: &str, script: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("model"), script).unwrap();
        let (socket, theirs) = UnixStream::pair().unwrap();
        socket.set_read_timeout(Some(TIMEOUT)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_hob-engine-fake"))
            .arg(kind)
            .envs(environment.iter().copied())
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .spawn()
            .unwrap();
        Self { child, socket, decoder: FrameDecoder::default(), folder }
    }

    fn load(&mut self) {
        let model = self.folder.path().join("model");
        self.send(&ToEngine::Load { id: 1, model, options: LoadOptions::default() }, &[]);
    }

    fn generate(&mut self, text: &str) {
        let messages = vec![Message { role: Role::User, content: text.into() }];
        self.send(&ToEngine::Generate { id: 2, request: TextRequest { messages, ..TextRequest::default() } }, &[]);
    }

    fn recognize(&mut self, prompt: Option<&str>) {
        let listening = Listening { prompt: prompt.map(Into::into), ..Listening::default() };
        self.send(&ToEngine::Recognize { id: 2, mode: RecognitionMode::Live, listening }, &[]);
        self.send(&ToEngine::Audio { id: 2 }, &samples_to_bytes(&[0.0; 3]));
        self.send(&ToEngine::EndOfAudio { id: 2 }, &[]);
    }

    fn send(&mut self, message: &ToEngine, tail: &[u8]) {
        self.socket.write_all(&encode(message, tail)).unwrap();
    }

    /// `None` when the engine is gone.
    fn next(&mut self) -> Option<FromEngine> {
        loop {
            if let Some(frame) = self.decoder.next_frame().unwrap() {
                return Some(frame.read().unwrap());
            }
            let mut bytes = [0; 4096];
            match self.socket.read(&mut bytes) {
                Ok(0) => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Ok(count) => self.decoder.feed(&bytes[..count]),
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
