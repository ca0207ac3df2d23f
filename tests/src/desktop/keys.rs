//! Keys of an X server: pressed and released by the XTEST extension, which no program can tell from a person's.

use std::cell::RefCell;

use x11rb::connection::Connection;
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode, ModMask};
use x11rb::protocol::xtest::ConnectionExt as _;

use super::{Display, Key};

/// All keys that are still down are released when this is dropped.
#[derive(Debug)]
pub(crate) struct Keyboard {
    display: Display,
    down: RefCell<Vec<Keycode>>,
}

impl Keyboard {
    pub(crate) fn new(display: Display) -> Self {
        Self { display, down: RefCell::default() }
    }

    #[track_caller]
    pub(crate) fn press(&self, key: Key) {
        let (code, _) = self.find(key);
        self.send(code, KEY_PRESS_EVENT);
        self.down.borrow_mut().push(code);
    }

    #[track_caller]
    pub(crate) fn release(&self, key: Key) {
        let (code, _) = self.find(key);
        let mut down = self.down.borrow_mut();
        let place = down.iter().position(|down| *down == code).expect("only what is down can be released");
        down.remove(place);
        self.send(code, KEY_RELEASE_EVENT);
    }

    /// Keys that have to be held for this one.
    #[track_caller]
    pub(crate) fn held_for(&self, key: Key) -> &'static [Key] {
        match self.find(key).1 {
            0 => &[],
            1 => &[Key::Shift],
            4 => &[Key::AltGr],
            5 => &[Key::AltGr, Key::Shift],
            column => panic!("{key:?} is in column {column}"),
        }
    }

    /// The key, and its column in the core protocol's table: without and with Shift, two columns of a second layout, then with `AltGr`.
    #[track_caller]
    fn find(&self, key: Key) -> (Keycode, usize) {
        let server = &self.display.server;
        let (first, last) = (server.setup().min_keycode, server.setup().max_keycode);
        let table = server.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
        let keysym = keysym(key);
        let columns = usize::from(table.keysyms_per_keycode);
        let places = || table.keysyms.iter().enumerate().filter(|(_, found)| **found == keysym);
        // The plainest way to get it.
        let place = places().map(|(place, _)| place).min_by_key(|place| place % columns);
        let place = place.unwrap_or_else(|| panic!("the layout has no {key:?}"));
        (first + Keycode::try_from(place / columns).expect("keycodes are bytes"), place % columns)
    }

    pub(crate) fn make_sticky(&self) {
        let server = &self.display.server;
        server.xkb_use_extension(1, 0).unwrap().reply().unwrap();
        let (none, virtual_none, sticky) = (ModMask::from(0_u8), xkb::VMod::from(0_u8), xkb::BoolCtrl::STICKY_KEYS);
        let (no_control, no_option) = (xkb::BoolCtrl::from(0_u8), xkb::AXOption::from(0_u8));
        let (device, change) = (xkb::ID::USE_CORE_KBD.into(), xkb::Control::CONTROLS_ENABLED);
        let changed = server.xkb_set_controls(
            device,
            none,
            none,
            none,
            none,
            virtual_none,
            virtual_none,
            virtual_none,
            virtual_none,
            0,
            0,
            no_option,
            sticky,
            sticky,
            change,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            no_control,
            no_control,
            no_option,
            no_option,
            &[0; 32],
        );
        changed.unwrap().check().unwrap();
    }

    fn send(&self, code: Keycode, motion: u8) {
        let server = &self.display.server;
        server.xtest_fake_input(motion, code, 0, self.display.root, 0, 0, 0).unwrap().check().unwrap();
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        for code in self.down.take() {
            // The server may be gone.
            let _ = self.display.server.xtest_fake_input(KEY_RELEASE_EVENT, code, 0, self.display.root, 0, 0, 0);
        }
        let _ = self.display.server.flush();
    }
}

/// As in X11/keysymdef.h.
fn keysym(key: Key) -> u32 {
    match key {
        Key::Character('€') => 0x20ac,
        Key::Character(letter @ (' '..='~' | '\u{a0}'..='\u{ff}')) => letter.into(),
        Key::Character(letter) => 0x0100_0000 | u32::from(letter),
        Key::F(number) => 0xffbd + u32::from(number),
        Key::Control => 0xffe3,
        Key::Shift => 0xffe1,
        Key::Alt => 0xffe9,
        Key::Super => 0xffeb,
        Key::RightControl => 0xffe4,
        Key::RightShift => 0xffe2,
        Key::RightAlt => 0xffea,
        Key::RightSuper => 0xffec,
        Key::AltGr => 0xfe03,
        Key::CapsLock => 0xffe5,
        Key::NumLock => 0xff7f,
        Key::Return => 0xff0d,
        Key::Tab => 0xff09,
        Key::BackSpace => 0xff08,
        Key::Escape => 0xff1b,
        Key::End => 0xff57,
        Key::Insert => 0xff63,
    }
}
