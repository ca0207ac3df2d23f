//! Where the keys of a layout are, out of the tables that an X server gives. Pure: no connection is in here.

use std::collections::BTreeSet;

use x11rb::protocol::xproto::{KeyButMask, Keycode};

use crate::hotkey::key::{Key, Modifier};

/// The keycodes of X11 are the kernel's numbers and eight.
const OFFSET: u16 = 8;
const SHIFT: u16 = 1;
pub const CAPS_LOCK: u16 = 2;
const CONTROL: u16 = 4;
/// Shift, Lock, Control and five whose meaning the tables tell.
const MODIFIERS: usize = 8;
/// Columns of the core protocol's table: the first layout without and with Shift, then the second one.
const PLAIN: [usize; 2] = [0, 2];
const SHIFTED: [usize; 2] = [1, 3];

const ALT_L: u32 = 0xffe9;
const ALT_R: u32 = 0xffea;
const SUPER_L: u32 = 0xffeb;
const SUPER_R: u32 = 0xffec;
const CAPS_LOCK_KEY: u32 = 0xffe5;
const NUM_LOCK: u32 = 0xff7f;
const SCROLL_LOCK: u32 = 0xff14;

/// The tables, as the server has them at the moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyboard {
    pub first: Keycode,
    /// Keysyms of one keycode.
    pub columns: usize,
    pub keysyms: Vec<u32>,
    /// So many keycodes for each modifier, zeros among them.
    pub keycodes_per_modifier: usize,
    pub modifiers: Vec<Keycode>,
}

/// What an X server takes for a key to be grabbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub keycode: Keycode,
    /// Without those that are locked.
    pub modifiers: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    #[error("the keyboard has no such key")]
    Key,
    #[error("the keyboard has no {}", .0.name())]
    Modifier(Modifier),
}

impl Keyboard {
    /// All keys that mean this one; a keyboard may have two.
    pub fn places(&self, key: &Key) -> Result<Vec<Place>, NoPlace> {
        let mut modifiers = 0;
        for modifier in &key.modifiers {
            modifiers |= self.bit(*modifier).ok_or(NoPlace::Modifier(*modifier))?;
        }
        let plain = PLAIN.iter().map(|column| (column, 0));
        // A digit or letter is the key it is printed on; another symbol needs what the layout wants for it.
        let shift = if key.is_alphanumeric() { 0 } else { SHIFT };
        let shifted = SHIFTED.iter().map(|column| (column, shift));
        for (column, more) in [plain.collect::<Vec<_>>(), shifted.collect()].concat() {
            let keycodes = self.keycodes(key.keysym(), *column);
            if !keycodes.is_empty() {
                let place = |keycode, own| Place { keycode, modifiers: modifiers | more | own };
                // A key that is a modifier itself may be pressed while its other half is held.
                let places =
                    |keycode| BTreeSet::from([0, self.sets(keycode)]).into_iter().map(move |own| place(keycode, own));
                return Ok(keycodes.into_iter().flat_map(places).collect());
            }
        }
        // A layout of another alphabet, or a key that the layout gives no name: the place where `us` has it.
        let keycode = key.code().ok().and_then(|code| Keycode::try_from(code + OFFSET).ok());
        let keycode = keycode.filter(|keycode| self.exists(*keycode)).ok_or(NoPlace::Key)?;
        Ok(vec![Place { keycode, modifiers }])
    }

    /// All sets of locks that may be on while a key is pressed.
    pub fn locks(&self) -> Vec<u16> {
        let mut bits = vec![CAPS_LOCK];
        bits.extend([NUM_LOCK, SCROLL_LOCK].into_iter().filter_map(|keysym| self.bit_of(&[keysym])));
        bits.iter().fold(vec![0], |sets, bit| sets.iter().flat_map(|set| [*set, set | bit]).collect())
    }

    /// The modifiers that were held with a key, without the locks.
    pub fn held(&self, state: KeyButMask) -> u16 {
        const ALL: u16 = (1 << MODIFIERS) - 1;
        let locks = self.locks().into_iter().fold(0, |all, set| all | set);
        u16::from(state) & ALL & !locks
    }

    /// The modifier that a key sets while it is down, but for locks.
    fn sets(&self, keycode: Keycode) -> u16 {
        let rows = self.modifiers.chunks(self.keycodes_per_modifier.max(1)).take(MODIFIERS);
        let bit = rows.enumerate().find(|(_, row)| row.contains(&keycode)).map_or(0, |(index, _)| 1 << index);
        bit & !self.locks().into_iter().fold(0, |all, set| all | set)
    }

    /// A press of this key turns Caps Lock on or off.
    pub fn is_caps_lock(&self, keycode: Keycode) -> bool {
        self.row(keycode).first() == Some(&CAPS_LOCK_KEY)
    }

    fn bit(&self, modifier: Modifier) -> Option<u16> {
        match modifier {
            Modifier::Shift => Some(SHIFT),
            Modifier::Control => Some(CONTROL),
            Modifier::Alt => self.bit_of(&[ALT_L, ALT_R]),
            Modifier::Super => self.bit_of(&[SUPER_L, SUPER_R]),
        }
    }

    /// The modifier that one of these keys sets.
    fn bit_of(&self, keysyms: &[u32]) -> Option<u16> {
        let sets =
            |keycode: &Keycode| *keycode != 0 && self.row(*keycode).iter().any(|keysym| keysyms.contains(keysym));
        let rows = self.modifiers.chunks(self.keycodes_per_modifier.max(1)).take(MODIFIERS);
        rows.enumerate().find(|(_, row)| row.iter().any(sets)).map(|(index, _)| 1 << index)
    }

    fn keycodes(&self, keysym: u32, column: usize) -> Vec<Keycode> {
        let rows = self.keysyms.chunks(self.columns.max(1));
        let all = (self.first..=Keycode::MAX).zip(rows);
        all.filter(|(_, row)| row.get(column) == Some(&keysym)).map(|(keycode, _)| keycode).collect()
    }

    fn row(&self, keycode: Keycode) -> &[u32] {
        let index = usize::from(keycode.saturating_sub(self.first));
        self.keysyms.chunks(self.columns.max(1)).nth(index).unwrap_or_default()
    }

    fn exists(&self, keycode: Keycode) -> bool {
        keycode >= self.first && usize::from(keycode - self.first) < self.keysyms.len() / self.columns.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns for each of two layouts, from keycode 8 on; what is not said is empty.
    fn keyboard(rows: &[(Keycode, [u32; 4])]) -> Keyboard {
        const LAST: Keycode = 255;
        let mut keysyms = vec![0; usize::from(LAST - 8 + 1) * 4];
        let modifiers: [(Keycode, [u32; 4]); 5] = [
            (64, [ALT_L, 0, 0, 0]),
            (133, [SUPER_L, 0, 0, 0]),
            (77, [NUM_LOCK, 0, 0, 0]),
            (78, [SCROLL_LOCK, 0, 0, 0]),
            (37, [0xffe3, 0, 0, 0]),
        ];
        for (keycode, row) in rows.iter().chain(&modifiers) {
            let at = usize::from(keycode - 8) * 4;
            keysyms[at..at + 4].copy_from_slice(row);
        }
        // Shift, Lock, Control, Mod1 to Mod5.
        let modifiers = vec![50, 62, 66, 0, 37, 105, 64, 0, 77, 0, 78, 0, 133, 0, 0, 0];
        Keyboard { first: 8, columns: 4, keysyms, keycodes_per_modifier: 2, modifiers }
    }

    fn places(keyboard: &Keyboard, key: &str) -> Result<Vec<(Keycode, u16)>, NoPlace> {
        let places = keyboard.places(&Key::parse(key).unwrap())?;
        Ok(places.into_iter().map(|place| (place.keycode, place.modifiers)).collect())
    }

    #[test]
    fn keys_are_where_the_layout_has_them() {
        let us = keyboard(&[
            (65, [0x20, 0, 0, 0]),
            (10, [0x31, 0x21, 0, 0]),
            (21, [0x3d, 0x2b, 0, 0]),
            (38, [0x61, 0x41, 0, 0]),
            (75, [0xffc6, 0, 0, 0]),
        ]);
        assert_eq!(places(&us, "ctrl+alt+space"), Ok(vec![(65, 4 | 8)]));
        assert_eq!(places(&us, "super+a"), Ok(vec![(38, 64)]));
        assert_eq!(places(&us, "F9"), Ok(vec![(75, 0)]));
        assert_eq!(places(&us, "ctrl+plus"), Ok(vec![(21, 4 | 1)]), "what it takes to write a plus");
        assert_eq!(places(&us, "ctrl+é"), Err(NoPlace::Key));
        assert_eq!(places(&us, "F13"), Ok(vec![(191, 0)]), "no name in the layout");

        let with_control = keyboard(&[(105, [0xffe4, 0, 0, 0]), (66, [0xffe5, 0, 0, 0])]);
        assert_eq!(places(&with_control, "rightctrl"), Ok(vec![(105, 0), (105, 4)]), "the left one may be held");
        assert_eq!(places(&with_control, "capslock"), Ok(vec![(66, 0)]));

        let french = keyboard(&[(10, [0x26, 0x31, 0, 0])]);
        assert_eq!(places(&french, "ctrl+1"), Ok(vec![(10, 4)]), "the key of the digit");
        let russian = keyboard(&[(38, [0x06c6, 0x06e6, 0, 0])]);
        assert_eq!(places(&russian, "ctrl+a"), Ok(vec![(38, 4)]), "where `us` has it");
        let both = keyboard(&[(38, [0x06c6, 0x06e6, 0x61, 0x41])]);
        assert_eq!(places(&both, "ctrl+a"), Ok(vec![(38, 4)]));
        let two = keyboard(&[(172, [0x1008_ff14, 0, 0, 0]), (208, [0x1008_ff14, 0, 0, 0])]);
        assert_eq!(places(&two, "XF86AudioPlay"), Ok(vec![(172, 0), (208, 0)]));
        assert_eq!(places(&two, "XF86Dictate"), Err(NoPlace::Key), "its number is too high for X11");
    }

    #[test]
    fn locks_do_not_count() {
        let us = keyboard(&[]);
        assert_eq!(us.locks(), [0, 32, 16, 48, 2, 34, 18, 50]);
        assert_eq!(us.held(KeyButMask::from(4_u16 | 8 | 2 | 16 | 0x2000)), 4 | 8);
        let none = Keyboard { modifiers: vec![0; 16], ..us };
        assert_eq!(none.locks(), [0, 2]);
        assert_eq!(places(&none, "alt+F9"), Err(NoPlace::Modifier(Modifier::Alt)));
    }
}
