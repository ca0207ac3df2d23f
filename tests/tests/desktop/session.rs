//! A hobd that a user manager has started before there was a desktop finds it when the manager is told, without being started anew.

use hob_protocol::daemon::{PartState, State};
use hob_tests::desktop::{Application, Desktop, Field, Key, SwayDesktop, UserManager, X11Desktop};
use hob_tests::{Daemon, Home, Watcher};

const DISPLAYS: [&str; 4] = ["DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"];
const CONFIG: &str =
    "[keys]\ndictate = 'F9'\n[[replacements]]\nfrom = 'heard \\d+ samples'\nregex = true\nto = 'found'\n";

/// A daemon of that desktop's session that knows no display.
fn start_too_early(desktop: &impl Desktop) -> Daemon {
    let home = desktop.adopt(Home::new()).with_config(CONFIG);
    DISPLAYS.iter().fold(home, |home, name| home.without_variable(name)).start()
}

fn state(state: &State, name: &str) -> PartState {
    state.desktop.iter().find(|part| part.name == name).map_or(PartState::Missing, |part| part.state)
}

fn import(desktop: &impl Desktop, manager: &UserManager<'_>, names: &[&str]) {
    for name in names {
        manager.import(name, desktop.session().get(name).to_str().unwrap());
    }
}

fn dictate(daemon: &Daemon) {
    let recording = daemon.home().recording(100);
    daemon.hob(&["dictate", "start", "--target", "cursor", "--print", "--file", &recording]).printed();
}

/// The user manager has been asked, and had nothing to say.
fn until_asked(daemon: &Daemon) {
    daemon.wait_for_log("the user manager names no display");
}

fn until_found(watch: &mut Watcher, name: &str) {
    watch.until(|news| state(news, name) == PartState::Works);
}

#[test]
fn an_x_server_that_the_user_manager_is_told_of_is_used() {
    let desktop = X11Desktop::start();
    let manager = UserManager::start(desktop.bus());
    let daemon = start_too_early(&desktop);
    until_asked(&daemon);
    let mut watch = daemon.watch();
    watch.until(|news| state(news, "hotkeys") == PartState::Missing && state(news, "insertion") == PartState::Missing);
    import(&desktop, &manager, &["DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"]);
    manager.begin_session();
    until_found(&mut watch, "hotkeys");
    until_found(&mut watch, "insertion");
    let field = Field::open(Application::GtkView, &desktop, "target");
    dictate(&daemon);
    field.holds("found");
    desktop.press(Key::F(9));
    watch.until(|news| news.dictation.notice.is_some() || news.dictation.id.is_some());
    desktop.release(Key::F(9));
}

#[test]
fn a_display_that_nobody_tells_of_is_found_when_it_is_needed() {
    let desktop = X11Desktop::start();
    let manager = UserManager::start(desktop.bus());
    let daemon = start_too_early(&desktop);
    until_asked(&daemon);
    import(&desktop, &manager, &["DISPLAY", "XDG_SESSION_TYPE"]);
    daemon.hob(&["reload"]).printed();
    until_found(&mut daemon.watch(), "hotkeys");
}

#[test]
fn a_compositor_that_the_user_manager_is_told_of_is_used() {
    let desktop = SwayDesktop::start();
    let manager = UserManager::start(desktop.bus());
    let daemon = start_too_early(&desktop);
    until_asked(&daemon);
    import(&desktop, &manager, &["WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"]);
    manager.begin_session();
    // What sway has is not all that hob knows of.
    until_found(&mut daemon.watch(), "selection");
    let field = Field::open(Application::GtkView, &desktop, "target");
    dictate(&daemon);
    field.holds("found");
}
