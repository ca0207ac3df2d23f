//! Against a real compositor, a real terminal and a real text field.

mod desktop;

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Link;
use super::keymap::{Held, Stroke};
use super::*;
use crate::core::{Newline, PasteKey, Window};
use crate::insert::backend::{Aim, Before, Keyboard, Put, Reach};
use crate::insert::paste_key::CopyKey;
use desktop::Desktop;

const HARD: &str = "é ß ñ € “quotes” — 漢字 🙂\tTAB, Ä Ö Ü and\nthe next LINE!";

/// Everything over one connection, as in the daemon.
struct Hob {
    link: Rc<Link>,
    session: Box<dyn Session>,
    backends: Vec<Box<dyn Backend>>,
}

impl Hob {
    fn on(desktop: &Desktop) -> Self {
        let session = desktop.session();
        let link = Rc::new(Link::new(move || session.clone()));
        let (session, backends) = over(link.clone());
        let mut hob = Self { link, session, backends };
        assert!(matches!(hob.session.fitness(), Fitness::Works { .. }), "{:?}", hob.session.fitness());
        hob
    }

    fn backend(&mut self, name: &str) -> &mut Box<dyn Backend> {
        self.backends.iter_mut().find(|backend| backend.name() == name).unwrap()
    }

    fn insert(&mut self, backend: &str, text: &str) -> Result<Put, Failure> {
        let window = self.session.window()?;
        self.backend(backend).insert(text, &aim(window))
    }

    /// As the thread that inserts does: when it is due, until nothing is.
    fn tidy(&mut self, backend: &str) {
        while let Some(due) = self.backend(backend).tidy_at() {
            std::thread::sleep(due.saturating_duration_since(std::time::Instant::now()));
            self.backend(backend).tidy();
        }
    }
}

fn aim(window: Option<Window>) -> Aim {
    Aim {
        window,
        keyboard: Keyboard::Somebodys,
        paste_key: PasteKey::Auto,
        newline: Newline::Return,
        restore_clipboard: true,
        before: Before::Nothing,
    }
}

#[test]
fn a_terminal_gets_every_character_typed_from_the_first_on() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let mut terminal = desktop.terminal();
    for layout in ["us", "de", "fr"] {
        desktop.run(&["swaymsg", "input", "*", "xkb_layout", layout], b"");
        assert_eq!(hob.insert("virtual-keyboard", HARD), Ok(Put::Sent));
        terminal.assert_bytes(HARD);
    }
    hob.backend("virtual-keyboard").erase(2, &aim(None)).unwrap();
    terminal.assert_bytes("\u{7f}\u{7f}");
}

#[test]
fn a_text_field_gets_every_character_typed_and_loses_what_is_erased() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let mut field = desktop.text_view();
    assert_eq!(hob.insert("virtual-keyboard", HARD), Ok(Put::Sent));
    field.assert_content(HARD);
    hob.backend("virtual-keyboard").erase(5, &aim(None)).unwrap();
    field.assert_content(&HARD[..HARD.len() - 5]);
}

#[test]
fn a_text_field_takes_a_text_in_one_piece_and_says_so() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let mut field = desktop.text_view();
    assert_eq!(hob.insert("input-method", "é ß ñ € “quotes” — 漢字 🙂"), Ok(Put::Verified));
    field.assert_content("é ß ñ € “quotes” — 漢字 🙂");
    assert!(hob.session.before_cursor().unwrap().ends_with("字 🙂"));
}

#[test]
fn a_paste_arrives_and_the_clipboard_and_the_selection_are_as_before() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let image: Vec<u8> = (0..300_000u32).map(|i| (i % 251) as u8).collect();
    desktop.run(&["wl-copy", "--type", "image/png"], &image);
    desktop.run(&["wl-copy", "--primary"], b"what is selected");
    let mut field = desktop.text_view();
    assert_eq!(hob.insert("data-control", HARD), Ok(Put::Sent));
    field.assert_content(HARD);
    // Another before the first is put away.
    assert_eq!(hob.insert("data-control", "!"), Ok(Put::Sent));
    field.assert_content(&format!("{HARD}!"));
    assert!(hob.backend("data-control").tidy_at().is_some());
    hob.tidy("data-control");
    assert_eq!(desktop.run(&["wl-paste", "--list-types"], b""), b"image/png\n");
    assert_eq!(desktop.run(&["wl-paste", "--no-newline"], b""), image);
    assert_eq!(desktop.run(&["wl-paste", "--primary", "--no-newline"], b""), b"what is selected");
}

#[test]
fn a_picture_of_many_formats_comes_back_and_what_was_copied_meanwhile_stays() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let mut terminal = desktop.terminal();
    desktop.run(&["wl-copy"], "what was copied before: é".as_bytes());
    let formats = desktop.run(&["wl-paste", "--list-types"], b"");
    assert_eq!(hob.insert("data-control", "Pasted: ß"), Ok(Put::Sent));
    terminal.assert_bytes("Pasted: ß");
    hob.tidy("data-control");
    assert_eq!(desktop.run(&["wl-paste", "--no-newline"], b""), "what was copied before: é".as_bytes());
    assert_eq!(desktop.run(&["wl-paste", "--list-types"], b""), formats);

    assert_eq!(hob.insert("data-control", "more"), Ok(Put::Sent));
    terminal.assert_bytes("more");
    desktop.run(&["wl-copy"], b"copied meanwhile");
    hob.tidy("data-control");
    assert_eq!(desktop.run(&["wl-paste", "--no-newline"], b""), b"copied meanwhile");
}

#[test]
fn a_paste_that_nobody_asks_for_is_a_failure_and_a_copy_stays() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let failure = hob.insert("data-control", "to nobody").unwrap_err();
    assert_eq!(failure.reach, Reach::Perhaps);
    hob.session.copy(&"kept".into()).unwrap();
    assert_eq!(desktop.run(&["wl-paste", "--no-newline"], b""), b"kept");
}

#[test]
fn without_a_field_or_beside_another_input_method_the_text_is_left_to_others() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let nowhere = hob.insert("input-method", "a").unwrap_err();
    assert_eq!(nowhere.problem, "no text field of the window takes text from an input method");
    let field = desktop.text_view();
    let other = Hob::on(&desktop);
    other.link.ask(input_method::open).unwrap();
    let refused = hob.insert("input-method", "a").unwrap_err();
    assert_eq!(refused.problem, "another input method has the keyboard");
    for failure in [nowhere, refused, hob.insert("input-method", "a\nb").unwrap_err()] {
        assert_eq!(failure.reach, Reach::Nothing);
    }
    drop(other);
    drop(field);
}

#[test]
fn modifiers_that_are_held_on_another_keyboard_do_not_change_the_text() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let mut field = desktop.text_view();
    let person = Hob::on(&desktop);
    let held = Stroke { key: keymap::code::LEFT, held: Held::CONTROL };
    person.link.ask(move |wire| keyboard::hold_down(wire, held)).unwrap();
    field.wait_for(b"key 4\0");
    for (backend, put, whole) in [
        ("virtual-keyboard", Put::Sent, "avwqx"),
        ("input-method", Put::Verified, "avwqxavwqx"),
        ("data-control", Put::Sent, "avwqxavwqxavwqx"),
    ] {
        assert_eq!(hob.insert(backend, "avwqx"), Ok(put), "{backend}");
        field.assert_content(whole);
    }
    drop(person);
}

#[test]
fn the_window_with_the_keyboard_is_told_by_sway_and_by_the_protocol() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    assert_eq!(hob.session.window(), Ok(None));
    let field = desktop.text_view();
    let by_sway = hob.session.window().unwrap().unwrap();
    let by_protocol = hob.link.ask(toplevels::active).unwrap().unwrap();
    for window in [&by_sway, &by_protocol] {
        assert_eq!((window.class.as_str(), window.title.as_str()), ("text_view.py", "text view"));
    }
    assert!(by_sway.pid.is_some());
    let terminal = desktop.terminal();
    assert_ne!(hob.session.window().unwrap().unwrap().id, by_sway.id);
    assert_ne!(hob.link.ask(toplevels::active).unwrap().unwrap().id, by_protocol.id);
    let mut focus = desktop.focus_changes();
    terminal.close();
    assert_eq!(desktop::next_focused(&mut focus), "text_view.py");
    assert_eq!(hob.session.window().unwrap().unwrap().id, by_sway.id);
    assert_eq!(hob.link.ask(toplevels::active).unwrap().unwrap().id, by_protocol.id);
    drop(field);
}

#[test]
fn what_is_selected_is_read_and_nothing_is_nothing() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    assert_eq!(hob.session.selection(), Ok(None));
    desktop.run(&["wl-copy", "--primary"], "selected: é".as_bytes());
    assert_eq!(hob.session.selection(), Ok(Some("selected: é".into())));
    desktop.run(&["wl-copy", "--primary", "--type", "image/png"], b"no text");
    assert_eq!(hob.session.selection(), Ok(None));
}

#[test]
fn where_nothing_tells_what_is_selected_the_key_that_copies_does() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    let mut field = desktop.text_view();
    desktop.run(&["wl-copy"], b"on the clipboard");
    assert_eq!(hob.insert("virtual-keyboard", "all of it"), Ok(Put::Sent));
    field.assert_content("all of it");
    let copied = |hob: &Hob| paste::text_by_key(&hob.link, CopyKey::CtrlC, Duration::from_millis(400)).unwrap();
    assert_eq!(copied(&hob), None);
    let select_all = Stroke { key: keymap::letter('a').unwrap(), held: Held::CONTROL };
    hob.link.ask(move |wire| keyboard::press(wire, select_all)).unwrap();
    assert_eq!(copied(&hob).as_deref(), Some("all of it"));
    assert_eq!(desktop.run(&["wl-paste", "--no-newline"], b""), b"on the clipboard");
}

#[test]
fn a_compositor_that_is_started_anew_is_found_again() {
    let mut desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    desktop.stop_sway();
    // The thread of the connection sees its end when it gets its turn.
    let deadline = Instant::now() + desktop::PATIENCE;
    while hob.session.fitness().is_usable() {
        assert!(Instant::now() < deadline, "a compositor that is gone is not missed");
        std::thread::yield_now();
    }
    desktop.start_sway_again();
    let mut terminal = desktop.terminal();
    for name in ["input-method", "virtual-keyboard", "data-control"] {
        assert!(hob.backend(name).fitness().is_usable(), "{name}: {:?}", hob.backend(name).fitness());
    }
    // Nobody has to be asked by a portal where there is a keyboard.
    assert!(!hob.backend("portal").fitness().is_usable());
    assert_eq!(hob.insert("virtual-keyboard", HARD), Ok(Put::Sent));
    terminal.assert_bytes(HARD);
}

#[test]
fn the_text_on_the_clipboard_is_read_whoever_put_it_there() {
    let desktop = Desktop::start();
    let mut hob = Hob::on(&desktop);
    desktop.run(&["wl-copy"], "copied: é".as_bytes());
    assert_eq!(hob.session.clipboard(), Ok(Some("copied: é".into())));
    desktop.run(&["wl-copy", "--type", "image/png"], b"no text");
    assert_eq!(hob.session.clipboard(), Ok(None));
    hob.session.copy(&"our own".into()).unwrap();
    assert_eq!(hob.session.clipboard(), Ok(Some("our own".into())));
}
