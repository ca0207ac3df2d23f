//! What hob says and offers by notifications, on a real desktop.

use std::collections::HashMap;

use hob_protocol::daemon::{EngineKind, EngineState, PartState};
use hob_protocol::method::Announce;
use hob_protocol::models::Named;
use hob_tests::desktop::{Desktop, X11Desktop};
use hob_tests::{Home, SPEECH_MODEL};
use zbus::zvariant::Value;

const SERVICE: &str = "org.freedesktop.Notifications";

#[test]
fn a_text_action_is_chosen_from_a_menu() {
    let desktop = X11Desktop::start();
    let notifications = desktop.start_notifications();
    let daemon = desktop.adopt(Home::new()).start();
    let bare = desktop.display().picture();
    daemon.hob(&["menu"]).printed();
    notifications.until("the menu", |shown| shown.summary == "Text action");
    // The service says that it shows it a moment before it is drawn.
    let drawn = || desktop.display().picture().differences(&bare, [0, 0, bare.width, bare.height]) > 10_000;
    desktop.display().until_seen("the menu", drawn);
    desktop.screenshot("the-menu-of-actions");
    notifications.press(&desktop, "Shorten");
    daemon.wait_for_log("the next step of a notification: Run(\"shorten\")");
    daemon.wait_for_log("dev.hob.Text.RunOnSelection");
    // A second time the menu is there again.
    daemon.hob(&["menu"]).printed();
    notifications.until_count("the menu once more", 2, |shown| shown.summary == "Text action");
}

/// The number of a notification is the next program's for something else.
#[test]
fn another_program_for_notifications_replaces_nobody_s() {
    let desktop = X11Desktop::start();
    let daemon = desktop.adopt(Home::new()).start();
    let mut watch = daemon.watch();
    for round in 0..2 {
        let notifications = desktop.start_notifications();
        watch.until(|state| {
            state.desktop.iter().any(|part| part.name == "notifications" && part.state == PartState::Works)
        });
        if round == 1 {
            let hints = HashMap::<&str, Value<'_>>::new();
            let words = ("another", 0_u32, "", "somebody else's", "", &[] as &[&str], hints, 0_i32);
            let _id: u32 = desktop.bus().call([SERVICE, "/org/freedesktop/Notifications", SERVICE], "Notify", &words);
            notifications.until("the other's", |shown| shown.summary == "somebody else's");
        }
        daemon.hob(&["undo"]).complained();
        notifications.until("hob's own", |shown| shown.summary.contains("nothing"));
        let count = desktop.session().run("dunstctl", &["count", "displayed"]).printed();
        assert_eq!(count.trim(), (round + 1).to_string());
        drop(notifications);
        watch.until(|state| {
            state.desktop.iter().any(|part| part.name == "notifications" && part.state == PartState::Missing)
        });
    }
}

#[test]
fn a_model_that_was_pulled_is_offered() {
    let desktop = X11Desktop::start();
    let notifications = desktop.start_notifications();
    let daemon = desktop.adopt(Home::new()).start();
    daemon.call(Announce, &Named { name: SPEECH_MODEL.to_owned() }).unwrap();
    let shown = notifications.until("the notification", |shown| shown.summary == "New model");
    assert_eq!(shown.urgency, "LOW");
    // The only button is pressed by a click on the notification.
    notifications.press(&desktop, "Use it now");
    daemon.watch().until_engine(EngineKind::Speech, |engine| engine.state == EngineState::Ready);
}
