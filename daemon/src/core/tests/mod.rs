//! The core without a daemon: events in, effects out.

mod cursor;
mod desktop;
mod dictation;
mod engines;
mod interruption;
mod polishing;
mod selection;
mod walk;
mod world;
