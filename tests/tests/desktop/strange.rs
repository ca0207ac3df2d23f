//! Texts that no layout has and no typist writes: they arrive as they are in every kind of program.

use hob_tests::desktop::{Application, Desktop, Field, SwayDesktop, X11Desktop};

use crate::insertion::{arrives, hob};

/// Accents that stay apart, scripts from the right, letters of several characters, and pictures of several, with invisible joints.
const STRANGE: &str =
    "x̂ q̃ Việt أهلاً وسهلاً שָׁלוֹם हिन्दी ไทย 한국어 ﬁ ½ ² ‑ … ™ 👩‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ c\u{200b}d \u{1d400} 1\u{fe0f}\u{20e3}.";

fn arrive(desktop: &impl Desktop, application: Application, methods: &[&str]) {
    let field = Field::open(application, desktop, &format!("{application:?}"));
    let mut expected = String::new();
    let long = format!("{} end.", "lorem ipsum ".repeat(80));
    for method in methods {
        for text in [STRANGE, "\n\n\n", &long] {
            if *method == "input-method" && text != STRANGE {
                continue;
            }
            let daemon = hob(desktop, method, text);
            arrives(&daemon, method);
            expected += text;
            field.holds(&expected);
        }
    }
    desktop.screenshot(&format!("strange-in-{application:?}"));
}

#[test]
fn strange_texts_arrive_on_x11() {
    let desktop = X11Desktop::start();
    for application in [Application::GtkView, Application::Xterm] {
        arrive(&desktop, application, &["xtest", "x11-clipboard"]);
    }
    arrive(&desktop, Application::Chromium, &["xtest"]);
}

#[test]
fn strange_texts_arrive_on_wayland() {
    let desktop = SwayDesktop::start();
    arrive(&desktop, Application::GtkView, &["input-method", "virtual-keyboard", "data-control"]);
    arrive(&desktop, Application::Foot, &["virtual-keyboard", "data-control"]);
}
