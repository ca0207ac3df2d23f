//! Actions and plain generation.

use hob_protocol::method;
use hob_protocol::text::{Finish, Sampling};

use crate::{asking, assert_answers, generated, greedy, start};

const TEXT: &str =
    "the cat sat on the mat all day. the dog sat by the door and waited for his dinner. in the evening it rained.";

#[test]
fn an_action_gives_the_same_answer_streamed_and_whole() {
    let daemon = start();
    for action in [&["explain"][..], &["ask", "--question", "Who waited for his dinner?"]] {
        let run = |more: &[&str]| daemon.hob(&[&["run"], action, more, &[TEXT]].concat());
        let whole = run(&[]).printed();
        assert!(!whole.trim().is_empty(), "{action:?}");
        assert_eq!(run(&["--stream"]).printed(), whole, "{action:?}");
        let replies = run(&["--stream", "--json"]).objects();
        let (last, deltas) = replies.split_last().unwrap();
        let deltas: Vec<&str> = deltas.iter().filter_map(|reply| reply["delta"].as_str()).collect();
        let joined = deltas.concat();
        assert_eq!((joined.trim(), last["result"]["text"].as_str()), (whole.trim(), Some(whole.trim())), "{action:?}");
        assert!(deltas.len() > 1, "{action:?} came in one piece: {replies:?}");
    }
}

#[test]
fn the_whole_and_the_streamed_generation_are_the_same() {
    let daemon = start();
    let request = asking("Name three colours of the rainbow.", greedy());
    let whole = generated(&daemon, &request).unwrap();
    let replies: Vec<_> = daemon.client().stream(method::Generate, &request).unwrap().map(Result::unwrap).collect();
    let deltas: String =
        replies.iter().filter_map(|reply| reply.delta.as_ref()).map(hob_protocol::Secret::as_str).collect();
    let streamed = replies.last().and_then(|reply| reply.result.clone()).unwrap();
    assert_eq!((deltas.as_str(), streamed.text.as_str()), (whole.text.as_str(), whole.text.as_str()));
    assert_eq!((streamed.finish, streamed.output_tokens), (whole.finish, whole.output_tokens));
    assert_eq!(whole.finish, Finish::Stop);
    assert!(streamed.cached_tokens > 0, "the beginning of the same prompt is read from the cache");
    assert!(whole.first_token_ms > 0.0 && whole.total_ms >= whole.first_token_ms, "{whole:?}");
}

#[test]
fn max_tokens_ends_an_answer() {
    let daemon = start();
    let few = Sampling { max_tokens: Some(5), ..greedy() };
    let completion = generated(&daemon, &asking("Count from one to one hundred.", few)).unwrap();
    assert_eq!((completion.finish, completion.output_tokens), (Finish::Length, 5));

    let cut = daemon.hob(&["run", "explain", "--max-tokens", "3", TEXT]);
    assert_eq!(
        (cut.code, cut.stderr.contains("the answer was cut off after 3 tokens; --max-tokens allows more")),
        (0, true)
    );
}

#[test]
fn a_stop_string_ends_an_answer_and_is_not_part_of_it() {
    let daemon = start();
    let question = "Repeat exactly: red, green, blue, yellow";
    let whole = generated(&daemon, &asking(question, greedy())).unwrap().text;
    // Over several tokens, and in the middle of words.
    let stop = whole.as_str().get(6..14).unwrap();
    let stopping = Sampling { stop: Some(vec!["never said".into(), stop.into()]), ..greedy() };
    let request = asking(question, stopping);
    let completion = generated(&daemon, &request).unwrap();
    let expected = whole.as_str().split(stop).next().unwrap();
    assert_eq!((completion.finish, completion.text.as_str()), (Finish::StopString, expected));
    let replies = daemon.client().stream(method::Generate, &request).unwrap();
    let deltas: Vec<_> =
        replies.filter_map(|reply| reply.unwrap().delta).map(hob_protocol::Secret::into_string).collect();
    assert_eq!(deltas.concat(), expected, "nothing of the stop string is streamed");
}

#[test]
fn a_seed_makes_chance_repeatable() {
    let daemon = start();
    let answer = |seed| {
        let sampling =
            Sampling { temperature: Some(1.5), seed: Some(seed), max_tokens: Some(30), ..Sampling::default() };
        generated(&daemon, &asking("Invent a name for a ship, and tell its story.", sampling))
            .unwrap()
            .text
            .into_string()
    };
    let first = answer(7);
    assert_eq!(answer(7), first);
    assert_ne!(answer(8), first);
}

#[test]
fn the_first_request_loads_the_model() {
    let daemon = start();
    let completion = assert_answers(&daemon);
    assert_eq!(completion.cached_tokens, 0);
    assert!(completion.queue_ms > 1.0, "loading is waiting: {completion:?}");
}
