//! What it costs to be there: memory, wake-ups and processor time of processes that nobody asks anything.

use std::thread;
use std::time::Duration;

use hob_protocol::daemon::EngineKind;
use hob_protocol::method::{Load, Unload};
use hob_protocol::models;
use hob_tests::desktop::{Desktop, Tray, X11Desktop};
use hob_tests::{Activity, Daemon, Home, REAL_SPEECH_MODEL, REAL_TEXT_MODEL, Recording, threads};

use crate::figures::{against, line};

/// Megabytes of a million bytes.
const MEMORY_AIM: f64 = 15.0;
/// What engines may leave behind in the daemon.
const LEFT_AIM: f64 = 5.0;
/// Each second, of the daemon.
const WAKE_UP_AIM: f64 = 0.2;

/// Without engines, then with both. Gives the daemon's memory before there were any.
pub(crate) fn measure(daemon: &Daemon, seconds: u64) -> f64 {
    let before = memory(daemon, "hobd's memory, just started");
    rest(daemon, seconds, "no engine");
    for model in [REAL_SPEECH_MODEL, REAL_TEXT_MODEL] {
        daemon.call(Load, &models::Load { name: model.to_owned(), pin: None }).unwrap();
    }
    memory(daemon, "hobd's memory, both engines loaded");
    rest(daemon, seconds, "both engines loaded");
    before
}

/// On a desktop, with an icon in a real panel.
pub(crate) fn measure_with_tray(seconds: u64) {
    let desktop = X11Desktop::start();
    let _panel = desktop.start_panel();
    let daemon = desktop.adopt(Home::new().with_variable("HOB_LOG", "info")).start();
    Tray::of(desktop.bus());
    memory(&daemon, "hobd's memory, with its icon in a panel");
    rest(&daemon, seconds, "an icon in the panel");
}

/// After work of every kind, and when the engines have gone again.
pub(crate) fn measure_memory_after_use(daemon: &Daemon, before: f64) {
    let fox = Recording::Fox.path();
    let fox = fox.to_str().unwrap();
    daemon.hob(&["transcribe", fox]).printed();
    daemon.hob(&["dictate", "--file", fox]).printed();
    daemon.hob(&["run", "explain", "he go home"]).printed();
    for engine in EngineKind::ALL {
        daemon.call(Unload, &models::Unload { engine }).unwrap();
    }
    let left = memory(daemon, "hobd's memory, after work, engines unloaded") - before;
    line("of it more than before the engines", format!("{left:.1} MB   {}", against(left, LEFT_AIM, "MB")));
}

/// Megabytes.
fn memory(daemon: &Daemon, when: &str) -> f64 {
    let [resident, own] = [daemon.memory("VmRSS"), daemon.memory("RssAnon")].map(|bytes| bytes as f64 / 1e6);
    let threads = threads(daemon.pid()).len();
    let verdict = against(resident, MEMORY_AIM, "MB");
    line(when, format!("{resident:.1} MB resident, {own:.1} MB of it its own, {threads} threads   {verdict}"));
    resident
}

/// Watches every process for a while in which nothing is asked.
fn rest(daemon: &Daemon, seconds: u64, condition: &str) {
    let engines = daemon.state().engines.into_iter().filter_map(|engine| Some((engine.name.to_string(), engine.pid?)));
    let processes: Vec<_> = [("hobd".to_owned(), daemon.pid())].into_iter().chain(engines).collect();
    // What the questions above set in motion comes to its end.
    thread::sleep(Duration::from_secs(2));
    let before: Vec<_> = processes.iter().map(|(_, pid)| Activity::of(*pid)).collect();
    thread::sleep(Duration::from_secs(seconds));
    for ((name, pid), before) in processes.iter().zip(before) {
        let after = Activity::of(*pid);
        let wake_ups = after.wake_ups_since(&before) as f64 / seconds as f64;
        let verdict = if name == "hobd" { against(wake_ups, WAKE_UP_AIM, "/s") } else { String::new() };
        let milliseconds = after.milliseconds_since(&before);
        let cost = format!("{wake_ups:.2} wake-ups/s, {milliseconds} ms of processor time   {verdict}");
        line(&format!("{seconds} s idle, {condition}: {name}"), cost.trim_end());
    }
}
