//! `hob status`: how the daemon and its engines are.

use hob_models::human_bytes;
use hob_protocol::daemon::{
    Dictation, Engine, EngineState, Journal, Microphone, MicrophoneState, Part, PartState, Phase, State,
};
use hob_protocol::method::{Nothing, Status};

use super::ask;
use crate::cli;
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output, duration, milliseconds, table};

pub(super) fn execute(arguments: &cli::Status, output: &mut Output) -> Result<Exit, Failure> {
    let reply = match arguments.wait {
        Some(limit) => connection::status_within(limit)?,
        None => ask(Status, &Nothing {})?,
    };
    match arguments.json.format() {
        Format::Json => output.json(&reply)?,
        Format::Text => output.text(&report(&reply.state))?,
    }
    Ok(Exit::Ok)
}

/// The whole state, a few lines for people.
pub(super) fn report(state: &State) -> String {
    let mut rows = vec![
        [
            "hobd".to_owned(),
            format!(
                "{}, pid {}, up {}, {}",
                state.version,
                state.pid,
                duration(state.uptime_s),
                human_bytes(state.resident_bytes)
            ),
        ],
        ["socket".into(), state.socket.clone()],
        ["config".into(), state.config.clone()],
        ["models".into(), state.models.clone()],
    ];
    rows.extend(state.engines.iter().map(|engine| [engine.name.to_string(), self::engine(engine)]));
    rows.push(["dictation".into(), dictation(&state.dictation)]);
    let paused = if state.paused { "paused (`hob resume` ends that), " } else { "" };
    rows.push(["sound".into(), format!("{paused}{}", microphone(&state.microphone))]);
    rows.extend(state.desktop.iter().map(|part| ["desktop".into(), format!("{} {}", part.name, self::part(part))]));
    rows.extend(journal(&state.journal).map(|words| ["journal".to_owned(), words]));
    if let Some(timings) = &state.last_dictation {
        let labels = std::iter::once("last text").chain(std::iter::repeat(""));
        let parts = timings.to_string();
        rows.extend(labels.zip(parts.split("; ")).map(|(label, part)| [label.into(), part.into()]));
    }
    rows.push(["requests".into(), format!("{} waiting, {} connected", state.queued, state.connections)]);
    table(&rows)
}

/// One part of the desktop on one line.
pub(super) fn part(part: &Part) -> String {
    match part.state {
        PartState::Works => format!("{}: {}", part.using, part.why),
        PartState::Limited => format!("{}, limited: {}", part.using, part.why),
        PartState::Missing => format!("missing: {}", part.why),
        PartState::Off => format!("off: {}", part.why),
    }
}

/// One engine on one line: its state first, then what is worth knowing of it.
pub(super) fn engine(engine: &Engine) -> String {
    let mut parts = vec![
        match engine.state {
            EngineState::Stopped => "stopped",
            EngineState::Starting => "starting",
            EngineState::Loading => "loading",
            EngineState::Ready => "ready",
            EngineState::Busy => "busy",
            EngineState::Failed => "failed",
        }
        .to_owned(),
    ];
    parts.extend(engine.model.clone());
    parts.extend(engine.build.as_ref().map(|build| format!("build {build}")));
    parts.extend(engine.pid.map(|pid| format!("pid {pid}")));
    parts.extend(engine.resident_bytes.map(human_bytes));
    parts.extend(engine.load_ms.map(|load| format!("loaded in {}", milliseconds(load))));
    // More than the one at work.
    let interrupted = engine.sequences.map_or(0, |sequences| sequences.used.saturating_sub(1));
    if interrupted > 0 {
        parts.push(format!("{interrupted} interrupted"));
    }
    if engine.restarts > 0 {
        parts.push(format!("restarts {}", engine.restarts));
    }
    if !engine.refused_builds.is_empty() {
        parts.push(format!("refused {}", engine.refused_builds.join(" ")));
    }
    parts.extend(engine.last_death.as_ref().map(|death| format!("last died: {death}")));
    parts.join(", ")
}

fn microphone(microphone: &Microphone) -> String {
    let state = match microphone.state {
        MicrophoneState::Closed => "closed",
        MicrophoneState::Opening => "opening",
        MicrophoneState::Open => "open",
    };
    match &microphone.name {
        Some(name) => format!("microphone {state}, {name}"),
        None => format!("microphone {state}"),
    }
}

/// The dictation on one line, without the words.
pub(super) fn dictation(dictation: &Dictation) -> String {
    let phase = match dictation.phase {
        Phase::Idle => "idle",
        Phase::Opening => "opening the microphone",
        Phase::Recording => "recording",
        Phase::Finishing => "finishing",
    };
    match dictation.id {
        Some(id) => format!("{phase}, number {id}"),
        None => phase.to_owned(),
    }
}

/// What a person should know of the journal; nothing where all is well.
fn journal(journal: &Journal) -> Option<String> {
    let waiting = match journal.waiting {
        0 => None,
        1 => Some("1 recording without its text (`hob history`)".to_owned()),
        count => Some(format!("{count} recordings without their texts (`hob history`)")),
    };
    let problem = journal.problem.as_ref().map(|problem| format!("cannot be written: {problem}"));
    let parts: Vec<_> = problem.into_iter().chain(waiting).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
