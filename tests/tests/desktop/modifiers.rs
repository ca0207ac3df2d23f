//! Keys that the person still holds, or has locked, latched or begun something with, while a text is inserted: they must not turn letters
//! into shortcuts.

use hob_tests::desktop::{Application, Desktop, Field, Key, SwayDesktop, X11Desktop};

use crate::insertion::{arrives, hob};

const HELD: [Key; 8] = [
    Key::Control,
    Key::Alt,
    Key::Super,
    Key::Shift,
    Key::RightControl,
    Key::RightAlt,
    Key::RightSuper,
    Key::RightShift,
];

/// Letters of shortcuts, and what other layouts have behind Shift and `AltGr`.
const TEXT: &str = "avwqx Z@[€ ";

/// All that came with Control, Alt or Super, but for the key that pastes.
#[track_caller]
fn no_shortcut_came(field: &Field) {
    let pasted = |key: &String| key.to_lowercase().ends_with('v');
    let others: Vec<_> = field.contents().shortcuts.into_iter().filter(|key| !pasted(key)).collect();
    assert!(others.is_empty(), "{others:?}");
}

/// With each of these keys held.
fn no_shortcut_fires(desktop: &impl Desktop, field: &Field, methods: &[&str], held: &[Key]) {
    let mut expected = field.contents().text;
    for method in methods {
        let daemon = hob(desktop, method, TEXT);
        for key in held {
            desktop.press(*key);
            arrives(&daemon, method);
            desktop.release(*key);
            expected += TEXT;
            field.holds(&expected);
        }
    }
    no_shortcut_came(field);
}

#[test]
fn no_shortcut_fires_on_x11() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::Chromium] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        no_shortcut_fires(&desktop, &field, &["xtest", "x11-clipboard"], &HELD);
    }
}

/// The right Alt is another modifier there.
#[test]
fn no_shortcut_fires_with_other_layouts() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::Chromium] {
        let field = Field::open(application, &desktop, &format!("{application:?}"));
        for layout in ["de", "fr"] {
            desktop.set_layout(layout);
            let held = [Key::AltGr, Key::Control, Key::Alt, Key::Super, Key::Shift];
            no_shortcut_fires(&desktop, &field, &["xtest", "x11-clipboard"], &held);
        }
    }
}

#[test]
fn no_shortcut_fires_with_locks() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    for layout in ["us", "de", "fr"] {
        desktop.set_layout(layout);
        for lock in [Key::CapsLock, Key::NumLock] {
            desktop.tap(lock);
            no_shortcut_fires(&desktop, &field, &["xtest", "x11-clipboard"], &[Key::Control, Key::Alt, Key::Shift]);
            desktop.tap(lock);
        }
    }
}

/// For people who press one key after another: a modifier that was tapped stays in force until the next key.
#[test]
fn no_shortcut_fires_with_sticky_keys() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    desktop.make_keys_sticky();
    let stick = |times: usize| {
        desktop.tap(Key::Control);
        desktop.tap(Key::Character('e'));
        field.until("the shortcut", |contents| {
            contents.shortcuts.iter().filter(|key| key.ends_with('e')).count() == times
        });
    };
    stick(1);
    let mut expected = String::new();
    for method in ["xtest", "x11-clipboard"] {
        let daemon = hob(&desktop, method, TEXT);
        for latched in [&[Key::Control] as &[_], &[Key::Alt], &[Key::Shift], &[Key::Control, Key::Alt], &[Key::Super]] {
            for key in latched {
                desktop.tap(*key);
            }
            arrives(&daemon, method);
            expected += TEXT;
            field.holds(&expected);
        }
    }
    // They still do, and nothing else has come.
    stick(2);
    let others = |key: &&String| !key.ends_with(['e', 'v']);
    let shortcuts = field.contents().shortcuts;
    assert_eq!(shortcuts.iter().find(others), None, "{shortcuts:?}");
    assert_eq!(field.contents().text, expected);
}

#[test]
fn no_shortcut_fires_on_wayland() {
    let desktop = SwayDesktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    // An input method has no keys.
    let methods = ["input-method", "virtual-keyboard", "data-control"];
    no_shortcut_fires(&desktop, &field, &methods, &HELD);
}
