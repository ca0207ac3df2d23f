//! Keys of a real keyboard: pressed and released by the XTEST extension, which no program can tell from a person's.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode};
use x11rb::protocol::xtest::ConnectionExt as _;

use super::Display;

/// A key, by what it gives in the layout that is active.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    Character(char),
    F(u8),
    Control,
    Shift,
    Alt,
    Super,
    AltGr,
    Return,
    Tab,
    BackSpace,
    Escape,
    End,
}

impl Key {
    /// As in X11/keysymdef.h.
    fn keysym(self) -> u32 {
        match self {
            Self::Character('€') => 0x20ac,
            Self::Character(letter @ (' '..='~' | '\u{a0}'..='\u{ff}')) => letter.into(),
            Self::Character(letter) => 0x0100_0000 | u32::from(letter),
            Self::F(number) => 0xffbd + u32::from(number),
            Self::Control => 0xffe3,
            Self::Shift => 0xffe1,
            Self::Alt => 0xffe9,
            Self::Super => 0xffeb,
            Self::AltGr => 0xfe03,
            Self::Return => 0xff0d,
            Self::Tab => 0xff09,
            Self::BackSpace => 0xff08,
            Self::Escape => 0xff1b,
            Self::End => 0xff57,
        }
    }
}

/// All keys that are still down are released when this is dropped.
#[derive(Debug)]
pub struct Keys<'a> {
    display: &'a Display,
    down: Vec<Keycode>,
}

impl<'a> Keys<'a> {
    pub fn new(display: &'a Display) -> Self {
        Self { display, down: Vec::new() }
    }

    #[track_caller]
    pub fn press(&mut self, key: Key) {
        let (code, _) = self.find(key);
        self.send(code, KEY_PRESS_EVENT);
        self.down.push(code);
    }

    #[track_caller]
    pub fn release(&mut self, key: Key) {
        let (code, _) = self.find(key);
        let place = self.down.iter().position(|down| *down == code).expect("only what is down can be released");
        self.down.remove(place);
        self.send(code, KEY_RELEASE_EVENT);
    }

    #[track_caller]
    pub fn tap(&mut self, key: Key) {
        self.press(key);
        self.release(key);
    }

    /// The last with all others held.
    #[track_caller]
    pub fn chord(&mut self, keys: &[Key]) {
        for key in keys {
            self.press(*key);
        }
        for key in keys.iter().rev() {
            self.release(*key);
        }
    }

    /// Types as a person does: only what the layout has.
    #[track_caller]
    pub fn write(&mut self, text: &str) {
        for letter in text.chars() {
            let key = match letter {
                '\n' => Key::Return,
                '\t' => Key::Tab,
                other => Key::Character(other),
            };
            let held: &[Key] = match self.find(key).1 {
                0 => &[],
                1 => &[Key::Shift],
                4 => &[Key::AltGr],
                5 => &[Key::AltGr, Key::Shift],
                column => panic!("{letter:?} is in column {column}"),
            };
            self.chord(&[held, &[key]].concat());
        }
    }

    /// The key, and its column in the core protocol's table: without and with Shift, two columns of a second layout, then with `AltGr`.
    #[track_caller]
    fn find(&self, key: Key) -> (Keycode, usize) {
        let server = &self.display.server;
        let (first, last) = (server.setup().min_keycode, server.setup().max_keycode);
        let table = server.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
        let keysym = key.keysym();
        let columns = usize::from(table.keysyms_per_keycode);
        let places = || table.keysyms.iter().enumerate().filter(|(_, found)| **found == keysym);
        // The plainest way to get it.
        let place = places().map(|(place, _)| place).min_by_key(|place| place % columns);
        let place = place.unwrap_or_else(|| panic!("the layout has no {key:?}"));
        (first + Keycode::try_from(place / columns).expect("keycodes are bytes"), place % columns)
    }

    fn send(&self, code: Keycode, motion: u8) {
        let server = &self.display.server;
        server.xtest_fake_input(motion, code, 0, self.display.root, 0, 0, 0).unwrap().check().unwrap();
    }
}

impl Drop for Keys<'_> {
    fn drop(&mut self) {
        while let Some(code) = self.down.pop() {
            // The server may be gone.
            let _ = self.display.server.xtest_fake_input(KEY_RELEASE_EVENT, code, 0, self.display.root, 0, 0, 0);
        }
        let _ = self.display.server.flush();
    }
}
