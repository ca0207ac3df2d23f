//! How to bind `hob dictate` in the desktop's own settings, ready to be pasted. They work where programs get no keys of their own.

use crate::failure::Failure;
use crate::output::Output;

/// What is to be put where, for one desktop.
pub(super) struct Snippet {
    pub(super) desktop: &'static str,
    pub(super) place: &'static str,
    pub(super) text: &'static str,
}

/// Where a desktop tells of a release, the key is held to talk; elsewhere one press begins and the next one ends.
pub(super) const ALL: &[Snippet] = &[
    Snippet {
        desktop: "sway",
        place: "~/.config/sway/config",
        text: "bindsym --no-repeat Ctrl+Alt+space exec hob dictate start\n\
               bindsym --release Ctrl+Alt+space exec hob dictate stop\n\
               bindsym Ctrl+Alt+z exec hob undo\n\
               bindsym Ctrl+Alt+f exec hob run fix --selection",
    },
    Snippet {
        desktop: "Hyprland",
        place: "~/.config/hypr/hyprland.conf",
        text: "bind = CTRL ALT, space, exec, hob dictate start\n\
               bindr = CTRL ALT, space, exec, hob dictate stop\n\
               bind = CTRL ALT, z, exec, hob undo\n\
               bind = CTRL ALT, f, exec, hob run fix --selection",
    },
    Snippet {
        desktop: "niri, which tells of no release: press to begin, press again to end",
        place: "~/.config/niri/config.kdl, in binds { }",
        text: "Ctrl+Alt+Space repeat=false { spawn \"hob\" \"dictate\" \"toggle\"; }\n\
               Ctrl+Alt+Z { spawn \"hob\" \"undo\"; }\n\
               Ctrl+Alt+F { spawn \"hob\" \"run\" \"fix\" \"--selection\"; }",
    },
    Snippet {
        desktop: "river",
        place: "~/.config/river/init",
        text: "riverctl map normal Control+Alt Space spawn 'hob dictate start'\n\
               riverctl map -release normal Control+Alt Space spawn 'hob dictate stop'\n\
               riverctl map normal Control+Alt Z spawn 'hob undo'\n\
               riverctl map normal Control+Alt F spawn 'hob run fix --selection'",
    },
    Snippet {
        desktop: "GNOME, which tells of no release: press to begin, press again to end",
        place: "in a terminal; or Settings, Keyboard, Custom Shortcuts",
        text: "KEYS=org.gnome.settings-daemon.plugins.media-keys\n\
               OWN=/org/gnome/settings-daemon/plugins/media-keys/custom-keybindings/hob/\n\
               gsettings get $KEYS custom-keybindings   # others that you have go into the next line as well\n\
               gsettings set $KEYS custom-keybindings \"['$OWN']\"\n\
               gsettings set $KEYS.custom-keybinding:$OWN name 'Dictate'\n\
               gsettings set $KEYS.custom-keybinding:$OWN command 'hob dictate toggle'\n\
               gsettings set $KEYS.custom-keybinding:$OWN binding '<Ctrl><Alt>space'",
    },
    Snippet {
        desktop: "KDE, which tells of no release: press to begin, press again to end",
        place: "System Settings, Shortcuts, Add New, Command",
        text: "hob dictate toggle",
    },
];

pub(super) fn show(output: &mut Output) -> Result<(), Failure> {
    for Snippet { desktop, place, text } in ALL {
        output.text(&format!("{desktop} ({place}):"))?;
        for line in text.lines() {
            output.text(&format!("    {line}"))?;
        }
        output.text("")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    /// The words of every command in the lines, without the quotes that some desktops want.
    fn commands(text: &str) -> Vec<Vec<String>> {
        let after = |line: &str| Some(line.split_once("hob")?.1.to_owned()).filter(|rest| !rest.starts_with('/'));
        let lines = text.lines().filter_map(after);
        let words = |line: String| {
            let line: String = line.chars().filter(|letter| !"'\";}".contains(*letter)).collect();
            std::iter::once("hob").chain(line.split_whitespace()).map(str::to_owned).collect()
        };
        lines.map(words).collect()
    }

    #[test]
    fn every_command_is_one_of_hobs() {
        for snippet in ALL {
            let commands = commands(snippet.text);
            assert!(!commands.is_empty(), "{}", snippet.desktop);
            for command in commands {
                let parsed = Cli::try_parse_from(&command);
                assert!(parsed.is_ok(), "{}: {command:?}: {}", snippet.desktop, parsed.unwrap_err());
            }
        }
    }
}
