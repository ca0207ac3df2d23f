//! Which keys of the person's own layout make which character: read out of the keymap that the compositor hands over. It is one that
//! libxkbcommon has written, with everything resolved, and only what it says of keys and their symbols is read.

use std::collections::HashMap;

use xkeysym::Keysym;

use super::super::keymap::{Held, LineEnd, Stroke, code};

/// Held for the third level (AltGr): not a real modifier with a fixed bit, so a bit that no real one has.
pub const THIRD_LEVEL: Held = Held(1 << 16);

#[derive(Debug)]
pub struct Layout {
    /// By the symbol's name; the way with the fewest modifiers.
    strokes: HashMap<String, Stroke>,
    /// The key that is held for the third level.
    pub third_level: Option<u32>,
}

impl Layout {
    /// `group`: which of the layouts in the keymap is in force, from 0.
    pub fn read(keymap: &str, group: usize) -> Self {
        let codes = codes(keymap);
        let mut layout = Self { strokes: HashMap::new(), third_level: None };
        let symbols = keymap.split_once("xkb_symbols").map_or("", |(_, symbols)| symbols);
        for entry in symbols.split("key <").skip(1) {
            let Some((name, rest)) = entry.split_once('>') else { continue };
            let Some(&key) = codes.get(name) else { continue };
            let rest = rest.split_once("};").map_or(rest, |(inside, _)| inside);
            layout.take_in(key, rest, group);
        }
        layout
    }

    fn take_in(&mut self, key: u32, entry: &str, group: usize) {
        let groups = groups(entry);
        // A key with fewer layouts than there are repeats its first.
        let Some(levels) = groups.get(group).or_else(|| groups.first()) else { return };
        if levels.first().is_some_and(|symbol| symbol == "ISO_Level3_Shift") {
            self.third_level.get_or_insert(key);
        }
        let kind = entry.split_once("type").and_then(|(_, rest)| rest.split('"').nth(1)).unwrap_or_default();
        let by_shift = kind.is_empty()
            || ["TWO_LEVEL", "ALPHABETIC", "FOUR_LEVEL", "EIGHT_LEVEL"].iter().any(|known| kind.starts_with(known));
        let held = [Held::NONE, Held::SHIFT, THIRD_LEVEL, THIRD_LEVEL.and(Held::SHIFT)];
        for (symbol, held) in levels.iter().zip(held) {
            let reached = held == Held::NONE || by_shift;
            if reached && symbol != "NoSymbol" {
                let stroke = Stroke { key, held };
                let known = self.strokes.entry(symbol.clone()).or_insert(stroke);
                if known.held.0 > held.0 {
                    *known = stroke;
                }
            }
        }
    }

    /// How the text is typed; else the first character that this layout has no key for.
    pub fn strokes(&self, text: &str, line_end: LineEnd) -> Result<Vec<Stroke>, char> {
        text.chars().map(|letter| self.stroke(letter, line_end).ok_or(letter)).collect()
    }

    /// The key of a shortcut's letter.
    pub fn stroke(&self, letter: char, line_end: LineEnd) -> Option<Stroke> {
        match letter {
            '\n' if line_end == LineEnd::ShiftReturn => return Some(Stroke { key: code::RETURN, held: Held::SHIFT }),
            '\n' => return Some(Stroke::plain(code::RETURN)),
            '\t' => return Some(Stroke::plain(code::TAB)),
            _ => {}
        }
        let symbol = Keysym::from_char(letter);
        let name = symbol.name().map(|name| name.trim_start_matches("XK_"));
        let by_name = name.and_then(|name| self.strokes.get(name));
        let stroke = by_name.or_else(|| self.strokes.get(&format!("U{:04X}", letter as u32)))?;
        let reachable = stroke.held.0 & THIRD_LEVEL.0 == 0 || self.third_level.is_some();
        reachable.then_some(*stroke)
    }
}

/// The kernel's codes of the keys, by their names in the keymap.
fn codes(keymap: &str) -> HashMap<&str, u32> {
    let section = keymap.split_once("xkb_keycodes").map_or("", |(_, rest)| rest);
    let section = section.split_once("};").map_or(section, |(inside, _)| inside);
    let line = |line: &'_ str| -> Option<(usize, usize, u32)> {
        let start = line.find('<')? + 1;
        let end = line.find('>')?;
        let number = line[end..].split_once('=')?.1.trim().trim_end_matches(';').trim();
        // A keymap counts from 8 more than the kernel.
        Some((start, end, number.parse::<u32>().ok()?.checked_sub(8)?))
    };
    section.lines().filter_map(|text| line(text).map(|(start, end, code)| (&text[start..end], code))).collect()
}

/// The symbols of a key: layouts, each with its levels. Brackets that hold an index or actions are none.
fn groups(entry: &str) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    let mut rest = entry;
    while let Some((_, after)) = rest.split_once('[') {
        let Some((inside, after)) = after.split_once(']') else { break };
        let is_index = after.trim_start().starts_with('=');
        if !is_index && !inside.contains('(') {
            groups.push(inside.split(',').map(|symbol| symbol.trim().to_owned()).collect());
        }
        rest = after;
    }
    groups
}

/// A keymap as libxkbcommon writes it, shortened.
#[cfg(test)]
pub const GERMAN: &str = r#"xkb_keymap {
xkb_keycodes "(unnamed)" {
	minimum = 8;
	maximum = 255;
	<AE01>               = 10;
	<AE02>               = 11;
	<AD03>               = 26;
	<AC01>               = 38;
	<AC10>               = 47;
	<AD06>               = 29;
	<RALT>               = 108;
	indicator 1 = "Caps Lock";
	alias <ALGR>         = <RALT>;
};
xkb_types "complete" { type "ONE_LEVEL" { modifiers= none; }; };
xkb_symbols "(unnamed)" {
	name[1]="German";
	name[2]="English (US)";
	key <AE01>               {	[               1,          exclam ] };
	key <AE02> {
		type= "FOUR_LEVEL",
		symbols[1]= [               2,        quotedbl,     twosuperior,       oneeighth ],
		symbols[2]= [               2,              at ]
	};
	key <AD03>               {
		type= "FOUR_LEVEL_SEMIALPHABETIC",
		symbols[1]= [               e,               E,        EuroSign,        EuroSign ],
		symbols[2]= [ e, E ]
	};
	key <AC01> { type= "ALPHABETIC", symbols[1]= [ a, A ], symbols[2]= [ a, A ] };
	key <AC10> { symbols[1]= [ odiaeresis, Odiaeresis ], symbols[2]= [ semicolon, colon ] };
	key <AD06> { symbols[1]= [ z, Z ], symbols[2]= [ y, Y ] };
	key <RALT> { type= "ONE_LEVEL", symbols[1]= [ ISO_Level3_Shift ], actions[1]= [ SetMods(modifiers=LevelThree) ] };
	modifier_map Shift { <LFSH> };
};
};"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_on_the_levels_of_a_layout() {
        let german = Layout::read(GERMAN, 0);
        assert_eq!(german.third_level, Some(100));
        let cases = [
            ('a', 30, Held::NONE),
            ('A', 30, Held::SHIFT),
            ('!', 2, Held::SHIFT),
            ('€', 18, THIRD_LEVEL),
            ('²', 3, THIRD_LEVEL),
            ('ö', 39, Held::NONE),
            ('Ö', 39, Held::SHIFT),
            ('z', 21, Held::NONE),
        ];
        for (letter, key, held) in cases {
            assert_eq!(german.stroke(letter, LineEnd::Return), Some(Stroke { key, held }), "{letter}");
        }
        assert_eq!(german.strokes("aé", LineEnd::Return), Err('é'));
        assert_eq!(german.strokes("漢", LineEnd::Return), Err('漢'));
    }

    #[test]
    fn the_layout_in_force_decides() {
        let english = Layout::read(GERMAN, 1);
        assert_eq!(english.stroke('y', LineEnd::Return), Some(Stroke::plain(21)));
        assert_eq!(english.stroke('z', LineEnd::Return), None);
        assert_eq!(english.stroke('1', LineEnd::Return), Some(Stroke::plain(2)), "of the only layout this key has");
        let end = english.strokes("\n\t", LineEnd::ShiftReturn).unwrap();
        assert_eq!(end, [Stroke { key: code::RETURN, held: Held::SHIFT }, Stroke::plain(code::TAB)]);
    }

    #[test]
    fn an_odd_keymap_has_no_keys() {
        for odd in [
            "",
            "xkb_keycodes {",
            "xkb_symbols \"a\" { key <",
            "xkb_keycodes { <A> = 3; }; xkb_symbols { key <A> { [ a ] }; };",
        ] {
            assert_eq!(Layout::read(odd, 0).stroke('a', LineEnd::Return), None, "{odd}");
        }
    }
}
