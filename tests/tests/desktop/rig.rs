//! The desktops themselves, without hob: what is typed with real keys arrives, and nothing is left behind.

use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hob_tests::desktop::{Application, Clipboard, Desktop, Field, Key, SwayDesktop, X11Desktop, processes_of};

/// First letters, capitals, and what needs Shift.
const TYPED: &str = "The quick: brown FOX? (jumps) 1+2=3!";

fn type_into(application: Application) {
    let desktop = X11Desktop::start();
    let field = Field::open(application, &desktop, "target");
    desktop.write(TYPED);
    field.holds(TYPED);
    desktop.tap(Key::BackSpace);
    field.holds(TYPED.strip_suffix('!').unwrap());
    desktop.screenshot(&format!("typed-into-{application:?}"));
}

#[test]
fn keys_reach_gtk() {
    type_into(Application::GtkView);
    type_into(Application::GtkEntry);
}

#[test]
fn keys_reach_a_terminal() {
    type_into(Application::Xterm);
}

#[test]
fn keys_reach_a_web_page() {
    type_into(Application::Chromium);
}

#[test]
fn the_layout_decides_what_keys_say() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let mut expected = String::new();
    for (layout, text) in [("de", "zy ß ü Ö €@"), ("fr", "azqw é 2ç"), ("us", "zy;'")] {
        desktop.set_layout(layout);
        desktop.write(text);
        expected += text;
        field.holds(&expected);
    }
}

#[test]
fn shortcuts_and_selections_are_told() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::Chromium] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        desktop.write("some words");
        field.holds("some words");
        desktop.chord(&[Key::Control, Key::Character('a')]);
        let contents = field.until("the selection", |contents| contents.selected == "some words");
        assert!(contents.shortcuts[0].ends_with('a'), "{contents:?}");
        assert_eq!(contents.shortcuts.len(), 1, "{contents:?}");
    }
}

#[test]
fn the_keyboard_goes_where_it_is_sent() {
    let desktop = X11Desktop::start();
    let first = Field::open(Application::GtkView, &desktop, "first");
    let second = Field::open(Application::Xterm, &desktop, "second");
    desktop.write("two");
    second.holds("two");
    desktop.activate("first");
    desktop.write("one");
    first.holds("one");
    drop(first);
    desktop.display().until_gone("first");
    second.holds("two");
}

#[test]
fn nothing_is_left_behind_even_after_a_panic() {
    let mut folder = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let desktop = X11Desktop::start();
        let _panel = desktop.start_panel();
        let _field = Field::open(Application::GtkView, &desktop, "target");
        folder = Some(desktop.session().path().to_owned());
        let programs = processes_of(desktop.session().path()).len();
        assert!(programs > 5, "{programs} programs");
        panic!("as a test may");
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"as a test may"));
    let folder = folder.unwrap();
    assert_eq!(processes_of(&folder), []);
    assert!(!folder.exists());
}

#[test]
fn notifications_are_seen() {
    let desktop = X11Desktop::start();
    let notifications = desktop.start_notifications();
    let hints = HashMap::<&str, zbus::zvariant::Value<'_>>::from([("urgency", 2_u8.into())]);
    let words = ("hob", 0_u32, "", "nothing arrived", "two lines,\nthe second", &[] as &[&str], hints, -1_i32);
    let service = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"];
    let id: u32 = desktop.bus().call(service, "Notify", &words);
    assert!(id > 0);
    let shown = notifications.until("the notification", |shown| shown.summary == "nothing arrived");
    assert_eq!((shown.body.as_str(), shown.urgency.as_str()), ("two lines,\nthe second", "CRITICAL"));
    desktop.screenshot("a-notification");
    drop(notifications);
    desktop.bus().wait_for_end_of("org.freedesktop.Notifications");
}

#[test]
fn a_panel_has_a_tray_and_may_come_back() {
    let desktop = X11Desktop::start();
    let empty = desktop.display().picture();
    let panel = desktop.start_panel();
    let strip = [0, 0, empty.width, 32];
    let seen = || desktop.display().picture().differences(&empty, strip) > 1000;
    desktop.display().until_seen("the panel", seen);
    panel.kill();
    desktop.bus().wait_for_end_of("org.kde.StatusNotifierWatcher");
    let _panel = desktop.start_panel();
    desktop.display().until_seen("the panel", seen);
    desktop.screenshot("the-panel");
}

#[test]
fn clipboards_hold_several_formats() {
    let desktop = X11Desktop::start();
    for clipboard in [Clipboard::Clipboard, Clipboard::Primary] {
        assert_eq!(clipboard.text(&desktop), None);
        let image: Vec<u8> = (0..40_000_u32).map(|index| (index % 251) as u8).collect();
        let owned = clipboard.own(&desktop, &[("UTF8_STRING", "café 漢字".as_bytes()), ("image/png", &image)]);
        assert_eq!(clipboard.text(&desktop).as_deref(), Some("café 漢字"));
        assert_eq!(clipboard.read(&desktop, "image/png"), Some(image));
        assert_eq!(clipboard.formats(&desktop), ["TARGETS", "UTF8_STRING", "image/png"]);
        assert!(!owned.is_lost());
        let other = clipboard.own(&desktop, &[("UTF8_STRING", b"another")]);
        assert_eq!(clipboard.text(&desktop).as_deref(), Some("another"));
        assert!(!other.is_lost());
    }
}

#[test]
fn what_is_selected_is_primary() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::GtkEntry] {
        let mut field = Field::open(application, &desktop, &format!("{application:?}"));
        field.select("before middle after", 7..13);
        assert_eq!(Clipboard::Primary.text(&desktop).as_deref(), Some("middle"));
    }
}

#[test]
fn keys_reach_programs_on_wayland() {
    let desktop = SwayDesktop::start();
    for application in [Application::GtkView, Application::GtkEntry, Application::Foot] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        desktop.write(TYPED);
        field.holds(TYPED);
        desktop.tap(Key::BackSpace);
        field.holds(TYPED.strip_suffix('!').unwrap());
        desktop.screenshot(&format!("typed-on-wayland-into-{application:?}"));
    }
}

#[test]
fn the_compositor_runs_commands_for_keys() {
    let desktop = SwayDesktop::start();
    let first = Field::open(Application::Foot, &desktop, "first");
    let notifications = desktop.start_notifications();
    let field = Field::open(Application::GtkView, &desktop, "target");
    // In a file, because a compositor has rules of its own about quotes.
    let script = desktop.session().path().join("show");
    let service = "org.freedesktop.Notifications";
    let call = format!(
        "gdbus call --session --dest {service} --object-path /org/freedesktop/Notifications --method {service}.Notify"
    );
    fs::write(&script, format!("{call} hob 0 '' pressed '' '[]' '{{}}' 1000\n")).unwrap();
    desktop.order(&format!("bindsym --no-repeat Control+Mod1+space exec sh {}", script.display()));
    desktop.chord(&[Key::Control, Key::Alt, Key::Character(' ')]);
    notifications.until("the notification", |shown| shown.summary == "pressed");
    desktop.activate("first");
    desktop.write("one");
    first.holds("one");
    assert_eq!(field.contents().text, "");
    assert_eq!(field.contents().shortcuts, [] as [&str; 0]);
}
