//! The core without a daemon: events in, effects out.

mod dictation;
mod engines;
mod polishing;
mod walk;
mod world;
