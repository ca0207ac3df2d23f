//! What clients ask of the journal: the history, a recording to try again, and to forget.

use hob_protocol::Error;
use hob_protocol::dictation::{EntryState, ForgetReply, History, HistoryReply};
use serde_json::Value;

use super::Shared;
use super::folder::Folder;
use crate::core::{DictationId, JournalQuestion, Recording, Samples, Wish};

/// The answer as the socket carries it.
pub(super) fn answer(shared: &Shared, question: &JournalQuestion) -> Result<Value, Error> {
    match question {
        JournalQuestion::History(asked) => history(shared, *asked).map(|reply| value(&reply)),
        JournalQuestion::Forget { id, running } => forget(shared, *id, *running).map(|reply| value(&reply)),
    }
}

/// The recording named, or the newest there is.
pub(super) fn recording(
    shared: &Shared,
    dictation: Option<DictationId>,
    running: Option<DictationId>,
) -> Result<Recording, Error> {
    let folder = folder(shared)?;
    let id = dictation.map_or_else(|| newest(folder, running), |DictationId(id)| Ok(id))?;
    let record = folder.record(id).map_err(|_| no_such(id))?;
    let samples = folder.samples(id).map_err(|_| {
        let hint =
            format!("recordings are deleted when their text has been delivered; `hob history {id}` shows the text");
        Error::NothingToRetry { hint }
    })?;
    let wish = Wish { action: record.action, language: record.language };
    Ok(Recording { dictation: DictationId(id), samples: Samples::from(samples), wish })
}

fn newest(folder: &Folder, running: Option<DictationId>) -> Result<u64, Error> {
    let has_recording = |id: &u64| running != Some(DictationId(*id)) && folder.recorded_ms(*id) > Some(0.0);
    let nothing = || Error::NothingToRetry { hint: "`hob history` shows the texts that are kept".to_owned() };
    let ids = folder.ids().map_err(|error| unreadable(&error))?;
    ids.into_iter().rev().find(has_recording).ok_or_else(nothing)
}

fn history(shared: &Shared, asked: History) -> Result<HistoryReply, Error> {
    let entry = |folder: &Folder, id, record: super::Record| record.entry(folder.recorded_ms(id));
    let Some(folder) = &shared.folder else { return Ok(HistoryReply { entries: Vec::new() }) };
    if let Some(id) = asked.id {
        let record = folder.record(id).map_err(|_| no_such(id))?;
        return Ok(HistoryReply { entries: vec![entry(folder, id, record)] });
    }
    let limit = asked.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    // A folder that was never made holds nothing.
    let records = folder.records().unwrap_or_default();
    let entries = records.into_iter().rev().take(limit).map(|(id, record)| entry(folder, id, record));
    Ok(HistoryReply { entries: entries.collect() })
}

fn forget(shared: &Shared, dictation: Option<DictationId>, running: Option<DictationId>) -> Result<ForgetReply, Error> {
    let folder = folder(shared)?;
    let mut ids = folder.ids().map_err(|error| unreadable(&error))?;
    if let Some(DictationId(id)) = dictation {
        ids.retain(|known| *known == id);
        if ids.is_empty() {
            return Err(no_such(id));
        }
    }
    // One that has just begun is not known to be running yet. What cannot be read goes, too.
    let runs = |id| folder.record(id).is_ok_and(|record| record.state == EntryState::Recording);
    ids.retain(|id| running != Some(DictationId(*id)) && !runs(*id));
    for id in &ids {
        folder.remove(*id).map_err(|error| unreadable(&error))?;
    }
    let _counted_again = shared.prune();
    Ok(ForgetReply { forgotten: ids.len() as u64 })
}

fn folder(shared: &Shared) -> Result<&Folder, Error> {
    shared.folder().map_err(|error| unreadable(&error))
}

fn no_such(id: u64) -> Error {
    Error::NoSuchDictation { id, hint: "`hob history` shows what is kept".to_owned() }
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::Internal { problem: format!("the journal cannot be used: {error}") }
}

fn value(reply: &impl serde::Serialize) -> Value {
    serde_json::to_value(reply).expect("replies hold strings and finite numbers")
}
