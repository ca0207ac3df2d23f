//! The window that shows how loud somebody is and what they said so far.

use std::time::Instant;

use hob_protocol::daemon::Phase;
use hob_protocol::dictation::Start;
use hob_protocol::method::{self, Cancel, Nothing};
use hob_tests::desktop::{Application, Desktop, Field, SwayDesktop, X11Desktop};
use hob_tests::{Home, PATIENCE, SoundServer};

/// The ground of the window (daemon/src/indicator/card.rs), which no other window has.
const GROUND: [u8; 3] = [0x20, 0x22, 0x26];

fn ground(desktop: &X11Desktop) -> usize {
    desktop.display().picture().count(GROUND)
}

#[test]
fn the_indicator_is_seen_and_leaves_the_keyboard_where_it_is() {
    let desktop = X11Desktop::start();
    let server = SoundServer::start();
    let home = Home::new().with_config("[feedback]\nindicator = true\n");
    let daemon = server.with(desktop.adopt(home)).start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    desktop.write("before");
    field.holds("before");
    assert_eq!(ground(&desktop), 0);

    let mut watch = daemon.watch();
    daemon.call(method::Start, &Start::default()).unwrap();
    watch.until(|state| state.dictation.phase == Phase::Recording);
    desktop.display().until_seen("the indicator", || ground(&desktop) > 20_000);
    desktop.screenshot("the-indicator");
    assert_eq!(desktop.display().active().as_deref(), Some("target"));
    desktop.write(" and while");
    field.holds("before and while");

    daemon.call(Cancel, &Nothing {}).unwrap();
    desktop.display().until_seen("the end of the indicator", || ground(&desktop) == 0);
    desktop.write(" it is there");
    field.holds("before and while it is there");
}

#[test]
fn on_wayland_it_is_a_layer_of_the_compositor() {
    let desktop = SwayDesktop::start();
    let server = SoundServer::start();
    let home = Home::new().with_config("[feedback]\nindicator = true\n");
    let daemon = server.with(desktop.adopt(home)).start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let until_seen = |what: &str, fits: &dyn Fn(usize) -> bool| {
        let deadline = Instant::now() + PATIENCE;
        // Nobody tells what is drawn, so this looks again and again, as a person would.
        while !fits(desktop.picture().count(GROUND)) {
            assert!(Instant::now() < deadline, "{what} cannot be seen");
        }
    };

    let mut watch = daemon.watch();
    daemon.call(method::Start, &Start::default()).unwrap();
    watch.until(|state| state.dictation.phase == Phase::Recording);
    until_seen("the indicator", &|pixels| pixels > 20_000);
    desktop.screenshot("the-indicator-on-wayland");
    watch.until(|state| state.desktop.iter().any(|part| part.name == "indicator" && part.using == "layer-shell"));
    // The keyboard is where it was.
    desktop.write("and while");
    field.holds("and while");

    daemon.call(Cancel, &Nothing {}).unwrap();
    until_seen("the end of the indicator", &|pixels| pixels == 0);
    desktop.write(" it is there");
    field.holds("and while it is there");
}
