//! What a Wayland desktop has besides a cursor: the window with the keyboard, what is selected, the clipboard.

use std::path::PathBuf;
use std::rc::Rc;

use hob_protocol::Secret;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::ZwlrForeignToplevelManagerV1;

use super::Link;
use super::clipboard::Told;
use super::compositor::Compositor;
use super::problem::Problem;
use super::{clipboard, failed_before, input_method, paste, toplevels, unfit};
use crate::core::Window;
use crate::insert::backend::{Failure, Fitness, Session};
use crate::insert::{paste_key, program};

pub struct Wayland {
    link: Rc<Link>,
    /// With the socket for which it was looked for.
    compositor: Option<(PathBuf, Option<Compositor>)>,
}

impl Wayland {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link, compositor: None }
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

impl Wayland {
    /// What was selected last may be selected in another window, or no more; what is selected in this one can be copied. Only windows whose
    /// program is known are asked for that: in a terminal, the key for it would end programs.
    fn confirmed(&mut self, told: String) -> Result<Option<String>, Failure> {
        let window = self.window()?;
        let tells = |window: &Window| !window.program.is_empty() && paste_key::copies(window);
        if !window.as_ref().is_some_and(tells) {
            return Ok(Some(told));
        }
        match paste::selection_by_key(&self.link, window.as_ref(), paste_key::LIKELY_COPIES) {
            Ok(copied) => Ok(copied.filter(|copied| paste_key::is_the_same(copied, &told)).map(|_| told)),
            // Nothing presses the key here, or what is on the clipboard cannot be kept.
            Err(Problem::Lacks(_) | Problem::Refused(_)) => Ok(Some(told)),
            Err(problem) => Err(failed_before(problem)),
        }
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
        let text = match self.link.ask(clipboard::primary).map_err(failed_before)? {
            Told::Is(text) => self.confirmed(text)?,
            Told::IsNone => None,
            Told::Nothing => {
                let window = self.window()?;
                paste::selection_by_key(&self.link, window.as_ref(), paste_key::COPIES).map_err(failed_before)?
            }
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

    fn before_cursor(&mut self) -> Option<String> {
        self.link.ask(|wire| Ok(input_method::before_cursor(wire))).ok().flatten()
    }
}
