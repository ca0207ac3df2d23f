//! The clients: each asks something, leaves at a random moment or with its answer, and asks again.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use hob_protocol::Error;
use hob_protocol::client::CallError;
use hob_tests::{Daemon, PATIENCE, Random};

use crate::questions::{Question, Told};

/// The longest that a client waits before it leaves.
const MOST: Duration = Duration::from_secs(20);

pub(crate) struct Crowd<'a> {
    pub(crate) clients: u64,
    pub(crate) questions: &'a [Question],
    pub(crate) seed: u64,
}

/// What became of the requests.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) finished: u32,
    pub(crate) cancelled: u32,
    busy: u32,
    /// Answers that are not those of a client that is alone.
    pub(crate) wrong: Vec<String>,
    pub(crate) failed: Vec<String>,
}

enum End {
    Finished,
    Cancelled,
    Busy,
    Wrong(String),
    Failed(String),
}

impl Crowd<'_> {
    /// All of them, for so long. The last request of each waits for its answer.
    pub(crate) fn rush(&self, daemon: &Daemon, time: Duration) -> Counts {
        let until = Instant::now() + time;
        let one = |client: u64| {
            let mut random = Random::new(self.seed, client);
            let mut counts = Counts::default();
            loop {
                let is_last = Instant::now() >= until;
                // Most leave soon, few wait for long.
                let patience = if is_last { PATIENCE } else { MOST.min(time / 2).mul_f64(random.share().powi(3)) };
                let end = self.ask(daemon, &mut random, patience);
                if matches!(end, End::Busy) {
                    // It was told to try again later.
                    thread::sleep(Duration::from_millis(500).mul_f64(random.share()));
                } else if is_last {
                    counts.add(end);
                    return counts;
                }
                counts.add(end);
            }
        };
        thread::scope(|scope| {
            let clients = (1..=self.clients).map(|client| scope.spawn(move || one(client))).collect::<Vec<_>>();
            let mut all = Counts::default();
            for client in clients {
                all.join(client.join().unwrap());
            }
            all
        })
    }

    fn ask(&self, daemon: &Daemon, random: &mut Random, patience: Duration) -> End {
        let question = &self.questions[random.below(self.questions.len())];
        if random.share() < 0.5 { asked_once(daemon, question, patience) } else { streamed(daemon, question, patience) }
    }
}

fn asked_once(daemon: &Daemon, question: &Question, patience: Duration) -> End {
    let mut client = daemon.client();
    client.wait_at_most(patience.min(PATIENCE)).unwrap();
    match question.asked_once(&mut client) {
        Ok(completion) => whole(question, completion.text.as_str()),
        Err(error) => ended(error),
    }
}

fn streamed(daemon: &Daemon, question: &Question, patience: Duration) -> End {
    let leaves = Instant::now() + patience;
    let mut client = daemon.client();
    client.wait_at_most(patience.min(PATIENCE)).unwrap();
    let replies = match question.streamed(client) {
        Ok(replies) => replies,
        Err(error) => return ended(error),
    };
    let mut heard = String::new();
    for reply in replies {
        match reply {
            Ok(Told::Whole(completion)) => return whole(question, completion.text.as_str()),
            Ok(Told::Delta(delta)) => heard.push_str(delta.as_str()),
            Err(error) => return ended(error),
        }
        if !question.answer.starts_with(heard.trim()) {
            return End::Wrong(format!("{heard:?} came for {:?}", question.answer));
        }
        if Instant::now() >= leaves {
            return End::Cancelled;
        }
    }
    End::Failed("the replies ended without a result".to_owned())
}

fn whole(question: &Question, text: &str) -> End {
    if text == question.answer { End::Finished } else { End::Wrong(format!("{text:?} for {:?}", question.answer)) }
}

fn ended(error: CallError) -> End {
    match error {
        // Its patience was at an end: it hangs up.
        CallError::Silent => End::Cancelled,
        CallError::Refused(Error::Busy { .. }) => End::Busy,
        other => End::Failed(other.to_string()),
    }
}

impl Counts {
    fn add(&mut self, end: End) {
        match end {
            End::Finished => self.finished += 1,
            End::Cancelled => self.cancelled += 1,
            End::Busy => self.busy += 1,
            End::Wrong(what) => self.wrong.push(what),
            End::Failed(why) => self.failed.push(why),
        }
    }

    fn join(&mut self, other: Self) {
        self.finished += other.finished;
        self.cancelled += other.cancelled;
        self.busy += other.busy;
        self.wrong.extend(other.wrong);
        self.failed.extend(other.failed);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wrong, failed) = (self.wrong.len() as u32, self.failed.len() as u32);
        let requests = self.finished + self.cancelled + self.busy + wrong + failed;
        write!(f, "{requests} requests, {} finished, {} cancelled, ", self.finished, self.cancelled)?;
        write!(f, "{} told to come later, {wrong} wrong answers, {failed} failed", self.busy)
    }
}
