//! A long text that is generated in the background while somebody dictates, and whether it becomes what it would have become.

use std::sync::mpsc;
use std::thread;

use hob_protocol::method;
use hob_protocol::text::{Completion, Generate, Message, Role, Sampling};

use super::error::BenchError;
use crate::commands::{ask, follow};
use crate::failure::Failure;

const TOKENS: u32 = 1000;
/// Small models do not come to an end with this, and do not decline it.
const PROMPT: &str = "Write the numbers from 1 to 1000, each on a line of its own.";

/// What became of the texts.
#[derive(Debug)]
pub(super) struct Beside {
    /// The text, when nobody speaks.
    undisturbed: Completion,
    written: u32,
    /// Texts that are not the undisturbed one.
    changed: u32,
}

impl Beside {
    /// Generates the text once by itself.
    pub(super) fn new() -> Result<Self, Failure> {
        let undisturbed = ask(method::Generate, &request())?.result.ok_or(Failure::NoResult)?;
        Ok(Self { undisturbed, written: 0, changed: 0 })
    }

    /// Does something while the text is generated, from its first words on; then lets it come to its end.
    pub(super) fn during<T>(&mut self, act: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let request = request();
        let replies = follow(method::Generate, &request)?;
        // It is enough to be told once.
        let (tell, begun) = mpsc::sync_channel(1);
        thread::scope(|scope| {
            let written = scope.spawn(move || {
                let mut result = None;
                for reply in replies {
                    result = reply?.result;
                    let _told_already = tell.try_send(());
                }
                result.ok_or(Failure::NoResult)
            });
            // Its failure is told below.
            let has_begun = begun.recv().is_ok();
            let done = has_begun.then(act);
            let completion = written.join().map_err(|_panic| BenchError::NoText)??;
            self.written += 1;
            self.changed += u32::from(completion.text != self.undisturbed.text);
            done.ok_or(BenchError::NoText)?
        })
    }

    pub(super) fn has_changed(&self) -> bool {
        self.changed > 0
    }

    pub(super) fn line(&self) -> String {
        let Self { undisturbed, written, changed } = self;
        let tokens = undisturbed.output_tokens;
        format!(
            "beside: {written} texts of {tokens} tokens in the background, {changed} of them other than undisturbed"
        )
    }
}

fn request() -> Generate {
    Generate {
        messages: vec![Message { role: Role::User, content: PROMPT.into() }],
        sampling: Some(Sampling { temperature: Some(0.0), max_tokens: Some(TOKENS), ..Sampling::default() }),
        background: Some(true),
        ..Generate::default()
    }
}
