//! The front door: how the socket, the bus and every other adapter ask the core for something. An adapter holds a
//! [`Requests`], gets [`Answers`], and cancels by dropping them. It never sees the core itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hob_protocol::daemon::EngineKind;
use hob_protocol::{Error, Request};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::core::{Event, Generation, RequestId};
use crate::engine::Death;

/// One reply: more will follow, or this is the last.
#[derive(Debug)]
pub enum Answer {
    More(Value),
    Last(Result<Value, Error>),
}

/// What arrives at the loop.
#[derive(Debug)]
pub enum Input {
    Asked {
        id: RequestId,
        request: Request,
        more: bool,
        answers: mpsc::Sender<Answer>,
    },
    Event(Event),
    /// The engines' adapter hears of a death before the core does.
    EngineDied {
        kind: EngineKind,
        generation: Generation,
        build: String,
        death: Death,
        cause: String,
    },
}

/// How a request ended for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// The final reply has reached the client.
    Delivered(RequestId),
    /// The client is gone, wants the request no more, or did not get its final reply.
    HungUp(RequestId),
}

/// Inputs that may wait for the loop. When it is full, adapters wait, which slows their clients down and loses nothing.
pub const INPUT_CAPACITY: usize = 256;

/// Answers that may wait for one client. A client that is this far behind is not reading, and is cut off.
pub const ANSWER_CAPACITY: usize = 1024;

/// A sender into the loop, cheap to clone.
#[derive(Debug, Clone)]
pub struct Requests {
    inputs: mpsc::Sender<Input>,
    /// At most one message for each request, so its length has about the limit of the requests.
    farewells: mpsc::UnboundedSender<Farewell>,
    next: Arc<AtomicU64>,
}

/// The loop's ends of the channels behind [`Requests`].
#[derive(Debug)]
pub struct Inbox {
    pub inputs: mpsc::Receiver<Input>,
    pub farewells: mpsc::UnboundedReceiver<Farewell>,
}

impl Requests {
    pub fn channel() -> (Self, Inbox) {
        let (inputs, input_receiver) = mpsc::channel(INPUT_CAPACITY);
        let (farewells, farewell_receiver) = mpsc::unbounded_channel();
        let requests = Self { inputs, farewells, next: Arc::new(AtomicU64::new(1)) };
        (requests, Inbox { inputs: input_receiver, farewells: farewell_receiver })
    }

    /// Asks and waits for the final reply. Dropping the future cancels the request.
    pub async fn call(&self, request: Request) -> Result<Value, Error> {
        let mut answers = self.single(request).await;
        loop {
            match answers.next().await {
                Some(Answer::Last(result)) => {
                    answers.delivered();
                    return result;
                }
                Some(Answer::More(_)) => {}
                None => return Err(ending()),
            }
        }
    }

    /// As [`Requests::call`], for an adapter that does something else while it waits.
    pub async fn single(&self, request: Request) -> Answers {
        self.ask(request, Wanted::OneReply).await
    }

    /// Asks for a stream of replies. Dropping the answers cancels the request.
    pub async fn stream(&self, request: Request) -> Answers {
        self.ask(request, Wanted::Stream).await
    }

    /// Tells the core what happened; only the adapters of this crate do.
    pub(crate) async fn tell(&self, event: Event) {
        self.send(Input::Event(event)).await;
    }

    pub(crate) async fn send(&self, input: Input) {
        // The loop is gone only when the daemon ends, and then nobody needs the news.
        let _ = self.inputs.send(input).await;
    }

    async fn ask(&self, request: Request, wanted: Wanted) -> Answers {
        let id = RequestId(self.next.fetch_add(1, Ordering::Relaxed));
        let (answers, receiver) = mpsc::channel(ANSWER_CAPACITY);
        let input = Input::Asked { id, request, more: matches!(wanted, Wanted::Stream), answers };
        // If the loop has ended, the receiver closes at once and `next` gives `None`.
        let _ = self.inputs.send(input).await;
        Answers { id, receiver, farewells: self.farewells.clone(), said: false }
    }
}

#[derive(Clone, Copy)]
enum Wanted {
    OneReply,
    Stream,
}

/// The replies to one request.
#[derive(Debug)]
pub struct Answers {
    id: RequestId,
    receiver: mpsc::Receiver<Answer>,
    farewells: mpsc::UnboundedSender<Farewell>,
    /// The one message has been sent.
    said: bool,
}

impl Answers {
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// The next reply; `None` after the last one, or when the daemon ends or cuts the client off.
    pub async fn next(&mut self) -> Option<Answer> {
        self.receiver.recv().await
    }

    /// The client has its final reply. Without this, a text that it holds is kept for the next who asks.
    pub fn delivered(mut self) {
        self.said = true;
        let _the_daemon_has_ended = self.farewells.send(Farewell::Delivered(self.id));
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        if !self.said {
            let _the_daemon_has_ended = self.farewells.send(Farewell::HungUp(self.id));
        }
    }
}

/// The error of a request whose answers stopped coming.
pub fn ending() -> Error {
    let reason = "the daemon is ending, or this client did not read its replies";
    Error::Cancelled { reason: reason.to_owned() }
}
