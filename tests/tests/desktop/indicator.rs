//! The window that shows how loud somebody is and what they said so far.

use hob_protocol::daemon::Phase;
use hob_protocol::dictation::Start;
use hob_protocol::method::{self, Cancel, Nothing};
use hob_tests::desktop::{Application, Desktop, Field, X11Desktop};
use hob_tests::{Home, SoundServer};

/// The ground of the window (daemon/src/indicator/card.rs), which no other window has.
const GROUND: [u8; 3] = [0x20, 0x22, 0x26];

fn ground(desktop: &X11Desktop) -> usize {
    desktop.display().picture().pixels.chunks_exact(3).filter(|pixel| *pixel == GROUND).count()
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
