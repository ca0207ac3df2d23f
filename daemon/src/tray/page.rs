//! The history as a text to read.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hob_protocol::dictation::{Entry, EntryState};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(super) fn of(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "No dictation is kept.\n".to_owned();
    }
    let mut page = String::new();
    for entry in entries {
        let began = Timestamp::from_second(entry.began).unwrap_or_default().to_zoned(TimeZone::system());
        let _ = writeln!(page, "{} · {} · {}", began.strftime("%Y-%m-%d %H:%M"), entry.id, state(entry));
        if let Some(text) = &entry.text {
            let _ = writeln!(page, "{}", text.as_str());
        }
        page.push('\n');
    }
    page
}

fn state(entry: &Entry) -> String {
    let state = match entry.state {
        EntryState::Recording => "in progress",
        EntryState::Interrupted => "interrupted",
        EntryState::Failed => "no text",
        EntryState::Transcribed => "not delivered yet",
        EntryState::Delivered => "delivered",
    };
    let again = match entry.state {
        EntryState::Interrupted | EntryState::Failed if entry.has_audio => {
            format!(" (hob dictate retry {} tries again)", entry.id)
        }
        _ => String::new(),
    };
    let why = entry.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    format!("{state}{why}{again}")
}

/// For nobody else to read.
pub(super) fn write(file: &Path, page: &str) -> io::Result<()> {
    // Anew each time: what may have been put there by another program is not followed.
    match std::fs::remove_file(file) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = std::fs::File::options().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(page.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_page_shows_the_words_and_what_to_do_without_them() {
        let entry = |id, state, text: Option<&str>| Entry {
            id,
            began: 1_700_000_000,
            state,
            audio_ms: 900.0,
            has_audio: true,
            action: None,
            file: None,
            language: None,
            text: text.map(Into::into),
            error: text.is_none().then(|| "the engine died".into()),
        };
        let page = of(&[entry(8, EntryState::Delivered, Some("Hello.")), entry(7, EntryState::Failed, None)]);
        assert!(page.contains("· 8 · delivered\nHello.\n"), "{page}");
        assert!(page.contains("· 7 · no text: the engine died (hob dictate retry 7 tries again)"), "{page}");
        assert_eq!(of(&[]), "No dictation is kept.\n");
    }

    #[test]
    fn a_page_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.txt");
        write(&file, "first").unwrap();
        write(&file, "second").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "second");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
