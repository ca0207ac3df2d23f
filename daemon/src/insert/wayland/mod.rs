//! Everything at the cursor of a Wayland desktop. One connection to the compositor (`link`, `wire`), and what is done over it, a
//! protocol a file. Which of them a compositor offers differs, and each says so for itself: sway, Hyprland, niri, river and labwc
//! have all; KDE a clipboard; GNOME none, so that there the portal remains (`portal/`).

mod clipboard;
mod compositor;
mod data_control;
mod input_method;
mod keyboard;
mod keymap;
mod paste;
mod portal;
mod problem;
mod session;
mod terminal;
mod toplevels;
mod wire;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::rc::Rc;

use super::backend::{Backend, Failure, Fitness, Session};
use crate::graphical_session::Variables;
use crate::wayland_server::NoCompositor;
use problem::Problem;

type Link = super::link::Link<wire::Wire>;

/// The session, and the backends in the order in which they are tried. The input method comes first, because a text it hands over
/// arrives whole or not at all whatever keys are held down, and often says that it arrived; then the keyboard, which every window
/// understands; then the clipboard, which belongs to the person; the portal last, because its session takes a while to open.
pub fn all(session: impl Fn() -> Variables + 'static) -> (Box<dyn Session>, Vec<Box<dyn Backend>>) {
    over(Rc::new(Link::new(session)))
}

fn over(link: Rc<Link>) -> (Box<dyn Session>, Vec<Box<dyn Backend>>) {
    let portal = Rc::new(RefCell::new(portal::RemoteDesktop::new(link.clone())));
    let backends: Vec<Box<dyn Backend>> = vec![
        Box::new(input_method::InputMethod(link.clone())),
        Box::new(keyboard::VirtualKeyboard(link.clone())),
        Box::new(paste::Paste::new(link.clone(), portal.clone())),
        Box::new(portal::Shared(portal)),
    ];
    (Box::new(session::Wayland::new(link)), backends)
}

fn unfit(problem: &Problem) -> Fitness {
    let hint = match problem {
        Problem::NoCompositor(NoCompositor::Unreachable { .. } | NoCompositor::Silent { .. })
        | Problem::Lost(_)
        | Problem::Silent
        | Problem::Stopped(_) => {
            Some("log in again, or start hobd from within the session; `hob reload` looks again".to_owned())
        }
        Problem::NoCompositor(NoCompositor::Unnamed)
        | Problem::Lacks(_)
        | Problem::System { .. }
        | Problem::Refused(_) => None,
    };
    Fitness::Missing { why: problem.to_string(), hint }
}

/// Nothing had been sent.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed_before(problem: Problem) -> Failure {
    Failure::before(problem.to_string())
}

/// Some of it may have arrived, unless the compositor lacks what it takes.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed_midway(problem: Problem) -> Failure {
    match problem {
        Problem::Lacks(_) | Problem::NoCompositor(_) | Problem::Stopped(_) => Failure::before(problem.to_string()),
        _ => Failure::midway(problem.to_string()),
    }
}
