//! Keys that the person still holds while a text is inserted: they must not turn letters into shortcuts.

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

fn no_shortcut_fires(desktop: &impl Desktop, application: Application, methods: &[&str]) {
    let field = Field::open(application, desktop, &format!("{application:?}"));
    let mut expected = String::new();
    for method in methods {
        let daemon = hob(desktop, method, "avwqx ");
        for held in HELD {
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
fn no_shortcut_fires_on_x11() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::Chromium] {
        no_shortcut_fires(&desktop, application, &["xtest", "x11-clipboard"]);
    }
}

#[test]
fn no_shortcut_fires_on_wayland() {
    let methods = ["input-method", "virtual-keyboard", "data-control"];
    no_shortcut_fires(&SwayDesktop::start(), Application::GtkView, &methods);
}
