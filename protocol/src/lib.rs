//! Everything that crosses a process boundary of hob, and nothing else.
//!
//! `varlink/*.varlink` is the contract of the public socket; the modules named after its interfaces hold the same types in
//! Rust, [`wire`] and [`codec`] the framing, [`client`] a blocking client. [`engine`] is the private protocol between the
//! daemon and its engine processes. This crate opens no file, spawns no thread and knows nothing of models.

pub mod client;
pub mod codec;
pub mod daemon;
pub mod dictation;
pub mod engine;
pub mod error;
pub mod idl;
pub mod method;
pub mod models;
pub mod secret;
pub mod socket;
pub mod speech;
pub mod text;
pub mod wire;

pub use error::Error;
pub use method::{Method, Request};
pub use secret::Secret;

/// The version that the daemon, the client and the engines report.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
