//! The real text engine behind the real daemon, with a small quantised model. What the model answers is its own affair; that the
//! answer comes, ends when it should and is told when it cannot, is tested here.

#![expect(clippy::unwrap_used, reason = "tests")]

mod adapters;
mod background;
mod broken_off;
mod context;
mod embed;
mod generate;
mod memory;
mod own;
mod schema;
mod states;
mod together;

use hob_protocol::Error;
use hob_protocol::method;
use hob_protocol::text::{Completion, Generate, Message, Role, Sampling};
use hob_tests::{Daemon, Home, REAL_TEXT_MODEL};

fn start() -> Daemon {
    Home::real(&[REAL_TEXT_MODEL]).start()
}

/// The same answer at every call.
fn greedy() -> Sampling {
    Sampling { temperature: Some(0.0), ..Sampling::default() }
}

fn asking(question: &str, sampling: Sampling) -> Generate {
    let messages = vec![Message { role: Role::User, content: question.into() }];
    Generate { messages, sampling: Some(sampling), ..Generate::default() }
}

/// Begins an answer that nobody waits for to end: many seconds of work.
fn endless() -> Generate {
    asking(
        "Write a very long story about a lighthouse keeper and the sea.",
        Sampling { max_tokens: Some(3000), ..greedy() },
    )
}

fn generated(daemon: &Daemon, request: &Generate) -> Result<Completion, Error> {
    daemon.call(method::Generate, request).map(|reply| reply.result.expect("the last reply holds the result"))
}

/// A question that a small model does not miss, with a short answer.
#[track_caller]
fn assert_answers(daemon: &Daemon) -> Completion {
    let few = Sampling { max_tokens: Some(12), ..greedy() };
    let completion = generated(daemon, &asking("Say one sentence about the whale.", few)).unwrap();
    assert!(completion.text.as_str().to_lowercase().contains("whale"), "{:?}", completion.text.as_str());
    completion
}
