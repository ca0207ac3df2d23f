//! `hob run`: a text action on a text.

use hob_protocol::client::CallError;
use hob_protocol::text::{Completion, Finish, Options, RunOnSelection};
use hob_protocol::{Error, Secret, method};

use super::{ask, follow, given, model, say_insertion, say_waiting};
use crate::cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

const GIVE_TEXT: &str = "give it in quotes after the action, or pipe it in: `wl-paste | hob run fix`";

pub(super) fn execute(arguments: cli::Run, output: &mut Output) -> Result<Exit, Failure> {
    let live = arguments.stream || output.watched;
    let format = arguments.json.format();
    let options = Some(Options {
        language: arguments.language,
        tone: arguments.tone,
        question: arguments.question.map(Secret::new),
        model: model(arguments.model)?,
        adapter: arguments.adapter,
        max_tokens: arguments.max_tokens,
        truncate: arguments.truncate.then_some(true),
    })
    .filter(|options| *options != Options::default());
    if arguments.selection {
        return on_selection(&RunOnSelection { action: arguments.action, options }, format, output);
    }
    if arguments.clipboard {
        return on_clipboard(&RunOnSelection { action: arguments.action, options }, format, output);
    }
    let text = given::text(arguments.text.as_deref(), GIVE_TEXT)?;
    let background = arguments.background.then_some(true);
    let request = hob_protocol::text::Run { text, action: arguments.action, options, background };
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

/// The result is where the selection was, so it is not printed.
fn on_selection(request: &RunOnSelection, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(method::RunOnSelection, request)?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text => remarks(&reply.result, output),
    }
    say_insertion(&reply.insertion, output)
}

/// The result can be pasted, so it is not printed.
fn on_clipboard(request: &RunOnSelection, format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(method::RunOnClipboard, request)?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text => remarks(&reply.result, output),
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
        // In the middle of an answer it would stand between its words.
        say_waiting(reply.waiting.filter(|_| !shown), output);
        if shown && reply.progress.is_some_and(|progress| progress.again) {
            output.line("")?;
            output.warn("that was no edit of the text; once more");
            shown = false;
        }
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
    let (mut so_far, mut piece) = (Secret::default(), Secret::default());
    for reply in follow(method::Run, request)? {
        let reply = reply.inspect_err(|error| {
            so_far.push_str(piece.as_str());
            // What was refused is not shown as if it were an answer.
            if !so_far.is_empty() && !matches!(error, CallError::Refused(Error::Unfaithful { .. })) {
                output.warn(&format!("the answer so far: {}", so_far.as_str()));
            }
        })?;
        say_waiting(reply.waiting, output);
        if let Some(progress) = reply.progress {
            let done = std::mem::take(&mut piece);
            if !progress.again {
                so_far.push_str(done.as_str());
            }
        }
        if let Some(delta) = reply.delta {
            piece.push_str(delta.as_str());
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
