//! The connection itself: what the compositor offers, one seat, and waiting for events with a limit. What is done over it is in
//! the files beside this one, each with its own part of [`State`].

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wayland_client::backend::WaylandError;
use wayland_client::globals::{BindError, GlobalList, GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_callback::{self, WlCallback};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_seat::{self, WlSeat};
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle, WEnum};

use super::problem::Problem;
use super::{clipboard, input_method, keyboard, toplevels};
use crate::graphical_session::Variables;
use crate::insert::link;
use crate::wayland_server;

/// A compositor that does not answer a plain question for so long has stopped.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Wire {
    connection: Connection,
    queue: EventQueue<State>,
    globals: GlobalList,
    seat: WlSeat,
    pub state: State,
    pub keyboard: Option<keyboard::Keys>,
    pub clipboard: clipboard::Tray,
    pub toplevels: toplevels::Watch,
}

/// What events write and everything else reads.
#[derive(Default)]
pub struct State {
    answered: u32,
    pub has_keyboard: bool,
    pub input_method: input_method::Field,
    pub clipboard: clipboard::Offered,
    pub toplevels: toplevels::Seen,
}

impl link::Wire for Wire {
    const NAME: &'static str = "wayland";
    type Stream = UnixStream;
    /// Of the socket.
    type Place = PathBuf;
    type Problem = Problem;

    fn connect(session: &Variables) -> Result<(UnixStream, PathBuf), Problem> {
        Ok(wayland_server::connect(session)?)
    }

    fn new(stream: UnixStream) -> Result<Self, Problem> {
        let lost = |error: &dyn std::error::Error| Problem::Lost(error.to_string());
        let connection = Connection::from_socket(stream).map_err(|error| lost(&error))?;
        let (globals, queue) = registry_queue_init::<State>(&connection).map_err(|error| lost(&error))?;
        let seat = globals.bind(&queue.handle(), 1..=7, ()).map_err(|_| Problem::Lacks("a seat"))?;
        let mut wire = Self {
            connection,
            queue,
            globals,
            seat,
            state: State::default(),
            keyboard: None,
            clipboard: clipboard::Tray::default(),
            toplevels: toplevels::Watch::default(),
        };
        wire.sync()?;
        keyboard::hold(&mut wire)?;
        Ok(wire)
    }

    /// Returns after each event.
    fn wait(&mut self, bell: BorrowedFd) -> Result<(), Problem> {
        self.queue.dispatch_pending(&mut self.state)?;
        clipboard::forget_what_is_gone(self);
        toplevels::let_go_if_unused(self);
        self.read(Some(bell), None)
    }
}

impl Wire {
    pub fn seat(&self) -> &WlSeat {
        &self.seat
    }

    pub fn handle(&self) -> QueueHandle<State> {
        self.queue.handle()
    }

    /// The process of the compositor, by which its other sockets are found.
    pub fn compositor_pid(&self) -> Option<u32> {
        let backend = self.connection.backend();
        let credentials = rustix::net::sockopt::socket_peercred(backend.poll_fd()).ok()?;
        u32::try_from(credentials.pid.as_raw_nonzero().get()).ok()
    }

    pub fn offers<I: Proxy>(&self) -> bool {
        let name = I::interface().name;
        self.globals.contents().with_list(|list| list.iter().any(|global| global.interface == name))
    }

    pub fn bind<I>(&self, versions: std::ops::RangeInclusive<u32>) -> Result<I, Problem>
    where
        I: Proxy + 'static,
        State: Dispatch<I, ()>,
    {
        self.globals.bind(&self.handle(), versions, ()).map_err(|error| match error {
            BindError::NotPresent | BindError::UnsupportedVersion => Problem::Lacks(I::interface().name),
        })
    }

    /// Sends everything, and waits until the compositor has worked through it.
    pub fn sync(&mut self) -> Result<(), Problem> {
        let before = self.state.answered;
        self.connection.display().sync(&self.handle(), ());
        if self.pump(Instant::now() + PATIENCE, |state| state.answered != before)? {
            Ok(())
        } else {
            Err(Problem::Silent)
        }
    }

    /// Takes in events until there is what was waited for; false if the time is over before.
    pub fn pump(&mut self, deadline: Instant, mut is_there: impl FnMut(&State) -> bool) -> Result<bool, Problem> {
        loop {
            self.queue.dispatch_pending(&mut self.state)?;
            if is_there(&self.state) {
                return Ok(true);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            self.read(None, Some(left))?;
        }
    }

    fn read(&mut self, bell: Option<BorrowedFd>, limit: Option<Duration>) -> Result<(), Problem> {
        let wanted = match self.queue.flush() {
            Ok(()) => PollFlags::IN,
            Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                PollFlags::IN | PollFlags::OUT
            }
            Err(error) => return Err(error.into()),
        };
        // Without a guard there are events to dispatch.
        let Some(guard) = self.queue.prepare_read() else { return Ok(()) };
        let fd = guard.connection_fd();
        let mut fds = vec![PollFd::new(&fd, wanted)];
        fds.extend(bell.as_ref().map(|bell| PollFd::new(bell, PollFlags::IN)));
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match poll(&mut fds, limit.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(Problem::System { what: "cannot wait for the compositor", source: errno.into() }),
        }
        if fds[0].revents().intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            drop(fds);
            match guard.read() {
                Ok(_) => {}
                Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.connection.as_fd()
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for State {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Dispatch<WlCallback, ()> for State {
    fn event(
        state: &mut Self,
        _: &WlCallback,
        event: wl_callback::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_callback::Event::Done { .. } = event {
            state.answered = state.answered.wrapping_add(1);
        }
    }
}

impl Dispatch<WlSeat, ()> for State {
    fn event(state: &mut Self, _: &WlSeat, event: wl_seat::Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
        if let wl_seat::Event::Capabilities { capabilities: WEnum::Value(capabilities) } = event {
            state.has_keyboard = capabilities.contains(wl_seat::Capability::Keyboard);
        }
    }
}
