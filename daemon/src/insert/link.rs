//! A connection to a display as the thread that inserts sees it: it hands work over to a thread of the connection's own, and waits for the
//! answer. That other thread is there because a clipboard has to be served whenever anybody pastes.

use std::cell::RefCell;
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, eventfd};

use crate::graphical_session::Variables;

/// Longer than the longest text takes to be typed; a display that needs more has stopped.
const PATIENCE: Duration = Duration::from_secs(40);
/// Until a connection can be worked with.
const GREETING: Duration = Duration::from_secs(5);
/// An attempt in vain that took longer has met a display that has stopped, and did not find out at once that there is none.
const SLOW: Duration = Duration::from_secs(1);
/// One that has stopped is left alone for so long: a text is looked after by several backends, and each would wait for it.
const LEFT_ALONE: Duration = Duration::from_secs(10);

/// What lives on the thread of the connection.
pub trait Wire: Sized + 'static {
    /// For people, and the name of the thread.
    const NAME: &'static str;
    type Stream: Send + 'static;
    /// Where the display was found.
    type Place: Clone + fmt::Debug;
    type Problem: From<Trouble> + fmt::Display + Send + 'static;

    fn connect(session: &Variables) -> Result<(Self::Stream, Self::Place), Self::Problem>;

    fn new(stream: Self::Stream) -> Result<Self, Self::Problem>;

    /// Takes in what comes until the bell rings, or a little of it.
    fn wait(&mut self, bell: BorrowedFd) -> Result<(), Self::Problem>;
}

/// What can go wrong between the two threads.
#[derive(Debug)]
pub enum Trouble {
    Silent,
    /// It was found to have stopped a moment ago, for this reason.
    Stopped(String),
    Gone,
    System {
        what: &'static str,
        source: std::io::Error,
    },
}

type Work<W> = Box<dyn FnOnce(&mut W) + Send>;

/// One for all that uses the display.
pub struct Link<W: Wire> {
    session: Box<dyn Fn() -> Variables>,
    live: RefCell<Option<Live<W>>>,
    stopped: RefCell<Option<Stopped>>,
}

/// A display that does not answer.
struct Stopped {
    /// Until then it is left alone, unless the environment says something else.
    until: Instant,
    session: Variables,
    why: String,
}

struct Live<W: Wire> {
    place: W::Place,
    /// `None` only while it is dropped.
    work: Option<SyncSender<Work<W>>>,
    bell: Arc<OwnedFd>,
    thread: JoinHandle<()>,
}

impl<W: Wire> Link<W> {
    /// `session`: what the environment says of it at the moment.
    pub fn new(session: impl Fn() -> Variables + 'static) -> Self {
        Self { session: Box::new(session), live: RefCell::new(None), stopped: RefCell::new(None) }
    }

    /// Connects if there is no connection, and gives the place where the display is.
    pub fn connect(&self) -> Result<W::Place, W::Problem> {
        let mut live = self.live.borrow_mut();
        if let Some(live) = live.as_ref().filter(|live| !live.thread.is_finished()) {
            return Ok(live.place.clone());
        }
        *live = None;
        let (session, began) = ((self.session)(), Instant::now());
        if let Some(stopped) = self.stopped.borrow().as_ref()
            && (began < stopped.until && stopped.session == session)
        {
            return Err(Trouble::Stopped(stopped.why.clone()).into());
        }
        let fresh = Live::<W>::start(&session).inspect_err(|problem| {
            let (why, until) = (problem.to_string(), Instant::now() + LEFT_ALONE);
            let stopped = began.elapsed() > SLOW;
            self.stopped.replace(stopped.then_some(Stopped { until, session, why }));
        })?;
        let place = fresh.place.clone();
        *live = Some(fresh);
        Ok(place)
    }

    /// Has the work done on the connection, and waits for what comes of it.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut W) -> Result<T, W::Problem> + Send + 'static,
    ) -> Result<T, W::Problem> {
        self.connect()?;
        let (answer, answered) = sync_channel(1);
        let work: Work<W> = Box::new(move |wire| {
            // Who asked may have lost patience.
            let _ = answer.send(work(wire));
        });
        let live = self.live.borrow();
        let live = live.as_ref().expect("it has just been connected");
        live.hand_over(work)?;
        answered.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => Trouble::Silent.into(),
                RecvTimeoutError::Disconnected => Trouble::Gone.into(),
            })
        })
    }
}

impl<W: Wire> Live<W> {
    fn start(session: &Variables) -> Result<Self, W::Problem> {
        let (stream, place) = W::connect(session)?;
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(system("no eventfd"))?;
        let bell = Arc::new(bell);
        // One piece of work at a time, by one thread: the second place is for one that nobody waits for any more.
        let (work, queue) = sync_channel(2);
        let (ready, is_ready) = sync_channel(1);
        let inside = bell.clone();
        let thread = std::thread::Builder::new().name(W::NAME.to_owned());
        let thread = thread.spawn(move || match W::new(stream) {
            Ok(wire) => {
                let _ = ready.send(Ok(()));
                serve(wire, &queue, &inside);
            }
            Err(problem) => {
                let _ = ready.send(Err(problem));
            }
        });
        let thread = thread.map_err(|source| Trouble::System { what: "no thread for the display", source })?;
        is_ready.recv_timeout(GREETING).unwrap_or_else(|_| Err(Trouble::Silent.into()))?;
        tracing::debug!("connected to {} at {place:?}", W::NAME);
        Ok(Self { place, work: Some(work), bell, thread })
    }

    fn hand_over(&self, work: Work<W>) -> Result<(), Trouble> {
        let sender = self.work.as_ref().expect("it is there until it is dropped");
        sender.try_send(work).map_err(|_| Trouble::Silent)?;
        ring(&self.bell)
    }
}

impl<W: Wire> Drop for Live<W> {
    /// Lets the thread find the channel closed.
    fn drop(&mut self) {
        self.work = None;
        let _it_has_ended = ring(&self.bell);
    }
}

fn ring(bell: &OwnedFd) -> Result<(), Trouble> {
    rustix::io::write(bell, &1u64.to_ne_bytes()).map_err(system("the thread cannot be woken"))?;
    Ok(())
}

fn system(what: &'static str) -> impl FnOnce(rustix::io::Errno) -> Trouble {
    move |errno| Trouble::System { what, source: errno.into() }
}

/// Works and answers the display until it is gone or nobody wants it any more.
fn serve<W: Wire>(mut wire: W, queue: &Receiver<Work<W>>, bell: &OwnedFd) {
    loop {
        match queue.try_recv() {
            Ok(work) => work(&mut wire),
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                if let Err(problem) = wire.wait(bell.as_fd()) {
                    tracing::info!("no {} any more: {problem}", W::NAME);
                    return;
                }
                // Only to clear it: how often it rang does not matter.
                let _ = rustix::io::read(bell, &mut [0; 8]);
            }
        }
    }
}
