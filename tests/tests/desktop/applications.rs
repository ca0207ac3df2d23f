//! Applications beside those that `make test` needs: an editor of the toolkit Qt, and Firefox.

use hob_tests::Daemon;
use hob_tests::desktop::{Application, Clipboard, Desktop, Field, Key, SwayDesktop, X11Desktop};

use crate::insertion::{arrives, count, hob};

/// Keys of menus, what no layout has, and lines that an editor would indent once more.
const TEXT: &str = "First é ß ñ € “quotes” — 漢字 🙂 fewth:\n    indented\n    twice\nTHE LAST";

/// Its class, which cannot be chosen.
const EDITOR: &str = "FeatherPad";

/// The editor tells what it holds when it saves it.
fn saved(desktop: &impl Desktop, field: &Field, text: &str) {
    desktop.chord(&[Key::Control, Key::Character('s')]);
    field.holds(text);
}

#[test]
#[ignore = "needs an editor of Qt: make test-desktop"]
fn a_qt_editor_gets_every_character() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::FeatherPad, &desktop, EDITOR);
    let mut expected = String::new();
    for method in ["x11-clipboard", "xtest", "type', 'paste"] {
        let text = if method == "xtest" { TEXT.replace("\n    ", "\n") } else { TEXT.to_owned() };
        let daemon = hob(&desktop, method, &text);
        for layout in ["us", "de", "fr"].into_iter().cycle().take(3 * count()) {
            desktop.set_layout(layout);
            let insertion = crate::insertion::dictate(&daemon);
            assert!(insertion["state"] != "failed", "{insertion}");
            expected += &text;
            saved(&desktop, &field, &expected);
        }
        desktop.tap(Key::Return);
        expected += "\n";
    }
    desktop.screenshot("inserted-into-FeatherPad");
}

#[test]
#[ignore = "needs an editor of Qt: make test-desktop"]
fn a_qt_editor_opens_no_menu() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::FeatherPad, &desktop, EDITOR);
    no_menu_opens(&desktop, &|expected| saved(&desktop, &field, expected));
}

#[test]
#[ignore = "needs Firefox: make test-desktop"]
fn firefox_opens_no_menu() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Firefox, &desktop, "target");
    no_menu_opens(&desktop, &|expected| field.holds(expected));
}

/// A key of hob's with Alt: the window sees only Alt go down, and come up.
fn no_menu_opens(desktop: &X11Desktop, holds: &dyn Fn(&str)) {
    let mut expected = String::new();
    for method in ["xtest", "x11-clipboard"] {
        let daemon = hob(desktop, method, "few words ");
        for _ in 0..count() {
            for held in [Key::Alt, Key::Super, Key::Control] {
                desktop.press(held);
                arrives(&daemon, method);
                desktop.release(held);
                expected += "few words ";
                holds(&expected);
            }
        }
    }
}

#[test]
#[ignore = "needs an editor of Qt: make test-desktop"]
fn a_selection_in_a_qt_editor_is_replaced_and_brought_back() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::FeatherPad, &desktop, EDITOR);
    let daemon = hob(&desktop, "type', 'paste", "");
    // A text behind which a key was pressed is not taken back, and the key that saves is one as well.
    replaced_and_brought_back(&desktop, &daemon, [&|_| (), &|expected| saved(&desktop, &field, expected)]);
    desktop.chord(&[Key::Control, Key::Character('a')]);
    daemon.hob(&["run", "fix", "--selection"]).printed();
    saved(&desktop, &field, RESULT);
    let (code, complaint) = daemon.hob(&["undo"]).complained();
    assert!(code == 1 && complaint.contains("was typed"), "{complaint}");
}

#[test]
#[ignore = "needs Firefox: make test-desktop"]
fn a_selection_in_firefox_is_replaced_and_brought_back() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Firefox, &desktop, "target");
    let holds = |expected: &str| field.holds(expected);
    replaced_and_brought_back(&desktop, &hob(&desktop, "type', 'paste", ""), [&holds; 2]);
}

#[test]
fn a_selection_in_chromium_is_replaced_and_brought_back() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Chromium, &desktop, "target");
    let holds = |expected: &str| field.holds(expected);
    replaced_and_brought_back(&desktop, &hob(&desktop, "type', 'paste", ""), [&holds; 2]);
}

/// What the scripted model makes shorter.
const ORIGINAL: &str = "some fake:ok words";
const RESULT: &str = "some words";

/// What such programs call selected stays so when it is selected no more. `holds`: before the text is taken back, and after.
fn replaced_and_brought_back(desktop: &X11Desktop, daemon: &Daemon, [holds_result, holds]: [&dyn Fn(&str); 2]) {
    let owned = Clipboard::Clipboard.own(desktop, &[("UTF8_STRING", b"was copied")]);
    desktop.write(ORIGINAL);
    for _ in 0..count() {
        desktop.chord(&[Key::Control, Key::Character('a')]);
        daemon.hob(&["run", "fix", "--selection"]).printed();
        holds_result(RESULT);
        daemon.hob(&["undo"]).printed();
        holds(ORIGINAL);
        desktop.chord(&[Key::Control, Key::Character('a')]);
        desktop.tap(Key::End);
        let (code, complaint) = daemon.hob(&["run", "fix", "--selection"]).complained();
        assert!(code == 1 && complaint.contains("no text is selected"), "{complaint}");
        holds(ORIGINAL);
        assert_eq!(Clipboard::Clipboard.text(desktop).as_deref(), Some("was copied"));
    }
    drop(owned);
}

#[test]
#[ignore = "needs Firefox: make test-desktop"]
fn firefox_gets_every_character() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::Firefox, &desktop, "target");
    let mut expected = String::new();
    for method in ["xtest", "x11-clipboard"] {
        let daemon = hob(&desktop, method, TEXT);
        for layout in ["us", "de", "fr"].into_iter().cycle().take(3 * count()) {
            desktop.set_layout(layout);
            arrives(&daemon, method);
            expected += TEXT;
            field.holds(&expected);
        }
    }
    desktop.screenshot("inserted-into-Firefox");
}

/// It tells of the line with the cursor alone, and nothing tells who types, so hob selects the text and looks.
#[test]
#[ignore = "needs Firefox: make test-desktop"]
fn undo_in_firefox_on_wayland_takes_nothing_that_was_typed() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::Firefox, &desktop, "target");
    let text = "two lines 🙂,\nthe second";
    let daemon = hob(&desktop, "virtual-keyboard", text);
    desktop.write("mine: ");
    let mut expected = "mine: ".to_owned();
    for _ in 0..count() {
        field.holds(&expected);
        arrives(&daemon, "virtual-keyboard");
        field.holds(&format!("{expected}{text}"));
        daemon.hob(&["undo"]).printed();
        field.holds(&expected);
        arrives(&daemon, "virtual-keyboard");
        desktop.write("!");
        expected = format!("{expected}{text}!");
        field.holds(&expected);
        let (code, complaint) = daemon.hob(&["undo"]).complained();
        assert!(code == 1 && complaint.contains("not left of the cursor"), "{complaint}");
        desktop.write("?");
        expected += "?";
        field.holds(&expected);
    }
}

#[test]
#[ignore = "needs Firefox: make test-desktop"]
fn firefox_on_wayland_gets_every_character() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::Firefox, &desktop, "target");
    let mut expected = String::new();
    for method in ["virtual-keyboard", "data-control"] {
        let daemon = hob(&desktop, method, TEXT);
        for _ in 0..count() {
            arrives(&daemon, method);
            expected += TEXT;
            field.holds(&expected);
        }
    }
    desktop.screenshot("inserted-on-wayland-into-Firefox");
}
