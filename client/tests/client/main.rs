//! The real `hob` against a small fake daemon: what each command sends and prints, its exit code, and its words when something is wrong.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

mod broken;
mod daemon;
mod dictate;
mod doctor;
mod embed;
mod fake;
mod history;
mod models;
mod output;
mod pty;
mod run;
mod transcribe;
