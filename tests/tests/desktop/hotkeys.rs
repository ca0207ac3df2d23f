//! Keys pressed on a real X server, and what hob is told of them: each press and each release once, whatever else the keyboard does.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use hob_protocol::client::Replies;
use hob_protocol::daemon::{KeyMotion, Part, PartState, State};
use hob_protocol::method::{self, Nothing, Reload};
use hob_tests::desktop::{Application, Background, Desktop, Field, Key, X11Desktop};
use hob_tests::{Daemon, Home, Watcher};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, KEY_PRESS_EVENT, ModMask};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const DOWN: KeyMotion = KeyMotion::Pressed;
const UP: KeyMotion = KeyMotion::Released;
const SPACE: Key = Key::Character(' ');

/// What hob is told of keys.
struct Told(Replies<method::Keys>);

impl Told {
    fn listen(daemon: &Daemon) -> Self {
        let mut replies = daemon.client().stream(method::Keys, &Nothing {}).unwrap();
        assert!(replies.next().unwrap().unwrap().key.is_none(), "the first reply is empty");
        Self(replies)
    }

    /// The next that comes is this, and nothing comes in between.
    #[track_caller]
    fn is(&mut self, expected: &[(&str, KeyMotion)]) {
        for (binding, motion) in expected {
            let key = self.0.next().unwrap().unwrap().key.expect("only the first reply is empty");
            assert_eq!((key.binding.as_str(), key.motion), (*binding, *motion), "of {expected:?}");
        }
    }
}

fn hotkeys(state: &State) -> &Part {
    state.desktop.iter().find(|part| part.name == "hotkeys").expect("hotkeys are always a part of the desktop")
}

#[track_caller]
fn until(watch: &mut Watcher, state: PartState) -> Part {
    hotkeys(watch.until(|seen| hotkeys(seen).state == state)).clone()
}

/// A daemon that has its keys.
fn start(desktop: &X11Desktop, config: &str) -> Daemon {
    let daemon = desktop
        .adopt(Home::new())
        .with_variable("HOB_LOG", "info,hob_daemon::hotkey=trace")
        .with_config(config)
        .start();
    until(&mut daemon.watch(), PartState::Works);
    daemon
}

#[test]
fn a_key_is_told_once_however_long_it_is_held() {
    let desktop = X11Desktop::start();
    let daemon = start(&desktop, "[keys]\ndictate = 'ctrl+alt+space'\ncancel = 'F8'\n");
    let part = hotkeys(&daemon.state()).clone();
    assert_eq!(part.why, "this is an X11 session; dictate: ctrl+alt+space; cancel: F8");
    let mut told = Told::listen(&daemon);
    for key in [Key::Control, Key::Alt, SPACE] {
        desktop.press(key);
    }
    daemon.wait_for_log("the key for dictate repeats");
    // A repeat ends with the next key, and fingers come up in any order.
    for key in [Key::Control, Key::Alt, SPACE] {
        desktop.release(key);
    }
    told.is(&[("dictate", DOWN), ("dictate", UP)]);
    for _ in 0..20 {
        desktop.tap(Key::F(8));
        told.is(&[("cancel", DOWN), ("cancel", UP)]);
    }
    desktop.chord(&[Key::Control, SPACE]);
    desktop.chord(&[Key::Control, Key::Alt, Key::Shift, SPACE]);
    desktop.tap(Key::F(8));
    told.is(&[("cancel", DOWN), ("cancel", UP)]);
}

#[test]
fn locks_do_not_matter() {
    let desktop = X11Desktop::start();
    let daemon = start(&desktop, "[keys]\ndictate = 'super+period'\n");
    let mut told = Told::listen(&daemon);
    for lock in [Key::CapsLock, Key::NumLock, Key::CapsLock, Key::NumLock] {
        desktop.chord(&[Key::Super, Key::Character('.')]);
        told.is(&[("dictate", DOWN), ("dictate", UP)]);
        desktop.tap(lock);
    }
}

#[test]
fn caps_lock_as_a_key_locks_nothing() {
    let desktop = X11Desktop::start();
    let field = Field::open(Application::GtkView, &desktop, "target");
    let daemon = start(&desktop, "[keys]\ndictate = 'capslock'\n");
    let mut told = Told::listen(&daemon);
    for typed in ["a", "ab"] {
        desktop.tap(Key::CapsLock);
        told.is(&[("dictate", DOWN), ("dictate", UP)]);
        desktop.write(&typed[typed.len() - 1..]);
        field.holds(typed);
    }
}

#[test]
fn keys_follow_the_layout() {
    let desktop = X11Desktop::start();
    let daemon = start(&desktop, "[keys]\ndictate = 'ctrl+z'\ncancel = 'F8'\n");
    let mut told = Told::listen(&daemon);
    desktop.chord(&[Key::Control, Key::Character('z')]);
    told.is(&[("dictate", DOWN), ("dictate", UP)]);
    // Changed while a key is down, whose release still comes.
    desktop.press(Key::F(8));
    told.is(&[("cancel", DOWN)]);
    desktop.set_layout("de");
    daemon.wait_for_log("another layout of the keyboard");
    desktop.release(Key::F(8));
    told.is(&[("cancel", UP)]);
    desktop.chord(&[Key::Control, Key::Character('y')]);
    desktop.chord(&[Key::Control, Key::Character('z')]);
    told.is(&[("dictate", DOWN), ("dictate", UP)]);
    desktop.tap(Key::F(8));
    told.is(&[("cancel", DOWN), ("cancel", UP)]);
}

#[test]
fn a_key_that_another_program_has_is_told_and_the_others_work() {
    let desktop = X11Desktop::start();
    let display = desktop.session().get("DISPLAY").to_str().unwrap();
    let (other, root) = connect(display);
    let code = keycode(&other, 0xffc6);
    other.grab_key(false, root, ModMask::from(0_u16), code, GrabMode::ASYNC, GrabMode::ASYNC).unwrap().check().unwrap();
    let daemon = desktop.adopt(Home::new()).with_config("[keys]\ndictate = 'F9'\ncancel = 'F8'\n").start();
    let part = until(&mut daemon.watch(), PartState::Limited);
    assert_eq!(part.why, "this is an X11 session; cancel: F8; dictate: F9 does not work: another program has taken it");
    assert!(part.hint.unwrap().contains("`hob reload`"));
    assert!(daemon.hob(&["doctor"]).stdout.contains("dictate: F9 does not work"));
    let mut told = Told::listen(&daemon);
    desktop.tap(Key::F(9));
    desktop.tap(Key::F(8));
    told.is(&[("cancel", DOWN), ("cancel", UP)]);
    // The other program ends, and with it what it had taken.
    drop(other);
    // A server at rest keeps the news of it until it has something to say to anybody.
    let (anybody, _) = connect(display);
    for _ in 0..3 {
        anybody.get_input_focus().unwrap().reply().unwrap();
    }
    until(&mut daemon.watch(), PartState::Works);
    desktop.tap(Key::F(9));
    told.is(&[("dictate", DOWN), ("dictate", UP)]);
}

#[test]
fn a_new_configuration_leaves_a_held_key_its_release() {
    let desktop = X11Desktop::start();
    let daemon = start(&desktop, "[keys]\ndictate = 'F9'\n");
    let mut told = Told::listen(&daemon);
    desktop.press(Key::F(9));
    told.is(&[("dictate", DOWN)]);
    daemon.home().write_config("[keys]\ndictate = 'F7'\ncancel = 'ctrl+spcae'\n");
    daemon.call(Reload, &Nothing {}).unwrap();
    let part = until(&mut daemon.watch(), PartState::Limited);
    let problem = "cancel: ctrl+spcae does not work: there is no key `spcae`; is `space` meant?";
    assert_eq!(part.why, format!("this is an X11 session; dictate: F7; {problem}"));
    desktop.release(Key::F(9));
    told.is(&[("dictate", UP)]);
    desktop.tap(Key::F(9));
    desktop.tap(Key::F(7));
    told.is(&[("dictate", DOWN), ("dictate", UP)]);
    daemon.home().write_config("[keys]\nsource = 'none'\n");
    daemon.call(Reload, &Nothing {}).unwrap();
    until(&mut daemon.watch(), PartState::Off);
}

#[test]
fn a_server_that_dies_ends_what_is_held_and_the_next_one_is_found() {
    let desktop = X11Desktop::start();
    let display = free_display();
    let recording = "[keys]\ndictate = 'F9'\n";
    let home = desktop.adopt(Home::new()).with_variable("DISPLAY", &display).with_config(recording);
    let daemon = home.start();
    let mut watch = daemon.watch();
    until(&mut watch, PartState::Missing);
    for _ in 0..2 {
        let server = serve(&desktop, &display);
        until(&mut watch, PartState::Works);
        let mut told = Told::listen(&daemon);
        let (person, root) = connect(&display);
        person.xtest_fake_input(KEY_PRESS_EVENT, keycode(&person, 0xffc6), 0, root, 0, 0, 0).unwrap().check().unwrap();
        told.is(&[("dictate", DOWN)]);
        server.kill();
        let part = until(&mut watch, PartState::Missing);
        assert_eq!(part.using, "x11");
    }
}

#[test]
fn global_hotkey_is_a_second_way() {
    let desktop = X11Desktop::start();
    let config = |key: &str| format!("[keys]\nsource = 'global-hotkey'\ndictate = '{key}'\n");
    let daemon = start(&desktop, &config("ctrl+alt+space"));
    assert_eq!(hotkeys(&daemon.state()).using, "global-hotkey");
    let mut told = Told::listen(&daemon);
    for key in [Key::Control, Key::Alt, SPACE] {
        desktop.press(key);
    }
    told.is(&[("dictate", DOWN)]);
    daemon.home().write_config(&config("F7"));
    daemon.call(Reload, &Nothing {}).unwrap();
    daemon.watch().until(|state| hotkeys(state).why.ends_with("dictate: F7"));
    for key in [Key::Control, Key::Alt, SPACE] {
        desktop.release(key);
    }
    told.is(&[("dictate", UP)]);
    desktop.tap(Key::F(7));
    told.is(&[("dictate", DOWN), ("dictate", UP)]);
}

#[test]
fn the_doctor_sees_the_key() {
    let desktop = X11Desktop::start();
    let daemon = start(&desktop, "[keys]\ndictate = 'F9'\n");
    let mut command = daemon.home().command(hob_tests::program("hob"));
    let mut doctor = command.args(["doctor", "hotkeys"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(doctor.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("press one of hob's keys")));
    desktop.tap(Key::F(9));
    assert!(lines.any(|line| line.ends_with("this key works")));
    assert!(doctor.wait().unwrap().success());
}

fn free_display() -> String {
    let is_free = |number: &u32| {
        !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists()
            && !Path::new(&format!("/tmp/.X{number}-lock")).exists()
    };
    let number = (500 + std::process::id() % 500..10_000).find(is_free).unwrap();
    format!(":{number}")
}

fn serve(desktop: &X11Desktop, display: &str) -> Background {
    desktop.session().start("Xvfb", &[display, "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"])
}

fn connect(display: &str) -> (RustConnection, u32) {
    let (server, screen) = RustConnection::connect(Some(display)).unwrap();
    let root = server.setup().roots[screen].root;
    (server, root)
}

fn keycode(server: &RustConnection, keysym: u32) -> u8 {
    let (first, last) = (server.setup().min_keycode, server.setup().max_keycode);
    let table = server.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
    let rows = table.keysyms.chunks(table.keysyms_per_keycode.into());
    (first..).zip(rows).find(|(_, row)| row[0] == keysym).unwrap().0
}
