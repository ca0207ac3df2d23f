//! All sessions and all backends there are, each in the order in which they are tried.

use super::Settings;
use super::backend::{Backend, Session};
use super::command::Command;

pub struct Tools {
    pub sessions: Vec<Box<dyn Session>>,
    pub backends: Vec<Box<dyn Backend>>,
}

/// Connects nothing yet.
pub fn all(settings: &Settings) -> Tools {
    Tools { sessions: vec![], backends: vec![Box::new(Command::new(settings))] }
}
