//! What has to hold on Wayland as it does on X11: clipboards that stay as they were, modifiers that are held, windows that close.

use std::time::Instant;

use hob_tests::PATIENCE;
use hob_tests::desktop::{Application, Clipboard, Desktop, Field, Key, SwayDesktop};

use crate::insertion::{arrives, count, hob, window_closes};

const PLAIN: &str = "text/plain;charset=utf-8";

/// The owner comes back some time after the paste, and nobody but the clipboard tells.
#[track_caller]
fn until_it_holds(desktop: &SwayDesktop, clipboard: Clipboard, format: &str, expected: &[u8]) {
    let deadline = Instant::now() + PATIENCE;
    while clipboard.read_on(desktop, format).as_deref() != Some(expected) {
        assert!(Instant::now() < deadline, "{clipboard:?} is not as before");
    }
}

fn pasted_into(application: Application) {
    let desktop = SwayDesktop::start();
    // By its real name, because terminals paste by another key.
    let class = if application == Application::Foot { "foot" } else { "target" };
    let field = Field::open(application, &desktop, class);
    let image: Vec<u8> = (0..400_000_u32).map(|index| (index % 251) as u8).collect();
    let text = "Pasted: é ß “quotes” — 漢字 🙂 THE END ";
    let daemon = hob(&desktop, "data-control", text);
    let mut expected = String::new();
    for _ in 0..count() {
        for (format, bytes) in [(PLAIN, "was copied: é".as_bytes()), ("image/png", &image)] {
            Clipboard::Clipboard.copy_on(&desktop, format, bytes);
            Clipboard::Primary.copy_on(&desktop, PLAIN, b"was selected");
            arrives(&daemon, "data-control");
            expected += text;
            field.holds(&expected);
            until_it_holds(&desktop, Clipboard::Clipboard, format, bytes);
            until_it_holds(&desktop, Clipboard::Primary, PLAIN, b"was selected");
        }
    }
}

#[test]
fn a_paste_into_gtk_leaves_the_clipboards_as_they_were() {
    pasted_into(Application::GtkView);
}

#[test]
fn a_paste_into_a_terminal_leaves_the_clipboards_as_they_were() {
    pasted_into(Application::Foot);
}

#[test]
fn no_shortcut_fires_while_a_modifier_is_held() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let mut expected = String::new();
    for method in ["input-method", "virtual-keyboard", "data-control"] {
        let daemon = hob(&desktop, method, "avwqx ");
        for held in [Key::Control, Key::Super] {
            desktop.press(held);
            arrives(&daemon, method);
            desktop.release(held);
            expected += "avwqx ";
            field.holds(&expected);
        }
    }
    let pasted = |key: &String| key.to_lowercase().ends_with('v');
    let others: Vec<_> = field.contents().shortcuts.into_iter().filter(|key| !pasted(key)).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn a_text_whose_window_has_closed_is_on_the_clipboard_in_the_history_and_told() {
    let desktop = SwayDesktop::start();
    let clipboard = || Some(String::from_utf8(Clipboard::Clipboard.read_on(&desktop, PLAIN)?).unwrap());
    window_closes(&desktop, "virtual-keyboard", &desktop.start_notifications(), clipboard);
}
