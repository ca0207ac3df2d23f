//! Memory, sleep and battery: which engine ends, and which comes back.

use std::time::Duration;

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_protocol::engine::ToEngine;
use serde_json::{Value, json};

use super::super::{Effect, Event, MachineNews, RequestId, Settings};
use super::world::World;

const RUN: &str = "dev.hob.Text.Run";

fn state(world: &World, kind: EngineKind) -> EngineState {
    world.core.engines().into_iter().find(|engine| engine.name == kind).unwrap().state
}

fn fix(world: &mut World) -> RequestId {
    world.ask(RUN, json!({"action": "fix", "text": "hullo"}))
}

fn transcribe(world: &mut World) {
    world.ask("dev.hob.Speech.Transcribe", json!({"path": "/a.wav"}));
    world.settle();
}

fn text_of(world: &World, run: RequestId) -> Option<&Value> {
    world.last(run)?.as_ref().ok().map(|reply| &reply["result"]["text"])
}

#[test]
fn the_engine_that_worked_longest_ago_makes_room() {
    let budget = Settings { budget_bytes: Some(2 << 30), ..Settings::default() };
    let mut world = World::with(budget.clone());
    transcribe(&mut world);
    fix(&mut world);
    world.settle();
    assert_eq!(state(&world, EngineKind::Speech), EngineState::Stopped, "two models of 1 GiB need more than 2 GiB");
    assert_eq!(state(&world, EngineKind::Text), EngineState::Ready);
    transcribe(&mut world);
    assert_eq!(state(&world, EngineKind::Text), EngineState::Stopped);

    let mut world = World::with(budget.clone());
    world.model_bytes = 100 << 20;
    transcribe(&mut world);
    fix(&mut world);
    world.settle();
    assert_eq!(state(&world, EngineKind::Speech), EngineState::Ready, "both fit");

    let mut world = World::with(Settings { pinned: vec!["usual".to_owned()], ..budget });
    transcribe(&mut world);
    fix(&mut world);
    world.settle();
    assert_eq!(state(&world, EngineKind::Speech), EngineState::Ready, "it is pinned");
}

/// With adapters of 100 MiB, and models of 1 GiB each; what an engine needs beside is 200 MiB.
#[test]
fn adapters_count_like_models() {
    let with = |world: &mut World, adapter: &str| {
        world.ask(RUN, json!({"action": "fix", "text": "hullo", "options": {"adapter": adapter}}));
        world.settle();
    };
    let budget = |mebibytes: u64| Settings { budget_bytes: Some(mebibytes << 20), ..Settings::default() };
    for (room, expected) in [(2548, EngineState::Ready), (2547, EngineState::Stopped)] {
        let mut world = World::with(budget(room));
        transcribe(&mut world);
        fix(&mut world);
        world.settle();
        assert_eq!(state(&world, EngineKind::Speech), EngineState::Ready, "two models fit");
        with(&mut world, "a");
        assert_eq!(state(&world, EngineKind::Speech), expected, "{room}");
        assert_eq!(state(&world, EngineKind::Text), EngineState::Ready);
    }

    let mut world = World::with(budget(1424));
    for (adapter, expected) in [
        ("a", EngineState::Ready),
        ("b", EngineState::Ready),
        ("a", EngineState::Ready),
        ("c", EngineState::Stopped),
        ("c", EngineState::Ready),
    ] {
        with(&mut world, adapter);
        assert_eq!(
            state(&world, EngineKind::Text),
            expected,
            "two adapters fit beside the model, a third one does not"
        );
    }

    let mut world = World::with(budget(1000));
    with(&mut world, "a");
    assert_eq!(state(&world, EngineKind::Text), EngineState::Ready, "what the last work needed stays, fit or not");
}

#[test]
fn an_engine_that_works_is_never_the_one_to_make_room() {
    let mut world = World::with(Settings { budget_bytes: Some(1 << 30), ..Settings::default() });
    let run = fix(&mut world);
    world.until_working(EngineKind::Text);
    world.ask("dev.hob.Speech.Transcribe", json!({"path": "/a.wav"}));
    world.read_next_audio();
    world.until_working(EngineKind::Speech);
    assert!(!world.engine(EngineKind::Text).killed && !world.engine(EngineKind::Speech).killed);
    world.settle();
    assert_eq!(text_of(&world, run), Some(&json!("hullo.")));
}

#[test]
fn idle_engines_end_when_memory_is_short_unless_pinned() {
    for (pinned, expected) in [(vec![], EngineState::Stopped), (vec!["usual".to_owned()], EngineState::Ready)] {
        let mut world = World::with(Settings { pinned, ..Settings::default() });
        fix(&mut world);
        world.settle();
        world.event(Event::Machine(MachineNews::MemoryIsShort));
        world.settle();
        assert_eq!(state(&world, EngineKind::Text), expected);
    }
    let mut world = World::new();
    let run = fix(&mut world);
    world.until_working(EngineKind::Text);
    world.event(Event::Machine(MachineNews::MemoryIsShort));
    world.settle();
    assert_eq!(text_of(&world, run), Some(&json!("hullo.")));
    assert_eq!(world.core.engines()[1].restarts, 0, "what works is left alone");
}

#[test]
fn a_pinned_model_does_not_end_for_want_of_work() {
    let idle = Some(Duration::from_mins(1));
    let mut world = World::with(Settings { idle, pinned: vec!["usual".to_owned()], ..Settings::default() });
    fix(&mut world);
    world.settle();
    assert_eq!(world.core.next_deadline(), None);
}

#[test]
fn engines_end_before_sleep_and_come_back_after_it() {
    let mut world = World::new();
    fix(&mut world);
    world.settle();
    world.event(Event::Machine(MachineNews::FallsAsleep));
    assert_eq!(world.may_sleep, 0, "the process is there still");
    world.settle();
    assert_eq!((world.may_sleep, state(&world, EngineKind::Text)), (1, EngineState::Stopped));
    world.event(Event::Machine(MachineNews::WokeUp));
    world.settle();
    assert_eq!(state(&world, EngineKind::Text), EngineState::Ready);
    assert_eq!(state(&world, EngineKind::Speech), EngineState::Stopped, "it was not warm before");

    world.event(Event::Machine(MachineNews::FallsAsleep));
    world.settle();
    assert_eq!(world.may_sleep, 2);
}

#[test]
fn work_goes_on_after_sleep() {
    let mut world = World::new();
    let run = fix(&mut world);
    world.until_working(EngineKind::Text);
    world.event(Event::Machine(MachineNews::FallsAsleep));
    world.settle();
    assert_eq!((world.may_sleep, world.last(run)), (1, None));
    let meanwhile = fix(&mut world);
    world.find_next_model();
    assert_eq!(state(&world, EngineKind::Text), EngineState::Stopped, "nothing starts just before sleep");
    world.event(Event::Machine(MachineNews::WokeUp));
    world.settle();
    for run in [run, meanwhile] {
        assert_eq!(text_of(&world, run), Some(&json!("hullo.")));
    }
}

#[test]
fn a_machine_without_engines_may_sleep_at_once() {
    let mut world = World::new();
    world.event(Event::Machine(MachineNews::FallsAsleep));
    assert_eq!(world.may_sleep, 1);
    world.event(Event::Machine(MachineNews::WokeUp));
    world.event(Event::Machine(MachineNews::WokeUp));
    world.settle();
}

#[test]
fn threads_are_fewer_on_battery_where_that_is_wanted() {
    let settings = Settings { battery_threads: 2, ..Settings::default() };
    let mut core = super::super::Core::new(settings, super::super::DictationId(1), super::super::Noise::default());
    let now = std::time::Instant::now();
    core.handle(now, Event::Machine(MachineNews::OnBattery));
    let threads = {
        let request = hob_protocol::Request::parse(RUN, Some(json!({"action": "fix", "text": "hullo"}))).unwrap();
        core.handle(now, Event::Asked { id: RequestId(1), request, more: false });
        let model = super::super::ModelFile {
            kind: EngineKind::Text,
            name: "m".into(),
            path: "/m".into(),
            bytes: 1,
            sha256: None,
        };
        let job = super::super::JobId(1);
        let effects =
            core.handle(now, Event::ModelFound { job, result: Ok(super::super::Found { model, adapter: None }) });
        let Some(Effect::StartEngine { kind, generation }) = effects.into_iter().next() else { panic!("no start") };
        let effects = core.handle(now, Event::EngineStarted { kind, generation, pid: 1, build: "b".into() });
        effects.into_iter().find_map(|effect| match effect {
            Effect::Tell { message: ToEngine::Load { options, .. }, .. } => Some(options.threads),
            _ => None,
        })
    };
    assert_eq!(threads, Some(2));
}

#[test]
fn a_model_that_was_pinned_by_hand_stays_until_it_is_unloaded() {
    let mut world = World::new();
    world.ask("dev.hob.Models.Load", json!({"name": "usual", "pin": true}));
    world.settle();
    world.event(Event::Machine(MachineNews::MemoryIsShort));
    world.settle();
    assert_eq!(state(&world, EngineKind::Text), EngineState::Ready);
    let id = world.ask("dev.hob.Daemon.Reload", json!({}));
    world.asking.remove(&id);
    world.event(Event::ConfigRead { id, result: Ok((Settings::default(), Vec::new())) });
    assert_eq!(world.core.next_deadline(), None, "it never is idle for too long");
    world.ask("dev.hob.Models.Unload", json!({"engine": "text"}));
    world.settle();
    world.ask("dev.hob.Models.Load", json!({"name": "usual"}));
    world.settle();
    world.event(Event::Machine(MachineNews::MemoryIsShort));
    world.settle();
    assert_eq!(state(&world, EngineKind::Text), EngineState::Stopped, "and is then as any other");
}
