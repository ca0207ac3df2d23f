//! What is held on all keyboards together, and what that means. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use super::keyboard::Stroke;
use crate::core::{Binding, Motion};
use crate::hotkey::key::{Key, Modifier};

#[derive(Debug, Default)]
pub struct Hands {
    wanted: Vec<(Binding, u16, BTreeSet<Modifier>)>,
    /// Keys that are down, by keyboard.
    down: BTreeSet<(OsString, u16)>,
    meant: BTreeMap<(OsString, u16), Binding>,
}

impl Hands {
    /// From now on these. What is down stays what it was.
    pub fn want(&mut self, keys: &[(Binding, Key)]) {
        let placed = |(binding, key): &(Binding, Key)| Some((binding.clone(), key.code().ok()?, key.modifiers.clone()));
        self.wanted = keys.iter().filter_map(placed).collect();
    }

    pub fn moved(&mut self, keyboard: &OsStr, stroke: Stroke) -> Vec<(Binding, Motion)> {
        match stroke {
            Stroke::Pressed(code) => self.pressed(keyboard, code).into_iter().collect(),
            Stroke::Released(code) => self.released(&(keyboard.to_owned(), code)).into_iter().collect(),
            Stroke::Lost => self.let_go(keyboard),
        }
    }

    /// Nothing is down on this keyboard any more.
    pub fn let_go(&mut self, keyboard: &OsStr) -> Vec<(Binding, Motion)> {
        let down: Vec<_> = self.down.iter().filter(|(on, _)| on == keyboard).cloned().collect();
        down.iter().filter_map(|key| self.released(key)).collect()
    }

    fn pressed(&mut self, keyboard: &OsStr, code: u16) -> Option<(Binding, Motion)> {
        let held: BTreeSet<Modifier> = self.down.iter().filter_map(|(_, code)| modifier(*code)).collect();
        let is_new = self.down.insert((keyboard.to_owned(), code));
        let fits = |(_, wanted, modifiers): &&(Binding, u16, BTreeSet<Modifier>)| *wanted == code && *modifiers == held;
        let (binding, ..) = self.wanted.iter().find(fits).filter(|_| is_new)?;
        self.meant.insert((keyboard.to_owned(), code), binding.clone());
        Some((binding.clone(), Motion::Pressed))
    }

    fn released(&mut self, key: &(OsString, u16)) -> Option<(Binding, Motion)> {
        self.down.remove(key);
        self.meant.remove(key).map(|binding| (binding, Motion::Released))
    }
}

/// As in linux/input-event-codes.h, left and right.
fn modifier(code: u16) -> Option<Modifier> {
    match code {
        29 | 97 => Some(Modifier::Control),
        56 | 100 => Some(Modifier::Alt),
        42 | 54 => Some(Modifier::Shift),
        125 | 126 => Some(Modifier::Super),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: u16 = 57;
    const CONTROL: u16 = 29;
    const ALT: u16 = 56;

    fn play(strokes: &[Stroke]) -> Vec<(Binding, Motion)> {
        let mut hands = Hands::default();
        let key = |key| Key::parse(key).unwrap();
        hands.want(&[(Binding::Dictate, key("ctrl+alt+space")), (Binding::Cancel, key("rightctrl"))]);
        strokes.iter().flat_map(|stroke| hands.moved(OsStr::new("event0"), *stroke)).collect()
    }

    #[test]
    fn only_the_whole_chord_counts_and_modifiers_may_come_up_first() {
        use Stroke::{Lost, Pressed, Released};
        let (down, up) = ((Binding::Dictate, Motion::Pressed), (Binding::Dictate, Motion::Released));
        let both = vec![down.clone(), up.clone()];
        for (strokes, expected) in [
            (&[Pressed(CONTROL), Pressed(ALT), Pressed(SPACE), Released(SPACE)][..], both.clone()),
            (&[Pressed(CONTROL), Pressed(ALT), Pressed(SPACE), Released(ALT), Released(SPACE)], both.clone()),
            (&[Pressed(CONTROL), Pressed(SPACE), Released(SPACE)], vec![]),
            (&[Pressed(CONTROL), Pressed(ALT), Pressed(42), Pressed(SPACE), Released(SPACE)], vec![]),
            (&[Pressed(CONTROL), Pressed(ALT), Pressed(SPACE), Pressed(SPACE)], vec![down]),
            (&[Pressed(CONTROL), Pressed(ALT), Pressed(SPACE), Lost, Released(SPACE)], both),
            (
                &[Pressed(97), Released(97)],
                vec![(Binding::Cancel, Motion::Pressed), (Binding::Cancel, Motion::Released)],
            ),
        ] {
            assert_eq!(play(strokes), expected, "{strokes:?}");
        }
    }

    #[test]
    fn two_keyboards_are_one_person() {
        let mut hands = Hands::default();
        hands.want(&[(Binding::Dictate, Key::parse("ctrl+F9").unwrap())]);
        assert_eq!(hands.moved(OsStr::new("event0"), Stroke::Pressed(CONTROL)), []);
        assert_eq!(hands.moved(OsStr::new("event1"), Stroke::Pressed(67)), [(Binding::Dictate, Motion::Pressed)]);
        assert_eq!(hands.let_go(OsStr::new("event0")), []);
        assert_eq!(hands.let_go(OsStr::new("event1")), [(Binding::Dictate, Motion::Released)]);
    }
}
