//! Doubtful results, and what is done about them.

use super::super::{Commit, Next, Purpose, Running, Work};
use super::Talk;

#[test]
fn doubtful_text_is_reviewed_in_the_silence_after_it() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    let first = talk.work();
    talk.doubtful("hollow");
    assert_eq!(talk.live.unstable(), "hollow");
    assert_eq!(talk.work(), Work { purpose: Purpose::Review, ..first });
    talk.doubtful("hello");
    assert_eq!(talk.live.next(), Next::Wait, "once is enough");
    talk.end();
    let to = first.to;
    assert_eq!(talk.commits, [Commit { from: 0, to, text: "hello".to_owned(), purpose: Purpose::Speculation }]);
}

#[test]
fn nobody_waits_for_a_review() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    talk.work();
    talk.doubtful("hollow");
    assert_eq!(talk.work().purpose, Purpose::Review);
    talk.end();
    assert_eq!(talk.texts(), ["hollow"]);
    assert_eq!(talk.running, Running::Stale);
    talk.stopped();
    assert_eq!(talk.live.next(), Next::Finished);
}

#[test]
fn doubtful_text_of_a_closed_segment_is_reviewed_while_the_next_one_is_spoken() {
    let mut talk = Talk::default();
    talk.hear("#####");
    talk.hear(&".".repeat(22));
    talk.work();
    talk.hear("##");
    talk.doubtful("hollow");
    assert_eq!(talk.texts(), [""; 0]);
    assert_eq!(talk.work().purpose, Purpose::Review);
    talk.hear("###");
    assert_eq!(talk.running, Running::Wanted);
    talk.done("hello");
    assert_eq!(talk.texts(), ["hello"]);
}

#[test]
fn speculation_goes_before_a_review() {
    let mut talk = Talk::default();
    talk.hear("#####");
    talk.hear(&".".repeat(22));
    talk.work();
    talk.hear("####");
    talk.doubtful("hollow");
    assert_eq!(talk.work().purpose, Purpose::Review);
    talk.hear("..");
    assert_eq!(talk.running, Running::Stale);
    assert_eq!(talk.texts(), ["hollow"], "what comes next may build on it");
    talk.stopped();
    assert_eq!(talk.work().purpose, Purpose::Speculation);
}

#[test]
fn speech_that_goes_on_ends_the_review_of_what_it_belongs_to() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    talk.work();
    talk.doubtful("hollow");
    assert_eq!(talk.work().purpose, Purpose::Review);
    talk.hear("#");
    assert_eq!(talk.running, Running::Stale);
    talk.stopped();
    assert_eq!(talk.live.next(), Next::Wait);
}
