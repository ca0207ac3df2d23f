//! The built engine as the daemon sees it: a process behind a socketpair.

use std::collections::HashMap;
use std::env;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hob_protocol::daemon::Sequences;
use hob_protocol::engine::{
    EmbedRequest, Failure, FrameDecoder, FromEngine, LoadOptions, TextRequest, ToEngine, Urgency, encode,
};
use hob_protocol::text::{Completion, Embeddings, Message, Role};

/// Far beyond what any answer here takes: a hang fails a test instead of stopping the run.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct EngineProcess {
    child: Child,
    socket: UnixStream,
    decoder: FrameDecoder,
    next_id: u64,
    /// What the engine said of what it holds, the last at the end.
    pub(crate) told: Vec<Sequences>,
}

/// What came back for one request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) deltas: Vec<String>,
    pub(crate) outcome: Result<Completion, Failure>,
}

impl Answer {
    pub(crate) fn completion(self) -> Completion {
        self.outcome.expect("a completion")
    }

    pub(crate) fn failure(self) -> Failure {
        self.outcome.expect_err("a failure")
    }
}

impl EngineProcess {
    /// A process that has said hello.
    pub(crate) fn start() -> Self {
        let (ours, theirs) = UnixStream::pair().expect("a socketpair");
        ours.set_read_timeout(Some(PATIENCE)).expect("a limit other than 0");
        let child = Command::new(env!("CARGO_BIN_EXE_hob-text"))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // Waiting threads spin otherwise, and tests share their cores with others.
            .env("GOMP_SPINCOUNT", "1000")
            .spawn()
            .expect("the engine is built");
        let decoder = FrameDecoder::default();
        let mut process = Self { child, socket: ours, decoder, next_id: 1, told: Vec::new() };
        assert!(matches!(process.receive(), FromEngine::Hello { .. }));
        process
    }

    /// A process with the small model and a context of this many tokens.
    pub(crate) fn with_model(context_tokens: u32) -> Self {
        let mut process = Self::start();
        let options = LoadOptions { context_tokens, ..LoadOptions::default() };
        assert_eq!(process.load(&model(), options), Ok(context_tokens));
        process
    }

    pub(crate) fn load(&mut self, model: &Path, options: LoadOptions) -> Result<u32, Failure> {
        let id = self.id();
        self.send(&ToEngine::Load { id, model: model.to_owned(), options });
        match self.receive() {
            FromEngine::Loaded { context_tokens, .. } => Ok(context_tokens),
            FromEngine::Failed { failure, .. } => Err(failure),
            other => panic!("{other:?}"),
        }
    }

    /// Asks and waits for the end of the answer.
    pub(crate) fn generate(&mut self, ask: &Ask) -> Answer {
        let id = self.begin(ask);
        self.rest_of(id)
    }

    /// Asks, and returns the request's id at once.
    pub(crate) fn begin(&mut self, ask: &Ask) -> u64 {
        let id = self.id();
        self.send(&ToEngine::Generate { id, request: ask.request.clone() });
        id
    }

    /// Has what is constant of a request computed. How many tokens that are, and how many were there already.
    pub(crate) fn prepare(&mut self, ask: &Ask) -> (u32, u32) {
        let id = self.begin_preparing(ask);
        match self.receive() {
            FromEngine::Prepared { id: prepared, tokens, cached } if prepared == id => (tokens, cached),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn begin_preparing(&mut self, ask: &Ask) -> u64 {
        let id = self.id();
        self.send(&ToEngine::Prepare { id, request: ask.request.clone() });
        id
    }

    pub(crate) fn begin_embedding(&mut self, texts: &[&str], urgency: Urgency) -> u64 {
        let id = self.id();
        let texts = texts.iter().map(|text| (*text).into()).collect();
        self.send(&ToEngine::Embed { id, request: EmbedRequest { texts, truncate: false, urgency } });
        id
    }

    pub(crate) fn embed(&mut self, texts: &[&str]) -> Result<Embeddings, Failure> {
        let id = self.begin_embedding(texts, Urgency::Request);
        match self.receive() {
            FromEngine::Embedded { id: embedded, embeddings } if embedded == id => Ok(embeddings),
            FromEngine::Failed { id: failed, failure } if failed == id => Err(failure),
            other => panic!("{other:?}"),
        }
    }

    /// Whatever comes next.
    pub(crate) fn event(&mut self) -> FromEngine {
        self.receive()
    }

    pub(crate) fn pause(&mut self) {
        self.send(&ToEngine::Pause);
    }

    pub(crate) fn resume(&mut self) {
        self.send(&ToEngine::Resume);
    }

    /// Takes what has come of an answer that has not ended.
    pub(crate) fn text_so_far(&mut self) -> String {
        let mut so_far = String::new();
        while let Some(frame) = self.decoder.next_frame().expect("a frame") {
            match frame.read().expect("an answer of the protocol") {
                FromEngine::Sequences { sequences } => self.told.push(sequences),
                FromEngine::Delta { text, .. } => so_far.push_str(text.as_str()),
                other => panic!("{other:?}"),
            }
        }
        so_far
    }

    /// Waits until a request has begun, of which nothing else comes yet.
    pub(crate) fn until_one_is_under_way(&mut self) {
        while self.told.last().is_none_or(|sequences| sequences.used == 0) {
            match self.receive_any() {
                FromEngine::Sequences { sequences } => self.told.push(sequences),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Nothing comes for so long.
    pub(crate) fn is_silent_for(&mut self, time: Duration) -> bool {
        self.socket.set_read_timeout(Some(time)).expect("a limit other than 0");
        let mut bytes = [0; 4096];
        let read = self.socket.read(&mut bytes);
        self.socket.set_read_timeout(Some(PATIENCE)).expect("a limit other than 0");
        if let Ok(count) = read {
            self.decoder.feed(&bytes[..count]);
        }
        read.is_err()
    }

    pub(crate) fn cancel(&mut self, id: u64) {
        self.send(&ToEngine::Cancel { id });
    }

    /// Waits for one more piece of text.
    pub(crate) fn delta(&mut self) -> String {
        match self.receive() {
            FromEngine::Delta { text, .. } => text.into_string(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn rest_of(&mut self, request: u64) -> Answer {
        let mut deltas = Vec::new();
        loop {
            match self.receive() {
                FromEngine::Delta { id, text } if id == request => deltas.push(text.into_string()),
                FromEngine::Generated { id, completion } if id == request => {
                    return Answer { deltas, outcome: Ok(completion) };
                }
                FromEngine::Failed { id, failure } if id == request => return Answer { deltas, outcome: Err(failure) },
                other => panic!("{other:?}"),
            }
        }
    }

    /// The answers of several requests, in the order in which they ended.
    pub(crate) fn answers(&mut self, count: usize) -> Vec<(u64, Answer)> {
        let mut deltas: HashMap<u64, Vec<String>> = HashMap::new();
        let mut answers = Vec::new();
        while answers.len() < count {
            let (id, outcome) = match self.receive() {
                FromEngine::Delta { id, text } => {
                    deltas.entry(id).or_default().push(text.into_string());
                    continue;
                }
                FromEngine::Generated { id, completion } => (id, Ok(completion)),
                FromEngine::Failed { id, failure } => (id, Err(failure)),
                other => panic!("{other:?}"),
            };
            answers.push((id, Answer { deltas: deltas.remove(&id).unwrap_or_default(), outcome }));
        }
        answers
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn send(&mut self, message: &ToEngine) {
        self.socket.write_all(&encode(message, &[])).expect("the engine lives");
    }

    /// An answer; what the engine says of itself is put aside.
    fn receive(&mut self) -> FromEngine {
        loop {
            match self.receive_any() {
                FromEngine::Sequences { sequences } => self.told.push(sequences),
                answer => return answer,
            }
        }
    }

    fn receive_any(&mut self) -> FromEngine {
        loop {
            if let Some(frame) = self.decoder.next_frame().expect("a frame") {
                return frame.read().expect("an answer of the protocol");
            }
            let mut bytes = [0; 4096];
            let count = self.socket.read(&mut bytes).expect("an answer within the patience of the test");
            assert!(count > 0, "the engine ended: {:?}", self.child.wait());
            self.decoder.feed(&bytes[..count]);
        }
    }
}

impl Drop for EngineProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request in the making.
pub(crate) struct Ask {
    request: TextRequest,
}

impl Ask {
    pub(crate) fn new(text: &str) -> Self {
        Self { request: TextRequest::default() }.message(Role::User, text)
    }

    pub(crate) fn message(mut self, role: Role, text: &str) -> Self {
        self.request.messages.push(Message { role, content: text.into() });
        self
    }

    pub(crate) fn max_tokens(mut self, tokens: u32) -> Self {
        self.request.sampling.max_tokens = Some(tokens);
        self
    }

    pub(crate) fn stop(mut self, stop: &str) -> Self {
        self.request.sampling.stop.get_or_insert_default().push(stop.to_owned());
        self
    }

    pub(crate) fn sampled(mut self, temperature: f32, seed: u32) -> Self {
        self.request.sampling.temperature = Some(temperature);
        self.request.sampling.seed = Some(seed);
        self
    }

    pub(crate) fn schema(mut self, schema: &serde_json::Value) -> Self {
        self.request.schema = Some(schema.clone());
        self
    }

    /// So much of the last message is the same for many.
    pub(crate) fn constant(mut self, text: &str) -> Self {
        self.request.constant_bytes = text.len();
        self
    }

    pub(crate) fn without_guesses(mut self) -> Self {
        self.request.without_guesses = true;
        self
    }

    pub(crate) fn urgency(mut self, urgency: Urgency) -> Self {
        self.request.urgency = urgency;
        self
    }

    pub(crate) fn impersonal(mut self) -> Self {
        self.request.is_impersonal = true;
        self
    }

    pub(crate) fn truncate(mut self) -> Self {
        self.request.truncate = true;
        self
    }
}

/// The file of a model that the tests do without where it is not installed.
pub(crate) fn model_if_there(file: &str) -> Option<PathBuf> {
    Some(models().join(file)).filter(|file| file.is_file())
}

fn models() -> PathBuf {
    env::var_os("HOB_MODELS").map_or_else(default_models, PathBuf::from)
}

/// The file of the small model.
pub(crate) fn model() -> PathBuf {
    let file = models().join("smollm2-135m/SmolLM2-135M-Instruct.Q4_1.gguf");
    assert!(file.is_file(), "this test needs {}\nhint: hob models pull smollm2-135m", file.display());
    file
}

fn default_models() -> PathBuf {
    let data = env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = || PathBuf::from(env::var_os("HOME").expect("HOME is set")).join(".local/share");
    data.unwrap_or_else(home).join("hob/models")
}
