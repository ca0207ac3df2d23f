//! The real `hobd` and the real `hob` over scripted engines: the socket, its limits, engines that misbehave, the command line.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

mod bad_input;
mod bench;
mod builds;
mod cli;
mod config;
mod cursor;
mod dbus;
mod dictation;
mod embed;
mod engines;
mod handshake;
mod hangup;
mod journal;
mod killed;
mod life;
mod limits;
mod machine;
mod polish;
mod rig;
mod socket;
mod strangers;
mod upgrade;

use serde_json::{Value, json};

/// A call of `Generate` whose words may hold an order for the scripted engine.
fn generate(words: &str) -> Value {
    json!({"method": "dev.hob.Text.Generate", "parameters": {"messages": [{"role": "user", "content": words}]}})
}

/// The same with a stream of replies.
fn stream(words: &str) -> Value {
    let mut call = generate(words);
    call["more"] = json!(true);
    call
}

/// The text of a final reply of `Generate`.
#[track_caller]
fn text(reply: &Value) -> &str {
    reply["parameters"]["result"]["text"].as_str().unwrap_or_else(|| panic!("{reply}"))
}
