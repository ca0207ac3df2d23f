//! Which keys of the person's own layout type which characters, and which keys are free for characters that it lacks. Pure.

use std::collections::HashMap;

use x11rb::protocol::xkb::GetMapReply;
use x11rb::protocol::xproto::Keycode;
use xkeysym::Keysym;

/// Bits of modifiers as the server has them.
pub mod modifier {
    pub const SHIFT: u8 = 1;
    pub const LOCK: u8 = 1 << 1;
    pub const CONTROL: u8 = 1 << 2;
    /// These two as every layout has them.
    pub const ALT: u8 = 1 << 3;
    pub const SUPER: u8 = 1 << 6;
}

/// The key beside the left Shift of European keyboards; behind it come those of number pads and of few keyboards.
const LAST_COMMON: Keycode = 94;

/// A key to press and release, with modifiers held around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    pub key: Keycode,
    /// As bits.
    pub held: u8,
}

/// The keyboard as it is just now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    strokes: HashMap<u32, Stroke>,
    /// For each modifier a key that sets it as long as it is down, and nothing else.
    holders: Vec<(u8, Keycode)>,
    /// Keys with nothing on them.
    pub spare: Vec<Keycode>,
    /// All keys that set modifiers while they are down, with what they set.
    pub modifiers: Vec<(Keycode, u8)>,
}

impl Layout {
    /// `group` is the one in force; `borrowed` are keys on which a text of ours was put.
    pub fn new(map: &GetMapReply, group: u8, borrowed: &[Keycode]) -> Self {
        let (types, symbols, modifiers) = (&map.map.types_rtrn, &map.map.syms_rtrn, &map.map.modmap_rtrn);
        let modifiers: Vec<_> =
            modifiers.iter().flatten().map(|entry| (entry.keycode, u16::from(entry.mods) as u8)).collect();
        let mut layout = Self::default();
        let keys = (map.first_key_sym..=u8::MAX).zip(symbols.iter().flatten());
        let mut found: Vec<(u32, Stroke)> = Vec::new();
        for (key, on_it) in keys {
            if borrowed.contains(&key) || on_it.syms.iter().all(|symbol| *symbol == x11rb::NONE) {
                if modifiers.iter().all(|(other, _)| *other != key) {
                    layout.spare.push(key);
                }
                continue;
            }
            let groups = on_it.group_info & 0x0f;
            let group = if group < groups { group } else { out_of_range(on_it.group_info, group) };
            let Some(kind) = on_it.kt_index.get(usize::from(group)) else { continue };
            let Some(kind) = types.iter().flatten().nth(usize::from(*kind)) else { continue };
            for level in 0..on_it.width.min(kind.num_levels) {
                let symbol = on_it.syms.get(usize::from(group) * usize::from(on_it.width) + usize::from(level));
                let Some(symbol) = symbol.filter(|symbol| **symbol != x11rb::NONE) else { continue };
                let levels = kind.map.iter().filter(|entry| entry.active && entry.level == level);
                let held =
                    levels.map(|entry| u16::from(entry.mods_mask) as u8).filter(|held| held & modifier::LOCK == 0);
                let held = if level == 0 { Some(0) } else { held.min_by_key(|held| (held.count_ones(), *held)) };
                if let Some(held) = held {
                    found.push((*symbol, Stroke { key, held }));
                }
            }
            let sets = modifiers.iter().find(|(other, sets)| *other == key && *sets != 0).map(|(_, sets)| *sets);
            if let Some(sets) = sets.filter(|_| on_it.syms.first().is_some_and(|symbol| is_held_down(*symbol))) {
                layout.holders.push((sets, key));
            }
        }
        // The plainest way first, and keys that every program knows before those of a few keyboards.
        found.sort_by_key(|(_, stroke)| (stroke.key > LAST_COMMON, stroke.held.count_ones(), stroke.held, stroke.key));
        for (symbol, stroke) in found {
            if layout.keys_for(stroke.held).is_some() {
                layout.strokes.entry(symbol).or_insert(stroke);
                if let Some(other) = character(symbol) {
                    layout.strokes.entry(symbol_of(other)).or_insert(stroke);
                }
            }
        }
        layout.modifiers = modifiers.into_iter().filter(|(_, sets)| *sets != 0).collect();
        layout
    }

    /// How to type this symbol, if the layout has it.
    pub fn stroke(&self, symbol: u32) -> Option<Stroke> {
        self.strokes.get(&symbol).copied()
    }

    /// The keys to hold for these modifiers; `None` if no key does it.
    pub fn keys_for(&self, held: u8) -> Option<Vec<Keycode>> {
        let bits = (0..8).map(|bit| 1 << bit).filter(|bit| held & bit != 0);
        bits.map(|bit| self.holders.iter().find(|(sets, _)| *sets == bit).map(|(_, key)| *key)).collect()
    }
}

/// The symbol of a character as it is put on a spare key, and as it is looked for on others.
pub fn symbol_of(character: char) -> u32 {
    match character {
        '\n' => Keysym::Return.into(),
        '\t' => Keysym::Tab.into(),
        ' '..='~' | '\u{a0}'..='\u{ff}' => character.into(),
        _ => 0x0100_0000 | u32::from(character),
    }
}

/// What a symbol types; nothing for keys of the number pad, which may mean something else.
fn character(symbol: u32) -> Option<char> {
    if (0xff00..=0xffff).contains(&symbol) {
        return None;
    }
    Keysym::from(symbol).key_char().filter(|character| !character.is_control())
}

/// Of keys that set a modifier as long as they are down, and latch and lock nothing.
fn is_held_down(symbol: u32) -> bool {
    let held = [
        Keysym::Shift_L,
        Keysym::Shift_R,
        Keysym::Control_L,
        Keysym::Control_R,
        Keysym::ISO_Level3_Shift,
        Keysym::ISO_Level5_Shift,
    ];
    held.into_iter().any(|known| u32::from(known) == symbol)
}

/// What a key does in a group that it does not have, by its bits for that.
fn out_of_range(group_info: u8, group: u8) -> u8 {
    let groups = (group_info & 0x0f).max(1);
    match group_info & 0xc0 {
        0x40 => groups - 1,
        0x80 => {
            let instead = (group_info & 0x30) >> 4;
            if instead < groups { instead } else { 0 }
        }
        _ => group % groups,
    }
}

/// A piece of a text: what to put on spare keys first, and what to press then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub borrowed: Vec<(Keycode, u32)>,
    pub strokes: Vec<Stroke>,
}

/// Types the text in as few pieces as there are spare keys for. `None` if there is none for a character that needs one.
pub fn batches(layout: &Layout, text: &str, line_end_held: u8) -> Option<Vec<Batch>> {
    let mut batches = Vec::new();
    let mut batch = Batch::default();
    for character in text.chars() {
        let symbol = symbol_of(character);
        let lent = |batch: &Batch| batch.borrowed.iter().find(|(_, other)| *other == symbol).map(|(key, _)| *key);
        let stroke = if let Some(stroke) = layout.stroke(symbol) {
            let line_end_held = if character == '\n' { line_end_held } else { 0 };
            Stroke { held: stroke.held | line_end_held, ..stroke }
        } else if let Some(key) = lent(&batch) {
            Stroke { key, held: 0 }
        } else {
            if batch.borrowed.len() == layout.spare.len() {
                batches.push(std::mem::take(&mut batch));
            }
            let key = *layout.spare.get(batch.borrowed.len())?;
            batch.borrowed.push((key, symbol));
            Stroke { key, held: 0 }
        };
        batch.strokes.push(stroke);
    }
    batches.push(batch);
    Some(batches)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a` and `A` on one key, `€` on another with the third level; three spare keys.
    fn layout() -> Layout {
        let stroke = |key, held| Stroke { key, held };
        let strokes = [('a', stroke(38, 0)), ('A', stroke(38, 1)), ('€', stroke(26, 1 << 7)), ('\n', stroke(36, 0))];
        Layout {
            strokes: strokes.map(|(character, stroke)| (symbol_of(character), stroke)).into(),
            holders: vec![(1, 50), (1, 62), (1 << 7, 92)],
            spare: vec![247, 248, 249],
            modifiers: Vec::new(),
        }
    }

    fn shape(text: &str) -> Vec<(String, usize)> {
        let batches = batches(&layout(), text, 0).unwrap();
        let name = |symbol: &u32| character(*symbol).unwrap();
        batches
            .iter()
            .map(|batch| (batch.borrowed.iter().map(|(_, symbol)| name(symbol)).collect(), batch.strokes.len()))
            .collect()
    }

    #[test]
    fn the_layout_types_what_it_has_and_spare_keys_the_rest() {
        assert_eq!(shape("aA€\n"), [(String::new(), 4)]);
        assert_eq!(shape("a漢a字漢"), [("漢字".to_owned(), 5)]);
        assert_eq!(shape("1234a1"), [("123".to_owned(), 3), ("41".to_owned(), 3)]);
    }

    #[test]
    fn modifiers_are_held_by_keys_that_do_nothing_else() {
        assert_eq!(layout().keys_for(1 | 1 << 7), Some(vec![50, 92]));
        assert_eq!(layout().keys_for(1 << 5), None);
        let shifted = batches(&layout(), "\n", modifier::SHIFT).unwrap();
        assert_eq!(shifted[0].strokes, [Stroke { key: 36, held: 1 }]);
    }

    #[test]
    fn without_a_spare_key_nothing_is_made_up() {
        let layout = Layout { spare: Vec::new(), ..layout() };
        assert_eq!(batches(&layout, "é", 0), None);
        assert!(batches(&layout, "a", 0).is_some());
    }

    #[test]
    fn groups_that_a_key_lacks_lead_to_those_it_has() {
        for (group_info, group, expected) in [(0x02, 3, 1), (0x42, 3, 1), (0x92, 2, 1), (0xb2, 2, 0), (0x01, 1, 0)] {
            assert_eq!(out_of_range(group_info, group), expected);
        }
    }
}
