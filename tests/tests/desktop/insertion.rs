//! Dictated texts in real applications, by the whole way over the socket. The engine is a scripted one: what is said does not
//! matter here, but every character of what is written does.

use std::process::Stdio;

use hob_protocol::daemon::{PartState, Phase, State};
use hob_tests::desktop::{Application, Clipboard, Desktop, Field, Key, Notifications, SwayDesktop, X11Desktop};
use hob_tests::{Daemon, Home, program};
use serde_json::{Value, json};

/// A first letter, capitals, and what no layout has.
const HARD: &str = "First é ß ñ € “quotes” — 漢字 🙂 Ä Ö Ü ^ ` @ # {[|]} aall THE LAST";

/// Keys that have something of hob's on them, as it notes them.
const BORROWED: &str = "_HOB_BORROWED_KEYS";

/// Text on a clipboard of Wayland.
pub(crate) const PLAIN: &str = "text/plain;charset=utf-8";

/// How often the long ones are done over; `make test-desktop` sets it.
pub(crate) fn count() -> usize {
    std::env::var("HOB_DESKTOP_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// A daemon that inserts by this method, whatever is dictated, this text.
pub(crate) fn hob(desktop: &impl Desktop, method: &str, text: &str) -> Daemon {
    desktop.adopt(home(method, text)).start()
}

pub(crate) fn home(method: &str, text: &str) -> Home {
    // A string of JSON is one of TOML as well.
    let text = json!(text.replace('$', "$$"));
    let replacement = format!("[[replacements]]\nfrom = 'heard \\d+ samples'\nregex = true\nto = {text}\n");
    Home::new().with_config(&format!("[insert]\nmethods = ['{method}']\n{replacement}"))
}

/// Dictates, and gives what is said of the insertion.
#[track_caller]
pub(crate) fn dictate(daemon: &Daemon) -> Value {
    let recording = daemon.home().recording(100);
    let arguments = ["dictate", "start", "--print", "--target", "cursor", "--json", "--file", &recording];
    let result = daemon.hob(&arguments).objects().pop().unwrap()["result"].take();
    println!(
        "{}: inserted within {:.0} ms",
        result["insertion"]["method"],
        result["timings"]["insert_ms"].as_f64().unwrap()
    );
    result["insertion"].clone()
}

#[track_caller]
pub(crate) fn arrives(daemon: &Daemon, method: &str) {
    let insertion = dictate(daemon);
    assert_eq!(insertion["method"], method, "{insertion}");
    assert!(insertion["state"] == "sent" || insertion["state"] == "verified", "{insertion}");
}

/// Each layout, and nothing is lost.
fn typed_into(application: Application, text: &str) {
    let desktop = X11Desktop::start();
    let field = Field::open(application, &desktop, "target");
    let daemon = hob(&desktop, "xtest", text);
    let mut expected = String::new();
    for _ in 0..count() {
        for layout in ["us", "de", "fr"] {
            desktop.set_layout(layout);
            arrives(&daemon, "xtest");
            expected += text;
            field.holds(&expected);
        }
    }
    desktop.screenshot(&format!("inserted-into-{application:?}"));
}

#[test]
fn every_character_is_typed_into_gtk() {
    typed_into(Application::GtkView, &format!("{HARD}\tTab\nLine"));
}

#[test]
fn every_character_is_typed_into_a_terminal() {
    typed_into(Application::Xterm, &format!("{HARD}\tTab\nLine"));
}

#[test]
fn every_character_is_typed_into_a_web_page() {
    typed_into(Application::Chromium, &format!("{HARD}\nLine"));
}

/// A tab that is typed leads out of the field.
#[test]
fn a_text_with_tabs_stays_in_its_field_of_a_web_page() {
    let text = format!("{HARD}\tTab\nLine");
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Chromium, &desktop, "target");
    let daemon = hob(&desktop, "type', 'paste", &text);
    arrives(&daemon, "x11-clipboard");
    field.holds(&text);
}

#[test]
fn more_characters_than_keys_to_spare_are_typed() {
    let many: String = ('\u{4e00}'..='\u{4e3f}').chain("end".chars()).collect();
    let desktop = X11Desktop::start();
    let daemon = hob(&desktop, "xtest", &many);
    for application in [Application::GtkView, Application::Xterm] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        for round in 1..=count() {
            arrives(&daemon, "xtest");
            field.holds(&many.repeat(round));
        }
    }
}

#[test]
fn capitals_are_right_with_caps_lock_and_the_lock_stays() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let daemon = hob(&desktop, "xtest", "Mixed Case é É");
    desktop.tap(Key::CapsLock);
    arrives(&daemon, "xtest");
    field.holds("Mixed Case é É");
    desktop.write("loud");
    field.holds("Mixed Case é ÉLOUD");
}

/// Characters that the layout lacks were put on keys that it does not use, and the next one may.
#[test]
fn a_layout_that_comes_after_a_text_keeps_all_its_keys() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let daemon = hob(&desktop, "xtest", HARD);
    arrives(&daemon, "xtest");
    field.holds(HARD);
    desktop.display().until_noted(BORROWED, true);
    // It has this one on a key that no other layout has.
    desktop.set_layout("jp");
    desktop.display().until_noted(BORROWED, false);
    desktop.write("_");
    field.holds(&format!("{HARD}_"));
}

/// The first window takes in nothing, so that hob waits for it with most of the text.
#[test]
fn a_text_does_not_go_on_in_another_window() {
    let desktop = X11Desktop::start();
    let other = Field::open(Application::GtkView, &desktop, "other");
    let field = Field::open(Application::GtkView, &desktop, "target");
    let many: String = ('\u{4e00}'..='\u{4e7f}').collect();
    let daemon = hob(&desktop, "xtest", &many);
    let busy = field.process().stop();
    let recording = daemon.home().recording(100);
    let mut dictation = daemon.home().command(program("hob"));
    dictation.args(["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    let dictation = dictation.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    desktop.display().until_noted(BORROWED, true);
    desktop.activate("other");
    let said = dictation.wait_with_output().unwrap();
    drop(busy);
    let complaint = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && complaint.contains("another window has the keyboard"), "{complaint}");
    // What was sent in one go with the change cannot be called back.
    let strayed = other.contents().text.chars().count();
    assert!(strayed < 30, "{strayed} characters went on in another window");
    assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some(many.as_str()));
}

/// A text so long that it is being typed for seconds.
#[test]
fn a_text_does_not_go_on_in_another_window_on_wayland() {
    let desktop = SwayDesktop::start();
    let other = Field::open(Application::GtkView, &desktop, "other");
    let field = Field::open(Application::GtkView, &desktop, "target");
    let many = "A text that is long. ".repeat(400);
    let daemon = hob(&desktop, "virtual-keyboard", &many);
    let recording = daemon.home().recording(100);
    let mut dictation = daemon.home().command(program("hob"));
    dictation.args(["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    let dictation = dictation.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    field.until("the beginning of the text", |contents| !contents.text.is_empty());
    desktop.activate("other");
    let said = dictation.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && complaint.contains("another window has the keyboard"), "{complaint}");
    // What was sent in one go with the change cannot be called back.
    let strayed = other.contents().text.chars().count();
    assert!(strayed < 30, "{strayed} characters went on in another window");
    assert_eq!(Clipboard::Clipboard.read_on(&desktop, PLAIN).as_deref(), Some(many.as_bytes()));
}

#[test]
fn while_a_menu_has_the_keyboard_nothing_is_typed() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let daemon = hob(&desktop, "xtest", "for later");
    desktop.display().grab_keyboard();
    let recording = daemon.home().recording(100);
    let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("another program has grabbed the keyboard"), "{}", ran.stderr);
    assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some("for later"));
    assert_eq!(field.contents().text, "");
}

/// Window managers give the keyboard to a window of their own then.
#[test]
fn where_there_is_no_window_nothing_is_said_to_be_sent() {
    let desktop = X11Desktop::start();
    for method in ["xtest", "x11-clipboard"] {
        let daemon = hob(&desktop, method, "for later");
        let recording = daemon.home().recording(100);
        let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        assert!(ran.stderr.contains("no window has the keyboard"), "{}", ran.stderr);
        assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some("for later"));
        // One that has come and gone leaves the keyboard to nobody.
        drop(Field::open(Application::GtkView, &desktop, "target"));
        desktop.until_gone("target");
    }
}

#[test]
fn where_there_is_no_window_on_wayland_nothing_is_said_to_be_sent() {
    let desktop = SwayDesktop::start();
    for method in ["virtual-keyboard", "data-control", "type', 'paste"] {
        let daemon = hob(&desktop, method, "for later");
        let recording = daemon.home().recording(100);
        let ran = daemon.hob(&["dictate", "start", "--print", "--target", "cursor", "--file", &recording]);
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        assert!(ran.stderr.contains("no window "), "{}", ran.stderr);
        let clipboard = Clipboard::Clipboard.read_on(&desktop, PLAIN);
        assert_eq!(clipboard.as_deref(), Some(b"for later".as_slice()));
    }
}

#[test]
fn a_selection_is_replaced_by_the_result_and_undo_brings_it_back() {
    let desktop = X11Desktop::start();
    let daemon = hob(&desktop, "xtest", "");
    let mut field = Field::open(Application::GtkView, &desktop, "target");
    for _ in 0..count() {
        field.select("before the mïddle 漢 after", 7..19);
        let replies = daemon.hob(&["run", "fix", "--selection", "--json"]).objects();
        let result = replies[0]["result"]["text"].as_str().unwrap();
        field.holds(&format!("before {result} after"));
        daemon.hob(&["undo"]).printed();
        field.holds("before the mïddle 漢 after");
    }
}

#[test]
fn a_selection_on_wayland_is_replaced_and_one_of_another_window_is_not() {
    let desktop = SwayDesktop::start();
    let daemon = hob(&desktop, "type', 'paste", "");
    let mut field = Field::open(Application::GtkView, &desktop, "target");
    Clipboard::Clipboard.copy_on(&desktop, PLAIN, b"was copied");
    for _ in 0..count() {
        field.select("before fake:ok the mïddle 漢 after", 7..27);
        daemon.hob(&["run", "fix", "--selection"]).printed();
        field.holds("before the mïddle 漢 after");
        daemon.hob(&["undo"]).printed();
        field.holds("before fake:ok the mïddle 漢 after");
    }
    field.select("some words", 0..4);
    let _here = Field::open(Application::GtkView, &desktop, "here");
    let (code, complaint) = daemon.hob(&["run", "fix", "--selection"]).complained();
    assert!(code == 1 && complaint.contains("no text is selected"), "{complaint}");
    assert_eq!(Clipboard::Clipboard.read_on(&desktop, PLAIN).as_deref(), Some(b"was copied".as_slice()));
}

/// As long as the key is down, the server gives all keys to hob, and whoever wants to copy gets none.
#[test]
fn a_key_that_is_still_down_does_not_hide_what_is_selected() {
    let desktop = X11Desktop::start();
    let notifications = desktop.start_notifications();
    let field = Field::open(Application::Chromium, &desktop, "target");
    let home = home("xtest", "");
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    let config = config.replace("[insert]", "[keys.actions]\nfix = 'ctrl+alt+f'\n[insert]");
    let daemon = desktop.adopt(home.with_config(&config)).start();
    daemon
        .watch()
        .until(|state| state.desktop.iter().any(|part| part.name == "hotkeys" && part.state == PartState::Works));
    let press_and_hold = || {
        let chord = [Key::Control, Key::Alt, Key::Character('f')];
        for key in chord {
            desktop.press(key);
        }
        // The engine is made ready while the key is down.
        daemon.wait_for_log("text engine started");
        for key in chord.into_iter().rev() {
            desktop.release(key);
        }
    };
    desktop.write("some fake:ok words");
    desktop.chord(&[Key::Control, Key::Character('a')]);
    press_and_hold();
    field.holds("some words");
    desktop.chord(&[Key::Control, Key::Character('a')]);
    desktop.tap(Key::End);
    press_and_hold();
    notifications.until("the notification", |shown| shown.summary == "No text is selected");
    field.holds("some words");
}

#[test]
fn what_is_on_the_clipboard_is_replaced_by_the_result() {
    let desktop = X11Desktop::start();
    let daemon = hob(&desktop, "xtest", "");
    let owned = Clipboard::Clipboard.own(&desktop, &[("UTF8_STRING", "was cöpied".as_bytes())]);
    let replies = daemon.hob(&["run", "fix", "--clipboard", "--json"]).objects();
    let result = replies.last().unwrap()["result"]["text"].as_str().unwrap();
    assert_eq!(result, "was cöpied", "the scripted engine gives back what it gets");
    assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some(result));
    assert!(owned.is_lost(), "the clipboard is hob's now");
    // The same again, of what is hob's own by now.
    daemon.hob(&["run", "fix", "--clipboard"]).printed();
}

#[test]
fn what_is_selected_elsewhere_is_not_taken_for_what_is_selected_here() {
    let desktop = X11Desktop::start();
    let daemon = hob(&desktop, "xtest", "");
    let mut elsewhere = Field::open(Application::GtkView, &desktop, "elsewhere");
    elsewhere.select("some words", 0..4);
    let _here = Field::open(Application::GtkView, &desktop, "here");
    let _copied = Clipboard::Clipboard.own(&desktop, &[("UTF8_STRING", b"was copied")]);
    let (code, complaint) = daemon.hob(&["run", "fix", "--selection"]).complained();
    assert!(code == 1 && complaint.contains("no text is selected"), "{complaint}");
    assert_eq!(Clipboard::Clipboard.text(&desktop).as_deref(), Some("was copied"));
}

#[test]
fn a_text_whose_window_has_closed_is_on_the_clipboard_in_the_history_and_told() {
    let desktop = X11Desktop::start();
    window_closes(&desktop, "xtest", &desktop.start_notifications(), || Clipboard::Clipboard.text(&desktop));
    desktop.screenshot("a-window-that-has-closed");
}

#[test]
fn a_text_whose_window_has_closed_on_wayland_is_kept_as_well() {
    let desktop = SwayDesktop::start();
    let clipboard = || Some(String::from_utf8(Clipboard::Clipboard.read_on(&desktop, PLAIN)?).unwrap());
    window_closes(&desktop, "virtual-keyboard", &desktop.start_notifications(), clipboard);
}

/// A window closes between the end of a recording and the text of it, which is kept.
fn window_closes(
    desktop: &impl Desktop,
    method: &str,
    notifications: &Notifications,
    clipboard: impl FnOnce() -> Option<String>,
) {
    let field = Field::open(Application::GtkView, desktop, "target");
    // So slow that the window can close in between.
    let home = home(method, "words that stay").with_script(r#"{"on_request": ["slow 300"]}"#);
    let daemon = desktop.adopt(home).start();
    let mut watch = daemon.watch();
    let recording = daemon.home().recording(200);
    daemon.hob(&["dictate", "start", "--target", "cursor", "--file", &recording]).printed();
    watch.until(|state| state.dictation.phase == Phase::Finishing);
    drop(field);
    desktop.until_gone("target");
    notifications.until("the notification", |shown| shown.summary == "Your text is on the clipboard");
    let entry = daemon.hob(&["history", "--json"]).objects().remove(0)["entries"][0].clone();
    assert_eq!(entry["text"], "words that stay", "{entry}");
    // The daemon serves it until it ends.
    assert_eq!(clipboard().as_deref(), Some("words that stay"));
}

#[test]
fn it_is_said_what_was_found() {
    let desktop = X11Desktop::start();
    let daemon = desktop.adopt(Home::new()).start();
    let using = |state: &State, name: &str| {
        state.desktop.iter().find(|part| part.name == name).map(|part| part.using.clone()).unwrap_or_default()
    };
    daemon
        .watch()
        .until(|state| using(state, "insertion") == "xtest, x11-clipboard" && using(state, "selection") == "X11");
}

#[test]
fn every_character_reaches_programs_on_wayland() {
    let text = format!("{HARD}\tTab\nLine");
    let desktop = SwayDesktop::start();
    for application in [Application::GtkView, Application::Foot] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        let mut expected = String::new();
        for method in ["virtual-keyboard", "data-control"] {
            let daemon = hob(&desktop, method, &text);
            for layout in ["us", "de", "fr"].iter().cycle().take(3 * count()) {
                desktop.set_layout(layout);
                arrives(&daemon, method);
                expected += &text;
                field.holds(&expected);
            }
        }
        desktop.screenshot(&format!("inserted-on-wayland-into-{application:?}"));
    }
}
