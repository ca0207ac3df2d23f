//! `dev.hob.Dictation1`: dictation, as a panel or a key binding of the desktop drives it.

use std::collections::HashMap;

use hob_protocol::dictation::{
    CancelReply, Entry, ForgetReply, HistoryReply, Outcome, PauseReply, RetryReply, StartReply, StopReply, ToggleReply,
};
use hob_protocol::method::{Cancel, Forget, History, Method, Nothing, Pause, Resume, Retry, Start, Stop, Toggle, Undo};
use serde_json::{Value, json};
use zbus::message::Header;
use zbus::{Connection, interface};

use super::ask;
use super::caller::while_there;
use super::error::Refusal;
use super::shown::Shown;
use super::variant::{Dict, dict, options_to_json};
use crate::requests::Requests;

/// Milliseconds by name, as in the socket's `Timings`.
type Timings = HashMap<String, f64>;

#[derive(Debug)]
pub(super) struct Dictation1 {
    requests: Requests,
    shown: Shown,
}

impl Dictation1 {
    pub(super) fn new(requests: Requests, shown: Shown) -> Self {
        Self { requests, shown }
    }
}

#[interface(name = "dev.hob.Dictation1")]
impl Dictation1 {
    /// Replies once recording has begun. Options: `action`, `file`, `language`, `target`, as in the socket's method.
    #[zbus(out_args("id"))]
    async fn start(
        &self,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<u64, Refusal> {
        let parameters = options_to_json(options)?.into();
        let reply: StartReply = while_there(connection, &call, ask(&self.requests, Start::NAME, parameters)).await?;
        Ok(reply.id)
    }

    /// Ends recording, waits for the text and returns it to the caller alone.
    #[zbus(out_args("text", "timings"))]
    async fn stop(
        &self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<(String, Timings), Refusal> {
        let reply: StopReply = while_there(connection, &call, ask(&self.requests, Stop::NAME, json!({}))).await?;
        Ok(words_and_timings(reply.result))
    }

    /// Starts, or stops if a dictation is running. Text and timings are empty if it started one. Options: `action`, `language`,
    /// `target`, as in the socket's method.
    #[zbus(out_args("id", "stopped", "text", "timings"))]
    async fn toggle(
        &self,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<(u64, bool, String, Timings), Refusal> {
        let parameters = options_to_json(options)?.into();
        let reply: ToggleReply = while_there(connection, &call, ask(&self.requests, Toggle::NAME, parameters)).await?;
        let stopped = reply.result.is_some();
        let (text, timings) = reply.result.map(words_and_timings).unwrap_or_default();
        Ok((reply.id, stopped, text, timings))
    }

    /// Throws away what was said; true if there was a dictation.
    #[zbus(out_args("cancelled"))]
    async fn cancel(&self) -> Result<bool, Refusal> {
        let reply: CancelReply = ask(&self.requests, Cancel::NAME, json!({})).await?;
        Ok(reply.cancelled)
    }

    /// Takes back what was inserted last.
    async fn undo(&self) -> Result<(), Refusal> {
        let Nothing {} = ask(&self.requests, Undo::NAME, json!({})).await?;
        Ok(())
    }

    /// Closes the microphone, and keeps it closed until `Resume`; true if it was not so before.
    #[zbus(out_args("changed"))]
    async fn pause(&self) -> Result<bool, Refusal> {
        let reply: PauseReply = ask(&self.requests, Pause::NAME, json!({})).await?;
        Ok(reply.changed)
    }

    #[zbus(out_args("changed"))]
    async fn resume(&self) -> Result<bool, Refusal> {
        let reply: PauseReply = ask(&self.requests, Resume::NAME, json!({})).await?;
        Ok(reply.changed)
    }

    /// What is kept, newest first; the keys are those of the socket's `Entry`. Options: `id`, `limit`.
    #[zbus(out_args("entries"))]
    async fn history(&self, options: Dict) -> Result<Vec<Dict>, Refusal> {
        let parameters = options_to_json(options)?.into();
        let reply: HistoryReply = ask(&self.requests, History::NAME, parameters).await?;
        Ok(reply.entries.iter().map(fields).collect())
    }

    /// Recognises a recording that is kept. Options: `id`, `language`, `action`, as in the socket's method.
    #[zbus(out_args("id", "text", "timings"))]
    async fn retry(
        &self,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<(u64, String, Timings), Refusal> {
        let parameters = options_to_json(options)?.into();
        let reply: RetryReply = while_there(connection, &call, ask(&self.requests, Retry::NAME, parameters)).await?;
        let (text, timings) = words_and_timings(reply.result);
        Ok((reply.id, text, timings))
    }

    /// Deletes what is kept of a dictation (option `id`), or of all; gives how many that were.
    #[zbus(out_args("forgotten"))]
    async fn forget(&self, options: Dict) -> Result<u64, Refusal> {
        let parameters = options_to_json(options)?.into();
        let reply: ForgetReply = ask(&self.requests, Forget::NAME, parameters).await?;
        Ok(reply.forgotten)
    }

    /// idle, recording or finishing.
    #[zbus(property)]
    fn phase(&self) -> String {
        self.shown.phase()
    }
}

fn fields(entry: &Entry) -> Dict {
    match serde_json::to_value(entry) {
        Ok(Value::Object(fields)) => dict(fields),
        _ => unreachable!("an entry is an object of strings and finite numbers"),
    }
}

fn words_and_timings(Outcome { text, timings, .. }: Outcome) -> (String, Timings) {
    let timings = serde_json::to_value(timings).and_then(serde_json::from_value);
    (text.into_string(), timings.expect("timings are numbers"))
}
