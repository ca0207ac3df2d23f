//! hobd as a library: the pure core, and the adapters that connect it to sockets, engines, sound and files.
//!
//! Adapters talk to the core through [`requests`] only and never to each other; [`daemon`] wires them together.

pub mod actions;
mod adapters;
pub mod audio;
pub mod chime;
pub mod config;
pub mod core;
pub mod daemon;
pub mod desktop;
mod displays;
pub mod engine;
mod feedback;
pub mod graphical_session;
mod greeting;
mod heap;
pub mod hotkey;
pub mod indicator;
pub mod insert;
pub mod ipc;
pub mod journal;
pub mod logging;
mod machine;
pub mod models;
mod newest;
mod noise;
pub mod notify;
pub mod pcm;
pub mod polish;
pub mod requests;
pub mod session_bus;
mod settings;
pub mod shown;
mod sound_server;
mod sources;
pub mod startup;
mod state;
pub mod tray;
mod wayland_server;
mod x_server;
