//! What a person does at a real desktop: keys pressed, sentences spoken, windows closed; what applications then hold, and what can be
//! seen. `make test-desktop` does all of it more often.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

mod applications;
mod arrival;
mod hotkeys;
mod idle;
mod indicator;
mod insertion;
mod menu;
mod modifiers;
mod notices;
mod paste;
mod portal;
mod rig;
mod session;
mod speech;
mod strange;
mod tray;
