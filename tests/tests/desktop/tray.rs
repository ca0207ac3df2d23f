//! The icon in a real panel.

use hob_protocol::daemon::{PartState, State};
use hob_tests::Home;
use hob_tests::desktop::{Desktop, Picture, Tray, X11Desktop};

/// The right end of the panel: room for a few icons.
const CORNER: [u32; 4] = [1280 - 100, 0, 100, 32];
/// Pixels of the smallest icon.
const ICON: usize = 60;

fn tray_part(state: &State) -> PartState {
    state.desktop.iter().find(|part| part.name == "tray").expect("it is always told").state
}

/// Waits until the corner of the panel shows an icon, and gives what is seen then.
fn until_icon(desktop: &X11Desktop, empty: &Picture) -> Picture {
    let shows = |picture: &Picture| picture.differences(empty, CORNER) >= ICON;
    desktop.display().until_seen("the icon", || shows(&desktop.display().picture()));
    desktop.display().picture()
}

#[test]
fn the_icon_comes_and_goes_with_the_panel() {
    let desktop = X11Desktop::start();
    // The panel alone; it draws itself once its window is there.
    let bare = desktop.display().picture();
    let panel = desktop.start_panel();
    let drawn = || desktop.display().picture().differences(&bare, [0, 0, 1280, 32]) > 1000;
    desktop.display().until_seen("the panel", drawn);
    let empty = desktop.display().picture();
    let daemon = desktop.adopt(Home::new()).start();
    let mut watch = daemon.watch();
    watch.until(|state| tray_part(state) == PartState::Works);
    Tray::of(desktop.bus());
    until_icon(&desktop, &empty);
    desktop.screenshot("the-tray-icon");

    panel.kill();
    desktop.bus().wait_for_end_of("org.kde.StatusNotifierWatcher");
    watch.until(|state| tray_part(state) == PartState::Missing);
    let _panel = desktop.start_panel();
    watch.until(|state| tray_part(state) == PartState::Works);
    let tray = Tray::of(desktop.bus());
    until_icon(&desktop, &empty);
    desktop.screenshot("the-tray-icon-in-the-next-panel");
    tray.until(&[], |line| line.label == "Quit");

    // And where it is not wanted any more.
    daemon.home().write_config("[feedback]\ntray = false\n");
    daemon.hob(&["reload"]).printed();
    watch.until(|state| tray_part(state) == PartState::Off);
    let gone = || desktop.display().picture().differences(&empty, CORNER) < ICON;
    desktop.display().until_seen("the panel without the icon", gone);
}

#[test]
fn without_a_panel_hob_says_so_and_serves() {
    let desktop = X11Desktop::start();
    let daemon = desktop.adopt(Home::new()).start();
    let state = daemon.state();
    assert_eq!(tray_part(&state), PartState::Missing);
    let tray = state.desktop.into_iter().find(|part| part.name == "tray").unwrap();
    assert!(tray.hint.is_some(), "{tray:?}");
}
