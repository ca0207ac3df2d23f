//! What hob says of a text that it has sent: that it has arrived, because the application itself has told so, that it was sent, or that
//! nothing has arrived.

use std::time::Instant;

use hob_protocol::daemon::PartState;
use hob_tests::PATIENCE;
use hob_tests::desktop::{Application, Clipboard, Desktop, Field, Key, SwayDesktop, X11Desktop};
use serde_json::Value as Json;
use zbus::zvariant::Value;

use crate::insertion::{arrives, dictate, hob, home};

const TEXT: &str = "First é “quotes” 漢字 🙂 THE LAST";

#[test]
fn an_application_that_tells_what_it_holds_has_verified_it() {
    results_in(&[(Application::GtkView, "verified"), (Application::Xterm, "sent"), (Application::Chromium, "sent")]);
}

#[test]
fn a_browser_that_tells_screen_readers_has_verified_it() {
    results_in(&[(Application::TellingChromium, "verified")]);
}

/// A browser is on the accessibility bus of a desktop where a screen reader was ever used, but shows nothing of its pages there.
#[test]
fn a_program_that_shows_no_field_is_not_waited_for() {
    let desktop = X11Desktop::start();
    let on = ("org.a11y.Status", "IsEnabled", Value::from(true));
    desktop.bus().call::<_, ()>(["org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties"], "Set", &on);
    let field = Field::open(Application::Chromium, &desktop, "target");
    let daemon = hob(&desktop, "xtest", TEXT);
    let mut expected = String::new();
    let deadline = Instant::now() + PATIENCE;
    // It comes to the bus when it likes.
    while !daemon.log().contains("the program shows no field that has the keyboard") {
        assert!(Instant::now() < deadline, "{}", daemon.log());
        let insertion = dictate(&daemon);
        assert_eq!(insertion["state"], "sent", "{insertion}");
        expected += TEXT;
        field.holds(&expected);
    }
}

/// A program that is very busy may hear too late that it is asked to tell; `make test-desktop` insists all the same.
fn says(insertion: &Json, state: &str) -> bool {
    let insists = std::env::var_os("HOB_DESKTOP_COUNT").is_some();
    insertion["state"] == state || (!insists && insertion["state"] == "sent")
}

fn results_in(expected: &[(Application, &str)]) {
    let desktop = X11Desktop::start();
    for &(application, state) in expected {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        let mut expected = String::new();
        for method in ["xtest", "x11-clipboard"] {
            let daemon = hob(&desktop, method, TEXT);
            let insertion = dictate(&daemon);
            assert!(says(&insertion, state), "{application:?}: {insertion}");
            expected += TEXT;
            field.holds(&expected);
        }
    }
}

#[test]
fn applications_on_wayland_tell_as_well() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let mut expected = String::new();
    for method in ["input-method", "virtual-keyboard", "data-control"] {
        let daemon = hob(&desktop, method, TEXT);
        let insertion = dictate(&daemon);
        assert!(says(&insertion, "verified"), "{insertion}");
        expected += TEXT;
        field.holds(&expected);
    }
}

#[test]
fn undo_takes_back_what_a_field_of_one_line_has_kept() {
    let desktop = X11Desktop::start();
    for (application, held) in [(Application::GtkEntry, "mine: onetwo"), (Application::GtkView, "mine: one\ntwo")] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        let daemon = hob(&desktop, "xtest", "one\ntwo");
        desktop.write("mine: ");
        field.holds("mine: ");
        arrives(&daemon, "xtest");
        field.holds(held);
        daemon.hob(&["undo"]).printed();
        field.holds("mine: ");
    }
}

/// Such a window cannot be asked what stands there, and what was typed behind the text would go with it.
#[test]
fn undo_in_a_window_that_does_not_tell_takes_nothing_that_was_typed() {
    let desktop = X11Desktop::start();
    for (application, paste) in [
        (Application::Xterm, &[Key::Shift, Key::Insert]),
        (Application::Chromium, &[Key::Control, Key::Character('v')]),
    ] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        let daemon = hob(&desktop, "xtest", "two words");
        arrives(&daemon, "xtest");
        field.holds("two words");
        desktop.write(" more");
        field.holds("two words more");
        let (code, complaint) = daemon.hob(&["undo"]).complained();
        assert!(code == 1 && complaint.contains("was typed"), "{complaint}");
        field.holds("two words more");
        // So it is with what was pasted.
        let _copied = [Clipboard::Clipboard, Clipboard::Primary]
            .map(|clipboard| clipboard.own(&desktop, &[("UTF8_STRING", b"pasted")]));
        arrives(&daemon, "xtest");
        field.holds("two words moretwo words");
        desktop.chord(paste);
        field.holds("two words moretwo wordspasted");
        let (code, complaint) = daemon.hob(&["undo"]).complained();
        assert!(code == 1 && complaint.contains("was typed"), "{complaint}");
    }
}

/// What is typed elsewhere is none of it, nor are keys that no window gets, such as the one that takes back. A hob that is busy hears of
/// them when the window has the keyboard again.
#[test]
fn undo_by_its_key_is_no_key_of_the_window() {
    let desktop = X11Desktop::start();
    for application in [Application::Xterm, Application::Chromium] {
        let other = Field::open(Application::GtkView, &desktop, &format!("beside {application:?}"));
        let class = format!("{application:?}");
        let field = Field::open(application, &desktop, &class);
        let home = home("xtest", "two words");
        let config = std::fs::read_to_string(home.config_file()).unwrap();
        let config = config.replace("[insert]", "[keys]\nundo = 'ctrl+alt+z'\n[insert]");
        let daemon = desktop.adopt(home.with_config(&config)).start();
        daemon
            .watch()
            .until(|state| state.desktop.iter().any(|part| part.name == "hotkeys" && part.state == PartState::Works));
        for round in 1..=2 {
            arrives(&daemon, "xtest");
            field.holds("two words");
            let busy = (round == 2).then(|| daemon.stop());
            desktop.activate(other.class());
            desktop.write("elsewhere ");
            other.holds(&"elsewhere ".repeat(round));
            desktop.activate(&class);
            drop(busy);
            desktop.chord(&[Key::Control, Key::Alt, Key::Character('z')]);
            field.holds("");
        }
    }
}

/// Nor is what was typed there forgotten when another window has the keyboard by the time that a busy hob hears of it.
#[test]
fn undo_knows_what_was_typed_before_another_window_got_the_keyboard() {
    let desktop = X11Desktop::start();
    let other = Field::open(Application::GtkView, &desktop, "other");
    let field = Field::open(Application::Xterm, &desktop, "target");
    let daemon = hob(&desktop, "xtest", "two words");
    arrives(&daemon, "xtest");
    field.holds("two words");
    let busy = daemon.stop();
    desktop.write(" more");
    field.holds("two words more");
    desktop.activate(other.class());
    drop(busy);
    let (code, complaint) = daemon.hob(&["undo"]).complained();
    assert!(code == 1 && complaint.contains("another window has the keyboard"), "{complaint}");
    desktop.activate(field.class());
    let (code, complaint) = daemon.hob(&["undo"]).complained();
    assert!(code == 1 && complaint.contains("was typed"), "{complaint}");
    field.holds("two words more");
}

/// There the programs in it tell: they have read the text, or more than that.
#[test]
fn undo_in_a_terminal_on_wayland_takes_nothing_that_was_typed() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::Foot, &desktop, "target");
    for method in ["virtual-keyboard", "data-control"] {
        let daemon = hob(&desktop, method, "two wörds");
        desktop.write("mine: ");
        field.holds("mine: ");
        arrives(&daemon, method);
        field.holds("mine: two wörds");
        daemon.hob(&["undo"]).printed();
        field.holds("mine: ");
        arrives(&daemon, method);
        desktop.write("!");
        field.holds("mine: two wörds!");
        let (code, complaint) = daemon.hob(&["undo"]).complained();
        assert!(code == 1 && complaint.contains("nothing tells whether"), "{complaint}");
        field.holds("mine: two wörds!");
        for _ in "mine: two wörds!".chars() {
            desktop.tap(Key::BackSpace);
        }
        field.holds("");
    }
}

/// What one key removes of these is something else in each program, so they are selected first, where that can be seen.
const MIXED: [(&str, &str); 3] =
    [("one\ntwo", "several lines"), ("👩‍👩‍👧 and 🇩🇪", "several characters"), ("हिन्दी", "several characters")];

#[test]
fn undo_takes_back_lines_and_letters_of_several_characters_or_leaves_them_alone() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::Chromium, Application::Xterm] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        let mut expected = "mine: ".to_owned();
        desktop.write(&expected);
        for (text, complaint) in MIXED {
            let daemon = hob(&desktop, "x11-clipboard", text);
            arrives(&daemon, "x11-clipboard");
            field.holds(&format!("{expected}{text}"));
            if application == Application::Xterm {
                let (code, said) = daemon.hob(&["undo"]).complained();
                assert!(code == 1 && said.contains(complaint), "{said}");
                expected += text;
            } else {
                daemon.hob(&["undo"]).printed();
            }
            field.holds(&expected);
        }
    }
}

#[test]
fn a_field_that_stays_as_it_was_is_told_and_the_text_is_on_the_clipboard() {
    let desktop = X11Desktop::start();
    let notifications = desktop.start_notifications();
    let field = Field::open(Application::GtkDeaf, &desktop, "target");
    let daemon = hob(&desktop, "xtest", "to nobody");
    let recording = daemon.home().recording(100);
    let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("nothing has arrived"), "{}", ran.stderr);
    notifications.until("the notification", |shown| shown.summary == "Your text is on the clipboard");
    assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some("to nobody"));
    assert_eq!(field.contents().text, "");
}
