//! One connection: calls in, replies out, in order. It is read also while replies are streaming, so that a client that hangs up
//! is noticed at once; what it asked for is then cancelled, because the answers are dropped.

use std::time::Duration;

use hob_protocol::codec::{self, Decoder, MAX_MESSAGE_BYTES};
use hob_protocol::method::Mode;
use hob_protocol::wire::{Call, Reply};
use hob_protocol::{Error, Request};
use interprocess::local_socket::tokio::Stream;
use rustix::net::Shutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::hangup::hung_up;
use super::listener::Seat;
use super::upgraded;
use crate::requests::{Answer, Requests, ending};

/// A client that is refused may still be sending. It gets this long to notice, so that it can read why.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves a connection until its client leaves.
pub async fn serve(stream: Stream, requests: Requests, _seat: Seat) {
    let mut connection = Connection { stream, decoder: Decoder::default(), has_finished: false };
    let refusal = loop {
        match connection.next_call().await {
            Ok(Some(call)) => match connection.answer(call, &requests).await {
                Ok(Next::Call) => {}
                Ok(Next::Upgraded(stream)) => {
                    return upgraded::serve(&connection.stream, connection.decoder, stream, &requests).await;
                }
                Err(HungUp) => return,
            },
            Ok(None) => return,
            Err(refusal) => break refusal,
        }
    };
    connection.part(&refusal).await;
}

/// Says why the connection is not served, and ends it.
pub async fn refuse(stream: Stream, error: Error) {
    Connection { stream, decoder: Decoder::default(), has_finished: false }.part(&error).await;
}

struct Connection {
    stream: Stream,
    decoder: Decoder,
    /// The client will send nothing more, and may still wait for its answers.
    has_finished: bool,
}

enum Next {
    Call,
    Upgraded(hob_protocol::speech::Stream),
}

/// The client is gone; nobody is left to tell.
struct HungUp;

impl Connection {
    /// The next call; `None` when the client leaves; an error after which nothing more can be understood.
    async fn next_call(&mut self) -> Result<Option<Call>, Error> {
        loop {
            let message = self.decoder.next_message();
            match message
                .map_err(|error| Error::TooLarge { what: "message".to_owned(), limit_bytes: error.limit as u64 })?
            {
                Some(message) => {
                    return read_call(&message).map(Some);
                }
                None if self.has_finished => return Ok(None),
                None => self.has_finished = read(&self.stream, &mut self.decoder).await == 0,
            }
        }
    }

    async fn answer(&mut self, call: Call, requests: &Requests) -> Result<Next, HungUp> {
        let request = match check(&call) {
            Ok(Request::Stream(stream)) => {
                self.reply(&call, &Reply::last(serde_json::json!({}))).await?;
                return Ok(Next::Upgraded(stream));
            }
            Ok(request) => request,
            Err(error) => {
                self.reply(&call, &Reply::from(&error)).await?;
                return Ok(Next::Call);
            }
        };
        let mut answers = if call.more { requests.stream(request).await } else { requests.single(request).await };
        loop {
            let answer = tokio::select! {
                answer = answers.next() => answer,
                () = hung_up(&self.stream), if self.has_finished => return Err(HungUp),
                // A client may send its next calls early, up to the size of one message; what is beyond waits in the socket.
                count = read(&self.stream, &mut self.decoder),
                    if !self.has_finished && self.decoder.buffered() < MAX_MESSAGE_BYTES =>
                {
                    self.has_finished = count == 0;
                    continue;
                }
            };
            match answer {
                Some(Answer::More(news)) if call.more => self.reply(&call, &Reply::more(news)).await?,
                Some(Answer::More(_)) => {}
                Some(Answer::Last(Ok(result))) => {
                    self.reply(&call, &Reply::last(result)).await?;
                    // Who wants no reply has not got the text either.
                    if !call.oneway {
                        answers.delivered();
                    }
                    return Ok(Next::Call);
                }
                Some(Answer::Last(Err(error))) => {
                    self.reply(&call, &Reply::from(&error)).await?;
                    return Ok(Next::Call);
                }
                None => {
                    self.reply(&call, &Reply::from(&ending())).await?;
                    return Err(HungUp);
                }
            }
        }
    }

    async fn reply(&mut self, call: &Call, reply: &Reply) -> Result<(), HungUp> {
        if call.oneway {
            return Ok(());
        }
        (&self.stream).write_all(&codec::encode(reply)).await.map_err(|_| HungUp)
    }

    async fn part(self, error: &Error) {
        if (&self.stream).write_all(&codec::encode(&Reply::from(error))).await.is_ok() {
            part(&self.stream).await;
        }
    }
}

/// After the last words on a connection. What the client still sends is read and thrown away, because closing a socket with
/// unread data in it would take the reply away from the client.
pub(super) async fn part(mut stream: &Stream) {
    let Stream::UdSocket(socket) = stream;
    let _ = rustix::net::shutdown(socket, Shutdown::Write);
    let mut chunk = [0; 4096];
    let drained = async { while !matches!(stream.read(&mut chunk).await, Ok(0) | Err(_)) {} };
    let _ = tokio::time::timeout(FAREWELL, drained).await;
}

/// A message has to be an object: serde would read a list as a call's fields in order.
fn read_call(message: &[u8]) -> Result<Call, Error> {
    if message.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::Malformed { problem: "it is no JSON object".to_owned() });
    }
    serde_json::from_slice(message).map_err(|error| Error::Malformed { problem: error.to_string() })
}

/// Reads what has come into the decoder; 0 when nothing more will.
async fn read(mut stream: &Stream, decoder: &mut Decoder) -> usize {
    let mut chunk = [0; 4096];
    let count = stream.read(&mut chunk).await.unwrap_or(0);
    decoder.feed(&chunk[..count]);
    count
}

/// The request, if it may be made in this way.
fn check(call: &Call) -> Result<Request, Error> {
    let request = Request::parse(&call.method, call.parameters.clone())?;
    match request.mode() {
        Mode::More if !call.more => Err(Error::ExpectedMore {}),
        Mode::Upgrade if !call.upgrade => Err(Error::InvalidParameter { parameter: "upgrade".to_owned() }),
        _ => {
            if let Request::Stream(stream) = &request {
                upgraded::check(stream)?;
            }
            Ok(request)
        }
    }
}
