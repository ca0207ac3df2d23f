//! A service of the system bus, which may come late, go away and come back. Knows nothing of what it is asked, and asks for nothing while it
//! is not there.

use std::fmt::Display;

use tokio_stream::StreamExt;
use zbus::Connection;
use zbus::fdo::{DBusProxy, NameOwnerChanged, NameOwnerChangedStream};

use super::Teller;

pub(super) struct Service {
    bus: Connection,
    owners: NameOwnerChangedStream,
    owner: Owner,
    /// By people.
    called: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Somebody,
    /// Or one who does not tell.
    Nobody,
    NoBus,
}

impl Service {
    /// `None` without a system bus, which is told.
    pub(super) async fn find(name: &'static str, called: &'static str, teller: &Teller) -> Option<Self> {
        match Self::try_find(name, called).await {
            Ok(service) => Some(service),
            Err(error) => {
                teller.is_missing(&does_not_tell(called, &error)).await;
                None
            }
        }
    }

    async fn try_find(name: &'static str, called: &'static str) -> zbus::Result<Self> {
        let bus = Connection::system().await?;
        // Before the first question, so that no arrival is missed.
        let owners = DBusProxy::new(&bus).await?.receive_name_owner_changed_with_args(&[(0, name)]).await?;
        // Whoever it is: the bus may start one that is asked for something.
        Ok(Self { bus, owners, owner: Owner::Somebody, called })
    }

    pub(super) fn bus(&self) -> Connection {
        self.bus.clone()
    }

    /// Waits until somebody has the name. False where that cannot be any more.
    pub(super) async fn is_there(&mut self) -> bool {
        while self.owner == Owner::Nobody {
            self.owner = self.next_owner().await;
        }
        self.owner == Owner::Somebody
    }

    /// Listens to the program that has the name, until that is another one.
    pub(super) async fn listen(&mut self, teller: &Teller, work: impl Future<Output = zbus::Result<()>>) {
        let why = tokio::select! {
            owner = self.next_owner() => {
                self.owner = owner;
                match owner {
                    Owner::Somebody => return,
                    Owner::Nobody => format!("{} is gone", self.called),
                    Owner::NoBus => "the system bus is gone".to_owned(),
                }
            }
            outcome = work => {
                self.owner = Owner::Nobody;
                match outcome {
                    Ok(()) => format!("{} says nothing any more", self.called),
                    Err(error) => does_not_tell(self.called, &error),
                }
            }
        };
        teller.is_missing(&why).await;
    }

    async fn next_owner(&mut self) -> Owner {
        let change = tokio::select! {
            change = self.owners.next() => change,
            () = self.bus.closed() => None,
        };
        match change.as_ref().map(NameOwnerChanged::args) {
            Some(Ok(change)) if change.new_owner().is_some() => Owner::Somebody,
            Some(_) => Owner::Nobody,
            None => Owner::NoBus,
        }
    }
}

fn does_not_tell(called: &str, error: &impl Display) -> String {
    format!("{called} does not tell: {error}")
}
