//! `hob doctor hotkeys`: proves that keys arrive, by asking for one, and shows how a desktop can be told to send them.

use std::time::Instant;

use hob_protocol::client::CallError;
use hob_protocol::daemon::{KeyMotion, PartState};
use hob_protocol::method::{Keys, Nothing, Status};

use super::super::{ask, status};
use super::snippets;
use crate::cli;
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(arguments: &cli::Hotkeys, output: &mut Output) -> Result<Exit, Failure> {
    if arguments.snippets {
        snippets::show(output)?;
        return Ok(Exit::Ok);
    }
    let state = ask(Status, &Nothing {})?.state;
    let hotkeys = state.desktop.iter().find(|part| part.name == "hotkeys");
    if let Some(part) = hotkeys {
        output.text(&format!("hotkeys: {}", status::part(part)))?;
        if let Some(hint) = &part.hint {
            output.text(&format!("hint: {hint}"))?;
        }
    }
    let hopeless = hotkeys.is_none_or(|part| matches!(part.state, PartState::Missing | PartState::Off));
    let arrived = !hopeless && wait_for_key(arguments, output)?;
    if arrived {
        return Ok(Exit::Ok);
    }
    output.text("bind these commands in the settings of your desktop; they work without hob's own keys:\n")?;
    snippets::show(output)?;
    Ok(Exit::Failed)
}

/// Shows the keys that arrive, until one has been pressed and released.
fn wait_for_key(arguments: &cli::Hotkeys, output: &mut Output) -> Result<bool, Failure> {
    let mut client = connection::connect()?;
    let until = Instant::now() + arguments.wait;
    client.wait_at_most(arguments.wait)?;
    let mut pressed: Option<(String, Instant)> = None;
    for reply in client.stream(Keys, &Nothing {})? {
        let key = match reply {
            Err(CallError::Silent) => break,
            reply => reply?.key,
        };
        let Some(key) = key else {
            output
                .text(&format!("press one of hob's keys; it will do nothing else ({} s)", arguments.wait.as_secs()))?;
            output.finish()?;
            continue;
        };
        match (key.motion, &pressed) {
            (KeyMotion::Pressed, _) => {
                output.text(&format!("{}: pressed", key.binding))?;
                pressed = Some((key.binding, Instant::now()));
            }
            (KeyMotion::Released, Some((binding, since))) if *binding == key.binding => {
                let held = since.elapsed().as_millis();
                output.text(&format!("{binding}: released after {held} ms; this key works"))?;
                return Ok(true);
            }
            (KeyMotion::Released, _) => {}
        }
        output.finish()?;
        if Instant::now() >= until {
            break;
        }
    }
    output.text(match pressed {
        Some(_) => "its release did not arrive",
        None => "no key arrived",
    })?;
    Ok(false)
}
