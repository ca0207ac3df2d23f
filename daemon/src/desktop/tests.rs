//! The interfaces over a bus of the test's own, with a daemon of a few lines behind the door.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::Duration;

use hob_protocol::daemon::EngineKind;
use hob_protocol::dictation::Target;
use hob_protocol::text::{Embed, Options, Run, RunOnSelection};
use hob_protocol::{Error, Request, dictation, method};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt;
use zbus::connection::Builder;
use zbus::message::Type;
use zbus::zvariant::{OwnedValue, Value as Variant};
use zbus::{Connection, MessageStream, Proxy};

use super::{NAME, PATH, serve_on};
use crate::requests::{Answer, Input, Requests};

const WORDS: &str = "meet me at nine";

/// What `Toggle` returns.
type Toggled = (u64, bool, String, HashMap<String, f64>);

/// Against a test that hangs; nothing waits for it to pass.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), work).await.expect("it happens soon")
}

/// A session bus that ends with the test.
struct Bus {
    _folder: tempfile::TempDir,
    _daemon: Child,
    address: String,
}

impl Bus {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--address=unix:path={}", folder.path().join("bus").display()))
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon is installed (packaging/deps.sh)");
        let mut address = String::new();
        soon(BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address)).await.unwrap();
        Self { _folder: folder, _daemon: daemon, address: address.trim().to_owned() }
    }

    async fn connect(&self) -> Connection {
        Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }
}

/// The other side of the door: what was asked, and ways to answer.
struct Door {
    inbox: crate::requests::Inbox,
}

impl Door {
    async fn asked(&mut self) -> (Request, mpsc::Sender<Answer>) {
        match soon(self.inbox.inputs.recv()).await {
            Some(Input::Asked { request, answers, .. }) => (request, answers),
            other => panic!("{other:?}"),
        }
    }
}

/// Everything at its start: the service is on the bus and follows the daemon.
struct Rig {
    bus: Bus,
    client: Connection,
    door: Door,
    news: mpsc::Sender<Answer>,
    service: JoinHandle<zbus::Result<()>>,
}

impl Rig {
    async fn start() -> Self {
        let bus = Bus::start().await;
        let client = bus.connect().await;
        let names = zbus::fdo::DBusProxy::new(&client).await.unwrap();
        let mut owners = names.receive_name_owner_changed_with_args(&[(0, NAME)]).await.unwrap();
        let (door, news, service) = serve(&bus).await;
        soon(owners.next()).await.expect("the name gets an owner");
        Self { bus, client, door, news, service }
    }

    /// Asks for a property each time: a kept one may not have heard yet what another connection has.
    async fn proxy(&self, interface: &'static str) -> Proxy<'static> {
        let proxy = zbus::proxy::Builder::<Proxy>::new(&self.client);
        let proxy = proxy.destination(NAME).unwrap().path(PATH).unwrap().interface(interface).unwrap();
        proxy.cache_properties(zbus::proxy::CacheProperties::No).build().await.unwrap()
    }

    /// Calls a method, checks what was asked for it, answers, and gives the outcome.
    async fn call<B, R>(
        &mut self,
        (interface, method, body): (&'static str, &str, B),
        expected: Request,
        answer: Result<Value, Error>,
    ) -> zbus::Result<R>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
        R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        let proxy = self.proxy(interface).await;
        let answering = async {
            let (request, answers) = self.door.asked().await;
            assert_eq!(request, expected);
            answers.send(Answer::Last(answer)).await.unwrap();
        };
        tokio::join!(soon(proxy.call(method, &body)), answering).0
    }
}

/// Serves on the bus with a daemon that has told its state.
async fn serve(bus: &Bus) -> (Door, mpsc::Sender<Answer>, JoinHandle<zbus::Result<()>>) {
    let (requests, inbox) = Requests::channel();
    let service = tokio::spawn(serve_on(Builder::address(bus.address.as_str()).unwrap(), requests));
    let mut door = Door { inbox };
    let (request, news) = door.asked().await;
    assert_eq!(request, Request::Watch(method::Nothing {}));
    news.send(Answer::More(json!({ "state": state() }))).await.unwrap();
    (door, news, service)
}

fn engine(name: EngineKind, state: &str) -> Value {
    json!({"name": name, "state": state, "build": null, "refused_builds": [], "pid": null, "model": null,
        "resident_bytes": null, "load_ms": null, "restarts": 0, "last_death": null, "sequences": null})
}

fn state() -> Value {
    json!({"version": "0.1.0", "pid": 7, "uptime_s": 1.5, "resident_bytes": 1, "socket": "/s", "config": "/c", "models": "/m",
        "engines": [engine(EngineKind::Speech, "ready"), engine(EngineKind::Text, "stopped")],
        "dictation": dictation("idle"), "microphone": {"state": "closed", "name": null}, "queued": 0, "connections": 0})
}

fn dictation(phase: &str) -> Value {
    json!({"phase": phase, "id": null, "stable": WORDS, "unstable": WORDS})
}

fn options<const N: usize>(pairs: [(&'static str, Variant<'static>); N]) -> HashMap<&'static str, Variant<'static>> {
    HashMap::from(pairs)
}

fn refusal(outcome: zbus::Result<impl Debug>) -> (String, String) {
    match outcome {
        Err(zbus::Error::MethodError(name, message, _)) => (name.to_string(), message.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn methods_become_the_requests_of_the_socket() {
    let mut rig = Rig::start().await;
    let nothing = method::Nothing {};
    let timings = json!({"capture_ms": 1.0, "speech_ms": 2.0, "text_ms": 0.0, "insert_ms": 0.0, "release_to_text_ms": 2.5,
        "audio_ms": 900.0, "hits": 2});
    let result = json!({"text": WORDS, "timings": timings});
    let dictation = "dev.hob.Dictation1";

    let start = dictation::Start { language: Some("en".into()), ..dictation::Start::default() };
    let body = (options([("language", "en".into())]),);
    let id: u64 = rig.call((dictation, "Start", body), Request::Start(start), Ok(json!({"id": 3}))).await.unwrap();
    assert_eq!(id, 3);

    let stopped = Ok(json!({"id": 3, "result": result}));
    let (text, times): (String, HashMap<String, f64>) =
        rig.call((dictation, "Stop", ()), Request::Stop(nothing), stopped.clone()).await.unwrap();
    assert_eq!((text.as_str(), times["audio_ms"], times["hits"]), (WORDS, 900.0, 2.0));

    let toggle = dictation::Toggle { target: Some(Target::Cursor), ..dictation::Toggle::default() };
    let body = (options([("target", "cursor".into())]),);
    let toggled: Toggled = rig.call((dictation, "Toggle", body), Request::Toggle(toggle), stopped).await.unwrap();
    assert_eq!((toggled.1, toggled.2.as_str()), (true, WORDS));
    let (body, toggle) = ((options([]),), Request::Toggle(dictation::Toggle::default()));
    let toggled: Toggled = rig.call((dictation, "Toggle", body), toggle, Ok(json!({"id": 4}))).await.unwrap();
    assert_eq!(toggled, (4, false, String::new(), HashMap::new()));

    let cancelled = Ok(json!({"cancelled": true}));
    assert!(rig.call::<_, bool>((dictation, "Cancel", ()), Request::Cancel(nothing), cancelled).await.unwrap());

    rig.call::<_, ()>((dictation, "Undo", ()), Request::Undo(nothing), Ok(json!({}))).await.unwrap();
    let changed = || Ok(json!({"changed": true}));
    assert!(rig.call::<_, bool>((dictation, "Pause", ()), Request::Pause(nothing), changed()).await.unwrap());
    assert!(rig.call::<_, bool>((dictation, "Resume", ()), Request::Resume(nothing), changed()).await.unwrap());

    let actions = Ok(json!({"actions": [{"name": "fix", "help": "repairs", "options": ["model"]}]}));
    let actions: Vec<(String, String, Vec<String>)> =
        rig.call(("dev.hob.Text1", "Actions", ()), Request::Actions(nothing), actions).await.unwrap();
    assert_eq!(actions, [("fix".into(), "repairs".into(), vec!["model".into()])]);

    let run = Run {
        action: "fix".into(),
        text: WORDS.into(),
        options: Some(Options { max_tokens: Some(9), truncate: Some(true), ..Options::default() }),
        background: None,
    };
    let completion = json!({"text": WORDS, "finish": "stop", "prompt_tokens": 1, "cached_tokens": 0, "output_tokens": 1,
        "truncated": false, "queue_ms": 0.0, "first_token_ms": 1.0, "total_ms": 1.0});
    let body = ("fix", WORDS, options([("max_tokens", 9u32.into()), ("truncate", true.into())]));
    let text: String = rig
        .call(("dev.hob.Text1", "Run", body), Request::Run(run), Ok(json!({"result": completion.clone()})))
        .await
        .unwrap();
    assert_eq!(text, WORDS);

    let run = RunOnSelection { action: "fix".into(), options: None };
    let text: String = rig
        .call(
            ("dev.hob.Text1", "RunOnClipboard", ("fix", options([]))),
            Request::RunOnClipboard(run.clone()),
            Ok(json!({"result": completion})),
        )
        .await
        .unwrap();
    assert_eq!(text, WORDS);
    let replaced = Ok(json!({"result": completion, "insertion": {"state": "sent", "method": "xtest"}}));
    let body = ("fix", options([]));
    let (text, insertion): (String, HashMap<String, OwnedValue>) =
        rig.call(("dev.hob.Text1", "RunOnSelection", body), Request::RunOnSelection(run), replaced).await.unwrap();
    assert_eq!((text.as_str(), insertion["state"].downcast_ref::<&str>()), (WORDS, Ok("sent")));

    let embed = Embed { texts: vec![WORDS.into()], truncate: Some(true), ..Embed::default() };
    let embedding = json!({"vector": [0.5, -0.25], "tokens": 3, "truncated": false});
    let embeddings = json!({"model": "m", "pooling": "mean", "dimensions": 2, "embeddings": [embedding], "queue_ms": 0.0,
        "total_ms": 1.0});
    let body = (vec![WORDS], options([("truncate", true.into())]));
    let vectors: Vec<Vec<f64>> = rig
        .call(("dev.hob.Text1", "Embed", body), Request::Embed(embed), Ok(json!({"result": embeddings})))
        .await
        .unwrap();
    assert_eq!(vectors, [[0.5, -0.25]]);

    let daemon = "dev.hob.Daemon1";
    let status: HashMap<String, OwnedValue> =
        rig.call((daemon, "Status", ()), Request::Status(nothing), Ok(json!({"state": state()}))).await.unwrap();
    assert_eq!(i64::try_from(&status["pid"]), Ok(7));
    assert_eq!(status["engines"].value_signature().to_string(), "aa{sv}");
    let changed: Vec<String> = rig
        .call((daemon, "Reload", ()), Request::Reload(nothing), Ok(json!({"changed": ["speech.model"]})))
        .await
        .unwrap();
    assert_eq!(changed, ["speech.model"]);
    rig.call::<_, ()>((daemon, "Shutdown", ()), Request::Shutdown(nothing), Ok(json!({}))).await.unwrap();
}

#[tokio::test]
async fn errors_keep_their_name_and_hint() {
    let mut rig = Rig::start().await;
    let error = Error::NotRecording { hint: "start one".into() };
    let outcome: zbus::Result<(String, HashMap<String, f64>)> =
        rig.call(("dev.hob.Dictation1", "Stop", ()), Request::Stop(method::Nothing {}), Err(error)).await;
    let expected = ("dev.hob.Dictation.NotRecording".into(), "no dictation is running\nhint: start one".into());
    assert_eq!(refusal(outcome), expected);

    let text = rig.proxy("dev.hob.Text1").await;
    for (option, value) in
        [("tonne", Variant::from("x")), ("tone", Variant::from(3u8)), ("tone", Variant::from(vec![1u8]))]
    {
        let outcome = text.call::<_, _, String>("Run", &("fix", "", options([(option, value)]))).await;
        let (name, message) = refusal(outcome);
        assert_eq!(name, "org.varlink.service.InvalidParameter");
        assert!(message.contains(option) && !message.contains("Variant"), "{message}");
    }
}

#[tokio::test]
async fn a_caller_that_leaves_the_bus_cancels_what_it_asked() {
    let mut rig = Rig::start().await;
    let caller = rig.bus.connect().await;
    let leaver = caller.clone();
    let call =
        tokio::spawn(
            async move { leaver.call_method(Some(NAME), PATH, Some("dev.hob.Dictation1"), "Stop", &()).await },
        );
    let (_, answers) = rig.door.asked().await;
    caller.close().await.unwrap();
    soon(answers.closed()).await;
    assert!(soon(rig.door.inbox.farewells.recv()).await.is_some());
    assert!(soon(call).await.unwrap().is_err());
}

#[tokio::test]
async fn properties_follow_the_daemon_and_no_signal_holds_words() {
    let rig = Rig::start().await;
    let (dictation1, daemon1) = (rig.proxy("dev.hob.Dictation1").await, rig.proxy("dev.hob.Daemon1").await);
    assert_eq!(dictation1.get_property::<String>("Phase").await.unwrap(), "idle");
    assert_eq!(daemon1.get_property::<String>("Version").await.unwrap(), hob_protocol::VERSION);
    let engines: HashMap<String, String> = daemon1.get_property("EngineStates").await.unwrap();
    assert_eq!((engines["speech"].as_str(), engines["text"].as_str()), ("ready", "stopped"));

    let listener = rig.bus.connect().await;
    let rule = zbus::MatchRule::builder().msg_type(Type::Signal).path(PATH).unwrap().build();
    let mut signals = MessageStream::for_match_rule(rule, &listener, None).await.unwrap();
    for change in [
        json!({"dictation": dictation("recording")}),
        // A new text alone changes no property.
        json!({"dictation": dictation("recording")}),
        json!({"engine": engine(EngineKind::Speech, "busy")}),
        json!({"engine": engine(EngineKind::Speech, "busy")}),
        json!({"dictation": dictation("finishing")}),
    ] {
        rig.news.send(Answer::More(change)).await.unwrap();
    }
    let mut told = Vec::new();
    for _ in 0..3 {
        let signal = soon(signals.next()).await.unwrap().unwrap();
        assert!(!signal.data().windows(WORDS.len()).any(|bytes| bytes == WORDS.as_bytes()));
        let (interface, changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) =
            signal.body().deserialize().unwrap();
        told.push((interface, changed.into_keys().collect::<Vec<_>>()));
    }
    let told: Vec<_> = told.iter().map(|(interface, keys)| (interface.as_str(), keys.join(" "))).collect();
    let phase = ("dev.hob.Dictation1", "Phase".to_owned());
    assert_eq!(told, [phase.clone(), ("dev.hob.Daemon1", "EngineStates".to_owned()), phase]);
    assert_eq!(dictation1.get_property::<String>("Phase").await.unwrap(), "finishing");
}

#[tokio::test]
async fn a_second_daemon_leaves_the_name_alone() {
    let rig = Rig::start().await;
    let (_door, _news, second) = serve(&rig.bus).await;
    soon(second).await.unwrap().unwrap();
    assert_eq!(rig.proxy("dev.hob.Dictation1").await.get_property::<String>("Phase").await.unwrap(), "idle");
}

#[tokio::test]
async fn without_a_bus_there_is_nothing_to_serve() {
    let folder = tempfile::tempdir().unwrap();
    let (requests, mut inbox) = Requests::channel();
    let nowhere = format!("unix:path={}", folder.path().join("bus").display());
    let service = tokio::spawn(serve_on(Builder::address(nowhere.as_str()).unwrap(), requests));
    soon(service).await.unwrap().unwrap();
    // Not even the state was asked for: a request counts towards a limit.
    assert!(inbox.inputs.recv().await.is_none());
}

#[tokio::test]
async fn the_end_of_the_daemon_ends_the_service_after_its_last_reply() {
    let mut rig = Rig::start().await;
    let daemon = rig.proxy("dev.hob.Daemon1").await;
    let shutdown = tokio::spawn(async move { daemon.call::<_, _, ()>("Shutdown", &()).await });
    let (_, answers) = rig.door.asked().await;
    drop(rig.news);
    answers.send(Answer::Last(Ok(json!({})))).await.unwrap();
    drop(answers);
    soon(shutdown).await.unwrap().unwrap();
    soon(rig.service).await.unwrap().unwrap();
}
