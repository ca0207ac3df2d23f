//! Engines: what the way to one costs, and how long a real one takes until it is ready.

use std::time::{Duration, Instant};

use hob_protocol::daemon::EngineKind;
use hob_protocol::method::{Load, Unload};
use hob_protocol::models;
use hob_tests::{Daemon, REAL_SPEECH_MODEL, REAL_TEXT_MODEL};
use serde_json::json;

use crate::figures::{Figures, line};

const REQUESTS: usize = 1000;
const LOADS: usize = 5;

/// From a request to its first words, with an engine that says back what it is told: all of it is the way there and back.
pub(crate) fn measure_hand_over(daemon: &Daemon) {
    let mut wire = daemon.wire();
    let messages = json!([{"role": "user", "content": "word"}]);
    let call = json!({"method": "dev.hob.Text.Generate", "parameters": {"messages": messages}, "more": true});
    let mut one = || {
        let begin = Instant::now();
        wire.call(&call);
        let first = wire.news();
        let took = begin.elapsed();
        assert_eq!(first["parameters"]["delta"], "word");
        while wire.reply()["continues"] == true {}
        took
    };
    let measured: Vec<_> = (0..REQUESTS * 11 / 10).map(|_| one()).collect();
    // The first of them warm up.
    let figures = Figures::new(measured[REQUESTS / 10..].to_vec());
    line("hand-over: request to first words, 1000 requests", figures);
}

/// The files are in the page cache after the first time.
pub(crate) fn measure_loading(daemon: &Daemon) {
    for (engine, model) in [(EngineKind::Speech, REAL_SPEECH_MODEL), (EngineKind::Text, REAL_TEXT_MODEL)] {
        let name = models::Load { name: model.to_owned(), pin: None };
        let load = || {
            daemon.call(Unload, &models::Unload { engine }).unwrap();
            let begin = Instant::now();
            let reply = daemon.call(Load, &name).unwrap();
            (begin.elapsed(), Duration::from_secs_f64(reply.load_ms / 1000.0))
        };
        load();
        let (whole, own): (Vec<_>, Vec<_>) = (0..LOADS).map(|_| load()).unzip();
        let told = |measured| {
            let figures = Figures::new(measured);
            let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
            let (least, most) = figures.range();
            let median = milliseconds(figures.percentile(50));
            format!("{median:.0} ms ({:.0} to {:.0})", milliseconds(least), milliseconds(most))
        };
        line(
            &format!("load {model} 5 times, from nothing to ready"),
            format!("median {}, of which the engine's own {}", told(whole), told(own)),
        );
    }
}
