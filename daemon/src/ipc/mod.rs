//! The Varlink socket. Every connection is a task of its own; a client that is slow, silent or hostile costs the others
//! nothing. Knows the wire, and nothing of what is asked.

mod connection;
mod hangup;
mod listener;
mod samples;
mod upgraded;

pub use listener::{BindError, Connections, Listener};
