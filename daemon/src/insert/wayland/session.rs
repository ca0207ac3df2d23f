//! What a Wayland desktop has besides a cursor: the window with the keyboard, what is selected, the clipboard.

use std::path::PathBuf;
use std::rc::Rc;

use hob_protocol::Secret;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::ZwlrForeignToplevelManagerV1;

use super::Link;
use super::compositor::Compositor;
use super::keymap::{self, Stroke};
use super::problem::Problem;
use super::{clipboard, failed_before, input_method, keyboard, paste, terminal, toplevels, unfit};
use crate::core::Window;
use crate::insert::backend::{Failure, Fitness, Session, Steps, Touched};
use crate::insert::selection::{self, Certainty, Step, Told};
use crate::insert::{paste_key, program};

pub struct Wayland {
    link: Rc<Link>,
    /// With the socket for which it was looked for.
    compositor: Option<(PathBuf, Option<Compositor>)>,
    /// What the programs of the terminal that gets the text had read before, and the id of its window.
    read: Option<(String, terminal::Read)>,
}

impl Wayland {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link, compositor: None, read: None }
    }

    fn compositor(&mut self) -> Result<Option<&Compositor>, Failure> {
        let socket = self.link.connect().map_err(failed_before)?;
        if self.compositor.as_ref().is_none_or(|(known, _)| *known != socket) {
            let pid = self.link.ask(|wire| Ok(wire.compositor_pid())).map_err(failed_before)?;
            self.compositor = Some((socket.clone(), Compositor::find(&socket, pid)));
        }
        Ok(self.compositor.as_ref().and_then(|(_, compositor)| compositor.as_ref()))
    }
}

impl Session for Wayland {
    fn name(&self) -> &'static str {
        "Wayland"
    }

    fn fitness(&mut self) -> Fitness {
        let clipboard = match self.link.ask(clipboard::protocol) {
            Ok(protocol) => protocol,
            Err(problem) => return unfit(&problem),
        };
        let toplevels = self.link.ask(|wire| Ok(wire.offers::<ZwlrForeignToplevelManagerV1>())).unwrap_or_default();
        let windows = match self.compositor() {
            Ok(Some(compositor)) => compositor.kind.name(),
            _ if toplevels => "zwlr_foreign_toplevel_management_v1",
            _ => {
                return Fitness::Limited {
                    why: format!("the compositor offers {clipboard}, but does not tell which window has the keyboard"),
                    hint: None,
                };
            }
        };
        Fitness::Works { why: format!("the compositor offers {clipboard}; windows are told by {windows}") }
    }

    fn window(&mut self) -> Result<Option<Window>, Failure> {
        if let Some(compositor) = self.compositor()? {
            match compositor.focused() {
                Ok(window) => return Ok(window.map(program::named)),
                Err(error) => {
                    // It may have been started anew at the same socket.
                    tracing::debug!("{} does not tell the focused window: {error}", compositor.kind.name());
                    self.compositor = None;
                }
            }
        }
        self.link.ask(toplevels::active).map_err(failed_before)
    }

    fn selection(&mut self) -> Result<Option<Secret>, Failure> {
        // Nothing says whose it is, or whether it is selected still.
        let told = match self.link.ask(clipboard::primary).map_err(failed_before)? {
            clipboard::Told::Is(text) => Told::Text { text, certainty: Certainty::Doubtful },
            clipboard::Told::IsNone => Told::NoText,
            clipboard::Told::Nothing => Told::Untold,
        };
        let window = self.window()?;
        let text = match selection::next(told, window.as_ref()) {
            Step::Take(text) => text,
            Step::Press(copying) => match paste::text_by_key(&self.link, copying.key, copying.patience) {
                Ok(copied) => copying.settle(copied),
                // Nothing presses the key here, or what is on the clipboard cannot be kept.
                Err(problem @ (Problem::Lacks(_) | Problem::Refused(_))) => {
                    Some(copying.unconfirmed().ok_or_else(|| failed_before(problem))?)
                }
                Err(problem) => return Err(failed_before(problem)),
            },
        };
        Ok(text.map(Secret::new))
    }

    fn clipboard(&mut self) -> Result<Option<Secret>, Failure> {
        let text = self.link.ask(clipboard::text).map_err(failed_before)?;
        Ok(text.map(Secret::new))
    }

    fn copy(&mut self, text: &Secret) -> Result<(), Failure> {
        let text = text.as_str().to_owned();
        self.link.ask(move |wire| clipboard::copy(wire, &text)).map_err(failed_before)
    }

    fn prepare(&mut self, window: Option<&Window>) {
        let terminal = window.filter(|window| paste_key::is_terminal(window));
        self.read = terminal.and_then(|window| Some((window.id.clone(), terminal::read(window.pid?)?)));
    }

    fn touched(&mut self, window: &Window, text: &str) -> Touched {
        let before = self.read.as_ref().filter(|(id, _)| *id == window.id).map(|(_, read)| read);
        let now = window.pid.and_then(terminal::read);
        let only = before.zip(now.as_ref()).is_some_and(|(before, now)| before.is_followed_only_by(text, now));
        if only { Touched::No } else { Touched::Unknown }
    }

    fn select(&mut self, window: &Window, steps: Steps, likely: &str) -> Option<Secret> {
        // To a terminal, such keys say something else.
        if !paste_key::is_known(window) || paste_key::is_terminal(window) {
            return None;
        }
        let likely = likely.to_owned();
        let selected = self.link.ask(move |wire| clipboard::primary_by_keys(wire, steps, &likely));
        let selected = selected.inspect_err(|problem| tracing::debug!("nothing can be selected: {problem}"));
        selected.ok()?.map(Secret::new)
    }

    fn unselect(&mut self) {
        let end = Stroke::plain(keymap::code::RIGHT);
        if let Err(problem) = self.link.ask(move |wire| keyboard::press(wire, end)) {
            tracing::debug!("what was selected stays so: {problem}");
        }
    }

    fn before_cursor(&mut self) -> Option<String> {
        self.link.ask(|wire| Ok(input_method::before_cursor(wire))).ok().flatten()
    }
}
