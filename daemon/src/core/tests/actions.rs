//! Text actions over several answers of the model: long texts, second tries, refusals.

use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Failure, FromEngine};
use serde_json::{Value, json};

use super::super::{Captured, Event, Reply, RequestId};
use super::world::World;

const RUN: &str = "dev.hob.Text.Run";

fn text_of(world: &World, run: RequestId) -> Option<&Value> {
    world.last(run)?.as_ref().ok().map(|reply| &reply["result"]["text"])
}

/// What a caller sees of a run, and its result.
fn followed(world: &World, run: RequestId) -> (String, Vec<Value>, Option<&Value>) {
    let (mut shown, mut progress) = (String::new(), Vec::new());
    for reply in &world.replies[&run] {
        if let Reply::More(news) = reply {
            shown.push_str(news["delta"].as_str().unwrap_or_default());
            progress.extend(news.get("progress").cloned());
        }
    }
    (shown, progress, text_of(world, run))
}

#[test]
fn a_long_text_is_worked_on_piece_by_piece_and_keeps_what_is_between() {
    let mut world = World::new();
    let paragraph = "word ".repeat(160);
    let text = format!("{paragraph}\n\n```\ncode\n```\n  {paragraph}");
    let run = world.ask_more(RUN, json!({"action": "fix", "text": text}));
    world.settle();
    let paragraph = paragraph.trim_end();
    let expected = format!("{paragraph}. \n\n```\ncode\n```\n  {paragraph}. ");
    let (shown, progress, result) = followed(&world, run);
    assert_eq!(result, Some(&json!(expected)));
    let pieces = [json!({"piece": 1, "pieces": 2, "again": false}), json!({"piece": 2, "pieces": 2, "again": false})];
    assert_eq!(progress, pieces);
    assert_eq!(shown, " \n\n```\ncode\n```\n   ", "this model streams nothing itself");
}

#[test]
fn a_text_of_code_alone_needs_no_model() {
    let mut world = World::new();
    let code = "```\nlet x = 1;\n```\n";
    let run = world.ask(RUN, json!({"action": "fix", "text": code}));
    assert_eq!(text_of(&world, run), Some(&json!(code)));
    assert!(world.finding.is_empty());
}

#[test]
fn lines_that_were_joined_are_done_one_by_one() {
    let mut world = World::new();
    world.answers.push_back("One two three. Four five six.".to_owned());
    let run = world.ask_more(RUN, json!({"action": "fix", "text": "- one two three\r\n- four five six\r\n"}));
    world.settle();
    let (_, progress, result) = followed(&world, run);
    assert_eq!(result, Some(&json!("- one two three.\r\n- four five six.\r\n")));
    assert_eq!(progress[0], json!({"piece": 1, "pieces": 2, "again": true}));
}

#[test]
fn a_piece_that_does_not_fit_the_context_is_divided_and_a_whole_is_not() {
    let text = "One two three four five six seven. Eight nine ten eleven twelve thirteen.";
    for (action, divides) in [("fix", true), ("explain", false)] {
        let mut world = World::new();
        let run = world.ask(RUN, json!({"action": action, "text": text}));
        world.until_working(EngineKind::Text);
        let engine = world.engine(EngineKind::Text);
        let (generation, (id, _)) = (engine.generation.unwrap(), engine.working.pop_front().unwrap());
        let failure = Failure::ContextExceeded { tokens: 900, limit: 500 };
        let message = FromEngine::Failed { id, failure };
        world.event(Event::EngineSaid { kind: EngineKind::Text, generation, message });
        world.settle();
        match world.last(run) {
            Some(Ok(reply)) => {
                let expected = "One two three four five six seven.. Eight nine ten eleven twelve thirteen..";
                assert_eq!((divides, &reply["result"]["text"]), (true, &json!(expected)));
            }
            Some(Err(Error::ContextExceeded { tokens: 900, .. })) => assert!(!divides),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_long_text_is_summarized_from_summaries() {
    let mut world = World::new();
    let page = |subject: &str| format!("{}\n\n", format!("The {subject} is red and warm. ").repeat(180).trim_end());
    let text = format!("{}{}", page("house"), page("garden"));
    world.answers.extend(["The house is warm.", "The garden is red.", "House and garden are red."].map(str::to_owned));
    let run = world.ask(RUN, json!({"action": "summarize", "text": text}));
    world.settle();
    assert_eq!(text_of(&world, run), Some(&json!("House and garden are red.")));
    let last = world.asked_of_model.last().unwrap();
    assert!(last.ends_with("<text>\nThe house is warm.\n\nThe garden is red.\n</text>"), "{last}");
}

#[test]
fn words_are_as_they_were_said_where_the_action_comes_to_nothing() {
    let no_edit = || ["I'm sorry.".to_owned(), "I can't do that.".to_owned()];
    let mut world = World::new();
    world.answers.extend(no_edit());
    world.ask("dev.hob.Dictation.Start", json!({"action": "fix"}));
    world.captured(Captured::Samples(vec![0.5; 320]));
    let stop = world.ask("dev.hob.Dictation.Stop", json!({}));
    world.settle();
    let result = &world.last(stop).unwrap().as_ref().unwrap()["result"];
    assert_eq!(result["text"], "spoken words");
    assert!(result["notices"][0].as_str().unwrap().starts_with("fix was given up"), "{result}");

    world.answers.extend(no_edit());
    let retry = world.ask("dev.hob.Dictation.Retry", json!({"id": 7, "action": "fix"}));
    world.settle();
    let result = &world.last(retry).unwrap().as_ref().unwrap()["result"];
    assert_eq!((&result["text"], result["notices"].as_array().unwrap().len()), (&json!("spoken words"), 1));
}
