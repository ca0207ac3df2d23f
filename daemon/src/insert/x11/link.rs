//! The connection to the X server as the thread that inserts sees it: it hands work over to a thread of the connection's own,
//! and waits for the answer. That other thread is there because a clipboard has to be served whenever anybody pastes.

use std::cell::RefCell;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};

use super::place::{self, Surroundings};
use super::problem::Problem;
use super::wire::Wire;

/// Longer than the longest text takes to be typed; a server that needs more has stopped.
const PATIENCE: Duration = Duration::from_secs(40);

type Work = Box<dyn FnOnce(&mut Wire) + Send>;

/// One for all that uses the server.
pub struct Link {
    surroundings: Surroundings,
    live: RefCell<Option<Live>>,
}

struct Live {
    display: String,
    /// `None` only while it is dropped.
    work: Option<SyncSender<Work>>,
    bell: Arc<OwnedFd>,
    thread: JoinHandle<()>,
}

impl Link {
    pub fn new(surroundings: Surroundings) -> Self {
        Self { surroundings, live: RefCell::new(None) }
    }

    /// Connects if there is no connection, and gives the display's name.
    pub fn connect(&self) -> Result<String, Problem> {
        let mut live = self.live.borrow_mut();
        if let Some(live) = live.as_ref().filter(|live| !live.thread.is_finished()) {
            return Ok(live.display.clone());
        }
        *live = None;
        let fresh = Live::start(&self.surroundings)?;
        let display = fresh.display.clone();
        *live = Some(fresh);
        Ok(display)
    }

    /// Has the work done on the connection, and waits for what comes of it.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Wire) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.connect()?;
        let (answer, answered) = sync_channel(1);
        let work: Work = Box::new(move |wire| {
            // Who asked may have lost patience.
            let _ = answer.send(work(wire));
        });
        let live = self.live.borrow();
        let live = live.as_ref().expect("it has just been connected");
        live.hand_over(work)?;
        answered.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => Problem::Silent,
                RecvTimeoutError::Disconnected => Problem::Lost("it is gone".to_owned()),
            })
        })
    }
}

impl Live {
    fn start(surroundings: &Surroundings) -> Result<Self, Problem> {
        let name = surroundings.display()?;
        let (server, screen) = place::connect(&name)?;
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(Problem::system("no eventfd"))?;
        let bell = Arc::new(bell);
        // One piece of work at a time, by one thread: the second place is for one that nobody waits for any more.
        let (work, queue) = sync_channel(2);
        let (ready, is_ready) = sync_channel(1);
        let inside = bell.clone();
        let thread = std::thread::Builder::new().name("x11".to_owned());
        let thread = thread.spawn(move || match Wire::new(server, &screen) {
            Ok(wire) => {
                let _ = ready.send(Ok(()));
                serve(wire, &queue, &inside);
            }
            Err(problem) => {
                let _ = ready.send(Err(problem));
            }
        });
        let thread = thread.map_err(|source| Problem::System { what: "no thread for the X server", source })?;
        is_ready.recv_timeout(Duration::from_secs(5)).unwrap_or(Err(Problem::Silent))?;
        tracing::debug!("connected to the X server behind DISPLAY={name}");
        Ok(Self { display: name, work: Some(work), bell, thread })
    }

    fn hand_over(&self, work: Work) -> Result<(), Problem> {
        let sender = self.work.as_ref().expect("it is there until it is dropped");
        sender.try_send(work).map_err(|_| Problem::Silent)?;
        ring(&self.bell)
    }
}

impl Drop for Live {
    /// Lets the thread find the channel closed.
    fn drop(&mut self) {
        self.work = None;
        let _it_has_ended = ring(&self.bell);
    }
}

fn ring(bell: &OwnedFd) -> Result<(), Problem> {
    rustix::io::write(bell, &1u64.to_ne_bytes()).map_err(Problem::system("the thread cannot be woken"))?;
    Ok(())
}

/// Works and answers the X server until it is gone or nobody wants it any more.
fn serve(mut wire: Wire, queue: &Receiver<Work>, bell: &OwnedFd) {
    loop {
        match queue.try_recv() {
            Ok(work) => work(&mut wire),
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                if let Err(problem) = wire.wait(bell.as_fd()) {
                    tracing::info!("no X server any more: {problem}");
                    return;
                }
                // Only to clear it: how often it rang does not matter.
                let _ = rustix::io::read(bell, &mut [0; 8]);
            }
        }
    }
}
