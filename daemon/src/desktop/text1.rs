//! `dev.hob.Text1`: text actions.

use hob_protocol::method::{Actions, Embed, Method, Run, RunOnClipboard, RunOnSelection};
use hob_protocol::text::{
    Action, ActionsReply, EmbedReply, Embedding, RunOnClipboardReply, RunOnSelectionReply, RunReply,
};
use serde_json::{Value, json};
use zbus::message::Header;
use zbus::{Connection, interface};

use super::ask;
use super::caller::while_there;
use super::error::Refusal;
use super::variant::{Dict, dict, options_to_json};
use crate::requests::Requests;

#[derive(Debug)]
pub(super) struct Text1 {
    requests: Requests,
}

impl Text1 {
    pub(super) fn new(requests: Requests) -> Self {
        Self { requests }
    }
}

#[interface(name = "dev.hob.Text1")]
impl Text1 {
    /// Name, help and the names of the options of every action.
    #[zbus(out_args("actions"))]
    async fn actions(&self) -> Result<Vec<(String, String, Vec<String>)>, Refusal> {
        let reply: ActionsReply = ask(&self.requests, Actions::NAME, json!({})).await?;
        Ok(reply.actions.into_iter().map(|Action { name, help, options }| (name, help, options)).collect())
    }

    /// Runs an action on what is selected, which its result replaces. Options: as in the socket's `Options`. The insertion is the
    /// socket's `Insertion`.
    #[zbus(out_args("result", "insertion"))]
    async fn run_on_selection(
        &self,
        action: String,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<(String, Dict), Refusal> {
        let mut parameters = json!({ "action": action });
        if !options.is_empty() {
            parameters["options"] = options_to_json(options)?.into();
        }
        let asked = ask(&self.requests, RunOnSelection::NAME, parameters);
        let reply: RunOnSelectionReply = while_there(connection, &call, asked).await?;
        let Ok(Value::Object(insertion)) = serde_json::to_value(reply.insertion) else {
            unreachable!("an insertion is an object of strings")
        };
        Ok((reply.result.text.into_string(), dict(insertion)))
    }

    /// Runs an action on the text on the clipboard, which its result replaces. Options: as in the socket's `Options`.
    #[zbus(out_args("result"))]
    async fn run_on_clipboard(
        &self,
        action: String,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<String, Refusal> {
        let mut parameters = json!({ "action": action });
        if !options.is_empty() {
            parameters["options"] = options_to_json(options)?.into();
        }
        let asked = ask(&self.requests, RunOnClipboard::NAME, parameters);
        let reply: RunOnClipboardReply = while_there(connection, &call, asked).await?;
        Ok(reply.result.text.into_string())
    }

    /// Turns each text into a vector. Options: model, truncate and background, as in the socket's `Embed`.
    #[zbus(out_args("vectors"))]
    async fn embed(
        &self,
        texts: Vec<String>,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<Vec<Vec<f64>>, Refusal> {
        let mut parameters = options_to_json(options)?;
        parameters.insert("texts".to_owned(), texts.into());
        let asked = ask(&self.requests, Embed::NAME, parameters.into());
        let reply: EmbedReply = while_there(connection, &call, asked).await?;
        let vector = |embedding: Embedding| embedding.vector.into_iter().map(f64::from).collect();
        Ok(reply.result.unwrap_or_default().embeddings.into_iter().map(vector).collect())
    }

    /// Runs an action. Options: as in the socket's `Options`.
    #[zbus(out_args("result"))]
    async fn run(
        &self,
        action: String,
        text: String,
        options: Dict,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] call: Header<'_>,
    ) -> Result<String, Refusal> {
        let mut parameters = json!({ "action": action, "text": text });
        if !options.is_empty() {
            parameters["options"] = options_to_json(options)?.into();
        }
        let reply: RunReply = while_there(connection, &call, ask(&self.requests, Run::NAME, parameters)).await?;
        Ok(reply.result.map(|completion| completion.text.into_string()).unwrap_or_default())
    }
}
