//! How to bind `hob dictate` in the desktop's own settings, ready to be pasted. They work where programs get no keys of their own.

use crate::failure::Failure;
use crate::output::Output;

/// What is to be put where, for one desktop.
pub(super) struct Snippet {
    pub(super) desktop: &'static str,
    pub(super) place: &'static str,
    pub(super) text: &'static str,
}

pub(super) const ALL: &[Snippet] = &[Snippet {
    desktop: "sway",
    place: "~/.config/sway/config",
    text: "bindsym --no-repeat Ctrl+Alt+space exec hob dictate start\n\
               bindsym --release Ctrl+Alt+space exec hob dictate stop",
}];

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
