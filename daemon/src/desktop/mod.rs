//! The daemon on the session bus: name `dev.hob.Hob`, object `/dev/hob/Hob`, one interface a file. Every method builds the request
//! that the socket would have carried and sends it through the same door; nothing here decides anything. What was spoken or
//! generated goes to the caller alone, never into a signal or a property.
//!
//! A call that takes long (a dictation to its end, a text action) needs a client that waits longer than the usual 25 seconds.

mod caller;
mod daemon1;
mod dictation1;
mod error;
mod shown;
mod text1;
mod variant;

#[cfg(test)]
mod tests;

use hob_protocol::Request;
use hob_protocol::daemon::WatchReply;
use hob_protocol::method::Nothing;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zbus::connection::Builder;
use zbus::fdo::RequestNameFlags;

use crate::requests::{Answer, Requests};
use daemon1::Daemon1;
use dictation1::Dictation1;
use error::Refusal;
use shown::Shown;
use text1::Text1;

pub const NAME: &str = "dev.hob.Hob";
pub const PATH: &str = "/dev/hob/Hob";

/// Serves the session bus until the daemon or the bus ends. Without a bus there is nothing to do, and that is no error.
pub async fn serve(requests: Requests) -> zbus::Result<()> {
    match Builder::session() {
        Ok(bus) => serve_on(bus, requests).await,
        Err(error) => {
            nothing_served(&error);
            Ok(())
        }
    }
}

async fn serve_on(bus: Builder<'static>, requests: Requests) -> zbus::Result<()> {
    let connection = match bus.build().await {
        Ok(connection) => connection,
        Err(error) => {
            nothing_served(&error);
            return Ok(());
        }
    };
    // The whole state comes before the name, so that whoever sees the name finds true properties.
    let shown = Shown::default();
    let mut news = requests.stream(Request::Watch(Nothing {})).await;
    match news.next().await {
        Some(Answer::More(state)) => {
            let _nobody_to_tell = shown.update(read(state));
        }
        Some(Answer::Last(_)) | None => return Ok(()),
    }
    let objects = connection.object_server();
    objects.at(PATH, Daemon1::new(requests.clone(), shown.clone())).await?;
    objects.at(PATH, Dictation1::new(requests.clone(), shown.clone())).await?;
    objects.at(PATH, Text1::new(requests)).await?;
    match connection.request_name_with_flags(NAME, RequestNameFlags::DoNotQueue.into()).await {
        Ok(_) => {}
        Err(zbus::Error::NameTaken) => {
            tracing::warn!("another program owns the name {NAME} on the session bus, so nothing is served there");
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    loop {
        let answer = tokio::select! {
            answer = news.next() => answer,
            () = connection.closed() => {
                tracing::info!("the session bus is gone, so nothing is served on D-Bus any more");
                return Ok(());
            }
        };
        let Some(Answer::More(change)) = answer else { break };
        shown.update(read(change)).announce(&connection).await?;
    }
    // The daemon ends. Replies that are on their way, such as the one to Shutdown, still leave.
    connection.graceful_shutdown().await;
    Ok(())
}

fn nothing_served(error: &zbus::Error) {
    tracing::info!("no session bus, so nothing is served on D-Bus: {error}");
}

fn read(change: Value) -> WatchReply {
    serde_json::from_value(change).unwrap_or_else(|error| {
        tracing::error!("a reply of Watch cannot be read: {error}");
        WatchReply::default()
    })
}

/// Makes the request out of its name and its parameters, as the socket does, asks, and reads the reply.
async fn ask<T: DeserializeOwned>(requests: &Requests, method: &str, parameters: Value) -> Result<T, Refusal> {
    let reply = requests.call(Request::parse(method, Some(parameters))?).await?;
    serde_json::from_value(reply).map_err(|error| {
        tracing::error!("the reply to {method} cannot be read: {error}");
        Refusal::from(hob_protocol::Error::Internal { problem: format!("unreadable reply to {method}") })
    })
}
