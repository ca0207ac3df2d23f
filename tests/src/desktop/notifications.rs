//! A service for notifications (dunst), and what it has shown.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::fifo::Fifo;
use super::told::Told;
use super::{Background, Desktop};

/// Run for each notification that is shown; fields and notes end in bytes that no text holds.
const SCRIPT: &str = r#"#!/bin/sh
printf '%s\037%s\037%s\036' "$DUNST_SUMMARY" "$DUNST_BODY" "$DUNST_URGENCY" >"$HOB_TEST_SESSION/notifications"
"#;
/// Chooses from the menu of buttons in the place of a person: the button whose name is in the file.
const CHOOSER: &str = r##"#!/bin/sh
grep --fixed-strings --max-count=1 "#$(cat "$HOB_TEST_SESSION/button")"
"##;
const CONFIG: &str = "[global]
origin = top-right
offset = 10x50
width = 400
font = DejaVu Sans 11
timeout = 0
show_indicators = no
stack_duplicates = no
dmenu = CHOOSER
[tell]
summary = *
";

/// Dropped, the service ends.
#[derive(Debug)]
pub struct Notifications {
    service: Background,
    shown: Told<Vec<Notification>>,
    _told: Fifo,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub summary: String,
    pub body: String,
    /// `LOW`, `NORMAL` or `CRITICAL`.
    pub urgency: String,
}

impl Notifications {
    pub(crate) fn start(desktop: &impl Desktop) -> Self {
        let folder = desktop.session().path();
        let (shown, mut unfinished) = (Told::<Vec<Notification>>::default(), Vec::new());
        let showing = shown.clone();
        // One before may have left it.
        let _ = fs::remove_file(folder.join("notifications"));
        let told = Fifo::make(folder.join("notifications"), move |bytes| {
            unfinished.extend_from_slice(bytes);
            while let Some(end) = unfinished.iter().position(|byte| *byte == 0o36) {
                let note: Vec<_> = unfinished.drain(..=end).collect();
                let mut fields =
                    note[..end].split(|byte| *byte == 0o37).map(|field| String::from_utf8_lossy(field).into_owned());
                let mut field = || fields.next().unwrap_or_default();
                let notification = Notification { summary: field(), body: field(), urgency: field() };
                showing.change(|shown| shown.push(notification));
            }
        });
        let script = folder.join("tell-notification");
        fs::write(&script, SCRIPT).unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
        let chooser = folder.join("choose-button");
        fs::write(&chooser, CHOOSER).unwrap();
        fs::set_permissions(&chooser, Permissions::from_mode(0o700)).unwrap();
        let config = folder.join("dunstrc");
        let [script, chooser] = [script, chooser].map(|path| path.display().to_string());
        fs::write(&config, CONFIG.replace("CHOOSER", &chooser) + &format!("script = {script}\n")).unwrap();
        let service = desktop.session().start("dunst", &["-conf", config.to_str().expect("it is plain text")]);
        desktop.bus().wait_for("org.freedesktop.Notifications");
        Self { service, shown, _told: told }
    }

    /// Waits until a notification that fits is shown, and gives it.
    #[track_caller]
    pub fn until(&self, what: &str, fits: impl Fn(&Notification) -> bool) -> Notification {
        let shown = self.shown.until(what, |shown| shown.iter().any(&fits));
        shown.into_iter().find(fits).expect("it was waited for")
    }

    /// Waits until so many notifications that fit were shown.
    #[track_caller]
    pub fn until_count(&self, what: &str, count: usize, fits: impl Fn(&Notification) -> bool) {
        self.shown.until(what, |shown| shown.iter().filter(|shown| fits(shown)).count() >= count);
    }

    /// Presses a button of the notification on top.
    #[track_caller]
    pub fn press(&self, desktop: &impl Desktop, button: &str) {
        fs::write(desktop.session().path().join("button"), button).unwrap();
        desktop.session().run("dunstctl", &["action", "0"]).printed();
    }

    /// All that were shown so far.
    pub fn shown(&self) -> Vec<Notification> {
        self.shown.now()
    }

    pub fn process(&self) -> &Background {
        &self.service
    }
}
