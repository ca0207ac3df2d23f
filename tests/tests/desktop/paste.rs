//! Texts that are pasted: they arrive whole, and clipboard and selection are afterwards what they were before, in every format.

use std::time::Instant;

use hob_tests::desktop::{Application, Clipboard, Desktop, Field, SwayDesktop, X11Desktop};
use hob_tests::{Daemon, PATIENCE};

use crate::insertion::{PLAIN, arrives, count, hob, home};

const TEXT: &str = "Pasted: é ß “quotes” — 漢字 🙂 THE END ";
const COPIED: &[u8] = "was copied: é".as_bytes();
const SELECTED: &[u8] = b"was selected";

/// Larger than what clipboards hand over in one piece.
fn image() -> Vec<u8> {
    (0..400_000_u32).map(|index| (index % 251) as u8).collect()
}

/// The owner comes back some time after the paste, and nobody but the clipboard tells.
#[track_caller]
fn until(what: Clipboard, expected: Option<&[u8]>, read: impl Fn() -> Option<Vec<u8>>) {
    let deadline = Instant::now() + PATIENCE;
    while read().as_deref() != expected {
        assert!(Instant::now() < deadline, "{what:?} is not as before");
    }
}

#[track_caller]
fn until_holds_on_x11(desktop: &X11Desktop, clipboard: Clipboard, format: &str, expected: Option<&[u8]>) {
    until(clipboard, expected, || clipboard.read(desktop, format));
}

#[track_caller]
fn until_holds_on_wayland(desktop: &SwayDesktop, clipboard: Clipboard, format: &str, expected: &[u8]) {
    until(clipboard, Some(expected), || clipboard.read_on(desktop, format));
}

/// Terminals, which paste by another key, are known by their program, whatever class a person has given them.
fn pasted_on_x11(application: Application) {
    let desktop = X11Desktop::start();
    let field = Field::open(application, &desktop, "target");
    let image = image();
    let daemon = hob(&desktop, "x11-clipboard", TEXT);
    for round in 1..=count() {
        let _copied = Clipboard::Clipboard.own(&desktop, &[("UTF8_STRING", COPIED), ("image/png", &image)]);
        let _selected = Clipboard::Primary.own(&desktop, &[("UTF8_STRING", SELECTED)]);
        arrives(&daemon, "x11-clipboard");
        field.holds(&TEXT.repeat(round));
        until_holds_on_x11(&desktop, Clipboard::Clipboard, "image/png", Some(&image));
        until_holds_on_x11(&desktop, Clipboard::Clipboard, "UTF8_STRING", Some(COPIED));
        until_holds_on_x11(&desktop, Clipboard::Primary, "UTF8_STRING", Some(SELECTED));
    }
}

fn pasted_on_wayland(application: Application) {
    let desktop = SwayDesktop::start();
    let field = Field::open(application, &desktop, "target");
    let image = image();
    let daemon = hob(&desktop, "data-control", TEXT);
    let mut expected = String::new();
    for _ in 0..count() {
        for (format, bytes) in [(PLAIN, COPIED), ("image/png", &image)] {
            Clipboard::Clipboard.copy_on(&desktop, format, bytes);
            Clipboard::Primary.copy_on(&desktop, PLAIN, SELECTED);
            arrives(&daemon, "data-control");
            expected += TEXT;
            field.holds(&expected);
            until_holds_on_wayland(&desktop, Clipboard::Clipboard, format, bytes);
            until_holds_on_wayland(&desktop, Clipboard::Primary, PLAIN, SELECTED);
        }
    }
}

#[test]
fn a_paste_into_gtk_leaves_the_clipboards_as_they_were() {
    pasted_on_x11(Application::GtkView);
    pasted_on_wayland(Application::GtkView);
}

#[test]
fn a_paste_into_a_terminal_leaves_the_clipboards_as_they_were() {
    pasted_on_x11(Application::Xterm);
    pasted_on_wayland(Application::Foot);
}

#[test]
fn a_paste_into_a_web_page_leaves_the_clipboards_as_they_were() {
    pasted_on_x11(Application::Chromium);
}

/// What cannot be kept is not given up for a text.
#[test]
fn a_clipboard_that_is_too_slow_is_left_alone() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let text = "typed in its stead. ".repeat(15);
    let daemon = hob(&desktop, "paste', 'type", &text);
    let formats: [(&str, &[u8]); 2] = [("UTF8_STRING", COPIED), ("image/png", b"never")];
    let copied = Clipboard::Clipboard.own_but(&desktop, &formats, "image/png");
    arrives(&daemon, "xtest");
    field.holds(&text);
    assert!(!copied.is_lost());
    assert_eq!(Clipboard::Clipboard.read(&desktop, "UTF8_STRING").as_deref(), Some(COPIED));
}

#[test]
fn a_long_text_is_pasted_and_an_empty_clipboard_is_empty_again() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    // Longer than what is handed over in one piece.
    let text = "A long text: é 漢. ".repeat(20_000);
    let daemon = hob(&desktop, "x11-clipboard", &text);
    arrives(&daemon, "x11-clipboard");
    field.holds(&text);
    until_holds_on_x11(&desktop, Clipboard::Clipboard, "UTF8_STRING", None);
}

#[test]
fn a_paste_that_nobody_asks_for_is_a_failure_and_the_text_stays_on_the_clipboard() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Xterm, &desktop, "target");
    // The key for other programs: this terminal sends it to its program, and pastes nothing.
    let daemon = ctrl_v_into_a_terminal(&desktop, "x11-clipboard");
    nobody_asks(&daemon, "the window did not ask for the text");
    assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some("to nobody"));
    field.until("the key", |contents| contents.text == "\u{16}");
}

#[track_caller]
fn nobody_asks(daemon: &Daemon, complaint: &str) {
    let recording = daemon.home().recording(100);
    let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains(complaint), "{}", ran.stderr);
}

/// A program that reads the clipboard again and again, as one that keeps a history may at any moment.
const WATCHING: &str = "while :; do \"$@\" >/dev/null 2>&1; done";

fn ctrl_v_into_a_terminal(desktop: &impl Desktop, method: &str) -> Daemon {
    let home = home(method, "to nobody");
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    desktop.adopt(home.with_config(&config.replace("[insert]\n", "[insert]\npaste_key = 'ctrl+v'\n"))).start()
}

#[test]
fn who_watches_the_clipboard_has_not_pasted() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Xterm, &desktop, "target");
    let xclip = ["-c", WATCHING, "sh", "xclip", "-selection", "clipboard", "-out"];
    let _watching = desktop.session().start("sh", &xclip);
    let daemon = ctrl_v_into_a_terminal(&desktop, "x11-clipboard");
    nobody_asks(&daemon, "the window did not ask for the text");
    field.until("the key", |contents| contents.text == "\u{16}");
}

#[test]
fn who_watches_the_clipboard_on_wayland_has_not_pasted() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::Foot, &desktop, "target");
    let _watching = desktop.session().start("sh", &["-c", WATCHING, "sh", "wl-paste", "--no-newline"]);
    let daemon = ctrl_v_into_a_terminal(&desktop, "data-control");
    nobody_asks(&daemon, "no window asked for the text");
    field.until("the key", |contents| contents.text == "\u{16}");
    drop(daemon);
    let daemon = hob(&desktop, "data-control", TEXT);
    arrives(&daemon, "data-control");
    field.holds(&format!("\u{16}{TEXT}"));
}
