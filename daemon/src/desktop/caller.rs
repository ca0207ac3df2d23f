//! Work for a caller on the bus, which ends when the caller does: the bus has no hang-up, but it tells who leaves.

use std::future::{Future, pending};

use hob_protocol::Error;
use tokio_stream::StreamExt;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::message::Header;
use zbus::names::UniqueName;

use super::error::Refusal;

/// Does the work, or drops it as soon as the caller has left the bus. The daemon listens for leavers only while it works for one:
/// it would be woken for every program of the desktop otherwise.
pub(super) async fn while_there<T>(
    connection: &Connection,
    call: &Header<'_>,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let caller = call.sender().map(UniqueName::to_owned);
    tokio::select! {
        result = work => result,
        () = gone(connection, caller) => Err(Error::Cancelled { reason: "its caller left the bus".to_owned() }.into()),
    }
}

async fn gone(connection: &Connection, caller: Option<UniqueName<'static>>) {
    let Some(caller) = caller else { return pending().await };
    if let Err(error) = leave_of(connection, &caller).await {
        tracing::warn!("cannot see whether a caller leaves the bus: {error}");
        pending::<()>().await;
    }
}

async fn leave_of(connection: &Connection, caller: &UniqueName<'static>) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, caller.as_str())]).await?;
    // It may have left before the daemon began to listen.
    if !bus.name_has_owner(caller.as_ref().into()).await? {
        return Ok(());
    }
    while let Some(change) = changes.next().await {
        if change.args()?.new_owner().is_none() {
            return Ok(());
        }
    }
    // The bus itself is gone, and every caller with it.
    Ok(())
}
