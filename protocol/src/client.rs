//! A blocking client: connect, call, read a stream of replies, upgrade. Dropping a stream before its end, or the client,
//! hangs up, and hanging up cancels what was asked for.

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::codec::{self, Decoder, MessageTooLarge};
use crate::error::Error;
use crate::method::Method;
use crate::wire::{Call, Reply};

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody listens: there is no socket, or no daemon behind it.
    #[error("no daemon at {}", path.display())]
    NotRunning {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot reach the daemon at {}", path.display())]
    Unreachable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// No reply came in the time that [`Client::wait_at_most`] allows.
    #[error("the daemon does not answer")]
    Silent,
    /// The daemon closed the connection before the last reply.
    #[error("the daemon hung up")]
    HungUp(#[source] io::Error),
    #[error("the daemon sent a reply that cannot be read")]
    Unreadable(#[source] serde_json::Error),
    #[error(transparent)]
    TooLarge(#[from] MessageTooLarge),
    /// The daemon answered with an error.
    #[error(transparent)]
    Refused(Error),
}

/// One connection.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    decoder: Decoder,
}

impl Client {
    pub fn connect(path: &Path) -> Result<Self, CallError> {
        let stream = UnixStream::connect(path).map_err(|source| {
            let path = path.to_owned();
            match source.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => CallError::NotRunning { path, source },
                _ => CallError::Unreachable { path, source },
            }
        })?;
        Ok(Self { stream, decoder: Decoder::default() })
    }

    /// How long every later wait for bytes from the daemon may take; [`CallError::Silent`] then. Without it there is no limit,
    /// because a reply is sent when the work is done. At least a millisecond.
    pub fn wait_at_most(&mut self, limit: Duration) -> Result<(), CallError> {
        self.stream.set_read_timeout(Some(limit.max(Duration::from_millis(1)))).map_err(CallError::HungUp)
    }

    /// Calls a method and waits for its one reply.
    pub fn call<M: Method>(&mut self, _: M, parameters: &M::Parameters) -> Result<M::Reply, CallError> {
        self.send(&call_of::<M>(parameters))?;
        let reply = self.receive()?;
        read(reply)
    }

    /// Calls a method with `more`.
    pub fn stream<M: Method>(mut self, _: M, parameters: &M::Parameters) -> Result<Replies<M>, CallError> {
        self.send(&Call { more: true, ..call_of::<M>(parameters) })?;
        Ok(Replies { client: Some(self), method: PhantomData })
    }

    /// Calls a method with `upgrade`; after its reply the connection is raw. Also gives what was already received of it.
    pub fn upgrade<M: Method>(mut self, _: M, parameters: &M::Parameters) -> Result<(UnixStream, Vec<u8>), CallError> {
        self.send(&Call { upgrade: true, ..call_of::<M>(parameters) })?;
        let reply = self.receive()?;
        read::<M::Reply>(reply)?;
        Ok((self.stream, self.decoder.into_rest()))
    }

    /// Sends a call. One that the daemon would refuse for its size is not sent: it would hang up in the middle.
    pub fn send(&mut self, call: &Call) -> Result<(), CallError> {
        let message = codec::encode(call);
        let without_nul = message.len() - 1;
        if without_nul > codec::MAX_MESSAGE_BYTES {
            return Err(MessageTooLarge { limit: codec::MAX_MESSAGE_BYTES }.into());
        }
        match self.stream.write_all(&message) {
            // A daemon with too many connections answers without reading and closes: its reply can still be received.
            Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => Ok(()),
            sent => sent.map_err(CallError::HungUp),
        }
    }

    /// The next reply, whatever call it belongs to.
    pub fn receive(&mut self) -> Result<Reply, CallError> {
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(message) = self.decoder.next_message()? {
                return object(serde_json::from_slice(&message)).map_err(CallError::Unreadable);
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(CallError::HungUp(io::ErrorKind::UnexpectedEof.into())),
                Ok(count) => self.decoder.feed(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(CallError::Silent),
                Err(error) => return Err(CallError::HungUp(error)),
            }
        }
    }
}

/// The replies to one call with `more`, ending after the last one or the first error.
#[derive(Debug)]
pub struct Replies<M> {
    client: Option<Client>,
    method: PhantomData<M>,
}

impl<M: Method> Iterator for Replies<M> {
    type Item = Result<M::Reply, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reply = self.client.as_mut()?.receive();
        if !matches!(&reply, Ok(reply) if reply.continues) {
            self.client = None;
        }
        Some(reply.and_then(read))
    }
}

fn call_of<M: Method>(parameters: &M::Parameters) -> Call {
    let parameters = serde_json::to_value(parameters).expect("parameters serialise: string keys, finite numbers");
    let none = matches!(&parameters, Value::Object(fields) if fields.is_empty());
    Call { method: M::NAME.to_owned(), parameters: (!none).then_some(parameters), ..Call::default() }
}

fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, CallError> {
    let parameters = reply.into_result().map_err(CallError::Refused)?;
    object(serde_json::from_value(parameters)).map_err(CallError::Unreadable)
}

/// A value from a JSON object. serde alone would also read a list as a struct's fields in order.
fn object<T: DeserializeOwned>(fields: serde_json::Result<Map<String, Value>>) -> serde_json::Result<T> {
    serde_json::from_value(Value::Object(fields?))
}
