//! How to bind `hob dictate` in the desktop's own settings, ready to be pasted. They work where programs get no keys of their own.

use crate::failure::Failure;
use crate::output::Output;

/// What is to be put where, for one desktop.
pub(super) struct Snippet {
    pub(super) desktop: &'static str,
    pub(super) place: &'static str,
    pub(super) text: &'static str,
}

/// Where a desktop tells of a release, the key is held to talk; elsewhere one press begins and the next one ends. Some desktops run a
/// command again and again while its key is held unless they are told not to.
pub(super) const ALL: &[Snippet] = &[
    Snippet {
        desktop: "sway",
        place: "~/.config/sway/config",
        text: "bindsym --no-repeat Ctrl+Alt+space exec hob dictate start\n\
               bindsym --release Ctrl+Alt+space exec hob dictate stop\n\
               bindsym --no-repeat --to-code Ctrl+Alt+x exec hob dictate cancel\n\
               bindsym --no-repeat --to-code Ctrl+Alt+z exec hob undo\n\
               bindsym --no-repeat --to-code Ctrl+Alt+m exec hob menu\n\
               bindsym --no-repeat --to-code Ctrl+Alt+f exec hob run fix --selection",
    },
    Snippet {
        desktop: "Hyprland from 0.55 on; let go of space before Ctrl and Alt",
        place: "~/.config/hypr/hyprland.lua",
        text: "hl.bind(\"CTRL + ALT + space\", hl.dsp.exec_cmd(\"hob dictate start\"))\n\
               hl.bind(\"CTRL + ALT + space\", hl.dsp.exec_cmd(\"hob dictate stop\"), { release = true })\n\
               hl.bind(\"CTRL + ALT + X\", hl.dsp.exec_cmd(\"hob dictate cancel\"))\n\
               hl.bind(\"CTRL + ALT + Z\", hl.dsp.exec_cmd(\"hob undo\"))\n\
               hl.bind(\"CTRL + ALT + M\", hl.dsp.exec_cmd(\"hob menu\"))\n\
               hl.bind(\"CTRL + ALT + F\", hl.dsp.exec_cmd(\"hob run fix --selection\"))",
    },
    Snippet {
        desktop: "Hyprland up to 0.54, or with its old configuration; let go of space before Ctrl and Alt",
        place: "~/.config/hypr/hyprland.conf",
        text: "bind = CTRL ALT, space, exec, hob dictate start\n\
               bindr = CTRL ALT, space, exec, hob dictate stop\n\
               bind = CTRL ALT, x, exec, hob dictate cancel\n\
               bind = CTRL ALT, z, exec, hob undo\n\
               bind = CTRL ALT, m, exec, hob menu\n\
               bind = CTRL ALT, f, exec, hob run fix --selection",
    },
    Snippet {
        desktop: "niri, which tells of no release: press to begin, press again to end",
        place: "~/.config/niri/config.kdl, in binds { }",
        text: "Ctrl+Alt+Space repeat=false { spawn \"hob\" \"dictate\" \"toggle\"; }\n\
               Ctrl+Alt+X repeat=false { spawn \"hob\" \"dictate\" \"cancel\"; }\n\
               Ctrl+Alt+Z repeat=false { spawn \"hob\" \"undo\"; }\n\
               Ctrl+Alt+M repeat=false { spawn \"hob\" \"menu\"; }\n\
               Ctrl+Alt+F repeat=false { spawn \"hob\" \"run\" \"fix\" \"--selection\"; }",
    },
    Snippet {
        desktop: "river up to 0.3, and river-classic; from 0.4 on the keys are its window manager's",
        place: "~/.config/river/init",
        text: "riverctl map normal Control+Alt Space spawn 'hob dictate start'\n\
               riverctl map -release normal Control+Alt Space spawn 'hob dictate stop'\n\
               riverctl map normal Control+Alt X spawn 'hob dictate cancel'\n\
               riverctl map normal Control+Alt Z spawn 'hob undo'\n\
               riverctl map normal Control+Alt M spawn 'hob menu'\n\
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
            // What comes behind a command in Lua.
            let line = line.split_once("\")").map_or(line.as_str(), |(command, _)| command);
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

    /// What a held key does twice is done to the person's text.
    #[test]
    fn a_held_key_does_its_work_once() {
        let cases = [("sway", ["--no-repeat", "--release"]), ("niri", ["repeat=false"; 2])];
        for (desktop, words) in cases {
            let snippet = ALL.iter().find(|snippet| snippet.desktop.starts_with(desktop)).expect("it is known");
            for line in snippet.text.lines() {
                assert!(words.iter().any(|word| line.contains(word)), "{desktop}: {line}");
            }
        }
    }

    #[test]
    fn where_programs_get_no_keys_all_that_hob_has_keys_for_can_be_bound() {
        let all = ["dictate", "dictate cancel", "undo", "menu", "run fix --selection"];
        // The settings of these take one command at a time, by hand.
        let by_hand = |snippet: &&Snippet| ["GNOME", "KDE"].iter().any(|name| snippet.desktop.starts_with(name));
        for snippet in ALL.iter().filter(|snippet| !by_hand(snippet)) {
            let commands: Vec<_> = commands(snippet.text).iter().map(|words| words[1..].join(" ")).collect();
            for wanted in all {
                let bound = commands.iter().any(|command| command.starts_with(wanted));
                assert!(bound, "{}: {wanted}: {commands:?}", snippet.desktop);
            }
        }
    }
}
