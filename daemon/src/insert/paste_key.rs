//! Which keys paste and copy in which window, by the program that it belongs to. Pure.

use crate::core::PasteKey;

/// Terminals in which Ctrl+Shift+V pastes the clipboard; in all of them Ctrl+V is something else.
const TERMINALS: [&str; 47] = [
    "alacritty",
    "app.devsuite.ptyxis",
    "blackbox",
    "com.mitchellh.ghostty",
    "com.raggesilver.blackbox",
    "com.system76.cosmicterm",
    "contour",
    "cool-retro-term",
    "cosmic-term",
    "deepin-terminal",
    "dev.warp.warp",
    "foot",
    "footclient",
    "ghostty",
    "gnome-terminal",
    "gnome-terminal-server",
    "guake",
    "hyper",
    "io.elementary.terminal",
    "kgx",
    "kitty",
    "konsole",
    "lilyterm",
    "lxterminal",
    "mate-terminal",
    "org.contourterminal.contour",
    "org.gnome.console",
    "org.gnome.ptyxis",
    "org.gnome.terminal",
    "org.kde.konsole",
    "org.kde.yakuake",
    "org.wezfurlong.wezterm",
    "pantheon-terminal",
    "ptyxis",
    "qterminal",
    "rio",
    "roxterm",
    "sakura",
    "tabby",
    "terminator",
    "terminology",
    "tilda",
    "tilix",
    "warp",
    "wezterm",
    "xfce4-terminal",
    "yakuake",
];

/// Terminals that know only the old key, which pastes what is selected.
const OLD_TERMINALS: [&str; 8] = ["mlterm", "rxvt", "st", "st-256color", "urxvt", "uxterm", "xterm", "zutty"];

/// What [`PasteKey::Auto`] means in a window of this class.
pub fn paste_key(wanted: PasteKey, class: &str) -> PasteKey {
    if wanted != PasteKey::Auto {
        return wanted;
    }
    if is(class, &OLD_TERMINALS) {
        PasteKey::ShiftInsert
    } else if is(class, &TERMINALS) {
        PasteKey::CtrlShiftV
    } else {
        PasteKey::CtrlV
    }
}

/// Ctrl+C ends programs in a terminal, and in some of them it is the only way to copy there is.
pub fn is_terminal(class: &str) -> bool {
    is(class, &OLD_TERMINALS) || is(class, &TERMINALS)
}

/// Old terminals paste what is selected, and everything else pastes the clipboard.
pub fn pastes_primary(class: &str) -> bool {
    is(class, &OLD_TERMINALS)
}

fn is(class: &str, programs: &[&str]) -> bool {
    programs.iter().any(|program| class.eq_ignore_ascii_case(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_decides_which_key_pastes() {
        for (class, expected) in [
            ("XTerm", PasteKey::ShiftInsert),
            ("UXTerm", PasteKey::ShiftInsert),
            ("Gnome-terminal", PasteKey::CtrlShiftV),
            ("foot", PasteKey::CtrlShiftV),
            ("qterminal", PasteKey::CtrlShiftV),
            ("Xfce4-terminal", PasteKey::CtrlShiftV),
            ("Alacritty", PasteKey::CtrlShiftV),
            ("firefox", PasteKey::CtrlV),
            ("", PasteKey::CtrlV),
        ] {
            assert_eq!(paste_key(PasteKey::Auto, class), expected, "{class}");
        }
        assert_eq!(paste_key(PasteKey::CtrlV, "XTerm"), PasteKey::CtrlV);
    }
}
