//! Doubtful results, and what is done about them.

use super::super::{Next, Purpose, Running, Work};
use super::Talk;

#[test]
fn doubtful_text_stays_while_its_segment_is_open() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    talk.work();
    talk.doubtful("hollow");
    assert_eq!(talk.live.unstable(), "hollow");
    talk.hear("..........");
    assert_eq!(talk.live.next(), Next::Wait);
    talk.end();
    assert_eq!(talk.texts(), ["hollow"]);
    assert_eq!(talk.live.next(), Next::Finished);
}

#[test]
fn once_is_enough() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    let first = talk.work();
    talk.doubtful("hollow");
    talk.hear(&".".repeat(22));
    assert_eq!(talk.work(), Work { purpose: Purpose::Review, ..first });
    talk.doubtful("hello");
    assert_eq!(talk.live.next(), Next::Wait);
    assert_eq!(talk.texts(), ["hello"]);
    assert_eq!(talk.commits[0].purpose, Purpose::Speculation, "it counts as what it was found for");
}

#[test]
fn nobody_waits_for_a_review() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    talk.work();
    talk.doubtful("hollow");
    talk.hear(&".".repeat(22));
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
