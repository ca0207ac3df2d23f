//! A connection to an X server, for what a test wants to know of it: which window has the keyboard, what can be seen.

use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};
use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ReplyError};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt, EventMask, GrabMode, GrabStatus,
    ImageFormat, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::PATIENCE;

#[derive(Debug)]
pub struct Display {
    pub(crate) server: RustConnection,
    pub(crate) root: Window,
}

/// What can be seen, from the top left, three bytes a pixel: red, green, blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

impl Display {
    pub(crate) fn connect(name: &str) -> Self {
        let display = Self::open(name).unwrap();
        let events = EventMask::PROPERTY_CHANGE | EventMask::SUBSTRUCTURE_NOTIFY;
        let attributes = ChangeWindowAttributesAux::new().event_mask(events);
        display.server.change_window_attributes(display.root, &attributes).unwrap().check().unwrap();
        display
    }

    /// Without being told of changes.
    pub(crate) fn open(name: &str) -> Result<Self, ConnectError> {
        let (server, screen) = RustConnection::connect(Some(name))?;
        let root = server.setup().roots[screen].root;
        Ok(Self { server, root })
    }

    /// The class of the window that has the keyboard.
    pub fn active(&self) -> Option<String> {
        self.class(self.windows(self.root, "_NET_ACTIVE_WINDOW").into_iter().next()?)
    }

    #[track_caller]
    pub fn until_active(&self, class: &str) {
        self.until(&format!("a window `{class}` that has the keyboard"), || self.active().as_deref() == Some(class));
    }

    /// Asks the window manager to give the keyboard to a window, as a taskbar does, and waits until it has it.
    #[track_caller]
    pub fn activate(&self, class: &str) {
        const FROM_A_TASKBAR: u32 = 2;
        let window = self.window(class).unwrap_or_else(|| panic!("there is no window `{class}`"));
        let data = [FROM_A_TASKBAR, 0, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, self.atom("_NET_ACTIVE_WINDOW"), data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.server.send_event(false, self.root, mask, message).unwrap().check().unwrap();
        self.until_active(class);
    }

    /// A window that the window manager manages.
    pub fn window(&self, class: &str) -> Option<Window> {
        let all = self.windows(self.root, "_NET_CLIENT_LIST");
        all.into_iter().find(|window| self.class(*window).as_deref() == Some(class))
    }

    /// Waits until a window of this class is managed, or no longer is.
    #[track_caller]
    pub fn until_gone(&self, class: &str) {
        self.until(&format!("the end of the window `{class}`"), || self.window(class).is_none());
    }

    #[track_caller]
    pub(crate) fn until_managed(&self) {
        let has_manager = || !self.windows(self.root, "_NET_SUPPORTING_WM_CHECK").is_empty();
        self.until("a window manager", has_manager);
    }

    /// Waits until the root window has a property of this name, or has none.
    #[track_caller]
    pub fn until_noted(&self, property: &str, is_there: bool) {
        let there = if is_there { "there" } else { "gone" };
        self.until(&format!("the property {property}, {there},"), || {
            self.windows(self.root, property).is_empty() != is_there
        });
    }

    /// Takes the keyboard for itself, as a menu or a locked screen does, until the end of the desktop.
    #[track_caller]
    pub fn grab_keyboard(&self) {
        let (time, mode) = (x11rb::CURRENT_TIME, GrabMode::ASYNC);
        let grab = self.server.grab_keyboard(false, self.root, time, mode, mode).unwrap().reply().unwrap();
        assert_eq!(grab.status, GrabStatus::SUCCESS);
    }

    /// All that can be seen.
    pub fn picture(&self) -> Picture {
        self.try_picture().unwrap()
    }

    pub(crate) fn try_picture(&self) -> Result<Picture, ReplyError> {
        let area = self.server.get_geometry(self.root)?.reply()?;
        let (width, height) = (area.width, area.height);
        let image = self.server.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, u32::MAX)?;
        // Blue, green, red and nothing, as every X server on a machine of today has it.
        let pixels = image.reply()?.data.chunks_exact(4).flat_map(|four| [four[2], four[1], four[0]]).collect();
        Ok(Picture { width: width.into(), height: height.into(), pixels })
    }

    pub(crate) fn atom(&self, name: &str) -> u32 {
        self.server.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    fn windows(&self, window: Window, property: &str) -> Vec<Window> {
        let property = self.server.get_property(false, window, self.atom(property), AtomEnum::ANY, 0, 1024);
        let property = property.unwrap().reply().unwrap();
        property.value32().into_iter().flatten().filter(|window| *window != 0).collect()
    }

    /// `None` if the window is gone.
    fn class(&self, window: Window) -> Option<String> {
        let property = self.server.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 1024);
        let value = property.unwrap().reply().ok()?.value;
        // Instance and class, each ended by a zero.
        Some(String::from_utf8_lossy(value.split(|byte| *byte == 0).nth(1)?).into_owned())
    }

    /// Waits until the picture fits. A server tells of what is drawn to nobody but by its extension for damage, so this looks again and again,
    /// as a person would.
    #[track_caller]
    pub fn until_seen(&self, what: &str, fits: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !fits() {
            assert!(Instant::now() < deadline, "{what} cannot be seen");
        }
    }

    /// Looks again whenever the server tells of a change.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, fits: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !fits() {
            if self.server.poll_for_event().unwrap().is_some() {
                continue;
            }
            let patience = deadline.saturating_duration_since(Instant::now());
            assert!(!patience.is_zero(), "{what} did not come; the keyboard is at {:?}", self.active());
            let mut descriptors = [PollFd::new(self.server.stream(), PollFlags::IN)];
            let patience = patience.try_into().expect("a minute is a time");
            poll(&mut descriptors, Some(&patience)).unwrap();
        }
    }
}
