//! Terminals, in which a program like a shell's line editor reads the keyboard: it asks for bracketed paste, takes every byte at once,
//! and knows the key that takes back a character.

use super::Contents;
use crate::desktop::fifo::Fifo;
use crate::desktop::told::Told;
use crate::desktop::{Background, Desktop};

/// What is typed goes to the test as it comes, behind one byte that says that the terminal is ready.
const READER: &str =
    "stty -icanon -isig -iexten -ixon min 1 time 0; printf '\\033[?2004h'; printf '\\006' >\"$1\"; exec cat >\"$1\"";
const READY: u8 = 6;
const DELETE: u8 = 0x7f;
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

#[derive(Debug)]
pub(super) struct Terminal {
    process: Background,
    _typed: Fifo,
}

impl Terminal {
    pub(super) fn xterm(desktop: &impl Desktop, class: &str, contents: &Told<Contents>) -> Self {
        let arguments = ["-class", class, "-u8", "-fa", "DejaVu Sans Mono", "-fs", "11", "-e"];
        Self::open(desktop, class, contents, "xterm", &arguments)
    }

    pub(super) fn foot(desktop: &impl Desktop, class: &str, contents: &Told<Contents>) -> Self {
        Self::open(desktop, class, contents, "foot", &["--app-id", class])
    }

    fn open(desktop: &impl Desktop, class: &str, contents: &Told<Contents>, program: &str, arguments: &[&str]) -> Self {
        let path = desktop.session().path().join(format!("{class}.typed"));
        let (mut typed, contents) = (Vec::new(), contents.clone());
        let fifo = Fifo::make(path, move |bytes| {
            typed.extend_from_slice(bytes);
            contents.change(|contents| {
                contents.focused = typed.first() == Some(&READY);
                contents.text = shown(&typed);
            });
        });
        let mut command = desktop.session().command(program);
        command.args(arguments).args(["sh", "-c", READER, "reader"]).arg(fifo.path());
        Self { process: Background::start(program, &mut command), _typed: fifo }
    }

    pub(super) fn process(&self) -> &Background {
        &self.process
    }
}

/// What a line editor would show after these bytes.
fn shown(typed: &[u8]) -> String {
    let mut rest = typed.strip_prefix(&[READY]).unwrap_or(typed);
    let mut shown = Vec::new();
    while let [byte, after @ ..] = rest {
        let paste = [PASTE_BEGINS, PASTE_ENDS].into_iter().find_map(|mark| rest.strip_prefix(mark));
        rest = paste.unwrap_or(after);
        match (paste, *byte) {
            (Some(_), _) => {}
            (None, DELETE) => while shown.pop().is_some_and(|byte: u8| byte & 0b1100_0000 == 0b1000_0000) {},
            (None, byte) => shown.push(byte),
        }
    }
    // A character may have come in half.
    String::from_utf8_lossy(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_a_line_editor_would() {
        let cases: [(&[u8], &str); 5] = [
            (b"\x06plain", "plain"),
            ("\x06漢字\x7f\x7f🙂".as_bytes(), "🙂"),
            (b"\x06a\x7f\x7f\x7fb", "b"),
            (b"\x06\x1b[200~pasted\x1b[201~ typed", "pasted typed"),
            (b"", ""),
        ];
        for (typed, expected) in cases {
            assert_eq!(shown(typed), expected);
        }
    }
}
