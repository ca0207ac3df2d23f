//! What a hobd costs that is there with everything a desktop can have of it, and that nobody wants anything of. These measure, which
//! takes its time, so `make test` leaves them out; `make test-desktop` has them.

use std::thread;
use std::time::Duration;

use hob_protocol::daemon::{Part, PartState};
use hob_tests::desktop::{Application, Desktop, Field, SwayDesktop, Tray, X11Desktop};
use hob_tests::{Activity, Daemon, Home, SoundServer};

const WATCHED: Duration = Duration::from_secs(30);
/// Each second, of all threads together.
const MOST: f64 = 0.5;

const EVERYTHING: &str = "[keys]\ndictate = 'F9'\ncancel = 'F8'\nundo = 'F7'\n\
    [feedback]\ntray = true\nindicator = true\nnotifications = true\nsounds = true\n";

/// Works once, so that everything has been at work that ever is.
fn rests(daemon: &Daemon, field: &Field, parts: &[&str]) {
    let works = |part: &Part| part.state == PartState::Works;
    for name in parts {
        daemon.watch().until(|state| state.desktop.iter().any(|part| part.name == *name && works(part)));
    }
    let recording = daemon.home().recording(600);
    daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]).printed();
    field.holds("heard 9600 samples");
    // What that has set in motion comes to its end: the indicator fades, the clipboard comes back.
    thread::sleep(Duration::from_secs(5));
    let before = Activity::of(daemon.pid());
    thread::sleep(WATCHED);
    let after = Activity::of(daemon.pid());
    let wake_ups = after.wake_ups_since(&before) as f64 / WATCHED.as_secs_f64();
    let milliseconds = after.milliseconds_since(&before);
    let parts = parts.join(", ");
    println!("hobd with {parts}: {wake_ups:.2} wake-ups/s, {milliseconds} ms of processor time in {WATCHED:?}");
    println!("woken: {:?}", after.wakers_since(&before));
    assert!(wake_ups <= MOST, "{wake_ups:.2} wake-ups a second");
}

#[test]
#[ignore = "measures for half a minute: make test-desktop"]
fn hobd_sleeps_on_x11() {
    let desktop = X11Desktop::start();
    let _panel = desktop.start_panel();
    let _notifications = desktop.start_notifications();
    let server = SoundServer::start();
    let daemon = server.with(desktop.adopt(Home::new().with_config(EVERYTHING))).start();
    Tray::of(desktop.bus());
    let field = Field::open(Application::GtkView, &desktop, "target");
    rests(&daemon, &field, &["tray", "hotkeys", "insertion", "indicator"]);
}

#[test]
#[ignore = "measures for half a minute: make test-desktop"]
fn hobd_sleeps_on_wayland() {
    let desktop = SwayDesktop::start();
    let server = SoundServer::start();
    let daemon = server.with(desktop.adopt(Home::new().with_config(EVERYTHING))).start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    rests(&daemon, &field, &["selection", "indicator"]);
}
