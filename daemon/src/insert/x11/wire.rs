//! The connection itself: a window of our own that is never shown, and waiting for events with a limit. What is done over it is in the
//! files beside this one. Never asks again and again: the server tells.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::Event;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, Property, Screen, Timestamp, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::problem::Problem;
use super::{borrowed, clipboard, place, touch};
use crate::graphical_session::Variables;
use crate::insert::link;
use crate::x_server;

/// A server that does not answer a plain question for so long has stopped.
const PATIENCE: Duration = Duration::from_secs(5);

x11rb::atom_manager! {
    /// Names that the server has numbers for.
    pub Atoms: AtomsCookie {
        ATOM_PAIR,
        DELETE,
        INSERT_PROPERTY,
        INSERT_SELECTION,
        CLIPBOARD,
        CLIPBOARD_MANAGER,
        INCR,
        MULTIPLE,
        SAVE_TARGETS,
        TARGETS,
        TEXT,
        TIMESTAMP,
        UTF8_STRING,
        WM_PROTOCOLS,
        TEXT_PLAIN: b"text/plain",
        TEXT_PLAIN_UTF8: b"text/plain;charset=utf-8",
        PASSING: b"x-kde-passwordManagerHint",
        NET_ACTIVE_WINDOW: b"_NET_ACTIVE_WINDOW",
        NET_SUPPORTING_WM_CHECK: b"_NET_SUPPORTING_WM_CHECK",
        NET_WM_NAME: b"_NET_WM_NAME",
        NET_WM_PID: b"_NET_WM_PID",
        NET_WM_PING: b"_NET_WM_PING",
        HOB_BORROWED_KEYS: b"_HOB_BORROWED_KEYS",
        HOB_RECEIVED: b"_HOB_RECEIVED",
        HOB_TIME: b"_HOB_TIME",
    }
}

pub struct Wire {
    pub server: RustConnection,
    pub atoms: Atoms,
    pub root: Window,
    /// Ours: it owns what we put on clipboards, and takes what we read from them.
    pub window: Window,
    pub clipboard: clipboard::Tray,
    pub borrowed: borrowed::Borrowed,
    /// Of the window that got the last text.
    pub touch: Option<touch::Touch>,
}

impl link::Wire for Wire {
    const NAME: &'static str = "x11";
    type Stream = (RustConnection, Screen);
    /// `DISPLAY`.
    type Place = String;
    type Problem = Problem;

    fn connect(session: &Variables) -> Result<(Self::Stream, String), Problem> {
        let display = place::display(session)?;
        Ok((x_server::connect(session)?, display))
    }

    fn new((server, screen): Self::Stream) -> Result<Self, Problem> {
        let atoms = Atoms::new(&server)?.reply()?;
        if is_guest(&server, screen.root)? {
            return Err(Problem::Wayland);
        }
        let window = server.generate_id()?;
        let attributes = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        server
            .create_window(0, window, screen.root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &attributes)?
            .check()?;
        let mut wire = Self {
            server,
            atoms,
            root: screen.root,
            window,
            clipboard: clipboard::Tray::default(),
            borrowed: borrowed::Borrowed::default(),
            touch: None,
        };
        borrowed::prepare(&mut wire)?;
        Ok(wire)
    }

    fn wait(&mut self, bell: BorrowedFd) -> Result<(), Problem> {
        while self.next()?.is_some() {}
        self.sleep(Some(bell), None)
    }
}

impl Wire {
    pub fn has(&self, extension: &'static str) -> Result<(), Problem> {
        let is_there = self.server.extension_information(extension)?.is_some();
        if is_there { Ok(()) } else { Err(Problem::Lacks(extension)) }
    }

    /// The numbers in a property, of whatever type; none if it is not there.
    pub fn numbers(&self, window: Window, property: Atom) -> Result<Vec<u32>, Problem> {
        let reply = self.server.get_property(false, window, property, AtomEnum::ANY, 0, 4096)?.reply()?;
        Ok(reply.value32().into_iter().flatten().collect())
    }

    /// The server's clock, by which it settles who owns a clipboard.
    pub fn time(&mut self) -> Result<Timestamp, Problem> {
        let (window, property) = (self.window, self.atoms.HOB_TIME);
        self.server.change_property8(PropMode::APPEND, window, property, AtomEnum::STRING, &[])?;
        let told = self.pump(Instant::now() + PATIENCE, |_, event| match event {
            Event::PropertyNotify(change) if change.atom == property && change.state == Property::NEW_VALUE => {
                Some(change.time)
            }
            _ => None,
        });
        told?.ok_or(Problem::Silent)
    }

    /// Sends everything, and waits until the server has worked through it.
    pub fn sync(&self) -> Result<(), Problem> {
        self.server.get_input_focus()?.reply()?;
        Ok(())
    }

    /// Takes in events until one is what was waited for; `None` if the time is over before.
    pub fn pump<T>(
        &mut self,
        deadline: Instant,
        mut wanted: impl FnMut(&mut Self, &Event) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        loop {
            while let Some(event) = self.next()? {
                if let Some(found) = wanted(self, &event) {
                    return Ok(Some(found));
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.sleep(None, Some(left))?;
        }
    }

    /// Lets time pass, in which others are still answered.
    pub fn rest(&mut self, time: Duration) -> Result<(), Problem> {
        self.pump(Instant::now() + time, |_, _| None::<()>).map(drop)
    }

    /// One event, after everything that others want of us because of it has been done. Sends first, because that may also read: what it
    /// has read must not wait until something else comes.
    pub fn next(&mut self) -> Result<Option<Event>, Problem> {
        self.server.flush()?;
        let event = self.server.poll_for_event()?;
        if let Some(event) = &event {
            clipboard::take(self, event)?;
            touch::take(self, event)?;
        }
        Ok(event)
    }

    fn sleep(&self, bell: Option<BorrowedFd>, limit: Option<Duration>) -> Result<(), Problem> {
        let stream = self.server.stream().as_fd();
        let mut descriptors = vec![PollFd::new(&stream, PollFlags::IN)];
        descriptors.extend(bell.as_ref().map(|bell| PollFd::new(bell, PollFlags::IN)));
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match poll(&mut descriptors, limit.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(errno) => Err(Problem::System { what: "cannot wait for the X server", source: errno.into() }),
        }
    }
}

/// Whether a Wayland compositor runs this server for programs that know nothing else. Older ones tell by the names of their outputs alone.
fn is_guest(server: &RustConnection, root: Window) -> Result<bool, Problem> {
    if server.query_extension(b"XWAYLAND")?.reply()?.present {
        return Ok(true);
    }
    if server.query_extension(b"RANDR")?.reply()?.present {
        let resources = server.randr_get_screen_resources_current(root)?.reply()?;
        for output in resources.outputs {
            let output = server.randr_get_output_info(output, resources.config_timestamp)?.reply()?;
            if output.name.starts_with(b"XWAYLAND") {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
