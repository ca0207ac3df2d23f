//! Keys from the portal for shortcuts, by the whole way: from the desktop that tells of a key to the text at the cursor.

use hob_protocol::daemon::{PartState, Phase};
use hob_tests::desktop::{Application, Desktop, Field, ShortcutsPortal, SwayDesktop};
use hob_tests::{Home, SoundServer};

const CONFIG: &str = "[keys]\ndictate = 'ctrl+alt+space'\ncancel = 'F8'\n[feedback]\nsounds = false\n\
                      [[replacements]]\nfrom = 'heard \\d+ samples'\nregex = true\nto = 'by the portal'\n";

#[test]
fn a_key_of_the_portal_is_held_while_somebody_speaks() {
    let server = SoundServer::start();
    let desktop = SwayDesktop::start();
    let portal = ShortcutsPortal::start(desktop.bus());
    let field = Field::open(Application::GtkView, &desktop, "target");
    let daemon = server.with(desktop.adopt(Home::new())).with_config(CONFIG).start();
    let mut watch = daemon.watch();
    portal.until_bound(&[("dictate", "CTRL+ALT+space"), ("cancel", "F8")]);
    assert_eq!(portal.application(), "dev.hob.Hob");
    let keys =
        watch.until(|state| state.desktop.iter().any(|part| part.name == "hotkeys" && part.state == PartState::Works));
    let keys = keys.desktop.iter().find(|part| part.name == "hotkeys").unwrap();
    assert_eq!(keys.using, "portal");
    assert!(keys.why.contains("dictate: the key CTRL+ALT+space"), "{}", keys.why);

    portal.press("dictate");
    watch.until(|state| state.dictation.phase == Phase::Recording);
    // Some desktops tell of repeats.
    portal.press("dictate");
    server.say("desk", &hob_tests::Recording::Fox.sound().trimmed());
    portal.release("dictate");
    field.until("the text", |contents| contents.text.contains("by the portal"));
    watch.until(|state| state.dictation.phase == Phase::Idle);

    portal.press("dictate");
    watch.until(|state| state.dictation.phase == Phase::Recording);
    portal.press("cancel");
    portal.release("cancel");
    portal.release("dictate");
    watch.until(|state| state.dictation.phase == Phase::Idle);

    // Other keys, while the daemon runs.
    daemon.home().write_config(&CONFIG.replace("F8", "F7"));
    daemon.hob(&["reload"]).printed();
    portal.until_bound(&[("dictate", "CTRL+ALT+space"), ("cancel", "F7")]);
}
