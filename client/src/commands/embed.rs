//! `hob embed`: texts into vectors, one a line.

use hob_protocol::text::{Embed, EmbedReply, Embeddings, MAX_TEXTS};
use hob_protocol::{Secret, method};

use super::{follow, given, model, say_waiting};
use crate::cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

const GIVE_TEXT: &str = "give it in quotes after `embed`, or pipe it in: `hob embed --lines < notes.txt`";

pub(super) fn execute(arguments: cli::Embed, output: &mut Output) -> Result<Exit, Failure> {
    let format = arguments.json.format();
    let texts = texts(&arguments)?;
    let model = model(arguments.model)?;
    for texts in texts.chunks(MAX_TEXTS) {
        let request = Embed {
            texts: texts.to_vec(),
            model: model.clone(),
            truncate: arguments.truncate.then_some(true),
            background: arguments.background.then_some(true),
        };
        let reply = wait_for(&request, output)?;
        match format {
            Format::Json => output.json(&reply)?,
            Format::Text => print(&reply.result.ok_or(Failure::NoResult)?, output)?,
        }
    }
    Ok(Exit::Ok)
}

/// None of them is empty.
fn texts(arguments: &cli::Embed) -> Result<Vec<Secret>, Failure> {
    match arguments.texts.as_slice() {
        [] if arguments.lines => {
            let input = given::text(None, GIVE_TEXT)?;
            Ok(input.as_str().lines().filter(|line| !line.trim().is_empty()).map(Secret::new).collect())
        }
        [] => Ok(vec![given::text(None, GIVE_TEXT)?]),
        texts => texts.iter().map(|text| given::text(Some(text), GIVE_TEXT)).collect(),
    }
}

fn wait_for(request: &Embed, output: &Output) -> Result<EmbedReply, Failure> {
    for reply in follow(method::Embed, request)? {
        let reply = reply?;
        say_waiting(reply.waiting, output);
        if reply.result.is_some() {
            return Ok(reply);
        }
    }
    Err(Failure::NoResult)
}

/// One vector a line, as JSON.
fn print(result: &Embeddings, output: &mut Output) -> Result<(), Failure> {
    for embedding in &result.embeddings {
        output.json(&embedding.vector)?;
        if embedding.truncated {
            output.warn(&format!("a text was too long for the model: the first {} tokens were read", embedding.tokens));
        }
    }
    Ok(())
}
