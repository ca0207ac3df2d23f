//! Which keys paste and copy in which window, by the program that it belongs to. Pure.

use crate::core::{PasteKey, Window};

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

/// What copies in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyKey {
    CtrlC,
    CtrlShiftC,
}

/// Ctrl+C ends programs in a terminal; in old ones no key copies, and in some editors it begins something. `None` where no key copies.
pub fn copy_key(window: &Window) -> Option<CopyKey> {
    let window = Some(window);
    if is(window, &OLD_TERMINALS) || is(window, &EMACS) || is(window, &VIM) {
        None
    } else if is(window, &TERMINALS) {
        Some(CopyKey::CtrlShiftC)
    } else {
        Some(CopyKey::CtrlC)
    }
}

/// Whether it is sure what the window is, above all that it is no terminal under another name.
pub fn is_known(window: &Window) -> bool {
    !window.program.is_empty() || is_terminal(window) || keeps_what_was_selected(window)
}

pub fn keeps_what_was_selected(window: &Window) -> bool {
    is(Some(window), &FORGETLESS)
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
        for (class, program, expected) in [
            ("target", "xterm", None),
            ("target", "kitty", Some(CopyKey::CtrlShiftC)),
            ("Emacs", "", None),
            ("target", "gedit", Some(CopyKey::CtrlC)),
        ] {
            assert_eq!(copy_key(&window(class, program)), expected, "{class} {program}");
        }
    }
}
