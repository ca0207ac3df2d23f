//! Which keys paste and copy in which window, by the program that it belongs to. Pure.

use std::time::Duration;

use crate::core::{PasteKey, Window};

/// A window that has something to copy does so in this time.
pub const COPIES: Duration = Duration::from_millis(400);
/// One that has told of a selection, and so is likely to have something.
pub const LIKELY_COPIES: Duration = Duration::from_secs(1);

/// Terminals in which Ctrl+Shift+V pastes the clipboard; in all of them Ctrl+V is something else.
const TERMINALS: [&str; 57] = [
    "alacritty",
    "app.devsuite.ptyxis",
    "black-box",
    "blackbox",
    "com.github.amezin.ddterm",
    "com.mitchellh.ghostty",
    "com.raggesilver.blackbox",
    "com.system76.cosmicterm",
    "contour",
    "cool-retro-term",
    "cosmic-term",
    "ddterm",
    "deepin-terminal",
    "dev.warp.warp",
    "evilvte",
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
    "org.codeberg.dnkl.foot",
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
    "terminal",
    "terminator",
    "terminology",
    "termit",
    "termonad",
    "tilda",
    "tilix",
    "tym",
    "warp",
    "wezterm",
    "wezterm-gui",
    "xfce4-terminal",
    "yakuake",
];

/// Terminals that know only the old key, which pastes what is selected.
const OLD_TERMINALS: [&str; 10] =
    ["eterm", "mlterm", "pterm", "rxvt", "st", "st-256color", "urxvt", "uxterm", "xterm", "zutty"];

/// Editors in which Ctrl+V and Ctrl+C are something else. The old key pastes the clipboard in the first, and nothing does in the others.
const EMACS: [&str; 4] = ["emacs", "emacs-gtk", "emacs-lucid", "emacs-pgtk"];
const VIM: [&str; 5] = ["gvim", "vim", "vim.gtk", "vim.gtk3", "nvim-qt"];

/// Programs that go on telling of what was selected when it is selected no more; those that are built on Chromium are known otherwise, too.
const FORGETLESS: [&str; 15] = [
    "brave",
    "brave-browser",
    "chrome",
    "chromium",
    "code",
    "electron",
    "firefox",
    "firefox-esr",
    "google-chrome",
    "librewolf",
    "microsoft-edge",
    "msedge",
    "opera",
    "thunderbird",
    "vivaldi-bin",
];

/// The kernel keeps so many bytes of the name of a program.
const KEPT: usize = 15;

/// What [`PasteKey::Auto`] means in this window; it stays that where no key pastes.
pub fn paste_key(wanted: PasteKey, window: Option<&Window>) -> PasteKey {
    if wanted != PasteKey::Auto {
        return wanted;
    }
    if is(window, &OLD_TERMINALS) || is(window, &EMACS) {
        PasteKey::ShiftInsert
    } else if is(window, &TERMINALS) {
        PasteKey::CtrlShiftV
    } else if is(window, &VIM) {
        PasteKey::Auto
    } else {
        PasteKey::CtrlV
    }
}

pub fn is_terminal(window: &Window) -> bool {
    is(Some(window), &OLD_TERMINALS) || is(Some(window), &TERMINALS)
}

/// Ctrl+C ends programs in a terminal, and in some of them it is the only way to copy there is; in some editors it begins something.
pub fn copies(window: &Window) -> bool {
    !is_terminal(window) && !is(Some(window), &EMACS) && !is(Some(window), &VIM)
}

pub fn keeps_what_was_selected(window: &Window) -> bool {
    is(Some(window), &FORGETLESS)
}

/// Whether two ways to the selection of a window have led to the same text. White space may differ between formats.
pub fn is_the_same(copied: &str, told: &str) -> bool {
    copied.split_whitespace().eq(told.split_whitespace())
}

/// Old terminals paste what is selected, and everything else pastes the clipboard.
pub fn pastes_primary(window: Option<&Window>) -> bool {
    is(window, &OLD_TERMINALS)
}

/// By what the window calls itself, or by its program: people give terminals classes of their own.
fn is(window: Option<&Window>, programs: &[&str]) -> bool {
    let Some(window) = window else { return false };
    let runs = |name: &str| {
        let kept = name.get(..KEPT).unwrap_or(name);
        window.program.eq_ignore_ascii_case(kept)
    };
    programs.iter().any(|name| window.class.eq_ignore_ascii_case(name) || runs(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(class: &str, program: &str) -> Window {
        Window { class: class.to_owned(), program: program.to_owned(), ..Window::default() }
    }

    #[test]
    fn the_window_decides_which_key_pastes() {
        for (class, program, expected) in [
            ("XTerm", "", PasteKey::ShiftInsert),
            ("UXTerm", "", PasteKey::ShiftInsert),
            ("Gnome-terminal", "", PasteKey::CtrlShiftV),
            ("foot", "", PasteKey::CtrlShiftV),
            ("qterminal", "", PasteKey::CtrlShiftV),
            ("Xfce4-terminal", "", PasteKey::CtrlShiftV),
            ("Alacritty", "", PasteKey::CtrlShiftV),
            ("scratchpad", "foot", PasteKey::CtrlShiftV),
            ("my notes", "xterm", PasteKey::ShiftInsert),
            ("logs", "gnome-terminal-", PasteKey::CtrlShiftV),
            ("Emacs", "emacs", PasteKey::ShiftInsert),
            ("Gvim", "vim.gtk3", PasteKey::Auto),
            ("firefox", "firefox-esr", PasteKey::CtrlV),
            ("", "", PasteKey::CtrlV),
        ] {
            let window = window(class, program);
            assert_eq!(paste_key(PasteKey::Auto, Some(&window)), expected, "{class} {program}");
        }
        assert_eq!(paste_key(PasteKey::CtrlV, Some(&window("XTerm", ""))), PasteKey::CtrlV);
        assert_eq!(paste_key(PasteKey::Auto, None), PasteKey::CtrlV);
    }

    #[test]
    fn no_program_is_ended_by_the_key_that_copies() {
        for (class, program, expected) in
            [("target", "xterm", false), ("target", "kitty", false), ("Emacs", "", false), ("target", "gedit", true)]
        {
            assert_eq!(copies(&window(class, program)), expected, "{class} {program}");
        }
    }
}
