//! The whole of it: a key is held, a sentence is spoken, the key is released, and the words are in the application that has the keyboard.
//! `HOB_DESKTOP_COUNT` says how often into each.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use hob_protocol::daemon::{Part, PartState, Phase};
use hob_tests::desktop::{Application, Desktop, Field, Key, SwayDesktop, X11Desktop};
use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, Recording, SoundServer, Watcher, program, spoken};

const USUAL_COUNT: usize = 2;

fn count() -> usize {
    std::env::var("HOB_DESKTOP_COUNT")
        .map_or(USUAL_COUNT, |count| count.parse().expect("HOB_DESKTOP_COUNT is a number"))
}

fn start(server: &SoundServer, desktop: &impl Desktop, key: &str) -> Daemon {
    let config = format!("[keys]\ndictate = '{key}'\n[feedback]\nsounds = false\n");
    server.with(desktop.adopt(Home::real(&[REAL_SPEECH_MODEL]))).with_config(&config).start()
}

/// Ways to the cursor that are not there do not matter, as long as there is one.
fn until_there(watch: &mut Watcher, name: &str) {
    let is_there = |part: &Part| part.name == name && matches!(part.state, PartState::Works | PartState::Limited);
    watch.until(|state| state.desktop.iter().any(is_there));
}

/// Speaks while the key is down, each sentence in turn, and looks at all that the field then holds.
fn speak(daemon: &Daemon, server: &SoundServer, desktop: &impl Desktop, field: &Field) {
    const SENTENCES: [Recording; 2] = [Recording::Fox, Recording::Counting];
    let mut watch = daemon.watch();
    let mut expected = Vec::new();
    for sentence in SENTENCES.into_iter().cycle().take(count()) {
        desktop.press(Key::F(9));
        watch.until(|state| state.dictation.phase == Phase::Recording);
        server.say("desk", &sentence.sound().trimmed());
        desktop.release(Key::F(9));
        expected.push(spoken(sentence.text()));
        let all = expected.join(" ");
        field.until(&format!("{all:?}"), |contents| spoken(&contents.text) == all);
        watch.until(|state| state.dictation.phase == Phase::Idle);
    }
    let text = field.contents().text;
    assert!(text.starts_with('T'), "the first letter, as it was written: {text}");
    println!("{}: {} of {}", field.class(), expected.len(), count());
}

fn on_x11(application: Application) {
    let server = SoundServer::start();
    let desktop = X11Desktop::start();
    let field = Field::open(application, &desktop, &format!("{application:?}"));
    let daemon = start(&server, &desktop, "F9");
    let mut watch = daemon.watch();
    until_there(&mut watch, "hotkeys");
    until_there(&mut watch, "insertion");
    speak(&daemon, &server, &desktop, &field);
    desktop.screenshot(&format!("spoken-into-{application:?}"));
}

/// The fingers leave the key first, and its modifiers only when the words are there: they would make shortcuts of them.
#[test]
fn modifiers_that_are_still_held_do_no_harm() {
    let server = SoundServer::start();
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let daemon = start(&server, &desktop, "ctrl+alt+space");
    let mut watch = daemon.watch();
    until_there(&mut watch, "hotkeys");
    until_there(&mut watch, "insertion");
    let chord = [Key::Control, Key::Alt, Key::Character(' ')];
    for key in chord {
        desktop.press(key);
    }
    watch.until(|state| state.dictation.phase == Phase::Recording);
    server.say("desk", &Recording::Fox.sound().trimmed());
    desktop.release(chord[2]);
    let contents = field.until("the sentence", |contents| spoken(&contents.text) == spoken(Recording::Fox.text()));
    assert_eq!(contents.shortcuts, [] as [&str; 0]);
    desktop.release(chord[1]);
    desktop.release(chord[0]);
}

/// The compositor runs `hob` when the key moves, as `hob doctor hotkeys --snippets` says.
fn on_wayland(application: Application) {
    let server = SoundServer::start();
    let desktop = SwayDesktop::start();
    let field = Field::open(application, &desktop, &format!("{application:?}"));
    let daemon = start(&server, &desktop, "F9");
    until_there(&mut daemon.watch(), "insertion");
    for (option, verb) in [("--no-repeat", "start"), ("--release", "stop")] {
        // In a file, because a compositor has rules of its own about quotes.
        let script = desktop.session().path().join(verb);
        let (socket, hob) = (daemon.home().socket(), program("hob"));
        let line = format!("HOB_SOCKET='{}' exec '{}' dictate {verb}", socket.display(), hob.display());
        fs::write(&script, format!("#!/bin/sh\n{line}\n")).unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
        desktop.order(&format!("bindsym {option} F9 exec {}", script.display()));
    }
    speak(&daemon, &server, &desktop, &field);
    desktop.screenshot(&format!("spoken-on-wayland-into-{application:?}"));
}

#[test]
fn a_sentence_is_in_gtk_on_x11() {
    on_x11(Application::GtkView);
}

#[test]
fn a_sentence_is_in_a_terminal_on_x11() {
    on_x11(Application::Xterm);
}

#[test]
fn a_sentence_is_in_a_web_page_on_x11() {
    on_x11(Application::Chromium);
}

#[test]
fn a_sentence_is_in_gtk_on_wayland() {
    on_wayland(Application::GtkView);
}

#[test]
fn a_sentence_is_in_a_terminal_on_wayland() {
    on_wayland(Application::Foot);
}
