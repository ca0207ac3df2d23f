//! The core without a daemon: events in, effects out.

mod dictation;
mod engines;
mod walk;
mod world;
