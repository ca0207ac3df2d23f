//! What is known of the terminal: colours, width, and whether somebody sits at the keyboard. Never changes its settings.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use unicode_width::UnicodeWidthChar;

/// Width assumed where the terminal does not tell.
const USUAL_COLUMNS: usize = 80;

/// Whether text may carry colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Coloured,
}

impl Style {
    /// Colours only on a terminal that knows them, and never with `NO_COLOR` (no-color.org: set and not empty).
    pub(crate) fn of(stream: &impl IsTerminal) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if stream.is_terminal() && !refused && !dumb { Self::Coloured } else { Self::Plain }
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        match self {
            Self::Coloured if !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }
}

/// Columns of the terminal on standard output.
pub(crate) fn columns() -> usize {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        // A terminal of no width is one that nobody has told its size.
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
        _ => USUAL_COLUMNS,
    }
}

/// Somebody can type here: standard input is a terminal, and this process may read from it. A job in the background would be
/// stopped for trying.
pub(crate) fn has_keyboard() -> bool {
    let stdin = io::stdin();
    stdin.is_terminal()
        && rustix::termios::tcgetpgrp(&stdin).is_ok_and(|foreground| foreground == rustix::process::getpgrp())
}

/// Text as a terminal may get it: a recording or a model must not be able to move the cursor or set the title.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|&letter| matches!(letter, '\n' | '\t') || !letter.is_control()).collect()
}

/// The end of the text that fits so many columns, with `…` in front if something was left out.
pub(crate) fn fitting_end(text: &str, columns: usize) -> &str {
    let mut width = 0;
    for (index, letter) in text.char_indices().rev() {
        width += letter.width().unwrap_or(0);
        if width > columns {
            return &text[index + letter.len_utf8()..];
        }
    }
    text
}

/// The start of the text that fits so many columns.
pub(crate) fn fitting_start(text: &str, columns: usize) -> &str {
    let mut width = 0;
    for (index, letter) in text.char_indices() {
        width += letter.width().unwrap_or(0);
        if width > columns {
            return &text[..index];
        }
    }
    text
}

/// The text in lines of at most so many columns, parted between words where that can be.
pub(crate) fn lines(text: &str, columns: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let fits = fitting_start(rest, columns);
        if fits.len() == rest.len() || rest.chars().nth(1).is_none() {
            lines.push(rest);
            return lines;
        }
        let end = match fits.rfind(' ') {
            _ if rest[fits.len()..].starts_with(' ') => fits.len(),
            Some(blank) if blank > 0 => blank,
            // A word that is longer than a line, and always something.
            _ => fits.len().max(rest.chars().next().map_or(0, char::len_utf8)),
        };
        lines.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(' ');
    }
}

/// Both parts of a running dictation, with a blank between them unless one is there already.
pub(crate) fn joined(stable: &str, unstable: &str) -> String {
    let apart = stable.is_empty() || unstable.is_empty() || stable.ends_with(' ') || unstable.starts_with(' ');
    format!("{stable}{}{unstable}", if apart { "" } else { " " })
}

/// The escape sequences that put a line in the place of the current one. The stable part is plain, the unstable one dim.
pub(crate) fn rewritten_line(style: Style, columns: usize, stable: &str, unstable: &str) -> String {
    let one_line = |text: &str| printable(text).replace(['\n', '\t'], " ");
    let (stable, unstable) = (one_line(stable), one_line(unstable));
    let whole = joined(&stable, &unstable);
    // One column stays free: a full line would wrap, and then only its last row could be rewritten.
    let mut room = columns.saturating_sub(1);
    let mut line = String::from("\r\x1b[K");
    let mut shown = fitting_end(&whole, room);
    if shown.len() < whole.len() {
        room = room.saturating_sub(1);
        shown = fitting_end(&whole, room);
        line.push('…');
    }
    let unstable_shown = unstable.len().min(shown.len());
    // The boundary is one of characters: both strings end the same way.
    let (stable_end, unstable_end) = shown.split_at(shown.len() - unstable_shown);
    let _ = write!(line, "{stable_end}{}", style.dim(unstable_end));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(columns: usize, stable: &str, unstable: &str) -> String {
        rewritten_line(Style::Coloured, columns, stable, unstable).replace("\x1b[2m", "<").replace("\x1b[0m", ">")
    }

    #[test]
    fn long_texts_are_parted_between_words() {
        for (text, columns, expected) in [
            ("one two three", 7, &["one two", "three"][..]),
            ("one two three", 8, &["one two", "three"]),
            ("one two three", 80, &["one two three"]),
            ("one  two", 3, &["one", "two"]),
            ("/a/long/path b", 4, &["/a/l", "ong/", "path", "b"]),
            ("漢字漢字", 5, &["漢字", "漢字"]),
            ("漢", 1, &["漢"]),
            ("", 5, &[""]),
        ] {
            assert_eq!(lines(text, columns), expected, "{text}");
        }
    }

    #[test]
    fn a_line_shows_what_may_still_change_as_dim() {
        assert_eq!(line(40, "the kettle", "is hot"), "\r\x1b[Kthe kettle <is hot>");
        assert_eq!(line(40, "the kettle", ""), "\r\x1b[Kthe kettle");
        assert_eq!(line(40, "", "the"), "\r\x1b[K<the>");
        assert_eq!(rewritten_line(Style::Plain, 40, "the", "kettle"), "\r\x1b[Kthe kettle");
    }

    #[test]
    fn a_long_line_shows_its_end_and_never_wraps() {
        assert_eq!(line(11, "the kettle", "is hot"), "\r\x1b[K…le <is hot>");
        assert_eq!(line(7, "the kettle", "is hot"), "\r\x1b[K…<s hot>");
        assert_eq!(line(6, "水水水", "水"), "\r\x1b[K… <水>");
        assert_eq!(line(0, "水", "é"), "\r\x1b[K…");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\x1b]0;title\x07\u{9b}2J\tb\n"), "a]0;title2J\tb\n");
        assert_eq!(line(40, "a\nb", "c\x1b[2J"), "\r\x1b[Ka b <c[2J>");
    }
}
