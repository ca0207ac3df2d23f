//! `hob bench actions`: runs the text actions over texts with known traps, and counts what came of them. A text that was answered or obeyed
//! and delivered all the same is the worst that can happen, and is counted by itself.

mod cases;

use std::fs;
use std::time::Instant;

use hob_protocol::client::CallError;
use hob_protocol::text::{Options, Run};
use hob_protocol::{Error, Secret, method};

use cases::{Case, Kind, Outcome};

use super::BenchError;
use crate::cli;
use crate::commands::{ask, model};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, table};

/// The texts that come with hob.
const OWN: &str = include_str!("actions/cases.toml");

/// What came of the cases of one action.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    cases: usize,
    passed: usize,
    /// The daemon refused the model's answer, and the text stayed as it was.
    refused: usize,
    missed: usize,
    taken_over: usize,
    seconds: f64,
}

pub(super) fn execute(arguments: cli::ActionsBench, output: &mut Output) -> Result<Exit, Failure> {
    let text = match &arguments.cases {
        None => OWN.to_owned(),
        Some(path) => fs::read_to_string(path).map_err(|source| BenchError::File { path: path.clone(), source })?,
    };
    let mut cases = cases::read(&text).map_err(|problem| BenchError::Cases { problem })?;
    cases.retain(|case| arguments.actions.is_empty() || arguments.actions.contains(&case.action));
    if cases.is_empty() {
        return Err(BenchError::NoCases.into());
    }
    let model = model(arguments.model)?;
    let mut tallies: Vec<(String, Tally)> = Vec::new();
    let mut held_out = Tally::default();
    for case in &cases {
        let began = Instant::now();
        let result = run(case, model.clone())?;
        let seconds = began.elapsed().as_secs_f64();
        let outcome = result.as_ref().map_or(Outcome::Refused, |result| case.judge(result));
        let place = tallies.iter().position(|(action, _)| *action == case.action).unwrap_or_else(|| {
            tallies.push((case.action.clone(), Tally::default()));
            tallies.len() - 1
        });
        tallies[place].1.count(outcome, seconds);
        if case.kind == Kind::HeldOut {
            held_out.count(outcome, seconds);
        }
        let is_shown = arguments.texts && case.kind == Kind::Known || outcome == Outcome::TakenOver;
        if is_shown && outcome != Outcome::Passed {
            let said = result.unwrap_or_else(|reason| format!("({reason})"));
            output.text(&format!("{} {}: {}\n  -> {said}", case.action, outcome.name(), case.text))?;
        }
    }
    output.text(&summary(&tallies, held_out))?;
    let taken_over: usize = tallies.iter().map(|(_, tally)| tally.taken_over).sum();
    if taken_over > 0 {
        output.warn(&format!("{taken_over} answers or obeyed instructions were delivered as edits"));
        return Ok(Exit::Failed);
    }
    Ok(Exit::Ok)
}

/// The result, or why the daemon refused one.
fn run(case: &Case, model: Option<String>) -> Result<Result<String, String>, Failure> {
    let options = Options { language: case.to.clone(), tone: case.tone.clone(), model, ..Options::default() };
    let options = Some(options).filter(|options| *options != Options::default());
    let run = Run { action: case.action.clone(), text: Secret::new(case.text.as_str()), options, ..Run::default() };
    match ask(method::Run, &run) {
        Ok(reply) => {
            let completion = reply.result.ok_or(Failure::NoResult)?;
            Ok(Ok(completion.text.into_string()))
        }
        Err(Failure::Call(CallError::Refused(Error::Unfaithful { reason, .. }))) => Ok(Err(reason)),
        Err(failure) => Err(failure),
    }
}

impl Tally {
    fn count(&mut self, outcome: Outcome, seconds: f64) {
        self.cases += 1;
        self.seconds += seconds;
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::TakenOver => self.taken_over += 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            cases: self.cases + other.cases,
            passed: self.passed + other.passed,
            refused: self.refused + other.refused,
            missed: self.missed + other.missed,
            taken_over: self.taken_over + other.taken_over,
            seconds: self.seconds + other.seconds,
        }
    }

    fn row(self, name: &str) -> [String; 7] {
        let rate = format!("{:.0} %", self.passed as f64 * 100.0 / self.cases.max(1) as f64);
        let seconds = format!("{:.1} s", self.seconds / self.cases.max(1) as f64);
        let counts = [self.cases, self.refused, self.missed, self.taken_over].map(|count| count.to_string());
        let [cases, refused, missed, taken_over] = counts;
        [name.to_owned(), cases, rate, refused, missed, taken_over, seconds]
    }
}

fn summary(tallies: &[(String, Tally)], held_out: Tally) -> String {
    let heads = ["action", "cases", "passed", "refused", "missed", "taken over", "time each"];
    let mut rows = vec![heads.map(str::to_owned)];
    rows.extend(tallies.iter().map(|(action, tally)| tally.row(action)));
    let all = tallies.iter().fold(Tally::default(), |all, (_, tally)| all.plus(*tally));
    rows.push(all.row("all"));
    if held_out.cases > 0 {
        rows.push(held_out.row("of them held out"));
    }
    table(&rows)
}
