//! Where everything a command says goes: results to standard output, all else to standard error. Never decides what is said.

use std::io::{self, IsTerminal, StdoutLock, Write};

use serde::Serialize;

use crate::failure::Failure;
use crate::terminal::{self, Style, printable};

/// What `--json` decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

/// Standard output and standard error of one command.
pub(crate) struct Output {
    stdout: StdoutLock<'static>,
    /// Standard output is a terminal: somebody watches it grow.
    pub(crate) watched: bool,
    pub(crate) style: Style,
    stderr_watched: bool,
}

impl Output {
    pub(crate) fn standard() -> Self {
        let stdout = io::stdout();
        Self {
            watched: stdout.is_terminal(),
            style: Style::of(&stdout),
            stderr_watched: io::stderr().is_terminal(),
            stdout: stdout.lock(),
        }
    }

    /// Text and a line end, where it has none. A terminal gets it without control characters, anything else exactly as it is.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if self.watched { self.line(&printable(text)) } else { self.line(text) }
    }

    /// A line of the command's own making, which may hold colours.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.stdout, "{line}").map_err(Failure::Output)
    }

    /// A piece of text, shown at once.
    pub(crate) fn piece(&mut self, piece: &str) -> Result<(), Failure> {
        let piece = if self.watched { &printable(piece) } else { piece };
        self.stdout.write_all(piece.as_bytes()).and_then(|()| self.stdout.flush()).map_err(Failure::Output)
    }

    /// Puts the texts of a running dictation in the place of the current line.
    pub(crate) fn rewrite_line(&mut self, stable: &str, unstable: &str) -> Result<(), Failure> {
        let line = terminal::rewritten_line(self.style, terminal::columns(), stable, unstable);
        self.stdout.write_all(line.as_bytes()).and_then(|()| self.stdout.flush()).map_err(Failure::Output)
    }

    /// One JSON object on one line.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.line(&serde_json::to_string(value).expect("wire types serialise: string keys, finite numbers"))?;
        self.finish()
    }

    /// A word to a person at the terminal; scripts are spared it.
    pub(crate) fn note(&self, note: &str) {
        if self.stderr_watched {
            complain(&printable(note));
        }
    }

    /// Something the caller should know although the command succeeds.
    #[expect(clippy::unused_self, reason = "everything a command says goes through its output")]
    pub(crate) fn warn(&self, warning: &str) {
        complain(&format!("hob: {}", printable(warning)));
    }

    /// Something that was asked for beside the result; it comes after it on a terminal that shows both streams.
    pub(crate) fn remark(&mut self, remark: &str) -> Result<(), Failure> {
        self.finish()?;
        complain(&printable(remark));
        Ok(())
    }

    pub(crate) fn failure(&mut self, failure: &Failure) {
        // What was said before comes first on a terminal that shows both streams.
        let _ = self.stdout.flush();
        let style = Style::of(&io::stderr());
        complain(&format!("{} {}", style.bold("hob:"), printable(&failure.words())));
        if let Some(hint) = failure.hint() {
            complain(&format!("{} {}", style.bold("hint:"), printable(&hint)));
        }
    }

    /// Everything is written, or the reason why not.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.stdout.flush().map_err(Failure::Output)
    }
}

/// A line on standard error. If that is closed there is nobody left to tell.
fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Columns aligned by the widest cell, two blanks between them.
pub(crate) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    let widest: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0));
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(widest) {
            line.push_str(cell);
            line.push_str(&" ".repeat(widest - width(cell) + 2));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// `210 ms`, `3.4 s`
pub(crate) fn milliseconds(milliseconds: f64) -> String {
    if milliseconds < 1000.0 { format!("{milliseconds:.0} ms") } else { format!("{:.1} s", milliseconds / 1000.0) }
}

/// `5 s`, `3 min`, `2 h 5 min`, `4 d 3 h`
pub(crate) fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_in_words() {
        assert_eq!([0.4, 999.0, 3_400.0].map(milliseconds), ["0 ms", "999 ms", "3.4 s"]);
        assert_eq!(
            [5.9, 200.0, 7_500.0, 356_400.0, -1.0].map(duration),
            ["5 s", "3 min", "2 h 5 min", "4 d 3 h", "0 s"]
        );
    }

    #[test]
    fn columns_align_by_what_is_seen() {
        let rows = [["水".into(), "b".into()], ["abc".into(), String::new()]];
        assert_eq!(table(&rows), "水   b\nabc");
    }
}
