//! `dev.hob.Daemon1`: how the daemon is, and how to end it.

use std::collections::HashMap;

use hob_protocol::VERSION;
use hob_protocol::daemon::ReloadReply;
use hob_protocol::method::{Method, Nothing, Reload, Shutdown, Status};
use serde_json::{Map, Value, json};
use zbus::interface;

use super::ask;
use super::error::Refusal;
use super::shown::Shown;
use super::variant::{Dict, dict};
use crate::requests::Requests;

#[derive(Debug)]
pub(super) struct Daemon1 {
    requests: Requests,
    shown: Shown,
}

impl Daemon1 {
    pub(super) fn new(requests: Requests, shown: Shown) -> Self {
        Self { requests, shown }
    }
}

#[interface(name = "dev.hob.Daemon1")]
impl Daemon1 {
    /// The state, with the keys of the socket's `State`, but without the words of a running dictation: whoever asks for the
    /// state of the daemon did not speak them.
    #[zbus(out_args("state"))]
    async fn status(&self) -> Result<Dict, Refusal> {
        let mut reply: HashMap<String, Map<String, Value>> = ask(&self.requests, Status::NAME, json!({})).await?;
        let mut state = reply.remove("state").unwrap_or_default();
        if let Some(Value::Object(dictation)) = state.get_mut("dictation") {
            dictation.retain(|key, _| key != "stable" && key != "unstable");
        }
        Ok(dict(state))
    }

    /// Reads the configuration again, and gives the keys whose value is another now.
    #[zbus(out_args("changed"))]
    async fn reload(&self) -> Result<Vec<String>, Refusal> {
        let reply: ReloadReply = ask(&self.requests, Reload::NAME, json!({})).await?;
        Ok(reply.changed)
    }

    async fn shutdown(&self) -> Result<(), Refusal> {
        let Nothing {} = ask(&self.requests, Shutdown::NAME, json!({})).await?;
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "a property is a method of its object")]
    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> &'static str {
        VERSION
    }

    /// State (stopped, starting, loading, ready, busy, failed) by name of the engine.
    #[zbus(property)]
    fn engine_states(&self) -> HashMap<String, String> {
        self.shown.engines()
    }
}
