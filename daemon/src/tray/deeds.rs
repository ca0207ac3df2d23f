//! What a choice does: nearly always one request, the same that the socket would carry. The rest opens something on the desktop.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use hob_protocol::dictation::{HistoryReply, Target};
use hob_protocol::method::Nothing;
use hob_protocol::{Error, Request, daemon, dictation, models, text};
use tokio::process::Command;

use super::choice::{Choice, On};
use super::page;
use crate::graphical_session::Variables;
use crate::requests::Requests;

/// What opens a file in whatever the person uses for it.
const OPENER: &str = "xdg-open";

/// Where things are on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) config: PathBuf,
    /// Where the history is written for the person to read it: memory, which ends with the session.
    pub(super) runtime: PathBuf,
    /// Where programs are to show themselves.
    pub(super) session: Variables,
}

/// Until it is done; a dictation until its words have arrived.
pub(super) async fn perform(choice: Choice, places: Places, requests: Requests) -> Result<(), Error> {
    let request = match choice {
        Choice::Dictate => {
            // Not `Start`, which is for a key that is held: nobody may come back to the menu at the end.
            Request::Toggle(dictation::Toggle { target: Some(Target::Cursor), ..dictation::Toggle::default() })
        }
        Choice::Stop => Request::Stop(Nothing {}),
        Choice::Cancel => Request::Cancel(Nothing {}),
        Choice::Undo => Request::Undo(Nothing {}),
        Choice::Copy(id) => return copy(id, &requests).await,
        Choice::Run { action, on, language, tone } => {
            let options = text::Options { language, tone, ..text::Options::default() };
            let run = text::RunOnSelection { action, options: Some(options) };
            match on {
                On::Selection => Request::RunOnSelection(run),
                On::Clipboard => Request::RunOnClipboard(run),
            }
        }
        Choice::Microphone(name) => {
            let value = name.unwrap_or_else(|| "default".to_owned());
            Request::Configure(daemon::Configure { key: "dictation.microphone".to_owned(), value })
        }
        Choice::Language(value) => Request::Configure(daemon::Configure { key: "speech.language".to_owned(), value }),
        Choice::Load(name) => Request::Load(models::Load { name, pin: None }),
        Choice::Unload(engine) => Request::Unload(models::Unload { engine }),
        Choice::Pause => Request::Pause(Nothing {}),
        Choice::Resume => Request::Resume(Nothing {}),
        Choice::Settings => return settings(&places).await,
        Choice::History => return history(&places, &requests).await,
        Choice::Quit => Request::Shutdown(Nothing {}),
    };
    requests.call(request).await.map(drop)
}

async fn copy(id: u64, requests: &Requests) -> Result<(), Error> {
    let entries = kept(dictation::History { id: Some(id), ..dictation::History::default() }, requests).await?;
    let text = entries.into_iter().find_map(|entry| entry.text);
    let gone = || Error::NoSuchDictation { id, hint: "`hob history` shows what is kept".to_owned() };
    let copy = dictation::Copy { text: text.ok_or_else(gone)? };
    requests.call(Request::Copy(copy)).await.map(drop)
}

/// What the journal holds, the newest first.
pub(super) async fn kept(which: dictation::History, requests: &Requests) -> Result<Vec<dictation::Entry>, Error> {
    let reply = requests.call(Request::History(which)).await?;
    let reply = serde_json::from_value::<HistoryReply>(reply);
    reply
        .map(|reply| reply.entries)
        .map_err(|error| Error::Internal { problem: format!("unreadable history: {error}") })
}

/// Opens the settings file; a first one says where to read about it.
async fn settings(places: &Places) -> Result<(), Error> {
    const FIRST: &str =
        "# The settings of hob: `man hob.toml` names them all. `hob reload` brings changes into force.\n";
    let file = &places.config;
    let begun = async {
        if let Some(folder) = file.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        if !tokio::fs::try_exists(file).await? {
            tokio::fs::write(file, FIRST).await?;
        }
        Ok(())
    };
    begun.await.map_err(|error: io::Error| cannot_open(file, &error.to_string()))?;
    open(file, &places.session).await
}

/// Writes what is kept into a file that only this user can read, and opens it.
async fn history(places: &Places, requests: &Requests) -> Result<(), Error> {
    let entries = kept(dictation::History::default(), requests).await?;
    let page = page::of(&entries);
    let file = places.runtime.join("history.txt");
    let path = file.clone();
    let written = tokio::task::spawn_blocking(move || page::write(&path, &page)).await;
    let written = written.unwrap_or_else(|_| Err(io::Error::other("the write was cut short")));
    written.map_err(|error| cannot_open(&file, &error.to_string()))?;
    open(&file, &places.session).await
}

async fn open(file: &Path, session: &Variables) -> Result<(), Error> {
    let mut command = Command::new(OPENER);
    command.arg(file).envs(session.for_programs()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(cannot_open(file, &format!("{OPENER} ended with {status}"))),
        Err(error) => Err(cannot_open(file, &format!("{OPENER}: {error}"))),
    }
}

fn cannot_open(file: &Path, why: &str) -> Error {
    let hint = "install xdg-utils and a text editor, or open it by hand".to_owned();
    Error::CursorUnavailable { problem: format!("cannot open {}: {why}", file.display()), hint }
}
