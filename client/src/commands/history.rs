//! `hob history`: what was dictated, one line each, the newest last where the eye is; one text alone; and to forget.

use hob_protocol::dictation::{self, Entry, EntryState};
use hob_protocol::method::{Forget, History};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ask;
use crate::cli::{self, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, milliseconds, table};
use crate::terminal::{self, fitting_start, printable};

pub(super) fn execute(arguments: &cli::History, output: &mut Output) -> Result<Exit, Failure> {
    let format = arguments.json.format();
    if let Some(which) = arguments.forget {
        return forget(which, format, output);
    }
    let reply = ask(History, &dictation::History { id: arguments.id, limit: arguments.limit })?;
    match (format, arguments.id) {
        (Format::Json, _) => output.json(&reply)?,
        (Format::Text, Some(_)) => return one(reply.entries, output),
        (Format::Text, None) if reply.entries.is_empty() => output.note("nothing is kept"),
        (Format::Text, None) => {
            let columns = if output.watched { terminal::columns() } else { usize::MAX };
            output.text(&listing(&reply.entries, columns, &TimeZone::system()))?;
        }
    }
    Ok(Exit::Ok)
}

/// The text alone, for a pipe.
fn one(entries: Vec<Entry>, output: &mut Output) -> Result<Exit, Failure> {
    let Some(entry) = entries.into_iter().next() else { return Err(Failure::NoResult) };
    let Some(text) = entry.text else {
        let why = entry.error.map_or_else(String::new, |error| format!(": {error}"));
        let problem = format!("dictation {} has no text{why}", entry.id);
        return Err(Failure::Usage { problem, hint: "`hob dictate retry` with its number recognises it" });
    };
    output.text(text.as_str())?;
    Ok(Exit::Ok)
}

fn forget(which: Which, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let id = match which {
        Which::One(id) => Some(id),
        Which::All => None,
    };
    let reply = ask(Forget, &dictation::Forget { id })?;
    match (format, reply.forgotten) {
        (Format::Json, _) => output.json(&reply)?,
        (Format::Text, 1) => output.note("1 dictation is forgotten"),
        (Format::Text, count) => output.note(&format!("{count} dictations are forgotten")),
    }
    Ok(Exit::Ok)
}

/// Number, time, state, length and words of each.
fn listing(entries: &[Entry], columns: usize, zone: &TimeZone) -> String {
    let rows: Vec<_> = entries.iter().rev().map(|entry| row(entry, zone)).collect();
    let lines = table(&rows);
    lines.lines().map(|line| shortened(line, columns)).collect::<Vec<_>>().join("\n")
}

fn row(entry: &Entry, zone: &TimeZone) -> [String; 5] {
    let began = Timestamp::from_second(entry.began).unwrap_or_default().to_zoned(zone.clone());
    let state = match entry.state {
        EntryState::Recording => "recording",
        EntryState::Interrupted => "interrupted",
        EntryState::Failed => "failed",
        EntryState::Transcribed => "not delivered",
        EntryState::Delivered => "delivered",
    };
    let words = match (&entry.text, &entry.error) {
        (Some(text), _) => text.as_str().to_owned(),
        (None, Some(error)) => format!("({error})"),
        (None, None) => String::new(),
    };
    [
        entry.id.to_string(),
        began.strftime("%Y-%m-%d %H:%M").to_string(),
        state.to_owned(),
        milliseconds(entry.audio_ms),
        one_line(&words),
    ]
}

/// Words on one line of a table, with nothing in them that a terminal would obey.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().map(printable).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn shortened(line: &str, columns: usize) -> String {
    let fitting = fitting_start(line, columns);
    if fitting.len() == line.len() {
        return line.to_owned();
    }
    format!("{}…", fitting_start(line, columns.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u64, state: EntryState, text: Option<&str>, error: Option<&str>) -> Entry {
        Entry {
            id,
            began: 1_700_000_000,
            state,
            audio_ms: 3_400.0,
            has_audio: true,
            action: None,
            file: None,
            language: None,
            text: text.map(Into::into),
            error: error.map(Into::into),
        }
    }

    #[test]
    fn a_line_each_the_newest_last_and_nothing_in_it_that_moves_the_cursor() {
        let entries = [
            entry(12, EntryState::Interrupted, None, None),
            entry(9, EntryState::Failed, None, Some("the engine died")),
            entry(8, EntryState::Delivered, Some("We met.\n\nAt \x1b[2Jnine."), None),
        ];
        let expected = "\
8   2023-11-14 22:13  delivered    3.4 s  We met. At [2Jnine.
9   2023-11-14 22:13  failed       3.4 s  (the engine died)
12  2023-11-14 22:13  interrupted  3.4 s";
        assert_eq!(listing(&entries, usize::MAX, &TimeZone::UTC), expected);
        let narrow = listing(&entries, 42, &TimeZone::UTC);
        assert!(narrow.starts_with("8   2023-11-14 22:13  delivered    3.4 s …\n"), "{narrow}");
    }
}
