//! The core without a daemon: events in, effects out.

mod actions;
mod cursor;
mod desktop;
mod dictation;
mod engines;
mod interruption;
mod polishing;
mod power;
mod preparation;
mod selection;
mod waiting;
mod walk;
mod world;
