//! Everything at the cursor of an X11 desktop. One connection to the server (`link`, `wire`), and what is done over it, a file each.

mod borrowed;
mod clipboard;
mod keyboard;
mod layout;
mod locks;
mod paste;
mod place;
mod problem;
mod session;
mod touch;
mod windows;
mod wire;

use std::rc::Rc;

use super::backend::{Backend, Failure, Fitness, Session};
use crate::graphical_session::Variables;
use crate::x_server::NoServer;
use problem::Problem;

type Link = super::link::Link<wire::Wire>;

/// The session, and the backends in the order in which they are tried: the keyboard first, because the clipboard belongs to the person.
pub fn all(session: impl Fn() -> Variables + 'static) -> (Box<dyn Session>, Vec<Box<dyn Backend>>) {
    let link = Rc::new(Link::new(session));
    let backends: Vec<Box<dyn Backend>> =
        vec![Box::new(keyboard::XTest::new(link.clone())), Box::new(paste::Paste::new(link.clone()))];
    (Box::new(session::X11::new(link)), backends)
}

fn unfit(problem: &Problem) -> Fitness {
    let hint = match problem {
        Problem::NoServer(NoServer::Unreachable { .. }) => Some(
            "start hobd from within the session, or `systemctl --user import-environment DISPLAY XAUTHORITY`, then \
             `hob reload`"
                .to_owned(),
        ),
        Problem::NoServer(NoServer::Silent { .. }) | Problem::Lost(_) | Problem::Silent | Problem::Stopped(_) => {
            Some("log in again, or start hobd from within the session; `hob reload` looks again".to_owned())
        }
        // A user manager starts hobd before the session of the desktop tells it where its display is.
        Problem::NoDisplay => Some(
            "in an X11 session: `systemctl --user import-environment DISPLAY XAUTHORITY`, then `hob reload`".to_owned(),
        ),
        _ => None,
    };
    Fitness::Missing { why: problem.to_string(), hint }
}

/// Nothing had been sent.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed_before(problem: Problem) -> Failure {
    Failure::before(problem.to_string())
}

/// Some of it may have arrived.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed_midway(problem: Problem) -> Failure {
    Failure::midway(problem.to_string())
}
