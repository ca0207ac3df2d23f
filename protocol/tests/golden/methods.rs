//! One file for each method: a call or several, then the replies.

mod text;

use std::collections::BTreeSet;
use std::fmt::Debug;

use hob_protocol::daemon::{
    Configure, Dictation, Engine, EngineKind, EngineState, Journal, Key, KeyMotion, KeysReply, Microphone,
    MicrophoneState, Part, PartState, Phase, ReloadReply, Sequences, State, StatusReply, WaitReason, Waiting,
    WatchReply,
};
use hob_protocol::dictation::{
    CancelReply, Copy, Entry, EntryState, Forget, ForgetReply, History, HistoryReply, Insertion, InsertionState,
    MicrophonesReply, Outcome, PauseReply, Polish, PolishReply, Retry, RetryReply, Start, StartReply, StopReply,
    Target, Timings, Toggle, ToggleReply,
};
use hob_protocol::method::{self, Description, InterfaceName, METHODS, Method, Mode, Nothing, Request, ServiceInfo};
use hob_protocol::models::{
    Adapter, AdaptersReply, Import, ListReply, Load, LoadReply, Model, ModelReply, Named, Unload, UnloadReply,
};
use hob_protocol::speech::{
    Recognition, SampleFormat, Segment, Stream, StreamEvent, Transcribe, TranscribeReply, Transcript,
};
use hob_protocol::wire::{Call, Reply};
use serde_json::Value;

use crate::contract::Contract;
use crate::{assert_golden, line};

/// The methods that were shown so far, and the contract they are held against.
struct Gallery {
    contract: Contract,
    shown: Vec<&'static str>,
}

impl Gallery {
    fn show<M: Method>(&mut self, _: M, calls: &[M::Parameters], replies: &[M::Reply])
    where
        M::Parameters: PartialEq + Debug,
        M::Reply: PartialEq + Debug,
    {
        let mode = METHODS.iter().find(|(name, _)| *name == M::NAME).expect("a method").1;
        let mut lines = Vec::new();
        for parameters in calls {
            let value: Value = serde_json::from_str(&line(parameters)).unwrap();
            self.contract.check_call(M::NAME, &value).unwrap();
            let request = Request::parse(M::NAME, Some(value.clone())).unwrap();
            assert_eq!((request.name(), request.mode()), (M::NAME, mode));
            let none = value.as_object().unwrap().is_empty();
            let call = Call {
                method: M::NAME.to_owned(),
                parameters: (!none).then_some(value),
                more: mode == Mode::More || replies.len() > 1,
                upgrade: mode == Mode::Upgrade,
                oneway: false,
            };
            lines.push(line(&call));
        }
        for (index, reply) in replies.iter().enumerate() {
            let value: Value = serde_json::from_str(&line(reply)).unwrap();
            self.contract.check_reply(M::NAME, &value).unwrap();
            let last = index + 1 == replies.len() && mode != Mode::More;
            let envelope = if last { Reply::last(value.clone()) } else { Reply::more(value.clone()) };
            lines.push(line(&envelope));
            assert_eq!(envelope.into_result(), Ok(value));
        }
        assert_golden(M::NAME, &lines);
        self.shown.push(M::NAME);
    }
}

#[test]
fn methods() {
    let mut gallery = Gallery { contract: Contract::parse(), shown: Vec::new() };
    service(&mut gallery);
    daemon(&mut gallery);
    dictation(&mut gallery);
    speech(&mut gallery);
    text::text(&mut gallery);
    models(&mut gallery);

    let all: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
    assert_eq!(gallery.shown, all, "each method has its golden file");
    let errors: BTreeSet<String> = gallery.contract.errors().into_iter().collect();
    let of_an_error = |field: &String| errors.contains(field.rsplit_once('.').expect("qualified").0);
    let described = gallery.contract.fields();
    let unfilled: Vec<&String> =
        described.difference(gallery.contract.seen()).filter(|field| !of_an_error(field)).collect();
    assert_eq!(unfilled, [] as [&String; 0], "each field has a value in some golden file");
}

fn service(gallery: &mut Gallery) {
    let info = ServiceInfo {
        vendor: "hob".into(),
        product: "hobd".into(),
        version: "0.1.0".into(),
        url: "https://hob.dev".into(),
        interfaces: vec!["org.varlink.service".into(), "dev.hob.Daemon".into()],
    };
    gallery.show(method::GetInfo, &[Nothing {}], &[info]);
    gallery.show(
        method::GetInterfaceDescription,
        &[InterfaceName { interface: "dev.hob.Daemon".into() }],
        &[Description { description: "# A comment\ninterface dev.hob.Daemon\n".into() }],
    );
}

fn daemon(gallery: &mut Gallery) {
    let state = State {
        version: "0.1.0".into(),
        pid: 4711,
        uptime_s: 61.5,
        resident_bytes: 12_582_912,
        socket: "/run/user/1000/hob/hob.sock".into(),
        config: "/home/user/.config/hob/config.toml".into(),
        models: "/home/user/.local/share/hob/models".into(),
        engines: vec![
            engine(),
            Engine {
                state: EngineState::Stopped,
                name: EngineKind::Text,
                pid: None,
                build: None,
                model: None,
                resident_bytes: None,
                load_ms: None,
                last_death: None,
                sequences: None,
                restarts: 0,
                refused_builds: Vec::new(),
            },
        ],
        dictation: Dictation::default(),
        journal: Journal { waiting: 2, problem: Some("no space left on device".into()) },
        microphone: Microphone { state: MicrophoneState::Open, name: Some("Headset".into()) },
        desktop: vec![part()],
        paused: true,
        language: "en".into(),
        last_dictation: Some(Timings { release_to_text_ms: 251.0, ..Timings::default() }),
        queued: 1,
        connections: 2,
    };
    let recording = Dictation {
        phase: Phase::Recording,
        id: Some(3),
        stable: "We met".into(),
        unstable: "at nine".into(),
        level: 0.625,
        notice: Some("the recording goes on with Headset".into()),
    };
    gallery.show(method::Status, &[Nothing {}], &[StatusReply { state: state.clone() }]);
    gallery.show(
        method::Watch,
        &[Nothing {}],
        &[
            WatchReply { state: Some(state), ..WatchReply::default() },
            WatchReply { engine: Some(Engine { state: EngineState::Failed, ..engine() }), ..WatchReply::default() },
            WatchReply {
                engine: Some(Engine {
                    name: EngineKind::Text,
                    state: EngineState::Busy,
                    sequences: Some(Sequences { used: 2, tokens: 411, kept: 230 }),
                    ..engine()
                }),
                ..WatchReply::default()
            },
            WatchReply { dictation: Some(recording), ..WatchReply::default() },
            WatchReply { desktop: Some(vec![part()]), ..WatchReply::default() },
            WatchReply { paused: Some(true), ..WatchReply::default() },
            WatchReply { language: Some("de".into()), ..WatchReply::default() },
        ],
    );
    let key = Key { binding: "dictate".into(), motion: KeyMotion::Pressed };
    gallery.show(method::Keys, &[Nothing {}], &[KeysReply::default(), KeysReply { key: Some(key) }]);
    gallery.show(method::Reload, &[Nothing {}], &[ReloadReply { changed: vec!["speech.model".into()] }]);
    gallery.show(
        method::Configure,
        &[Configure { key: "speech.language".into(), value: "de".into() }],
        &[ReloadReply { changed: vec!["speech.language".into()] }],
    );
    gallery.show(method::Shutdown, &[Nothing {}], &[Nothing {}]);
}

fn part() -> Part {
    Part {
        name: "hotkeys".into(),
        state: PartState::Limited,
        using: "x11".into(),
        why: "DISPLAY is set".into(),
        hint: Some("choose another key".into()),
    }
}

fn engine() -> Engine {
    Engine {
        name: EngineKind::Speech,
        state: EngineState::Ready,
        build: Some("x86-64-v3".into()),
        refused_builds: vec!["native".into()],
        pid: Some(4712),
        model: Some("base".into()),
        resident_bytes: Some(367_001_600),
        load_ms: Some(182.25),
        restarts: 1,
        last_death: Some("killed by SIGILL".into()),
        sequences: None,
    }
}

fn dictation(gallery: &mut Gallery) {
    let timings = Timings {
        capture_ms: 18.0,
        queue_ms: 0.5,
        speech_ms: 240.5,
        text_ms: 0.0,
        store_ms: 6.5,
        insert_ms: 4.0,
        release_to_text_ms: 251.0,
        audio_ms: 3200.0,
        recognition_ms: 610.0,
        recognition: recognition(),
    };
    let result = Outcome {
        text: "We met at nine.".into(),
        timings,
        notices: vec!["the microphone failed: it was unplugged".into()],
        insertion: Some(insertion()),
    };
    gallery.show(
        method::Start,
        &[
            Start::default(),
            Start {
                action: Some("fix".into()),
                file: Some("/home/user/talk.wav".into()),
                language: Some("en".into()),
                before: Some("Then ".into()),
                auto_stop_s: Some(3),
                partials: Some(false),
                target: Some(Target::Cursor),
            },
        ],
        &[
            StartReply { id: 3, ..StartReply::default() },
            StartReply {
                id: 3,
                stable: Some("We met".into()),
                unstable: Some("at nine".into()),
                ..StartReply::default()
            },
            StartReply {
                id: 3,
                notice: Some("the microphone failed: it was unplugged".into()),
                ..StartReply::default()
            },
            StartReply { id: 3, result: Some(result.clone()), ..StartReply::default() },
        ],
    );
    gallery.show(method::Stop, &[Nothing {}], &[StopReply { id: 3, result: result.clone() }]);
    let toggle = Toggle { action: Some("fix".into()), language: Some("en".into()), target: Some(Target::Clipboard) };
    gallery.show(method::Toggle, &[Toggle::default(), toggle], &[ToggleReply { id: 3, result: Some(result.clone()) }]);
    gallery.show(method::Cancel, &[Nothing {}], &[CancelReply { cancelled: true }]);
    gallery.show(method::Undo, &[Nothing {}], &[Nothing {}]);
    gallery.show(method::Pause, &[Nothing {}], &[PauseReply { changed: true }]);
    gallery.show(method::Resume, &[Nothing {}], &[PauseReply { changed: false }]);
    gallery.show(
        method::Polish,
        &[
            Polish { text: "we met comma at nine".into(), ..Polish::default() },
            Polish { text: "we met".into(), language: Some("en".into()), before: Some("Then ".into()) },
        ],
        &[PolishReply { text: "we met, at nine".into() }],
    );
    gallery.show(method::Copy, &[Copy { text: "we met".into() }], &[Nothing {}]);
    journal(gallery, result);
}

fn insertion() -> Insertion {
    Insertion {
        state: InsertionState::Failed,
        method: "xtest".into(),
        problem: Some("the window is gone; the text is on the clipboard".into()),
    }
}

fn journal(gallery: &mut Gallery, result: Outcome) {
    let entry = Entry {
        id: 3,
        began: 1_700_000_000,
        state: EntryState::Delivered,
        audio_ms: 3200.0,
        has_audio: false,
        action: Some("fix".into()),
        file: None,
        language: Some("en".into()),
        text: Some("We met at nine.".into()),
        error: None,
    };
    let failed = Entry {
        id: 2,
        state: EntryState::Failed,
        has_audio: true,
        action: None,
        file: Some("/home/user/talk.wav".into()),
        language: None,
        text: None,
        error: Some("the speech engine died: killed by SIGSEGV".into()),
        ..entry.clone()
    };
    gallery.show(
        method::History,
        &[History::default(), History { id: Some(3), limit: Some(10) }],
        &[HistoryReply { entries: vec![entry, failed] }],
    );
    let named = Retry { id: Some(3), language: Some("en".into()), action: Some("fix".into()) };
    gallery.show(method::Retry, &[Retry::default(), named], &[RetryReply { id: 3, result }]);
    gallery.show(method::Forget, &[Forget::default(), Forget { id: Some(3) }], &[ForgetReply { forgotten: 1 }]);
    let microphone = hob_protocol::dictation::Microphone {
        name: "alsa_input.usb-headset".into(),
        description: "Headset".into(),
        is_default: true,
        is_chosen: false,
        in_use: false,
        is_muted: false,
    };
    gallery.show(method::Microphones, &[Nothing {}], &[MicrophonesReply { microphones: vec![microphone] }]);
}

fn transcript() -> Transcript {
    Transcript {
        text: "Größe: 漢字 😀.".into(),
        language: "de".into(),
        segments: vec![Segment { start_s: 0.0, end_s: 2.5, text: "Größe: 漢字 😀.".into() }],
        audio_s: 2.75,
        recognition_ms: 512.0,
        queue_ms: 0.25,
        recognition: Some(recognition()),
    }
}

fn recognition() -> Recognition {
    Recognition {
        voice_ms: 2400.0,
        decoded_ms: 5100.0,
        cpu_ms: 1020.0,
        late_ms: 215.5,
        speculations: 3,
        hits: 1,
        redone: 0,
    }
}

fn speech(gallery: &mut Gallery) {
    let [segment] = <[Segment; 1]>::try_from(transcript().segments).unwrap();
    gallery.show(
        method::Transcribe,
        &[
            Transcribe { path: "/home/user/talk.wav".into(), ..Transcribe::default() },
            Transcribe {
                path: "/home/user/talk.wav".into(),
                language: Some("de".into()),
                prompt: Some("Größe".into()),
                model: Some("base".into()),
            },
        ],
        &[
            TranscribeReply {
                waiting: Some(Waiting { reason: WaitReason::Dictation, position: 1 }),
                ..TranscribeReply::default()
            },
            TranscribeReply { progress: Some(0.5), ..TranscribeReply::default() },
            TranscribeReply { segment: Some(segment), ..TranscribeReply::default() },
            TranscribeReply { result: Some(transcript()), ..TranscribeReply::default() },
        ],
    );
    gallery.show(
        method::Stream,
        &[
            Stream { format: SampleFormat::F32le, rate: 48_000, ..Stream::default() },
            Stream {
                format: SampleFormat::S16le,
                rate: 16_000,
                language: Some("auto".into()),
                prompt: Some("hob".into()),
                model: Some("base".into()),
            },
        ],
        &[Nothing {}],
    );
    let events = [
        StreamEvent { stable: Some("Größe:".into()), unstable: Some("漢".into()), ..StreamEvent::default() },
        StreamEvent { result: Some(transcript()), ..StreamEvent::default() },
        StreamEvent {
            error: Some("dev.hob.Dictation.NoSpeech".into()),
            problem: Some("no speech heard".into()),
            ..StreamEvent::default()
        },
    ];
    let lines: Vec<String> = events.iter().map(line).collect();
    for event in &lines {
        gallery.contract.check_type("dev.hob.Speech", "StreamEvent", &serde_json::from_str(event).unwrap()).unwrap();
    }
    assert_golden("dev.hob.Speech.StreamEvent", &lines);
}

fn models(gallery: &mut Gallery) {
    let model = Model {
        name: "base".into(),
        kind: EngineKind::Speech,
        title: "Whisper base".into(),
        licence: "MIT".into(),
        bytes: 147_951_465,
        installed: true,
        loaded: false,
        path: Some("/home/user/.local/share/hob/models/base/ggml-base.bin".into()),
        sha256: Some("60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe".into()),
        trust: "verified".into(),
    };
    let absent = Model { installed: false, path: None, sha256: None, trust: String::new(), ..model.clone() };
    let base = [Named { name: "base".into() }];
    gallery.show(method::List, &[Nothing {}], &[ListReply { models: vec![model.clone(), absent] }]);
    gallery.show(method::Info, &base, &[ModelReply { model: model.clone() }]);
    let loads = [Load { name: "base".into(), pin: None }, Load { name: "base".into(), pin: Some(true) }];
    gallery.show(method::Load, &loads, &[LoadReply { load_ms: 182.25 }]);
    gallery.show(method::Unload, &[Unload { engine: EngineKind::Text }], &[UnloadReply { unloaded: true }]);
    gallery.show(
        method::Import,
        &[Import { path: "/home/user/ggml-base.bin".into(), name: "mine".into() }],
        &[ModelReply { model }],
    );
    gallery.show(method::Remove, &base, &[Nothing {}]);
    gallery.show(method::Announce, &base, &[Nothing {}]);
    let adapter = Adapter {
        name: "brief".into(),
        model: "smollm2-135m".into(),
        path: "/m/.adapters/smollm2-135m/brief.gguf".into(),
        bytes: 4_194_304,
        sha256: "8d0f".into(),
    };
    gallery.show(method::Adapters, &[Nothing {}], &[AdaptersReply { adapters: vec![adapter] }]);
}
