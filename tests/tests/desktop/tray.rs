//! The icon in a real panel, and every entry of its menu.

use std::fs;

use hob_protocol::daemon::{EngineKind, EngineState, PartState, Phase, State};
use hob_tests::desktop::{Desktop, Line, Opener, Picture, Tray, X11Desktop};
use hob_tests::{Daemon, Home, SPEECH_MODEL, SoundServer, TEXT_MODEL, write_recording};

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

/// A daemon with an icon, and its menu.
struct Shown<'a> {
    daemon: Daemon,
    tray: Tray<'a>,
}

impl<'a> Shown<'a> {
    fn start(desktop: &'a X11Desktop, home: Home) -> Self {
        let daemon = home.start();
        let tray = Tray::of(desktop.bus());
        tray.until(&[], |line| line.label == "Quit");
        Self { daemon, tray }
    }

    fn until_ticked(&self, titles: &[&str], starts: &str) {
        self.tray.until(titles, |line| line.label.starts_with(starts) && line.is_ticked);
    }

    /// A click ticks its own line at once; that another line loses its tick tells that the choice holds.
    fn until_not_ticked(&self, titles: &[&str], starts: &str) {
        self.tray.until(titles, |line| line.label.starts_with(starts) && !line.is_ticked);
    }

    /// Clicks on the line that begins so.
    fn choose(&self, title: &str, starts: &str) {
        let line = self.tray.until(&[title], |line| line.label.starts_with(starts) && line.can_be_chosen);
        self.tray.choose(&[title, &line.label]);
    }

    fn config(&self) -> String {
        fs::read_to_string(self.daemon.home().config_file()).unwrap()
    }
}

#[test]
fn the_menu_changes_settings_and_says_which_hold() {
    let desktop = X11Desktop::start();
    let _panel = desktop.start_panel();
    let server = SoundServer::start();
    let shown = Shown::start(&desktop, server.with(desktop.adopt(Home::new())));
    let mut watch = shown.daemon.watch();

    shown.tray.choose(&["Pause (microphone off)"]);
    watch.until(|state| state.paused);
    shown.until_ticked(&[], "Pause");
    shown.tray.until(&[], |line| line.label == "Dictate" && !line.can_be_chosen);
    shown.tray.choose(&["Pause (microphone off)"]);
    watch.until(|state| !state.paused);
    shown.tray.until(&[], |line| line.label == "Dictate" && line.can_be_chosen);

    shown.tray.choose(&["Language", "German"]);
    watch.until(|state| state.language == "de");
    shown.until_ticked(&["Language"], "German");
    assert!(shown.config().contains("language = \"de\""), "{}", shown.config());

    shown.tray.choose(&["Microphone", "The-headset"]);
    shown.until_not_ticked(&["Microphone"], "Follow the system");
    shown.until_ticked(&["Microphone"], "The-headset");
    assert!(shown.config().contains("microphone = \"headset\""), "{}", shown.config());
    shown.choose("Microphone", "Follow the system");
    shown.until_not_ticked(&["Microphone"], "The-headset");
    shown.until_ticked(&["Microphone"], "Follow the system");
    assert!(shown.config().contains("microphone = \"default\""), "{}", shown.config());

    for (title, model, kind) in
        [("Speech model", SPEECH_MODEL, EngineKind::Speech), ("Text model", TEXT_MODEL, EngineKind::Text)]
    {
        shown.choose(title, model);
        watch.until_engine(kind, |engine| engine.state == EngineState::Ready);
        shown.tray.until(&[title], |line| line.is_ticked && line.label.ends_with("of memory in use"));
        shown.tray.choose(&[title, "Unload, and free its memory"]);
        watch.until_engine(kind, |engine| engine.state == EngineState::Stopped);
    }
}

#[test]
fn the_menu_dictates_and_shows_what_was_said() {
    let desktop = X11Desktop::start();
    let _panel = desktop.start_panel();
    let server = SoundServer::start();
    let (opener, home) = Opener::install(&desktop, server.with(desktop.adopt(Home::new())));
    let shown = Shown::start(&desktop, home);
    let mut watch = shown.daemon.watch();

    shown.tray.choose(&["Dictate"]);
    watch.until(|state| state.dictation.phase == Phase::Recording);
    shown.tray.choose(&["Throw this dictation away"]);
    watch.until(|state| state.dictation.phase == Phase::Idle);
    // By the icon itself, too.
    shown.tray.click();
    watch.until(|state| state.dictation.phase == Phase::Recording);
    shown.tray.choose(&["Stop dictating"]);
    watch.until(|state| state.dictation.phase == Phase::Idle);

    let recording = shown.daemon.home().path().join("said.wav");
    write_recording(&recording, 600);
    let said = shown.daemon.hob(&["dictate", "--file", recording.to_str().unwrap()]).printed();
    let first = said.split_whitespace().next().unwrap().to_owned();
    let recent = shown.tray.until(&["Recent texts"], |line| line.label.starts_with(&first));
    shown.tray.choose(&["Recent texts", &recent.label]);
    shown.daemon.wait_for_log("dev.hob.Dictation.Copy");

    // The second time there is nothing to take back for sure, and what was not done is told.
    shown.tray.choose(&["Take back the last insertion"]);
    shown.daemon.wait_for_log("dev.hob.Dictation.Undo");
    shown.tray.choose(&["Take back the last insertion"]);
    shown.tray.until(&[], |line| line.label.starts_with("⚠ ") && !line.can_be_chosen);

    shown.tray.choose(&["Settings"]);
    opener.until(&shown.daemon.home().config_file());
    shown.tray.choose(&["History"]);
    let history = shown.daemon.home().socket().with_file_name("history.txt");
    opener.until(&history);
    let page = fs::read_to_string(&history).unwrap();
    assert!(page.contains(said.trim()), "{page}");

    shown.tray.choose(&["Quit"]);
    let (status, _home) = shown.daemon.ended();
    assert!(status.success(), "{status}");
}

#[test]
fn the_menu_has_every_action_that_needs_no_question() {
    let desktop = X11Desktop::start();
    let _panel = desktop.start_panel();
    let shown = Shown::start(&desktop, desktop.adopt(Home::new()));
    let selected = shown.tray.until(&[], |line| line.label == "Selected text" && !line.lines.is_empty());
    let listed = shown.daemon.hob(&["actions"]).printed();
    let (simple, fuller): (Vec<Line>, Vec<Line>) = selected.lines.into_iter().partition(|line| line.lines.is_empty());
    assert_eq!(fuller.len(), 2, "rewrite and translate: {fuller:?}");
    assert_eq!(simple.len() + fuller.len() + 1, listed.lines().count(), "all but `ask`: {listed}");
    shown.tray.choose(&["Selected text", &simple[0].label]);
    shown.daemon.wait_for_log("dev.hob.Text.RunOnSelection");
}
