//! What the clients ask, with the answers that each of them gets when nobody else is there.

use hob_protocol::Secret;
use hob_protocol::client::{CallError, Client};
use hob_protocol::method::{Generate, Run};
use hob_protocol::text::{self, Completion, Message, Options, Role, Sampling};
use hob_tests::Daemon;
use serde_json::json;

const ANIMALS: [&str; 2] = ["cat", "whale"];

/// Every way to the text engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Generate,
    /// Interrupted by all others.
    Background,
    Schema,
    /// A text action, whose constant beginning is kept.
    Action,
}

#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) kind: Kind,
    animal: &'static str,
    pub(crate) answer: String,
}

/// What comes of a question: pieces of the answer, or the whole.
pub(crate) enum Told {
    Delta(Secret),
    Whole(Completion),
}

/// Each question, asked by a client that is alone.
pub(crate) fn with_answers(daemon: &Daemon) -> Vec<Question> {
    let kinds = [Kind::Generate, Kind::Background, Kind::Schema, Kind::Action];
    let questions = kinds.into_iter().flat_map(|kind| {
        ANIMALS.map(|animal| {
            let mut question = Question { kind, animal, answer: String::new() };
            question.answer = question.answered(daemon);
            question
        })
    });
    questions.collect()
}

impl Question {
    pub(crate) fn answered(&self, daemon: &Daemon) -> String {
        self.asked_once(&mut daemon.client()).unwrap().text.into_string()
    }

    pub(crate) fn asked_once(&self, client: &mut Client) -> Result<Completion, CallError> {
        let reply = match self.kind {
            Kind::Action => client.call(Run, &self.run())?.result,
            _ => client.call(Generate, &self.generate())?.result,
        };
        Ok(reply.expect("the last reply holds the result"))
    }

    pub(crate) fn streamed(
        &self,
        client: Client,
    ) -> Result<Box<dyn Iterator<Item = Result<Told, CallError>>>, CallError> {
        let told = |(delta, result): (Option<Secret>, Option<Completion>)| match (delta, result) {
            (_, Some(completion)) => Told::Whole(completion),
            (delta, None) => Told::Delta(delta.unwrap_or_default()),
        };
        if self.kind == Kind::Action {
            let replies = client.stream(Run, &self.run())?;
            return Ok(Box::new(replies.map(move |reply| reply.map(|reply| told((reply.delta, reply.result))))));
        }
        let replies = client.stream(Generate, &self.generate())?;
        Ok(Box::new(replies.map(move |reply| reply.map(|reply| told((reply.delta, reply.result))))))
    }

    fn generate(&self) -> text::Generate {
        let question = format!("Say one sentence about the {}.", self.animal);
        let schema = json!({
            "type": "object",
            "required": ["animal", "tame"],
            "properties": {"animal": {"type": "string", "maxLength": 10}, "tame": {"type": "boolean"}},
            "additionalProperties": false,
        });
        let most = match self.kind {
            Kind::Background => 32,
            Kind::Schema => 64,
            Kind::Generate | Kind::Action => 8,
        };
        text::Generate {
            messages: vec![Message { role: Role::User, content: question.into() }],
            sampling: Some(Sampling { temperature: Some(0.0), max_tokens: Some(most), ..Sampling::default() }),
            background: Some(self.kind == Kind::Background),
            schema: (self.kind == Kind::Schema).then_some(schema),
            ..text::Generate::default()
        }
    }

    fn run(&self) -> text::Run {
        let text = format!("The {} is an animal that many people have seen.", self.animal);
        text::Run {
            action: "explain".to_owned(),
            text: text.into(),
            options: Some(Options { max_tokens: Some(8), ..Options::default() }),
            background: None,
        }
    }
}
