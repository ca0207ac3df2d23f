//! The clipboard and the primary selection of an X server, as other programs use them: somebody owns them in several formats at once, and
//! somebody else asks for one.

use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent,
    SelectionRequestEvent, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::{Desktop, Display, X11Desktop};
use crate::PATIENCE;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clipboard {
    /// What Ctrl+C fills.
    Clipboard,
    /// What is selected.
    Primary,
}

impl Clipboard {
    fn atom(self) -> &'static str {
        match self {
            Self::Clipboard => "CLIPBOARD",
            Self::Primary => "PRIMARY",
        }
    }

    fn flag(self) -> &'static str {
        match self {
            Self::Clipboard => "clipboard",
            Self::Primary => "primary",
        }
    }

    /// Fills it, as an application does that has copied something in several formats. The owner answers until another one takes it.
    pub fn own(self, desktop: &X11Desktop, formats: &[(&str, &[u8])]) -> Owned {
        self.own_but(desktop, formats, "")
    }

    /// The same by a program that never answers who asks for one of the formats.
    pub fn own_but(self, desktop: &X11Desktop, formats: &[(&str, &[u8])], silent: &str) -> Owned {
        let silent = silent.to_owned();
        let name = desktop.session().get("DISPLAY").to_string_lossy().into_owned();
        let formats: Vec<_> = formats.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        let (tell, told) = mpsc::channel();
        let display = Display::open(&name).unwrap();
        let server = &display.server;
        let window = server.generate_id().unwrap();
        let window_class = WindowClass::INPUT_ONLY;
        let none = CreateWindowAux::new();
        server.create_window(0, window, display.root, 0, 0, 1, 1, 0, window_class, 0, &none).unwrap().check().unwrap();
        let selection = display.atom(self.atom());
        let silent = if silent.is_empty() { x11rb::NONE } else { display.atom(&silent) };
        server.set_selection_owner(window, selection, x11rb::CURRENT_TIME).unwrap().check().unwrap();
        thread::spawn(move || {
            // Ends with the server, at the latest.
            while let Ok(event) = display.server.wait_for_event() {
                match event {
                    Event::SelectionRequest(request) if request.target == silent => {}
                    Event::SelectionRequest(request) => answer(&display, &formats, &request),
                    Event::SelectionClear(_) => break,
                    _ => {}
                }
            }
            let _ = tell.send(());
        });
        Owned { lost: told }
    }

    /// What it holds in one format, or `None` if nobody offers it.
    pub fn read(self, desktop: &X11Desktop, format: &str) -> Option<Vec<u8>> {
        let mut command = desktop.session().command("xclip");
        command.args(["-selection", self.flag(), "-out", "-target", format]).stdout(Stdio::piped());
        let output = command.spawn().and_then(std::process::Child::wait_with_output).unwrap();
        output.status.success().then_some(output.stdout)
    }

    /// As text.
    pub fn text(self, desktop: &X11Desktop) -> Option<String> {
        self.read(desktop, "UTF8_STRING").map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// The names of all formats it is offered in, in order.
    pub fn formats(self, desktop: &X11Desktop) -> Vec<String> {
        let names = String::from_utf8(self.read(desktop, "TARGETS").unwrap_or_default()).unwrap();
        let mut names: Vec<_> = names.lines().map(str::to_owned).collect();
        names.sort();
        names
    }
}

/// Content that a test has put on a clipboard.
#[derive(Debug)]
pub struct Owned {
    lost: mpsc::Receiver<()>,
}

impl Owned {
    /// Whether another program has taken the clipboard since.
    pub fn is_lost(&self) -> bool {
        self.lost.try_recv().is_ok()
    }

    /// Waits until another program takes the clipboard.
    #[track_caller]
    pub fn until_lost(&self) {
        self.lost.recv_timeout(PATIENCE).expect("another program takes the clipboard");
    }
}

fn answer(display: &Display, formats: &[(String, Vec<u8>)], request: &SelectionRequestEvent) {
    let server = &display.server;
    // Clients of old name no property, and mean the target.
    let property = if request.property == x11rb::NONE { request.target } else { request.property };
    let found = formats.iter().find(|(name, _)| display.atom(name) == request.target);
    let mode = PropMode::REPLACE;
    let written = if request.target == display.atom("TARGETS") {
        let mut targets = vec![display.atom("TARGETS")];
        targets.extend(formats.iter().map(|(name, _)| display.atom(name)));
        Some(server.change_property32(mode, request.requestor, property, AtomEnum::ATOM, &targets))
    } else {
        found.map(|(_, bytes)| server.change_property8(mode, request.requestor, property, request.target, bytes))
    };
    let event = SelectionNotifyEvent {
        response_type: SELECTION_NOTIFY_EVENT,
        sequence: 0,
        time: request.time,
        requestor: request.requestor,
        selection: request.selection,
        target: request.target,
        property: if written.is_some() { property } else { x11rb::NONE },
    };
    // Whoever asked may be gone.
    let _ = server.send_event(false, request.requestor, EventMask::NO_EVENT, event);
    let _ = server.flush();
}
