//! Turns a text into keyboards that can type it: each is a keymap of our own that holds exactly the characters of a piece of
//! the text, and the keys to press in order. Pure; whatever layout the user has is neither asked for nor touched.
//!
//! Each character has a key of its own on the first level, so that no modifier is ever needed for a capital: there is nothing
//! to be latched or to come late. Characters stay on the keys a US keyboard has them on where they can, and the rest take
//! other printing keys, because browsers and games look at the key as well as at what is on it (the code of Escape acts as
//! Escape, whatever the keymap says).

use std::fmt::Write as _;

/// Codes of keys as the kernel has them (`linux/input-event-codes.h`); a keymap counts from 8 more.
pub mod code {
    pub const BACKSPACE: u32 = 14;
    pub const TAB: u32 = 15;
    pub const RETURN: u32 = 28;
    pub const CONTROL: u32 = 29;
    pub const SHIFT: u32 = 42;
    pub const ALT: u32 = 56;
    pub const SPACE: u32 = 57;
    pub const LEFT: u32 = 105;
    pub const RIGHT: u32 = 106;
    pub const INSERT: u32 = 110;
}

/// Modifiers that are held with a key, by their bit in every keymap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held(pub u32);

impl Held {
    pub const NONE: Self = Self(0);
    pub const SHIFT: Self = Self(1);
    pub const CONTROL: Self = Self(4);

    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The keys that hold these modifiers.
    pub fn keys(self) -> impl Iterator<Item = u32> {
        let all = [(Self::SHIFT, code::SHIFT), (Self::CONTROL, code::CONTROL)];
        all.into_iter().filter(move |(held, _)| self.0 & held.0 != 0).map(|(_, key)| key)
    }
}

/// One key pressed and released, with modifiers around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    pub key: u32,
    pub held: Held,
}

impl Stroke {
    pub const fn plain(key: u32) -> Self {
        Self { key, held: Held::NONE }
    }
}

/// A keymap, and what to press while it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub keymap: String,
    pub strokes: Vec<Stroke>,
}

/// What a line's end is typed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    Return,
    ShiftReturn,
}

/// The printing keys of a US keyboard and what is on them. Each is known to every program as a key that types.
const PRINTING: [(u32, char); 48] = [
    (2, '1'),
    (3, '2'),
    (4, '3'),
    (5, '4'),
    (6, '5'),
    (7, '6'),
    (8, '7'),
    (9, '8'),
    (10, '9'),
    (11, '0'),
    (12, '-'),
    (13, '='),
    (16, 'q'),
    (17, 'w'),
    (18, 'e'),
    (19, 'r'),
    (20, 't'),
    (21, 'y'),
    (22, 'u'),
    (23, 'i'),
    (24, 'o'),
    (25, 'p'),
    (26, '['),
    (27, ']'),
    (30, 'a'),
    (31, 's'),
    (32, 'd'),
    (33, 'f'),
    (34, 'g'),
    (35, 'h'),
    (36, 'j'),
    (37, 'k'),
    (38, 'l'),
    (39, ';'),
    (40, '\''),
    (41, '`'),
    (43, '\\'),
    (44, 'z'),
    (45, 'x'),
    (46, 'c'),
    (47, 'v'),
    (48, 'b'),
    (49, 'n'),
    (50, 'm'),
    (51, ','),
    (52, '.'),
    (53, '/'),
    // The key beside the left Shift of European keyboards.
    (86, '<'),
];

/// The keyboards that type this text one after another. A control character that is no key of its own is left out.
pub fn batches(text: &str, line_end: LineEnd) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut rest: Vec<char> = text.replace("\r\n", "\n").chars().filter(|c| is_typed(*c)).collect();
    while !rest.is_empty() {
        let (board, length) = Board::of_the_beginning(&rest);
        let later = rest.split_off(length);
        batches
            .push(Batch { keymap: board.keymap(), strokes: rest.iter().map(|c| board.stroke(*c, line_end)).collect() });
        rest = later;
    }
    batches
}

/// A keyboard with the letters where every program looks for them, for shortcuts such as Ctrl+V. With capitals above them as on a
/// person's keyboard: some programs know Ctrl+Shift+V by its capital.
pub fn letters() -> String {
    Board { keys: PRINTING.to_vec(), levels: Levels::WithCapitals }.keymap()
}

/// The key of a letter on [`letters`].
pub fn letter(wanted: char) -> Option<u32> {
    PRINTING.iter().find(|(_, c)| *c == wanted).map(|(key, _)| *key)
}

/// The letter that [`letters`] has on a key.
pub fn letter_of(key: u32) -> Option<char> {
    PRINTING.iter().find(|(printing, _)| *printing == key).map(|(_, c)| *c)
}

fn is_typed(c: char) -> bool {
    matches!(c, '\n' | '\t') || !c.is_control()
}

/// The key of a character that has a fixed one on each of our keyboards.
fn fixed(c: char) -> Option<u32> {
    match c {
        '\n' => Some(code::RETURN),
        '\t' => Some(code::TAB),
        ' ' => Some(code::SPACE),
        _ => None,
    }
}

/// Which character is on which key.
struct Board {
    keys: Vec<(u32, char)>,
    levels: Levels,
}

#[derive(Debug, Clone, Copy)]
enum Levels {
    One,
    WithCapitals,
}

impl Board {
    /// A keyboard for as much of the beginning as one has keys for, and how many characters that is.
    fn of_the_beginning(text: &[char]) -> (Self, usize) {
        let mut distinct: Vec<char> = Vec::new();
        let mut length = text.len();
        for (index, c) in text.iter().enumerate() {
            if fixed(*c).is_some() || distinct.contains(c) {
                continue;
            }
            if distinct.len() == PRINTING.len() {
                length = index;
                break;
            }
            distinct.push(*c);
        }
        (Self::with(&distinct), length)
    }

    /// Own places first; who has none takes what is left.
    fn with(characters: &[char]) -> Self {
        let (at_home, strangers): (Vec<char>, Vec<char>) = characters.iter().partition(|c| letter(**c).is_some());
        let free = PRINTING.iter().filter(|(_, c)| !at_home.contains(c)).map(|(key, _)| *key);
        let mut keys: Vec<_> = free.zip(strangers).collect();
        keys.extend(PRINTING.iter().filter(|(_, c)| at_home.contains(c)));
        keys.sort_unstable();
        Self { keys, levels: Levels::One }
    }

    fn stroke(&self, c: char, line_end: LineEnd) -> Stroke {
        let own = || self.keys.iter().find(|(_, on_it)| *on_it == c).map(|(key, _)| *key);
        let key = fixed(c).or_else(own).expect("a keyboard is made of the characters it types");
        let held = if c == '\n' && line_end == LineEnd::ShiftReturn { Held::SHIFT } else { Held::NONE };
        Stroke { key, held }
    }

    /// In the text format that `wl_keyboard` carries. It names no file of the system's keyboard data, which a program in
    /// a sandbox may lack, and has what an X server needs as well, for programs behind Xwayland.
    fn keymap(&self) -> String {
        let named = [
            (code::BACKSPACE, "BackSpace"),
            (code::TAB, "Tab"),
            (code::RETURN, "Return"),
            (code::CONTROL, "Control_L"),
            (code::SHIFT, "Shift_L"),
            (code::ALT, "Alt_L"),
            (code::SPACE, "space"),
            (code::LEFT, "Left"),
            (code::RIGHT, "Right"),
            (code::INSERT, "Insert"),
        ];
        let on_it = |c: char| match self.levels {
            Levels::WithCapitals if c.is_ascii_lowercase() => {
                format!("type = \"ALPHABETIC\", [ {c}, {} ]", c.to_ascii_uppercase())
            }
            Levels::One | Levels::WithCapitals => format!("type = \"ONE_LEVEL\", [ {} ]", keysym(c)),
        };
        let mut keys: Vec<(u32, String)> =
            named.map(|(key, name)| (key, format!("type = \"ONE_LEVEL\", [ {name} ]"))).to_vec();
        keys.extend(self.keys.iter().map(|(key, c)| (*key, on_it(*c))));
        keys.sort_unstable();
        let (mut codes, mut symbols) = (String::new(), String::new());
        for (key, on_it) in keys {
            // Writing to a string cannot fail.
            let _ = writeln!(codes, "  <K{key}> = {};", key + 8);
            let _ = writeln!(symbols, "  key <K{key}> {{ {on_it} }};");
        }
        format!(
            "xkb_keymap {{\n\
             xkb_keycodes \"hob\" {{\n  minimum = 8;\n  maximum = 255;\n{codes}}};\n\
             xkb_types \"hob\" {{\n{TYPES}}};\n\
             xkb_compatibility \"hob\" {{\n{ACTIONS}}};\n\
             xkb_symbols \"hob\" {{\n{symbols}{MODIFIERS}}};\n\
             }};\n"
        )
    }
}

/// The name of the symbol for a character: Latin letters and digits are their own, the rest is named by number.
fn keysym(c: char) -> String {
    if c.is_ascii_alphanumeric() { c.to_string() } else { format!("U{:04X}", c as u32) }
}

/// An X server insists on these four, though only the first and the third are used.
const TYPES: &str = "  type \"ONE_LEVEL\" { modifiers = none; level_name[1] = \"Any\"; };
  type \"TWO_LEVEL\" { modifiers = Shift; map[Shift] = 2; level_name[1] = \"Base\"; level_name[2] = \"Shift\"; };
  type \"ALPHABETIC\" { modifiers = Shift+Lock; map[Shift] = 2; map[Lock] = 2; level_name[1] = \"Base\"; level_name[2] = \"Caps\"; };
  type \"KEYPAD\" { modifiers = Shift; map[Shift] = 2; level_name[1] = \"Base\"; level_name[2] = \"Number\"; };
";

const ACTIONS: &str = "  interpret Any+AnyOf(all) { action = SetMods(modifiers = modMapMods, clearLocks); };\n  interpret Any { repeat = False; };\n";

const MODIFIERS: &str =
    "  modifier_map Shift { <K42> };\n  modifier_map Control { <K29> };\n  modifier_map Mod1 { <K56> };\n";

#[cfg(test)]
mod tests {
    use super::*;

    /// What a keyboard makes of the strokes, read out of its keymap as text.
    fn typed(batches: &[Batch]) -> String {
        let mut text = String::new();
        for batch in batches {
            for stroke in &batch.strokes {
                let key = batch.keymap.lines().find_map(|line| {
                    let symbol = line.strip_prefix(&format!("  key <K{}> {{ type = \"ONE_LEVEL\", [ ", stroke.key))?;
                    symbol.strip_suffix(" ] };")
                });
                text.push(match key.unwrap() {
                    "Return" => '\n',
                    "Tab" => '\t',
                    "space" => ' ',
                    letter if letter.len() == 1 => letter.chars().next().unwrap(),
                    number => char::from_u32(u32::from_str_radix(&number[1..], 16).unwrap()).unwrap(),
                });
            }
        }
        text
    }

    #[track_caller]
    fn types_itself(text: &str, keyboards: usize) {
        let batches = batches(text, LineEnd::Return);
        assert_eq!(typed(&batches), text);
        assert_eq!(batches.len(), keyboards);
    }

    #[test]
    fn a_text_is_typed_as_it_is() {
        types_itself("", 0);
        types_itself("Hello, World!", 1);
        types_itself("é ß ñ € “quotes” — 漢字 🙂\tÄÖÜ\nnext line", 1);
    }

    #[test]
    fn more_characters_than_keys_take_several_keyboards() {
        let many: String = ('一'..).take(100).collect();
        types_itself(&many, 3);
        types_itself(&format!("{many}{many}"), 5);
        let all_printing: String = PRINTING.iter().map(|(_, c)| *c).collect();
        types_itself(&format!("{all_printing} \n\t{all_printing}"), 1);
    }

    #[test]
    fn characters_stay_where_a_keyboard_has_them() {
        let batch = &batches("vV", LineEnd::Return)[0];
        assert_eq!(batch.strokes[0].key, 47);
        assert_ne!(batch.strokes[1].key, 47);
        assert_eq!(letter('v'), Some(47));
        assert!(letters().contains("key <K47> { type = \"ALPHABETIC\", [ v, V ] };"));
        assert!(letters().contains("key <K51> { type = \"ONE_LEVEL\", [ U002C ] };"));
    }

    #[test]
    fn a_line_ends_as_asked_and_other_control_characters_are_left_out() {
        let strokes = &batches("a\r\n\u{7}b", LineEnd::ShiftReturn)[0].strokes;
        let (a, b) = (letter('a').unwrap(), letter('b').unwrap());
        let end = Stroke { key: code::RETURN, held: Held::SHIFT };
        assert_eq!(*strokes, [Stroke::plain(a), end, Stroke::plain(b)]);
    }

    #[test]
    fn only_keys_that_type_carry_text() {
        let every: String = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain("äöüéèçßñ€“”—漢字🙂".chars()).collect();
        let printing = |key: u32| PRINTING.iter().any(|(printing, _)| *printing == key);
        let batches = batches(&every, LineEnd::Return);
        assert!(batches.iter().flat_map(|batch| &batch.strokes).all(|stroke| printing(stroke.key)));
    }
}
