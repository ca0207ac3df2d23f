//! `hob bench text`: how soon the text model answers what `fix` asks it, with and without guesses, and beside llama-server with the same
//! model and the same questions. The answers are those of the model: nobody judges here whether they are an edit of the text.

mod report;
mod result;
mod server;
mod texts;

use std::time::Instant;

use hob_protocol::Secret;
use hob_protocol::daemon::EngineKind;
use hob_protocol::method::{self, Nothing, Status};
use hob_protocol::text::{Finish, Generate, Prompt, PromptReply};

use result::{Answer, Single, Way};
use server::Server;
use texts::Sample;

use super::{BenchError, Save};
use crate::cli;
use crate::commands::{ask, follow, model};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// The action whose questions are asked.
const ACTION: &str = "fix";

pub(super) fn execute(arguments: cli::TextBench, output: &mut Output) -> Result<Exit, Failure> {
    let samples = texts::read(arguments.folder.as_deref())?;
    let save = arguments.json.as_deref().map(Save::begin).transpose()?;
    let model = model(arguments.model)?;
    let rival = arguments.rival.as_deref().map(Server::start).transpose()?;
    let bench = Bench { model, rival };
    // The first questions load models, and compute what all questions have in common.
    bench.measure(Way::Hob, "this are warm")?;
    if bench.rival.is_some() {
        bench.measure(Way::Rival, "this are warm")?;
    }
    output.line(&subject()?)?;

    let mut singles: Vec<Single> = Vec::new();
    for pass in 1..=arguments.repeat {
        for sample in &samples {
            let measured = bench.measure_all(pass, sample)?;
            output.line(&report::line(&measured))?;
            singles.extend(measured);
        }
    }
    output.line("")?;
    output.text(&report::summary(&singles))?;
    if let Some(save) = save {
        save.finish(&singles)?;
    }
    let differing = report::differing(&singles, Way::Plain);
    if differing > 0 {
        output.warn(&format!("{differing} answers are other ones with guesses than without"));
        return Ok(Exit::Failed);
    }
    Ok(Exit::Ok)
}

struct Bench {
    model: Option<String>,
    rival: Option<Server>,
}

impl Bench {
    /// All ways, one after the other, so that whatever else the machine does hits all alike.
    fn measure_all(&self, pass: u32, sample: &Sample) -> Result<Vec<Single>, Failure> {
        let text = sample.in_pass(pass);
        let ways = [Way::Hob, Way::Rival, Way::Plain].into_iter();
        let ways = ways.filter(|way| *way != Way::Rival || self.rival.is_some());
        ways.map(|way| {
            let (name, words, size) = (sample.name.clone(), sample.words(), sample.size());
            Ok(Single { way, pass, name, words, size, answer: self.measure(way, &text)? })
        })
        .collect()
    }

    fn measure(&self, way: Way, text: &str) -> Result<Answer, Failure> {
        let prompt = Prompt { action: ACTION.to_owned(), text: Secret::new(text), options: None };
        let prompt = ask(method::Prompt, &prompt)?;
        match (way, &self.rival) {
            (Way::Rival, Some(server)) => Ok(server.answer(&prompt.messages, &prompt.sampling)?),
            _ => self.ask_hob(way, prompt),
        }
    }

    fn ask_hob(&self, way: Way, prompt: PromptReply) -> Result<Answer, Failure> {
        let PromptReply { messages, sampling, constant } = prompt;
        let request = Generate {
            messages,
            sampling: Some(sampling),
            model: self.model.clone(),
            constant: Some(constant),
            guess: (way == Way::Plain).then_some(false),
            ..Generate::default()
        };
        let begun = Instant::now();
        let mut answer = Answer::default();
        for reply in follow(method::Generate, &request)? {
            let reply = reply?;
            if reply.delta.is_some_and(|delta| !delta.is_empty()) {
                answer.first_ms.get_or_insert_with(|| milliseconds(begun));
            }
            if let Some(completion) = reply.result {
                let own_end = u32::from(completion.finish == Finish::Stop);
                return Ok(Answer {
                    total_ms: milliseconds(begun),
                    prompt_tokens: completion.prompt_tokens,
                    cached_tokens: completion.cached_tokens,
                    steps: (completion.output_tokens + own_end).saturating_sub(1),
                    text: completion.text.into_string(),
                    ..answer
                });
            }
        }
        Err(Failure::NoResult)
    }
}

/// What is measured.
fn subject() -> Result<String, Failure> {
    let state = ask(Status, &Nothing {})?.state;
    let engine = state.engines.iter().find(|engine| engine.name == EngineKind::Text).ok_or(BenchError::NoEngine)?;
    let part = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    Ok(format!("hobd {}, model {}, engine build {}", state.version, part(&engine.model), part(&engine.build)))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
