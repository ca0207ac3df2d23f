//! What a resident helper costs: how fast it answers, how fast an engine is there, how much memory it holds, and how often it wakes
//! while nobody wants anything. Prints figures beside their aims; judges nothing else. `packaging/bench.sh` runs it.
//!
//! The daemon, its client library and the scripted engine are the released ones, on a session bus of their own, as on a desktop. Run it
//! on a machine that does nothing else: the load is printed, so that the figures can be doubted.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to say")]

mod answers;
mod bus;
mod engines;
mod figures;
mod idle;

use hob_tests::{Home, REAL_SPEECH_MODEL, REAL_TEXT_MODEL};

use bus::Bus;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, socket, reply_bytes] = &arguments[..]
        && first == answers::ECHO
    {
        return answers::echo(socket, reply_bytes.parse().unwrap());
    }
    // Cargo passes options of its own.
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(60);

    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    println!("load of the machine: {}", load.split(' ').take(3).collect::<Vec<_>>().join(" "));
    let bus = Bus::start();
    answers::measure(&bus.joined_by(Home::new()).start());
    engines::measure_hand_over(&bus.joined_by(Home::new()).start());
    let daemon = bus.joined_by(Home::real(&[REAL_SPEECH_MODEL, REAL_TEXT_MODEL])).start();
    let before = idle::measure(&daemon, seconds);
    idle::measure_with_tray(seconds);
    engines::measure_loading(&daemon);
    idle::measure_memory_after_use(&daemon, before);
}
