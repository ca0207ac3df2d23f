//! `hob run`: a text action on a text.

use std::io::{self, IsTerminal, Read};

use hob_protocol::codec::MAX_MESSAGE_BYTES;
use hob_protocol::text::{Completion, Finish, Options};
use hob_protocol::{Secret, method};

use super::{ask, follow, model};
use crate::cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

pub(super) fn execute(arguments: cli::Run, output: &mut Output) -> Result<Exit, Failure> {
    let live = arguments.stream || output.watched;
    let format = arguments.json.format();
    let request = hob_protocol::text::Run {
        text: text(arguments.text.as_deref())?,
        action: arguments.action,
        options: Some(Options {
            language: arguments.language,
            tone: arguments.tone,
            question: arguments.question.map(Secret::new),
            model: model(arguments.model)?,
            max_tokens: arguments.max_tokens,
            truncate: arguments.truncate.then_some(true),
        })
        .filter(|options| *options != Options::default()),
    };
    match format {
        Format::Json if arguments.stream => {
            for reply in follow(method::Run, &request)? {
                output.json(&reply?)?;
            }
        }
        Format::Json => output.json(&ask(method::Run, &request)?)?,
        Format::Text if live => {
            let completion = show(&request, output)?;
            remarks(&completion, output);
        }
        Format::Text => {
            let completion = collect(&request, output)?;
            output.text(completion.text.as_str())?;
            remarks(&completion, output);
        }
    }
    Ok(Exit::Ok)
}

/// Prints the answer while it grows. What was printed stays, whatever happens.
fn show(request: &hob_protocol::text::Run, output: &mut Output) -> Result<Completion, Failure> {
    let mut shown = false;
    for reply in follow(method::Run, request)? {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                if shown {
                    output.line("")?;
                }
                return Err(error.into());
            }
        };
        if let Some(delta) = reply.delta.filter(|delta| !delta.is_empty()) {
            output.piece(delta.as_str())?;
            shown = true;
        }
        if let Some(completion) = reply.result {
            // The deltas were the answer already, down to what was cleaned of it afterwards.
            output.text(if shown { "" } else { completion.text.as_str() })?;
            return Ok(completion);
        }
    }
    Err(Failure::NoResult)
}

/// Waits for the whole answer, as a pipe wants it. If it breaks off, what there was goes to standard error.
fn collect(request: &hob_protocol::text::Run, output: &Output) -> Result<Completion, Failure> {
    let mut so_far = Secret::default();
    for reply in follow(method::Run, request)? {
        let reply = reply.inspect_err(|_| {
            if !so_far.is_empty() {
                output.warn(&format!("the answer so far: {}", so_far.as_str()));
            }
        })?;
        if let Some(delta) = reply.delta {
            so_far.push_str(delta.as_str());
        }
        if let Some(completion) = reply.result {
            return Ok(completion);
        }
    }
    Err(Failure::NoResult)
}

/// What the reader could not see from the text alone.
fn remarks(completion: &Completion, output: &Output) {
    if completion.truncated {
        output.warn("the text was too long for the model and was shortened");
    }
    if completion.finish == Finish::Length {
        output.warn(&format!(
            "the answer was cut off after {} tokens; --max-tokens allows more",
            completion.output_tokens
        ));
    }
}

/// The text from the command line or from standard input, refused if there is nothing in it.
fn text(argument: Option<&str>) -> Result<Secret, Failure> {
    let text = match argument {
        Some("-") => standard_input()?,
        Some(text) => text.to_owned(),
        None if io::stdin().is_terminal() => {
            return Err(Failure::Usage { problem: "no text".into(), hint: GIVE_TEXT });
        }
        None => standard_input()?,
    };
    if text.trim().is_empty() {
        return Err(Failure::Usage { problem: "the text is empty".into(), hint: GIVE_TEXT });
    }
    Ok(text.into())
}

const GIVE_TEXT: &str = "give it in quotes after the action, or pipe it in: `wl-paste | hob run fix`";

/// Reads no more than could be sent, so that an endless pipe is refused like any text that is too large.
fn standard_input() -> Result<String, Failure> {
    let unreadable = |source| Failure::Unreadable { what: "standard input".into(), source };
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_MESSAGE_BYTES {
        let problem = format!("the text is longer than {MAX_MESSAGE_BYTES} bytes");
        return Err(Failure::Usage { problem, hint: "send it in parts" });
    }
    String::from_utf8(bytes).map_err(|_| Failure::Usage {
        problem: "standard input is not UTF-8 text".into(),
        hint: "convert it with `iconv`, or transcribe a recording with `hob transcribe`",
    })
}
