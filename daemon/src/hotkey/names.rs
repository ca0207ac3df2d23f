//! The names of keys: the keysym that X11 and the portal know each by, and the number that the kernel gives to the key at its place.

/// One key by its name in X11, without `XK_`, and other names that people write.
#[derive(Debug)]
pub struct Named {
    pub name: &'static str,
    pub others: &'static [&'static str],
    /// As in X11/keysymdef.h and XF86keysym.h.
    pub keysym: u32,
    /// As in linux/input-event-codes.h, for the key that gives it in the layout `us` without a modifier.
    pub code: Option<u16>,
    pub kind: Kind,
}

/// What a key does when it is pressed alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It writes, moves the cursor or ends something, in whatever program has the keyboard.
    Typing,
    /// Programs hardly use it, or never without a modifier.
    Free,
    /// It changes what other keys do.
    Modifying,
}

const fn typing(name: &'static str, others: &'static [&'static str], keysym: u32, code: u16) -> Named {
    Named { name, others, keysym, code: Some(code), kind: Kind::Typing }
}

const fn free(name: &'static str, others: &'static [&'static str], keysym: u32, code: u16) -> Named {
    Named { name, others, keysym, code: Some(code), kind: Kind::Free }
}

const fn modifying(name: &'static str, others: &'static [&'static str], keysym: u32, code: u16) -> Named {
    Named { name, others, keysym, code: Some(code), kind: Kind::Modifying }
}

/// Written with Shift in the layout `us`, and elsewhere in other ways.
const fn shifted(name: &'static str, keysym: u32) -> Named {
    Named { name, others: &[], keysym, code: None, kind: Kind::Typing }
}

/// Case does not matter to any of them.
#[rustfmt::skip]
pub const NAMES: &[Named] = &[
    typing("a", &[], 0x61, 30), typing("b", &[], 0x62, 48), typing("c", &[], 0x63, 46), typing("d", &[], 0x64, 32),
    typing("e", &[], 0x65, 18), typing("f", &[], 0x66, 33), typing("g", &[], 0x67, 34), typing("h", &[], 0x68, 35),
    typing("i", &[], 0x69, 23), typing("j", &[], 0x6a, 36), typing("k", &[], 0x6b, 37), typing("l", &[], 0x6c, 38),
    typing("m", &[], 0x6d, 50), typing("n", &[], 0x6e, 49), typing("o", &[], 0x6f, 24), typing("p", &[], 0x70, 25),
    typing("q", &[], 0x71, 16), typing("r", &[], 0x72, 19), typing("s", &[], 0x73, 31), typing("t", &[], 0x74, 20),
    typing("u", &[], 0x75, 22), typing("v", &[], 0x76, 47), typing("w", &[], 0x77, 17), typing("x", &[], 0x78, 45),
    typing("y", &[], 0x79, 21), typing("z", &[], 0x7a, 44),
    typing("0", &[], 0x30, 11), typing("1", &[], 0x31, 2), typing("2", &[], 0x32, 3), typing("3", &[], 0x33, 4),
    typing("4", &[], 0x34, 5), typing("5", &[], 0x35, 6), typing("6", &[], 0x36, 7), typing("7", &[], 0x37, 8),
    typing("8", &[], 0x38, 9), typing("9", &[], 0x39, 10),

    typing("space", &["spacebar"], 0x20, 57),
    typing("minus", &["-"], 0x2d, 12), typing("equal", &["=", "equals"], 0x3d, 13),
    typing("bracketleft", &["["], 0x5b, 26), typing("bracketright", &["]"], 0x5d, 27),
    typing("semicolon", &[";"], 0x3b, 39), typing("apostrophe", &["'", "quote"], 0x27, 40),
    typing("grave", &["`", "backtick"], 0x60, 41), typing("backslash", &["\\"], 0x5c, 43),
    typing("comma", &[","], 0x2c, 51), typing("period", &[".", "dot"], 0x2e, 52), typing("slash", &["/"], 0x2f, 53),
    typing("less", &["<"], 0x3c, 86),
    shifted("plus", 0x2b), shifted("asterisk", 0x2a), shifted("question", 0x3f), shifted("exclam", 0x21),
    shifted("numbersign", 0x23), shifted("underscore", 0x5f), shifted("asciitilde", 0x7e), shifted("at", 0x40),

    typing("Return", &["enter"], 0xff0d, 28), typing("Tab", &[], 0xff09, 15),
    typing("BackSpace", &[], 0xff08, 14), typing("Escape", &["esc"], 0xff1b, 1),
    typing("Delete", &["del"], 0xffff, 111), typing("Home", &[], 0xff50, 102), typing("End", &[], 0xff57, 107),
    typing("Prior", &["pageup", "page_up", "pgup"], 0xff55, 104),
    typing("Next", &["pagedown", "page_down", "pgdn"], 0xff56, 109),
    typing("Left", &[], 0xff51, 105), typing("Up", &[], 0xff52, 103),
    typing("Right", &[], 0xff53, 106), typing("Down", &[], 0xff54, 108),
    typing("KP_0", &[], 0xffb0, 82), typing("KP_1", &[], 0xffb1, 79), typing("KP_2", &[], 0xffb2, 80),
    typing("KP_3", &[], 0xffb3, 81), typing("KP_4", &[], 0xffb4, 75), typing("KP_5", &[], 0xffb5, 76),
    typing("KP_6", &[], 0xffb6, 77), typing("KP_7", &[], 0xffb7, 71), typing("KP_8", &[], 0xffb8, 72),
    typing("KP_9", &[], 0xffb9, 73), typing("KP_Enter", &[], 0xff8d, 96), typing("KP_Add", &[], 0xffab, 78),
    typing("KP_Subtract", &[], 0xffad, 74), typing("KP_Multiply", &[], 0xffaa, 55),
    typing("KP_Divide", &[], 0xffaf, 98), typing("KP_Decimal", &[], 0xffae, 83),

    free("F1", &[], 0xffbe, 59), free("F2", &[], 0xffbf, 60), free("F3", &[], 0xffc0, 61), free("F4", &[], 0xffc1, 62),
    free("F5", &[], 0xffc2, 63), free("F6", &[], 0xffc3, 64), free("F7", &[], 0xffc4, 65), free("F8", &[], 0xffc5, 66),
    free("F9", &[], 0xffc6, 67), free("F10", &[], 0xffc7, 68), free("F11", &[], 0xffc8, 87),
    free("F12", &[], 0xffc9, 88), free("F13", &[], 0xffca, 183), free("F14", &[], 0xffcb, 184),
    free("F15", &[], 0xffcc, 185), free("F16", &[], 0xffcd, 186), free("F17", &[], 0xffce, 187),
    free("F18", &[], 0xffcf, 188), free("F19", &[], 0xffd0, 189), free("F20", &[], 0xffd1, 190),
    free("F21", &[], 0xffd2, 191), free("F22", &[], 0xffd3, 192), free("F23", &[], 0xffd4, 193),
    free("F24", &[], 0xffd5, 194),
    free("Insert", &["ins"], 0xff63, 110), free("Print", &["printscreen", "sysrq"], 0xff61, 99),
    free("Scroll_Lock", &["scrolllock"], 0xff14, 70), free("Pause", &["break"], 0xff13, 119),
    free("Menu", &[], 0xff67, 127), free("Caps_Lock", &["capslock"], 0xffe5, 58),
    modifying("Control_R", &["rightctrl", "right_ctrl"], 0xffe4, 97),
    modifying("Alt_R", &["rightalt", "right_alt"], 0xffea, 100),
    modifying("Shift_R", &["rightshift", "right_shift"], 0xffe2, 54),
    modifying("Super_R", &["rightsuper", "right_super"], 0xffec, 126),
    modifying("Super_L", &["leftsuper", "left_super"], 0xffeb, 125),

    free("XF86AudioRaiseVolume", &[], 0x1008_ff13, 115), free("XF86AudioLowerVolume", &[], 0x1008_ff11, 114),
    free("XF86AudioMute", &[], 0x1008_ff12, 113), free("XF86AudioPlay", &[], 0x1008_ff14, 164),
    free("XF86AudioStop", &[], 0x1008_ff15, 166), free("XF86AudioPrev", &[], 0x1008_ff16, 165),
    free("XF86AudioNext", &[], 0x1008_ff17, 163), free("XF86AudioMicMute", &["micmute"], 0x1008_ffb2, 248),
    free("XF86AudioRecord", &[], 0x1008_ff1c, 167), free("XF86HomePage", &[], 0x1008_ff18, 172),
    free("XF86Mail", &[], 0x1008_ff19, 155), free("XF86Search", &[], 0x1008_ff1b, 217),
    free("XF86Calculator", &[], 0x1008_ff1d, 140), free("XF86Favorites", &[], 0x1008_ff30, 156),
    free("XF86Launch1", &[], 0x1008_ff41, 148), free("XF86Launch2", &[], 0x1008_ff42, 149),
    free("XF86Launch3", &[], 0x1008_ff43, 202), free("XF86Launch4", &[], 0x1008_ff44, 203),
    free("XF86WakeUp", &[], 0x1008_ff2b, 143), free("XF86Tools", &[], 0x1008_ff81, 171),
    // Keys that some keyboards have for just this; too new for X11, whose keycodes end at 255.
    free("XF86Assistant", &[], 0x1008_1247, 583), free("XF86Dictate", &["dictate"], 0x1008_124a, 586),
];

pub fn find(word: &str) -> Option<&'static Named> {
    let is = |name: &&str| name.eq_ignore_ascii_case(word);
    NAMES.iter().find(|named| is(&named.name) || named.others.iter().any(is))
}

/// The name that is nearest to a mistyped one.
pub fn nearest(word: &str) -> Option<&'static str> {
    const CLOSE: f64 = 0.8;
    let word = word.to_ascii_lowercase();
    let names = NAMES.iter().flat_map(|named| std::iter::once(named.name).chain(named.others.iter().copied()));
    let close = |name: &'static str| (strsim::jaro_winkler(&name.to_ascii_lowercase(), &word), name);
    let best = names.filter(|name| name.len() > 1).map(close).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(closeness, _)| *closeness >= CLOSE).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_means_two_keys() {
        let mut seen = BTreeSet::new();
        for named in NAMES {
            for name in std::iter::once(&named.name).chain(named.others) {
                assert!(seen.insert(name.to_ascii_lowercase()), "{name}");
            }
        }
        let keysyms: BTreeSet<_> = NAMES.iter().map(|named| named.keysym).collect();
        let codes: BTreeSet<_> = NAMES.iter().filter_map(|named| named.code).collect();
        assert_eq!(keysyms.len(), NAMES.len());
        assert_eq!(codes.len(), NAMES.iter().filter(|named| named.code.is_some()).count());
    }

    #[test]
    fn keysyms_are_those_of_x11() {
        use xkeysym::key;
        for (name, keysym) in [
            ("F9", key::F9),
            ("enter", key::Return),
            ("pgup", key::Prior),
            ("KP_Add", key::KP_Add),
            ("Scroll_Lock", key::Scroll_Lock),
            ("Control_R", key::Control_R),
            ("XF86AudioMicMute", key::XF86_AudioMicMute),
            ("XF86Launch1", key::XF86_Launch1),
        ] {
            assert_eq!(find(name).unwrap().keysym, keysym, "{name}");
        }
    }

    #[test]
    fn mistyped_names_have_a_neighbour() {
        assert_eq!(nearest("spcae"), Some("space"));
        assert_eq!(nearest("xf86audioplai"), Some("XF86AudioPlay"));
        assert_eq!(nearest("qqqq"), None);
    }
}
