//! Many clients at once, each of which leaves at a random moment: nothing leaks, nobody's answer is computed after they have left, and
//! whoever stays gets the answer that they would get alone.
//!
//! `HOB_STRESS_CLIENTS` and `HOB_STRESS_SECONDS` say how many and how long (8 and 4 if unset; `make stress` has 100 for two minutes),
//! `HOB_STRESS_SEED` repeats the moments of an earlier run.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

mod crowd;
mod measured;
mod questions;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hob_protocol::daemon::{EngineKind, EngineState, Sequences};
use hob_protocol::method::{Load, Unload};
use hob_protocol::models;
use hob_tests::{Daemon, Home, PATIENCE, REAL_TEXT_MODEL};

use crowd::Crowd;
use measured::{Measured, cpu_time};
use questions::Question;

const USUAL_CLIENTS: u64 = 8;
const USUAL_SECONDS: u64 = 4;
/// What an engine without work may use of a second.
const REST: Duration = Duration::from_millis(200);

#[test]
fn clients_that_leave_at_random_moments_cost_nothing_and_nobody() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let clients = number("HOB_STRESS_CLIENTS").unwrap_or(USUAL_CLIENTS);
    let time = Duration::from_secs(number("HOB_STRESS_SECONDS").unwrap_or(USUAL_SECONDS));
    let seed = number("HOB_STRESS_SEED")
        .unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros().try_into().unwrap());
    println!("HOB_STRESS_SEED={seed}");

    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    let fresh = Measured::hobd(&daemon);
    daemon.call(Load, &models::Load { name: REAL_TEXT_MODEL.to_owned(), pin: None }).unwrap();
    let questions = questions::with_answers(&daemon);
    // As many as later, so that what so many need at one time is there already.
    let crowd = Crowd { clients, questions: &questions, seed };
    crowd.rush(&daemon, time / 4);
    let before = quiet(&daemon, &questions);
    let counts = crowd.rush(&daemon, time);
    let mut after = quiet(&daemon, &questions);
    // The connection that asked last may not be closed yet, and a thread that reads files ends some time after its work. A leak stays.
    let asked = Instant::now();
    while !after[0].1.is_no_more_than(&before[0].1) && asked.elapsed() < PATIENCE {
        after[0].1 = Measured::hobd(&daemon);
    }

    println!("{clients} clients for {} s: {counts}", time.as_secs());
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        println!("{name}: before {before}; after {after}");
    }
    daemon.call(Unload, &models::Unload { engine: EngineKind::Text }).unwrap();
    let unloaded = Measured::hobd(&daemon);
    println!("hobd: just started {fresh}; engine unloaded {unloaded}");

    assert_eq!((counts.wrong.as_slice(), counts.failed.as_slice()), (&[][..], &[][..]), "HOB_STRESS_SEED={seed}");
    assert!(counts.cancelled > 0 && counts.finished > 0, "nothing was tested: {counts}");
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        assert!(after.is_no_more_than(before), "HOB_STRESS_SEED={seed}, {name}: {before} became {after}");
    }
}

/// Waits until nobody is served any more, and looks what is left: in the daemon, and in the engine.
fn quiet(daemon: &Daemon, questions: &[Question]) -> [(&'static str, Measured); 2] {
    let mut watch = daemon.watch();
    let engine = watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Ready);
    assert_eq!((engine.restarts, &engine.last_death), (0, &None));
    drop(watch);
    // Connections are let go of one after the other; the last one is that which asks.
    while daemon.state().connections > 1 {}
    assert_eq!(daemon.state().queued, 0);
    let pid = engine.pid.expect("it is ready");
    let held = daemon.engine(EngineKind::Text).sequences.expect("the text engine says what it holds");
    let free = Sequences { used: 0, tokens: held.kept, kept: held.kept };
    assert_eq!(held, free, "sequences are in use although nobody waits");
    println!("sequences: {} in use, {} of the {} taken places for later requests", held.used, held.kept, held.tokens);

    // An answer that is computed for nobody takes time.
    let used = cpu_time(pid);
    std::thread::sleep(Duration::from_secs(1));
    let used = cpu_time(pid).saturating_sub(used);
    assert!(used <= REST, "the engine worked for {used:?} of a second although nobody waits");

    // Whatever was interrupted, put aside and taken back: the model is what it was.
    for question in questions {
        assert_eq!(question.answered(daemon), question.answer, "{:?}", question.kind);
    }
    while daemon.state().connections > 1 {}
    [("hobd", Measured::hobd(daemon)), ("engine", Measured::engine(pid))]
}
