//! The blocking client against a server that is a few lines of script in a thread.

#![expect(clippy::unwrap_used, reason = "a test, helpers included")]

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fs, io};

use hob_protocol::client::{CallError, Client};
use hob_protocol::codec::{Decoder, MAX_MESSAGE_BYTES};
use hob_protocol::method::{self, Nothing};
use hob_protocol::models::{Load, Named};
use hob_protocol::speech::Stream;
use hob_protocol::text::Run;
use hob_protocol::wire::Call;
use hob_protocol::{Error, Secret};
use serde_json::json;

/// A server that takes one connection, runs the script on it, and gives back what the script found.
struct Server<T> {
    _folder: tempfile::TempDir,
    socket: PathBuf,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Server<T> {
    fn start(script: impl FnOnce(Connection) -> T + Send + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("hob.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let serve = move || script(Connection { stream: listener.accept().unwrap().0, decoder: Decoder::default() });
        Self { _folder: folder, socket, thread: thread::spawn(serve) }
    }

    fn connect(&self) -> Client {
        let mut client = Client::connect(&self.socket).unwrap();
        // Only against a test that hangs; nothing waits for it to pass.
        client.wait_at_most(Duration::from_mins(1)).unwrap();
        client
    }

    fn finish(self) -> T {
        self.thread.join().unwrap()
    }
}

/// The server's side of a connection.
struct Connection {
    stream: UnixStream,
    decoder: Decoder,
}

impl Connection {
    fn call(&mut self) -> Call {
        loop {
            if let Some(message) = self.decoder.next_message().unwrap() {
                return serde_json::from_slice(&message).unwrap();
            }
            let mut chunk = [0; 4096];
            let count = self.stream.read(&mut chunk).unwrap();
            assert_ne!(count, 0, "the client hung up before its call was whole");
            self.decoder.feed(&chunk[..count]);
        }
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Waits until the client is gone.
    fn hang_up(mut self) {
        let end = self.stream.read(&mut [0]);
        assert!(matches!(&end, Ok(0)) || end.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    }
}

#[test]
fn a_call_gets_its_reply() {
    let server = Server::start(|mut connection| {
        let calls = [connection.call(), {
            connection.send("{\"parameters\":{\"changed\":[\"speech.model\"]}}\0");
            connection.call()
        }];
        connection.send("{\"parameters\":{}}\0");
        calls
    });
    let mut client = server.connect();
    assert_eq!(client.call(method::Reload, &Nothing {}).unwrap().changed, ["speech.model"]);
    assert_eq!(client.call(method::Remove, &Named { name: "base".into() }).unwrap(), Nothing {});
    let [reload, remove] = server.finish();
    assert_eq!(reload, Call { method: "dev.hob.Daemon.Reload".into(), ..Call::default() });
    assert_eq!(remove.method, "dev.hob.Models.Remove");
    assert_eq!(remove.parameters, Some(json!({"name": "base"})));
}

#[test]
fn an_error_is_typed_and_the_connection_goes_on() {
    let server = Server::start(|mut connection| {
        connection.call();
        connection.send(
            "{\"error\":\"dev.hob.Models.ModelNotFound\",\"parameters\":{\"name\":\"bse\",\"suggestions\":[\"base\"]}}\0",
        );
        connection.call();
        connection.send("{\"parameters\":{\"load_ms\":3}}\0");
    });
    let mut client = server.connect();
    let error = client.call(method::Load, &Load { name: "bse".into(), pin: None }).unwrap_err();
    let CallError::Refused(error) = error else { panic!("{error:?}") };
    assert_eq!(error, Error::ModelNotFound { name: "bse".into(), suggestions: vec!["base".into()] });
    assert!(
        (client.call(method::Load, &Load { name: "base".into(), pin: None }).unwrap().load_ms - 3.0).abs()
            < f64::EPSILON
    );
    server.finish();
}

fn run() -> Run {
    Run { action: "fix".into(), text: "helo".into(), ..Run::default() }
}

#[test]
fn a_stream_ends_after_its_last_reply() {
    let server = Server::start(|mut connection| {
        let call = connection.call();
        // Two replies in one write, and one in two.
        connection.send("{\"parameters\":{\"delta\":\"he\"},\"continues\":true}\0{\"parameters\":{\"delta\":\"llo\"},");
        connection.send("\"continues\":true}\0{\"parameters\":{}}\0");
        call
    });
    let replies = server.connect().stream(method::Run, &run()).unwrap();
    let deltas: Vec<_> = replies.map(|reply| reply.unwrap().delta.map(Secret::into_string)).collect();
    assert_eq!(deltas, [Some("he".to_owned()), Some("llo".to_owned()), None]);
    assert!(server.finish().more);
}

#[test]
fn a_stream_ends_at_an_error() {
    let server = Server::start(|mut connection| {
        connection.call();
        connection.send("{\"parameters\":{\"delta\":\"he\"},\"continues\":true}\0");
        connection.send("{\"error\":\"dev.hob.Daemon.Cancelled\",\"parameters\":{\"reason\":\"test\"}}\0");
        connection.hang_up();
    });
    let mut replies = server.connect().stream(method::Run, &run()).unwrap();
    assert!(replies.next().unwrap().is_ok());
    assert!(matches!(replies.next(), Some(Err(CallError::Refused(Error::Cancelled { .. })))));
    assert!(replies.next().is_none());
    server.finish();
}

#[test]
fn dropping_a_stream_hangs_up() {
    let server = Server::start(|mut connection| {
        connection.call();
        connection.send("{\"parameters\":{\"delta\":\"he\"},\"continues\":true}\0");
        connection.hang_up();
    });
    let mut replies = server.connect().stream(method::Run, &run()).unwrap();
    assert!(replies.next().unwrap().is_ok());
    drop(replies);
    server.finish();
}

#[test]
fn a_server_that_hangs_up_is_told_apart_from_one_that_sends_nonsense() {
    type Expected = fn(&CallError) -> bool;
    let large = vec![b'1'; MAX_MESSAGE_BYTES + 1];
    let table: [(Vec<u8>, Expected); 6] = [
        (b"".to_vec(), |error| matches!(error, CallError::HungUp(_))),
        (b"{\"parameters\"".to_vec(), |error| matches!(error, CallError::HungUp(_))),
        (b"\0".to_vec(), |error| matches!(error, CallError::Unreadable(_))),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n\0".to_vec(), |error| matches!(error, CallError::Unreadable(_))),
        (b"{\"parameters\":{\"changed\":7}}\0".to_vec(), |error| matches!(error, CallError::Unreadable(_))),
        (large, |error| matches!(error, CallError::TooLarge(_))),
    ];
    for (reply, expected) in table {
        let shown = reply[..reply.len().min(40)].escape_ascii().to_string();
        let server = Server::start(move |mut connection| {
            connection.call();
            // The client need not read all of a reply that it refuses.
            let _ = connection.stream.write_all(&reply);
        });
        let error = server.connect().call(method::Reload, &Nothing {}).unwrap_err();
        assert!(expected(&error), "{shown}: {error:?}");
        server.finish();
    }
}

#[test]
fn a_silent_server_is_waited_for_as_long_as_was_said() {
    let server = Server::start(|mut connection| {
        connection.call();
        connection.hang_up();
    });
    let mut client = Client::connect(&server.socket).unwrap();
    client.wait_at_most(Duration::ZERO).unwrap();
    assert!(matches!(client.call(method::Reload, &Nothing {}), Err(CallError::Silent)));
    drop(client);
    server.finish();
}

#[test]
fn a_call_that_is_too_large_is_not_sent() {
    let server = Server::start(Connection::hang_up);
    let mut client = server.connect();
    let run = Run { text: "a".repeat(MAX_MESSAGE_BYTES).into(), ..run() };
    let error = client.call(method::Run, &run).unwrap_err();
    assert_eq!(error.to_string(), format!("message longer than {MAX_MESSAGE_BYTES} bytes"));
    drop(client);
    server.finish();
}

#[test]
fn an_upgrade_hands_over_the_connection_with_what_already_came() {
    let server = Server::start(|mut connection| {
        let call = connection.call();
        connection.send("{\"parameters\":{}}\0early");
        let mut samples = Vec::new();
        connection.stream.read_to_end(&mut samples).unwrap();
        connection.send(" late");
        (call.upgrade, samples)
    });
    let (mut stream, mut received) =
        server.connect().upgrade(method::Stream, &Stream { rate: 16_000, ..Stream::default() }).unwrap();
    stream.write_all(&[1, 0, 2, 0]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(received, b"early late");
    assert_eq!(server.finish(), (true, vec![1, 0, 2, 0]));
}

#[test]
fn no_daemon_is_told_apart_from_one_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.sock");
    let error = Client::connect(&missing).unwrap_err();
    assert!(matches!(error, CallError::NotRunning { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("no daemon at {}", missing.display()));

    // The socket of a daemon that was killed: the file is there, nobody listens.
    let stale = folder.path().join("stale.sock");
    drop(UnixListener::bind(&stale).unwrap());
    assert!(stale.exists());
    assert!(matches!(Client::connect(&stale), Err(CallError::NotRunning { .. })));

    // Root may enter any folder, so the path is made impassable in a way that holds for root, too.
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    for path in [file.join("hob.sock"), folder.path().join("a".repeat(200))] {
        let error = Client::connect(&path).unwrap_err();
        assert!(matches!(error, CallError::Unreachable { .. }), "{error:?}");
        assert_eq!(error.to_string(), format!("cannot reach the daemon at {}", path.display()));
    }
}
