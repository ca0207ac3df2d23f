//! `hob watch`: the whole state first, then a line for each change, until Ctrl-C.

use hob_protocol::daemon::{Dictation, State, WatchReply};
use hob_protocol::method::{Nothing, Watch};

use super::{follow, status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

pub(super) fn execute(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let mut known: Option<State> = None;
    for reply in follow(Watch, &Nothing {})? {
        let reply = reply?;
        match format {
            Format::Json => output.json(&reply)?,
            Format::Text => {
                for line in news(known.as_ref(), &reply) {
                    output.text(&line)?;
                }
            }
        }
        match &mut known {
            Some(state) => state.apply(reply),
            None => known = reply.state,
        }
        output.finish()?;
    }
    Ok(Exit::Ok)
}

/// What a reply adds to what is known, a line each. Changes that no line would show are left out.
fn news(known: Option<&State>, reply: &WatchReply) -> Vec<String> {
    let mut lines: Vec<_> = reply.state.iter().map(status::report).collect();
    if let Some(engine) = &reply.engine {
        let before = known.and_then(|state| state.engines.iter().find(|known| known.name == engine.name));
        if before != Some(engine) {
            lines.push(format!("{}: {}", engine.name, status::engine(engine)));
        }
    }
    if let Some(paused) = reply.paused {
        lines.push(if paused { "the microphone is paused".into() } else { "the microphone may be opened".to_owned() });
    }
    lines.extend(reply.language.iter().map(|language| format!("language: {language}")));
    for part in reply.desktop.iter().flatten() {
        let before = known.and_then(|state| state.desktop.iter().find(|known| known.name == part.name));
        if before != Some(part) {
            lines.push(format!("{}: {}", part.name, status::part(part)));
        }
    }
    if let Some(dictation) = &reply.dictation
        && known.map(|state| at_rest(&state.dictation)) != Some(at_rest(dictation))
    {
        lines.push(format!("dictation: {}{}", status::dictation(dictation), words(dictation)));
        let before = known.and_then(|state| state.dictation.notice.as_ref());
        lines.extend(dictation.notice.as_ref().filter(|notice| before != Some(*notice)).cloned());
    }
    lines
}

/// How loud it is changes all the time, and is no line of its own.
fn at_rest(dictation: &Dictation) -> Dictation {
    Dictation { level: 0.0, ..dictation.clone() }
}

/// What was said so far; a bar stands before what may still change.
fn words(dictation: &Dictation) -> String {
    match (dictation.stable.as_str(), dictation.unstable.as_str()) {
        ("", "") => String::new(),
        (stable, "") => format!(": {stable}"),
        ("", unstable) => format!(": | {unstable}"),
        (stable, unstable) => format!(": {} | {}", stable.trim_end(), unstable.trim_start()),
    }
}
