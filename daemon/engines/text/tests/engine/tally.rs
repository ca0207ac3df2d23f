//! Counts the answers of a long run and says how it goes, so that one who waits sees what it does. What was made quickly is not spoken of.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Answers between two lines.
const LINE_EVERY: u32 = 50;
/// Schemas that are named at the end.
const SLOWEST: usize = 5;

pub(crate) struct Tally {
    wanted: u32,
    begin: Instant,
    made: u32,
    tokens: u32,
    problems: Vec<String>,
    schemas: HashMap<String, Effort>,
}

/// One answer.
pub(crate) struct Made {
    /// Of the answer itself; attempts before it are not counted.
    pub(crate) tokens: u32,
    pub(crate) time: Duration,
    pub(crate) problem: Option<String>,
}

/// All answers of one schema.
#[derive(Default)]
struct Effort {
    answers: u32,
    tokens: u32,
    time: Duration,
}

impl Tally {
    pub(crate) fn new(wanted: u32) -> Self {
        Self { wanted, begin: Instant::now(), made: 0, tokens: 0, problems: Vec::new(), schemas: HashMap::new() }
    }

    pub(crate) fn count(&mut self, schema: &Value, made: Made) {
        self.made += 1;
        self.tokens += made.tokens;
        if let Some(problem) = made.problem {
            println!("{problem}");
            self.problems.push(problem);
        }
        let effort = self.schemas.entry(schema.to_string()).or_default();
        effort.answers += 1;
        effort.tokens += made.tokens;
        effort.time += made.time;
        if self.made.is_multiple_of(LINE_EVERY) {
            self.say();
        }
    }

    /// Fails if a single answer was not valid.
    pub(crate) fn conclude(self) {
        self.say();
        let mut schemas: Vec<(&String, &Effort)> = self.schemas.iter().collect();
        schemas.sort_by_key(|(_, effort)| std::cmp::Reverse(effort.time));
        println!("The slowest:");
        for (schema, Effort { answers, tokens, time }) in schemas.into_iter().take(SLOWEST) {
            println!("{:6.1} s for {answers} answers of {tokens} tokens: {schema}", time.as_secs_f64());
        }
        println!("{} of {} answers are valid", self.made as usize - self.problems.len(), self.wanted);
        assert!(self.problems.is_empty(), "{} of {}:\n{}", self.problems.len(), self.made, self.problems.join("\n"));
    }

    fn say(&self) {
        println!(
            "{} of {} answers, {} not valid, {} tokens, {:.1} s",
            self.made,
            self.wanted,
            self.problems.len(),
            self.tokens,
            self.begin.elapsed().as_secs_f64()
        );
    }
}
