//! `hob dictate`: speech from the microphone, or from a recording played in real time, into text.

use std::path::{Path, PathBuf};
use std::{io, thread};

use hob_protocol::client::Client;
use hob_protocol::dictation::{self, Outcome, StartReply, Target};
use hob_protocol::method::{Cancel, Nothing, Retry, Start, Stop, Toggle};

use super::{absolute, ask, say_insertion};
use crate::cli::{self, DictateCommand, DictateOptions, DictateToggle, DictationForm, Until};
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::terminal;

pub(super) fn execute(arguments: cli::Dictate, output: &mut Output) -> Result<Exit, Failure> {
    match arguments.command {
        None => {
            let request = request(arguments.file.as_deref(), arguments.options, None)?;
            until_text(&request, arguments.shown.form(), output)
        }
        Some(DictateCommand::Start(start)) => {
            let (until, form, target) = (start.until(), start.shown.form(), start.target());
            let request = request(start.file.as_deref(), start.options, target)?;
            match until {
                Until::Recording => until_recording(&request, form, output),
                Until::Text => until_text(&request, form, output),
            }
        }
        Some(DictateCommand::Stop(shown)) => stop(shown.form(), output),
        Some(DictateCommand::Toggle(arguments)) => toggle(arguments, output),
        Some(DictateCommand::Cancel(json)) => cancel(json.format(), output),
        Some(DictateCommand::Retry(arguments)) => retry(arguments, output),
    }
}

fn request(file: Option<&Path>, options: DictateOptions, target: Option<Target>) -> Result<dictation::Start, Failure> {
    let file = file.map(absolute).transpose()?;
    Ok(dictation::Start {
        action: options.action,
        file,
        language: options.language,
        before: options.before.map(Into::into),
        auto_stop_s: options.auto_stop,
        partials: None,
        target,
    })
}

fn until_recording(request: &dictation::Start, form: DictationForm, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Start, request)?;
    match form {
        DictationForm::Json => output.json(&reply)?,
        _ => output.note("recording; `hob dictate stop` ends it"),
    }
    Ok(Exit::Ok)
}

/// Stays with the dictation. The text appears on a terminal as it grows; anything else gets the final text and nothing before it.
fn until_text(request: &dictation::Start, form: DictationForm, output: &mut Output) -> Result<Exit, Failure> {
    let path = connection::socket_path()?;
    let nobody_reads_along = form != DictationForm::Json && !output.watched;
    let request = &dictation::Start { partials: nobody_reads_along.then_some(false), ..request.clone() };
    let replies = Client::connect(&path)?.stream(Start, request)?;
    let mut latest = StartReply::default();
    for reply in replies {
        let reply =
            reply.map_err(Failure::from).or_else(|failure| keep_words(&latest, form, output).and(Err(failure)))?;
        if form == DictationForm::Json {
            output.json(&reply)?;
            if reply.result.is_some() {
                return Ok(Exit::Ok);
            }
            continue;
        }
        if let Some(outcome) = reply.result {
            if output.watched {
                output.rewrite_line("", "")?;
            }
            output.text(outcome.text.as_str())?;
            return say_how(&outcome, form, output);
        }
        if let Some(notice) = &reply.notice {
            if output.watched {
                output.rewrite_line("", "")?;
            }
            output.warn(notice);
            continue;
        }
        if reply.stable.is_none() && reply.unstable.is_none() {
            recording_begins(request, path.clone(), output);
            continue;
        }
        if output.watched {
            output.rewrite_line(words(reply.stable.as_ref()), words(reply.unstable.as_ref()))?;
        }
        latest = reply;
    }
    keep_words(&latest, form, output)?;
    Err(Failure::NoResult)
}

/// Says how to end it. Enter does where somebody sits at the keyboard: Ctrl-C would leave a recording without its text.
fn recording_begins(request: &dictation::Start, socket: PathBuf, output: &Output) {
    if request.file.is_some() || !terminal::has_keyboard() {
        return;
    }
    output.note("recording; Enter ends it, Ctrl-C breaks it off");
    thread::spawn(move || {
        let mut line = String::new();
        if io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            // The text, or the reason why there is none, comes with the replies to the start.
            let _ = Client::connect(&socket).and_then(|mut client| client.call(Stop, &Nothing {}));
        }
    });
}

/// The dictation broke off: what was recognised stays to be seen.
fn keep_words(latest: &StartReply, form: DictationForm, output: &mut Output) -> Result<(), Failure> {
    let (stable, unstable) = (words(latest.stable.as_ref()), words(latest.unstable.as_ref()));
    if form == DictationForm::Json || (stable.is_empty() && unstable.is_empty()) {
        return Ok(());
    }
    if output.watched {
        output.rewrite_line("", "")?;
    }
    output.warn(&format!("heard so far: {}", terminal::joined(stable, unstable)));
    Ok(())
}

fn stop(form: DictationForm, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Stop, &Nothing {})?;
    match form {
        DictationForm::Json => output.json(&reply)?,
        _ => return warn_and_say(&reply.result, form, output),
    }
    Ok(Exit::Ok)
}

fn toggle(arguments: DictateToggle, output: &mut Output) -> Result<Exit, Failure> {
    let (form, target) = (arguments.shown.form(), arguments.target());
    let DictateToggle { action, language, .. } = arguments;
    let reply = ask(Toggle, &dictation::Toggle { action, language, target })?;
    match (form, reply.result.as_ref()) {
        (DictationForm::Json, _) => output.json(&reply)?,
        (_, Some(outcome)) => return warn_and_say(outcome, form, output),
        (_, None) => output.note("recording; the same command ends it"),
    }
    Ok(Exit::Ok)
}

fn cancel(format: Format, output: &mut Output) -> Result<Exit, Failure> {
    let reply = ask(Cancel, &Nothing {})?;
    match format {
        Format::Json => output.json(&reply)?,
        Format::Text if reply.cancelled => output.note("the dictation is cancelled"),
        Format::Text => output.note("no dictation was running"),
    }
    Ok(Exit::Ok)
}

fn retry(arguments: cli::DictateRetry, output: &mut Output) -> Result<Exit, Failure> {
    let form = arguments.shown.form();
    let cli::DictateRetry { id, language, action, .. } = arguments;
    let reply = ask(Retry, &dictation::Retry { id, language, action })?;
    match form {
        DictationForm::Json => output.json(&reply)?,
        _ => return say(&reply.result, form, output),
    }
    Ok(Exit::Ok)
}

/// For those who have not followed the dictation, and so were not told.
fn warn_and_say(outcome: &Outcome, form: DictationForm, output: &mut Output) -> Result<Exit, Failure> {
    for notice in &outcome.notices {
        output.warn(notice);
    }
    say(outcome, form, output)
}

/// A text that is somewhere else is not printed as well.
fn say(outcome: &Outcome, form: DictationForm, output: &mut Output) -> Result<Exit, Failure> {
    if outcome.insertion.is_none() {
        output.text(outcome.text.as_str())?;
    }
    say_how(outcome, form, output)
}

/// Where the time went is a remark: the result stays what it is for whatever reads it.
fn say_how(outcome: &Outcome, form: DictationForm, output: &mut Output) -> Result<Exit, Failure> {
    if form == DictationForm::TextAndTimings {
        output.remark(&outcome.timings.to_string())?;
    }
    match &outcome.insertion {
        None => Ok(Exit::Ok),
        Some(insertion) => say_insertion(insertion, output),
    }
}

fn words(text: Option<&hob_protocol::Secret>) -> &str {
    text.map_or("", |text| text.as_str())
}
