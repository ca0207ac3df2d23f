//! Measures the two sources of keys on X11: how long a press takes until hob hears of it, and how often a hob that waits for a key wakes.
//!
//!     cargo run --release --example hotkeys [-- PRESSES]
//!
//! Starts an X server of its own (Xvfb) and presses F9 there by XTEST.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hob_daemon::core::{Binding, Event, Motion};
use hob_daemon::graphical_session::Variables;
use hob_daemon::hotkey::{Hotkeys, Settings, Wanted};
use hob_daemon::requests::{Inbox, Input, Requests};
use hob_daemon::session_bus::Owner;
use hob_protocol::daemon::PartState;
use tokio::sync::watch;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const USUAL_PRESSES: u32 = 50;
/// How long nothing happens while wake-ups are counted.
const IDLE: Duration = Duration::from_secs(10);
const F9: u32 = 0xffc6;
/// Says that this process is the one that measures.
const INSIDE: &str = "HOB_EXAMPLE_INSIDE";

struct Measured {
    mean: Duration,
    worst: Duration,
    wakes_per_s: f64,
}

fn main() -> anyhow::Result<ExitCode> {
    if std::env::var_os(INSIDE).is_none() {
        return inside_a_server();
    }
    let presses = std::env::args().nth(1).map_or(Ok(USUAL_PRESSES), |count| count.parse()).context("PRESSES")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut all = Vec::new();
    for (name, source) in [("x11", Wanted::X11), ("global-hotkey", Wanted::GlobalHotkey)] {
        let measured = runtime.block_on(measure(source, presses))?;
        println!(
            "{name:<14} press to event {:6.2} ms on average, {:6.2} ms at worst, of {presses}; idle {:5.1} wake-ups a second",
            milliseconds(measured.mean),
            milliseconds(measured.worst),
            measured.wakes_per_s
        );
        all.push(measured);
    }
    let (ours, other) = (&all[0], &all[1]);
    println!(
        "global-hotkey takes {:.0} times as long, and wakes {:.1} times a second more often",
        milliseconds(other.mean) / milliseconds(ours.mean),
        other.wakes_per_s - ours.wakes_per_s
    );
    Ok(ExitCode::SUCCESS)
}

/// Runs this program again, with a display.
fn inside_a_server() -> anyhow::Result<ExitCode> {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("Xvfb (packaging/deps.sh installs it)")?;
    let status = run_inside(&mut server);
    // It may have ended already.
    let _ = server.kill();
    server.wait()?;
    Ok(if status?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_inside(server: &mut Child) -> anyhow::Result<ExitStatus> {
    let mut number = String::new();
    BufReader::new(server.stdout.take().context("it is piped")?).read_line(&mut number)?;
    let mut inside = Command::new(std::env::current_exe()?);
    inside.args(std::env::args().skip(1)).env(INSIDE, "1").env("DISPLAY", format!(":{}", number.trim()));
    Ok(inside.status()?)
}

async fn measure(source: Wanted, presses: u32) -> anyhow::Result<Measured> {
    let (requests, mut inbox) = Requests::channel();
    let settings = Settings { source, keys: vec![(Binding::Dictate, "F9".to_owned())] };
    let (_bus, portal) = watch::channel(Owner::NoBus);
    let session = watch::channel(Variables::own()).1;
    let hotkeys = Hotkeys::new(requests, settings, portal, session);
    while hotkeys.parts()[0].state != PartState::Works {
        next(&mut inbox).await?;
    }
    let (person, screen) = RustConnection::connect(None)?;
    let root = person.setup().roots[screen].root;
    let code = keycode(&person)?;
    let strike = |kind| -> anyhow::Result<()> {
        person.xtest_fake_input(kind, code, 0, root, 0, 0, 0)?;
        Ok(person.flush()?)
    };
    let (mut sum, mut worst) = (Duration::ZERO, Duration::ZERO);
    for press in 0..presses {
        // At another moment of whatever rhythm a source may have.
        tokio::time::sleep(Duration::from_millis(60 + u64::from(press * 7 % 50))).await;
        let begin = Instant::now();
        strike(KEY_PRESS_EVENT)?;
        until(&mut inbox, Motion::Pressed).await?;
        let taken = begin.elapsed();
        (sum, worst) = (sum + taken, worst.max(taken));
        strike(KEY_RELEASE_EVENT)?;
        until(&mut inbox, Motion::Released).await?;
    }
    let before = wakes()?;
    tokio::time::sleep(IDLE).await;
    let after = wakes()?;
    // Threads that have begun or ended meanwhile are none of the source's.
    let more = |(thread, count): (&u32, &u64)| before.get(thread).map_or(0, |before| count - before);
    let wakes: u64 = after.iter().map(more).sum();
    Ok(Measured { mean: sum / presses, worst, wakes_per_s: wakes as f64 / IDLE.as_secs_f64() })
}

async fn until(inbox: &mut Inbox, wanted: Motion) -> anyhow::Result<()> {
    loop {
        if let Event::Key { motion, .. } = next(inbox).await? {
            anyhow::ensure!(motion == wanted, "{motion:?} came, not {wanted:?}");
            return Ok(());
        }
    }
}

async fn next(inbox: &mut Inbox) -> anyhow::Result<Event> {
    let input = tokio::time::timeout(Duration::from_mins(1), inbox.inputs.recv()).await.context("nothing comes")?;
    match input {
        Some(Input::Event(event)) => Ok(event),
        other => bail!("{other:?} came"),
    }
}

/// How often each thread of this process has slept and been woken.
fn wakes() -> anyhow::Result<BTreeMap<u32, u64>> {
    let mut wakes = BTreeMap::new();
    for entry in fs::read_dir("/proc/self/task")? {
        let path = entry?.path();
        let status = fs::read_to_string(path.join("status"))?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        let thread = path.file_name().and_then(|name| name.to_str()).context("threads have numbers")?.parse()?;
        wakes.insert(thread, count.context("Linux counts them")?.trim().parse()?);
    }
    Ok(wakes)
}

fn keycode(server: &RustConnection) -> anyhow::Result<u8> {
    let (first, last) = (server.setup().min_keycode, server.setup().max_keycode);
    let table = server.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let rows = table.keysyms.chunks(table.keysyms_per_keycode.into());
    let found = (first..=last).zip(rows).find(|(_, row)| row.contains(&F9));
    Ok(found.context("no key is F9")?.0)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
