//! A connection in bytes: what hob's own client would not send, and replies as they came.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;

use hob_protocol::codec::{self, Decoder};
use hob_protocol::wire::Call;
use serde_json::Value;

use crate::PATIENCE;

/// Dropping it hangs up.
#[derive(Debug)]
pub struct Wire {
    stream: UnixStream,
    decoder: Decoder,
}

impl Wire {
    pub fn connect(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream, decoder: Decoder::default() }
    }

    #[track_caller]
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Sends until the other side takes no more; true if it took all.
    pub fn try_send(&mut self, bytes: &[u8]) -> bool {
        match self.stream.write_all(bytes) {
            Ok(()) => true,
            Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a call, which is any JSON value.
    #[track_caller]
    pub fn call(&mut self, call: &Value) {
        self.send(format!("{call}\0").as_bytes());
    }

    /// Calls a method and waits for its reply.
    #[track_caller]
    pub fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let call = Call { method: method.to_owned(), parameters: Some(parameters), ..Call::default() };
        self.send(&codec::encode(&call));
        self.reply()
    }

    /// The next reply, which must come.
    #[track_caller]
    pub fn reply(&mut self) -> Value {
        self.next_reply().expect("the daemon hung up")
    }

    /// The next reply that says more than why there is none yet.
    #[track_caller]
    pub fn news(&mut self) -> Value {
        loop {
            let reply = self.reply();
            if reply["parameters"].get("waiting").is_none() {
                return reply;
            }
        }
    }

    /// The next reply; `None` once the daemon has hung up.
    #[track_caller]
    pub fn next_reply(&mut self) -> Option<Value> {
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(message) = self.decoder.next_message().unwrap() {
                return Some(serde_json::from_slice(&message).unwrap());
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return None,
                Ok(count) => self.decoder.feed(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no reply: {error}"),
            }
        }
    }

    /// Leaves, and waits until the daemon has let go of the connection.
    #[track_caller]
    pub fn close(mut self) {
        self.finish();
        assert_eq!(self.next_reply(), None);
    }

    /// Says all it had to say, and still listens.
    pub fn finish(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }
}
