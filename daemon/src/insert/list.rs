//! All sessions and all backends there are, each in the order in which they are tried.

use tokio::sync::watch;

use super::Settings;
use super::accessibility::Accessibility;
use super::backend::{Backend, Session};
use super::command::Command;
use super::witness::Witness;
use super::{wayland, x11};
use crate::graphical_session::Variables;

pub struct Tools {
    pub sessions: Vec<Box<dyn Session>>,
    pub backends: Vec<Box<dyn Backend>>,
    pub witness: Box<dyn Witness>,
}

/// Connects nothing yet.
pub fn all(settings: &Settings, session: &watch::Receiver<Variables>) -> Tools {
    let look = || {
        let session = session.clone();
        move || session.borrow().clone()
    };
    let (wayland, by_wayland) = wayland::all(look());
    let (x11, by_x11) = x11::all(look());
    let mut backends: Vec<Box<dyn Backend>> = vec![Box::new(Command::new(settings, look()))];
    // Before X11: in a Wayland session X11 reaches only the windows behind Xwayland.
    backends.extend(by_wayland);
    backends.extend(by_x11);
    Tools { sessions: vec![wayland, x11], backends, witness: Box::new(Accessibility::default()) }
}
