//! `hob doctor`: looks at everything hob needs, changes nothing, and says what to do where something is wrong.

mod bus;
mod daemon;
mod desktop;
mod engines;
mod hotkeys;
mod models;
mod snippets;
mod sound;

use std::borrow::Cow;

use hob_protocol::daemon::State;
use serde::Serialize;

use crate::cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::terminal;

/// What one check found.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Check {
    name: Cow<'static, str>,
    level: Level,
    finding: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    /// hob works, but not all of it.
    Warn,
    /// hob does not work.
    Fail,
}

/// Looks at one thing; what the daemon says of itself is known if it answers.
type Look = fn(Option<&State>) -> Vec<Check>;

/// Everything after the socket, in the order it is said.
const LATER: [Look; 7] =
    [daemon::folder, daemon::configuration, models::check, engines::check, sound::check, bus::check, desktop::check];

pub(super) fn execute(arguments: &cli::Doctor, output: &mut Output) -> Result<Exit, Failure> {
    match &arguments.command {
        None => look_at_all(arguments.json.format(), output),
        Some(cli::DoctorCommand::Hotkeys(arguments)) => hotkeys::execute(arguments, output),
    }
}

/// The exit code says whether dictation can work here.
fn look_at_all(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let (check, state) = daemon::answers();
    let state = state.as_ref();
    let mut failed: Vec<Cow<'static, str>> = Vec::new();
    for check in std::iter::once(check).chain(LATER.iter().flat_map(|check| check(state))) {
        say(&check, format, output)?;
        if check.level == Level::Fail && !failed.contains(&check.name) {
            failed.push(check.name);
        }
    }
    if format == Format::Text {
        output.line(&match failed.as_slice() {
            [] => "\ndictation can work here".to_owned(),
            failed => format!("\ndictation cannot work here until this is put right: {}", failed.join(", ")),
        })?;
    }
    Ok(if failed.is_empty() { Exit::Ok } else { Exit::Failed })
}

fn say(check: &Check, format: Format, output: &mut Output) -> Result<(), Failure> {
    /// Of the longest name, and of all that stands before a finding.
    const NAME: usize = 15;
    const BEFORE: usize = 4 + 2 + NAME + 1;
    if format == Format::Json {
        return output.json(check);
    }
    let level = match check.level {
        Level::Ok => output.style.green("ok  "),
        Level::Warn => output.style.yellow("warn"),
        Level::Fail => output.style.red("fail"),
    };
    // What is not on a terminal is searched, line by line.
    let columns = if output.watched { terminal::columns().saturating_sub(BEFORE).max(NAME) } else { usize::MAX };
    let mut begin = format!("{level}  {:<NAME$} ", check.name);
    let advice = check.advice.as_ref().map(|advice| format!("hint: {advice}"));
    for text in [Some(&check.finding), advice.as_ref()].into_iter().flatten() {
        let text = terminal::printable(text);
        for line in terminal::lines(&text, columns) {
            output.line(&format!("{begin}{line}"))?;
            begin = " ".repeat(BEFORE);
        }
    }
    Ok(())
}

impl Check {
    fn ok(name: impl Into<Cow<'static, str>>, finding: impl Into<String>) -> Self {
        Self { name: name.into(), level: Level::Ok, finding: finding.into(), advice: None }
    }

    fn warn(name: impl Into<Cow<'static, str>>, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name: name.into(), level: Level::Warn, finding: finding.into(), advice: Some(advice.into()) }
    }

    fn fail(name: impl Into<Cow<'static, str>>, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name: name.into(), level: Level::Fail, finding: finding.into(), advice: Some(advice.into()) }
    }
}
