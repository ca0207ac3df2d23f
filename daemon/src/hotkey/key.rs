//! Keys as people write them, `ctrl+alt+space` or `F9`, and what X11, the portal and the kernel call them. Pure.

use std::collections::BTreeSet;
use std::fmt;

use thiserror::Error;

use super::names::{self, Kind, Named};

/// One key, with what has to be held for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub modifiers: BTreeSet<Modifier>,
    symbol: Symbol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modifier {
    Control,
    Alt,
    Shift,
    Super,
}

/// What the key gives without a modifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Symbol {
    /// As xkbcommon knows it.
    name: String,
    keysym: u32,
    code: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyProblem {
    #[error("`{written}` has a plus sign with nothing beside it; the key of that name is `plus`")]
    Gap { written: String },
    #[error("there is no key `{word}`{}", maybe(*.nearest))]
    Unknown { word: String, nearest: Option<&'static str> },
    #[error("`{written}` names only modifiers; one key has to follow them")]
    OnlyModifiers { written: String },
    #[error("`{first}` and `{second}` are two keys; only ctrl, alt, shift and super can be held with one")]
    TwoKeys { first: String, second: String },
    #[error("`{0}` would be taken from every program; hold ctrl, alt or super with it")]
    Types(String),
    #[error("`{0}` is what hob itself presses to copy or paste")]
    Own(String),
    #[error("`{0}` has no place of its own on a keyboard; this source of keys wants one that has")]
    Placeless(String),
}

fn maybe(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; is `{name}` meant?"))
}

const CONTROL: &[&str] = &["ctrl", "control"];
const ALT: &[&str] = &["alt", "mod1", "meta"];
const SHIFT: &[&str] = &["shift"];
const SUPER: &[&str] = &["super", "win", "logo", "mod4", "cmd"];

/// With Control, and with Control and Shift: what copies and pastes (`insert`).
const COPY_AND_PASTE: [&str; 2] = ["c", "v"];

impl Key {
    /// The modifiers in any order, small and capital letters alike, the key last.
    pub fn parse(written: &str) -> Result<Self, KeyProblem> {
        let mut modifiers = BTreeSet::new();
        let mut found: Option<(&str, Symbol, Kind)> = None;
        for word in written.split('+').map(str::trim) {
            if word.is_empty() {
                return Err(KeyProblem::Gap { written: written.to_owned() });
            }
            if let Some(modifier) = Modifier::of(word) {
                modifiers.insert(modifier);
            } else if let Some((first, ..)) = &found {
                return Err(KeyProblem::TwoKeys { first: (*first).to_owned(), second: word.to_owned() });
            } else {
                let (symbol, kind) = symbol(word)?;
                found = Some((word, symbol, kind));
            }
        }
        let Some((_, symbol, kind)) = found else {
            return Err(KeyProblem::OnlyModifiers { written: written.to_owned() });
        };
        let key = Self { modifiers, symbol };
        if kind == Kind::Typing && key.modifiers.iter().all(|modifier| *modifier == Modifier::Shift) {
            return Err(KeyProblem::Types(key.to_string()));
        }
        if key.copies_or_pastes() {
            return Err(KeyProblem::Own(key.to_string()));
        }
        Ok(key)
    }

    pub fn keysym(&self) -> u32 {
        self.symbol.keysym
    }

    /// The number that the kernel gives to the key, whatever the layout makes of it.
    pub fn code(&self) -> Result<u16, KeyProblem> {
        self.symbol.code.ok_or_else(|| KeyProblem::Placeless(self.to_string()))
    }

    /// The key alone, as X11 names it.
    pub fn name(&self) -> &str {
        &self.symbol.name
    }

    /// The same as the portal writes it: the specification of shortcuts at freedesktop.org.
    pub fn trigger(&self) -> String {
        let modifiers = self.modifiers.iter().map(|modifier| match modifier {
            Modifier::Control => "CTRL",
            Modifier::Alt => "ALT",
            Modifier::Shift => "SHIFT",
            Modifier::Super => "LOGO",
        });
        modifiers.chain([self.symbol.name.as_str()]).collect::<Vec<_>>().join("+")
    }

    /// Its symbol is a letter or a digit, which people mean by the key that it is printed on.
    pub fn is_alphanumeric(&self) -> bool {
        char::from_u32(self.symbol.keysym).is_some_and(|letter| letter.is_ascii_alphanumeric())
    }

    fn copies_or_pastes(&self) -> bool {
        let held = |modifiers: &[Modifier]| self.modifiers == modifiers.iter().copied().collect();
        let name = self.symbol.name.as_str();
        match name {
            "Insert" => held(&[Modifier::Shift]) || held(&[Modifier::Control]),
            _ if COPY_AND_PASTE.contains(&name) => {
                held(&[Modifier::Control]) || held(&[Modifier::Control, Modifier::Shift])
            }
            _ => false,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for modifier in &self.modifiers {
            write!(f, "{}+", modifier.name())?;
        }
        f.write_str(&self.symbol.name)
    }
}

impl Modifier {
    fn of(word: &str) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(word));
        let all = [(CONTROL, Self::Control), (ALT, Self::Alt), (SHIFT, Self::Shift), (SUPER, Self::Super)];
        all.into_iter().find(|(names, _)| is(names)).map(|(_, modifier)| modifier)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Control => "ctrl",
            Self::Alt => "alt",
            Self::Shift => "shift",
            Self::Super => "super",
        }
    }
}

fn symbol(word: &str) -> Result<(Symbol, Kind), KeyProblem> {
    if let Some(Named { name, keysym, code, kind, .. }) = names::find(word) {
        return Ok((Symbol { name: (*name).to_owned(), keysym: *keysym, code: *code }, *kind));
    }
    let mut letters = word.chars().flat_map(char::to_lowercase);
    match (letters.next(), letters.next()) {
        // A letter of another alphabet, which some layouts have.
        (Some(letter), None) if letter.is_alphanumeric() || letter.is_ascii_punctuation() => {
            let number = u32::from(letter);
            // As X11 numbers them: Latin-1 as it is, all others by their number in Unicode.
            let keysym = if number < 0x100 { number } else { 0x0100_0000 | number };
            Ok((Symbol { name: format!("U{number:04X}"), keysym, code: None }, Kind::Typing))
        }
        _ => Err(KeyProblem::Unknown { word: word.to_owned(), nearest: names::nearest(word) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_name_in_each_world() {
        for (written, shown, keysym, code) in [
            ("ctrl+alt+space", "ctrl+alt+space", 0x20, Some(57)),
            ("Alt+Control+SPACE", "ctrl+alt+space", 0x20, Some(57)),
            ("F9", "F9", 0xffc6, Some(67)),
            ("f24", "F24", 0xffd5, Some(194)),
            ("super+period", "super+period", 0x2e, Some(52)),
            ("super+.", "super+period", 0x2e, Some(52)),
            ("win+shift+D", "shift+super+d", 0x64, Some(32)),
            ("shift+F9", "shift+F9", 0xffc6, Some(67)),
            ("xf86audiomicmute", "XF86AudioMicMute", 0x1008_ffb2, Some(248)),
            ("XF86Dictate", "XF86Dictate", 0x1008_124a, Some(586)),
            ("rightctrl", "Control_R", 0xffe4, Some(97)),
            ("Pause", "Pause", 0xff13, Some(119)),
            ("ctrl+plus", "ctrl+plus", 0x2b, None),
            ("ctrl+É", "ctrl+U00E9", 0xe9, None),
            ("ctrl+я", "ctrl+U044F", 0x0100_044f, None),
            ("ctrl+alt+v", "ctrl+alt+v", 0x76, Some(47)),
            ("Insert", "Insert", 0xff63, Some(110)),
        ] {
            let key = Key::parse(written).unwrap();
            let got = (key.to_string(), key.keysym(), key.code().ok());
            assert_eq!(got, (shown.to_owned(), keysym, code), "{written}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (written, said) in [
            ("ctrl++", "`ctrl++` has a plus sign with nothing beside it; the key of that name is `plus`"),
            ("+F9", "`+F9` has a plus sign with nothing beside it; the key of that name is `plus`"),
            ("", "`` has a plus sign with nothing beside it; the key of that name is `plus`"),
            ("ctrl+spcae", "there is no key `spcae`; is `space` meant?"),
            ("hyper+qqqq", "there is no key `hyper`"),
            ("ctrl+alt", "`ctrl+alt` names only modifiers; one key has to follow them"),
            ("ctrl+a+b", "`a` and `b` are two keys; only ctrl, alt, shift and super can be held with one"),
            ("a", "`a` would be taken from every program; hold ctrl, alt or super with it"),
            ("shift+a", "`shift+a` would be taken from every program; hold ctrl, alt or super with it"),
            ("Escape", "`Escape` would be taken from every program; hold ctrl, alt or super with it"),
            ("ctrl+v", "`ctrl+v` is what hob itself presses to copy or paste"),
            ("ctrl+shift+c", "`ctrl+shift+c` is what hob itself presses to copy or paste"),
            ("shift+ins", "`shift+Insert` is what hob itself presses to copy or paste"),
        ] {
            assert_eq!(Key::parse(written).unwrap_err().to_string(), said, "{written}");
        }
    }

    #[test]
    fn the_portal_has_its_own_way_of_writing() {
        for (written, trigger) in [
            ("ctrl+alt+space", "CTRL+ALT+space"),
            ("F9", "F9"),
            ("super+.", "LOGO+period"),
            ("shift+super+D", "SHIFT+LOGO+d"),
            ("ctrl+é", "CTRL+U00E9"),
            ("xf86audiomicmute", "XF86AudioMicMute"),
        ] {
            assert_eq!(Key::parse(written).unwrap().trigger(), trigger, "{written}");
        }
    }

    #[test]
    fn a_key_without_a_place_is_told() {
        let problem = Key::parse("ctrl+plus").unwrap().code().unwrap_err();
        assert_eq!(problem, KeyProblem::Placeless("ctrl+plus".into()));
    }
}
