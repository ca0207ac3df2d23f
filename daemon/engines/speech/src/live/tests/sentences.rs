//! Where sentences end, and what that does to segments.

use super::super::{Commit, LEAST_TAIL, Next, Purpose, Running};
use super::{TENTH, Talk};

#[test]
fn a_pause_after_a_sentence_closes_a_segment_sooner() {
    for (text, pause, is_closed) in
        [("It is late.", "...", true), ("It is late", "...", false), ("It is late", "......", true)]
    {
        let mut talk = Talk::default();
        talk.hear(&format!("{}..", "#".repeat(90)));
        talk.work();
        talk.done(text);
        talk.hear(pause);
        assert_eq!(talk.texts() == [text], is_closed, "{text:?}, {pause:?}");
    }
}

#[test]
fn short_sentences_stay_together() {
    let mut talk = Talk::default();
    talk.hear("###########..");
    talk.work();
    talk.done("It is late.");
    talk.hear("........##");
    assert_eq!(talk.texts(), [""; 0]);
}

#[test]
fn a_sentence_that_is_found_after_its_pause_ends_its_segment() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}..", "#".repeat(90)));
    let work = talk.work();
    assert_eq!(work.purpose, Purpose::Speculation);
    talk.hear("..###");
    assert_eq!(talk.running, Running::Wanted);
    talk.done("It is late.");
    let to = 92 * TENTH;
    assert_eq!(talk.commits, [Commit { from: 0, to, text: "It is late.".to_owned(), purpose: Purpose::Speculation }]);
    talk.end();
    assert_eq!(talk.work().from, to);
    talk.done("We go.");
    assert_eq!(talk.texts(), ["It is late.", "We go."]);
}

#[test]
fn half_a_sentence_that_is_found_after_its_pause_is_recognised_with_the_rest() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}..", "#".repeat(90)));
    talk.work();
    talk.hear("..#");
    talk.done("It is");
    assert_eq!(talk.texts(), [""; 0]);
    talk.hear("####");
    talk.end();
    let work = talk.work();
    assert_eq!((work.from, work.to), (0, 99 * TENTH));
}

#[test]
fn a_short_pause_within_speech_makes_speculation_stale() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}..", "#".repeat(90)));
    talk.work();
    talk.hear("#");
    assert_eq!(talk.running, Running::Stale);
}

#[test]
fn long_speech_is_cut_after_a_sentence_rather_than_in_a_longer_gap() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}....{}..", "#".repeat(40), "#".repeat(30)));
    let work = talk.work();
    assert_eq!((work.purpose, work.to), (Purpose::Speculation, 76 * TENTH));
    talk.done("It is late.");
    talk.hear(&"#".repeat(30));
    let to = 75 * TENTH;
    assert_eq!(talk.commits, [Commit { from: 0, to, text: "It is late.".to_owned(), purpose: Purpose::Speculation }]);
    talk.end();
    assert_eq!(talk.work().from, to);
}

#[test]
fn long_speech_is_cut_within_a_sentence_only_when_it_is_too_long() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}..{}", "#".repeat(70), "#".repeat(95)));
    assert_eq!(talk.work().purpose, Purpose::Partial);
    talk.done("It is");
    assert_eq!(talk.live.next(), Next::Wait);
    talk.hear("############");
    let work = talk.work();
    assert_eq!((work.purpose, work.from, work.to), (Purpose::Segment, 0, 71 * TENTH));
}

#[test]
fn a_partial_ends_no_sentence_of_what_it_has_not_heard() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}...", "#".repeat(90)));
    let work = talk.work();
    assert!(work.to >= 90 * TENTH + LEAST_TAIL);
    talk.hear(&format!(".{}", "#".repeat(5)));
    talk.hear("...");
    talk.done("It is late.");
    assert_eq!(talk.texts(), ["It is late."], "what came after the gap is not in it");
    talk.end();
    assert_eq!(talk.work().from, 92 * TENTH);
}
