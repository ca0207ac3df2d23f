//! The methods of `dev.hob.Text`.

use hob_protocol::daemon::{WaitReason, Waiting};
use hob_protocol::method::{self, Nothing};
use hob_protocol::text::{
    Action, ActionsReply, Completion, CompletionReply, Embed, EmbedReply, Embedding, Embeddings, Finish, Generate,
    Message, Options, Pooling, Progress, Prompt, PromptReply, Role, Run, RunOnClipboardReply, RunOnSelection,
    RunOnSelectionReply, RunReply, Sampling,
};

use super::{Gallery, insertion};

pub(super) fn text(gallery: &mut Gallery) {
    let completion = Completion {
        text: "We met at nine.".into(),
        finish: Finish::StopString,
        prompt_tokens: 90,
        cached_tokens: 64,
        output_tokens: 7,
        truncated: false,
        queue_ms: 0.0,
        first_token_ms: 61.5,
        total_ms: 140.0,
    };
    let waiting = Some(Waiting { reason: WaitReason::Requests, position: 2 });
    let replies = [
        CompletionReply { waiting, ..CompletionReply::default() },
        CompletionReply { delta: Some("We met".into()), ..CompletionReply::default() },
        CompletionReply { result: Some(completion.clone()), ..CompletionReply::default() },
    ];
    let actions = vec![Action { name: "translate".into(), help: "do it".into(), options: vec!["language".into()] }];
    gallery.show(method::Actions, &[Nothing {}], &[ActionsReply { actions }]);
    let options = Options {
        adapter: Some("brief".into()),
        language: Some("fr".into()),
        tone: Some("formal".into()),
        question: Some("when?".into()),
        model: Some("smollm2-135m".into()),
        max_tokens: Some(64),
        truncate: Some(true),
    };
    gallery.show(
        method::Run,
        &[
            Run {
                action: "fix".into(),
                text: "we meet at nine\n\"\\\u{0}\u{7f}".into(),
                options: None,
                background: Some(true),
            },
            Run { action: "translate".into(), text: "we met".into(), options: Some(options), background: None },
        ],
        &[
            RunReply { waiting: Some(Waiting { reason: WaitReason::Loading, position: 1 }), ..RunReply::default() },
            RunReply { delta: Some("We met".into()), ..RunReply::default() },
            RunReply { progress: Some(Progress { piece: 1, pieces: 2, again: true }), ..RunReply::default() },
            RunReply { result: Some(completion.clone()), ..RunReply::default() },
        ],
    );
    let options = Options { tone: Some("formal".into()), ..Options::default() };
    let requests = [
        RunOnSelection { action: "fix".into(), options: None },
        RunOnSelection { action: "rewrite".into(), options: Some(options) },
    ];
    let replaced = RunOnSelectionReply { result: completion.clone(), insertion: insertion() };
    gallery.show(method::RunOnSelection, &requests, &[replaced]);
    gallery.show(method::RunOnClipboard, &requests, &[RunOnClipboardReply { result: completion }]);
    gallery.show(method::Menu, &[Nothing {}], &[Nothing {}]);
    let message = |role, content: &str| Message { role, content: content.into() };
    let sampling = Sampling {
        temperature: Some(0.5),
        top_k: Some(40),
        top_p: Some(0.95),
        min_p: Some(0.05),
        seed: Some(1),
        max_tokens: Some(100),
        stop: Some(vec!["\n\n".into()]),
    };
    let few = Options { max_tokens: Some(9), ..Options::default() };
    gallery.show(
        method::Prompt,
        &[Prompt { action: "fix".into(), text: "we has met".into(), options: Some(few) }],
        &[PromptReply {
            messages: vec![message(Role::User, "Correct it: we has met")],
            sampling: sampling.clone(),
            constant: 12,
        }],
    );
    gallery.show(
        method::Generate,
        &[
            Generate { messages: vec![message(Role::User, "hello")], ..Generate::default() },
            Generate {
                messages: vec![
                    message(Role::System, "be brief"),
                    message(Role::User, "hello"),
                    message(Role::Assistant, "hi"),
                ],
                sampling: Some(sampling),
                model: Some("smollm2-135m".into()),
                truncate: Some(false),
                background: Some(true),
                schema: Some(serde_json::json!({"type": "object", "properties": {"age": {"type": "integer"}}})),
                adapter: Some("brief".into()),
                constant: Some(3),
                guess: Some(false),
            },
        ],
        &replies,
    );
    embed(gallery);
}

fn embed(gallery: &mut Gallery) {
    let embedding = Embedding { vector: vec![0.6, -0.8], tokens: 7, truncated: true };
    let embeddings = Embeddings {
        model: "smollm2-135m".into(),
        pooling: Pooling::Last,
        dimensions: 2,
        embeddings: vec![embedding],
        queue_ms: 0.5,
        total_ms: 21.25,
    };
    let texts = vec!["we met at nine".into()];
    gallery.show(
        method::Embed,
        &[
            Embed { texts: texts.clone(), ..Embed::default() },
            Embed { texts, model: Some("smollm2-135m".into()), truncate: Some(true), background: Some(true) },
        ],
        &[
            EmbedReply {
                waiting: Some(Waiting { reason: WaitReason::Requests, position: 2 }),
                ..EmbedReply::default()
            },
            EmbedReply { result: Some(embeddings), ..EmbedReply::default() },
        ],
    );
}
