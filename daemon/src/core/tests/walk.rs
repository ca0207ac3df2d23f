//! A random walk: whatever clients, engines and sources do in whatever order, the invariants hold after every step, and in the
//! end everybody has an answer.

use hob_protocol::Error;
use hob_protocol::daemon::{EngineKind, Phase};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

use super::super::{Binding, Captured, Event, MachineNews, NextBuild, RequestId};
use super::world::World;

const REQUESTS: &[(&str, &str)] = &[
    ("dev.hob.Daemon.Status", "{}"),
    ("dev.hob.Daemon.Watch", "{}"),
    ("dev.hob.Dictation.Start", "{}"),
    ("dev.hob.Dictation.Start", r#"{"file": "/a.wav", "action": "fix"}"#),
    ("dev.hob.Dictation.Stop", "{}"),
    ("dev.hob.Dictation.Toggle", "{}"),
    ("dev.hob.Dictation.Cancel", "{}"),
    ("dev.hob.Dictation.Start", r#"{"target": "cursor"}"#),
    ("dev.hob.Dictation.Start", r#"{"target": "clipboard"}"#),
    ("dev.hob.Dictation.Toggle", r#"{"target": "cursor", "action": "fix"}"#),
    ("dev.hob.Dictation.Undo", "{}"),
    ("dev.hob.Dictation.Pause", "{}"),
    ("dev.hob.Dictation.Resume", "{}"),
    ("dev.hob.Dictation.Copy", r#"{"text": "words"}"#),
    ("dev.hob.Daemon.Keys", "{}"),
    ("dev.hob.Text.RunOnSelection", r#"{"action": "fix"}"#),
    ("dev.hob.Text.RunOnSelection", r#"{"action": "dance"}"#),
    ("dev.hob.Text.RunOnClipboard", r#"{"action": "fix"}"#),
    ("dev.hob.Text.Menu", "{}"),
    ("dev.hob.Models.Announce", r#"{"name": "tiny"}"#),
    ("dev.hob.Dictation.History", "{}"),
    ("dev.hob.Dictation.Retry", "{}"),
    ("dev.hob.Dictation.Retry", r#"{"id": 1, "action": "fix"}"#),
    ("dev.hob.Dictation.Forget", "{}"),
    ("dev.hob.Speech.Transcribe", r#"{"path": "/a.wav"}"#),
    ("dev.hob.Speech.Transcribe", r#"{"path": "/a.wav", "model": "other"}"#),
    ("dev.hob.Speech.Stream", r#"{"format": "s16le", "rate": 16000}"#),
    ("dev.hob.Text.Run", r#"{"action": "fix", "text": "hullo"}"#),
    ("dev.hob.Text.Run", r#"{"action": "dance", "text": "hullo"}"#),
    ("dev.hob.Text.Generate", r#"{"messages": [{"role": "user", "content": "hi"}]}"#),
    ("dev.hob.Text.Embed", r#"{"texts": ["hi"]}"#),
    ("dev.hob.Text.Embed", r#"{"texts": ["hi"], "background": true}"#),
    ("dev.hob.Models.Load", r#"{"name": "other"}"#),
    ("dev.hob.Models.Unload", r#"{"engine": "speech"}"#),
    ("dev.hob.Models.List", "{}"),
];

#[derive(Debug, Clone)]
enum Deed {
    Ask {
        which: usize,
        more: bool,
    },
    HangUp(usize),
    FindModel,
    NoModel,
    ReadAudio,
    ReadRecording,
    NoRecording,
    StoreText,
    Deliver(usize),
    Captured(u8),
    StreamAudio {
        which: usize,
        end: bool,
    },
    StepEngine(EngineKind),
    Kill(EngineKind, NextBuild),
    Unstartable(EngineKind),
    Wait,
    Pass(u16),
    Press(u8),
    Release(u8),
    KeysLost,
    StepDesktop,
    /// The desktop says that it cannot.
    RefuseDesktop,
    /// The desktop has forgotten what it was asked.
    LoseDesktop,
    Machine(MachineNews),
}

fn deed() -> impl Strategy<Value = Deed> {
    let kind = prop_oneof![Just(EngineKind::Speech), Just(EngineKind::Text)];
    let next = prop_oneof![9 => Just(NextBuild::Same), 1 => Just(NextBuild::Another)];
    prop_oneof![
        6 => (0..REQUESTS.len(), any::<bool>()).prop_map(|(which, more)| Deed::Ask { which, more }),
        3 => (0usize..20).prop_map(Deed::HangUp),
        5 => Just(Deed::FindModel),
        1 => Just(Deed::NoModel),
        4 => Just(Deed::ReadAudio),
        4 => Just(Deed::ReadRecording),
        1 => Just(Deed::NoRecording),
        4 => Just(Deed::StoreText),
        3 => (0usize..20).prop_map(Deed::Deliver),
        6 => (0u8..8).prop_map(Deed::Captured),
        3 => (0usize..20, any::<bool>()).prop_map(|(which, end)| Deed::StreamAudio { which, end }),
        12 => kind.clone().prop_map(Deed::StepEngine),
        2 => (kind.clone(), next).prop_map(|(kind, next)| Deed::Kill(kind, next)),
        1 => kind.prop_map(Deed::Unstartable),
        1 => Just(Deed::Wait),
        2 => (0u16..2000).prop_map(Deed::Pass),
        5 => (0u8..5).prop_map(Deed::Press),
        5 => (0u8..5).prop_map(Deed::Release),
        1 => Just(Deed::KeysLost),
        8 => Just(Deed::StepDesktop),
        2 => Just(Deed::RefuseDesktop),
        1 => Just(Deed::LoseDesktop),
        1 => Just(Deed::Machine(MachineNews::MemoryIsShort)),
        1 => Just(Deed::Machine(MachineNews::FallsAsleep)),
        3 => Just(Deed::Machine(MachineNews::WokeUp)),
    ]
}

fn binding(which: u8) -> Binding {
    match which {
        0 | 1 => Binding::Dictate,
        2 => Binding::Cancel,
        3 => Binding::Undo,
        _ => Binding::Action("fix".to_owned()),
    }
}

fn recent(world: &World, back: usize) -> Option<RequestId> {
    world.replies.keys().rev().nth(back).copied().filter(|id| !world.gone.contains(id))
}

#[expect(clippy::needless_pass_by_value, reason = "a deed is done once")]
fn perform(world: &mut World, deed: Deed) {
    let no_model = Error::NoModel { kind: EngineKind::Speech, hint: String::new() };
    match deed {
        Deed::Machine(news) => world.event(Event::Machine(news)),
        Deed::Ask { which, more } => {
            let (method, parameters) = REQUESTS[which];
            let parameters = serde_json::from_str(parameters).unwrap();
            let more = more || ["Watch", "Keys", "Stream"].iter().any(|name| method.ends_with(name));
            if more {
                world.ask_more(method, parameters)
            } else {
                world.ask(method, parameters)
            };
        }
        Deed::HangUp(back) => {
            if let Some(id) = recent(world, back) {
                world.hang_up(id);
            }
        }
        Deed::FindModel => world.find_next_model(),
        Deed::NoModel => {
            if let Some((job, ..)) = world.finding.pop_front() {
                world.event(Event::ModelFound { job, result: Err(no_model) });
            }
        }
        Deed::ReadAudio => world.read_next_audio(),
        Deed::ReadRecording => {
            let next = world.core.next_dictation;
            // The journal has nothing of a dictation that is still to come.
            match world.recalling.front() {
                Some((_, Some(dictation))) if dictation.0 >= next => no_recording(world),
                _ => world.read_next_recording(),
            }
        }
        Deed::NoRecording => no_recording(world),
        Deed::StoreText => world.store_next_text(),
        Deed::Deliver(back) => {
            if let Some(id) = recent(world, back).filter(|id| world.last(*id).is_some()) {
                world.event(Event::Delivered { id });
            }
        }
        Deed::Captured(0) => world.captured(Captured::Ended),
        Deed::Captured(1) => world.captured(Captured::Failed(no_model)),
        Deed::Captured(2) => world.captured(Captured::Started { latency: Duration::from_millis(20) }),
        Deed::Captured(_) => world.captured(Captured::Samples(vec![0.1; 320])),
        Deed::StreamAudio { which, end } => {
            if let Some(id) = recent(world, which) {
                world.event(Event::StreamAudio { id, samples: (!end).then(|| vec![0.1; 10]) });
            }
        }
        Deed::StepEngine(kind) => {
            world.step_engine(kind);
        }
        Deed::Kill(kind, next) => {
            let other = usize::from(kind == EngineKind::Speech);
            let before = world.core.engines()[other].clone();
            let job_of_other = world.core.dictation().phase;
            world.kill_engine(kind, next);
            // A dictation that a death ends frees the other engine's action, so only an undisturbed one can be compared.
            if world.core.dictation().phase == job_of_other {
                assert_eq!(world.core.engines()[other], before, "one engine's death changed the other");
            }
        }
        Deed::Unstartable(kind) => {
            let engine = world.engine(kind);
            if let Some(generation) = engine.generation.filter(|_| !engine.greeted) {
                engine.generation = None;
                let cause = "no such file".to_owned();
                world.event(Event::EngineUnstartable { kind, generation, cause, hint: String::new() });
            }
        }
        Deed::Wait => world.wait(),
        Deed::Press(which) => world.press(binding(which)),
        Deed::Release(which) => world.release(binding(which)),
        Deed::KeysLost => {
            world.held.clear();
            world.event(Event::KeysLost);
        }
        Deed::StepDesktop => {
            world.step_desktop();
        }
        Deed::RefuseDesktop => world.refuse_desktop(),
        Deed::LoseDesktop => drop(world.desktop.pop_front()),
        Deed::Pass(milliseconds) => world.now += Duration::from_millis(milliseconds.into()),
    }
}

fn no_recording(world: &mut World) {
    if let Some((job, _)) = world.recalling.pop_front() {
        let result = Err(Error::NothingToRetry { hint: String::new() });
        world.event(Event::RecordingRead { job, result });
    }
}

fn source_is_open_only_while_recording(world: &World) {
    if let Some((_, false)) = world.source {
        let phase = world.core.dictation().phase;
        assert!(matches!(phase, Phase::Opening | Phase::Recording), "the microphone is open in phase {phase:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_and_everybody_gets_an_answer(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut world = World::new();
        for deed in deeds {
            // The sources end their captures before a new dictation can open one.
            if world.source.is_some_and(|(_, stopped)| stopped) {
                world.captured(Captured::Ended);
            }
            perform(&mut world, deed);
            source_is_open_only_while_recording(&world);
        }
        // Keys are let go, streams end, a dictation is stopped, and all the rest does its duty.
        for which in 0..5 {
            world.release(binding(which));
        }
        for id in world.replies.keys().copied().collect::<Vec<_>>() {
            world.event(Event::StreamAudio { id, samples: None });
        }
        world.captured(Captured::Ended);
        world.event(Event::Machine(MachineNews::WokeUp));
        world.settle();
        let watchers = |world: &World, id: &RequestId| {
            let first = world.replies[id].first();
            matches!(first, Some(super::super::Reply::More(first)) if [json!({"state": {}}), json!({})].contains(first))
        };
        for id in world.replies.keys().filter(|id| !world.gone.contains(id)) {
            prop_assert!(world.last(*id).is_some() || watchers(&world, id), "{id:?} has no answer");
        }
    }
}
