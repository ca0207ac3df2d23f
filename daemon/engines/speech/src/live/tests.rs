//! Recordings as scripts: `#` is a tenth of a second of voice, `.` of silence.

mod review;
mod sentences;

use std::time::Duration;

use super::segment::LONGEST;
use super::{Commit, FRAME, Found, Live, Next, PRE_ROLL, Pace, Partials, Purpose, Running, TAIL, Work};
use crate::vad::{Heard, Presence, Voice};

/// Six frames, nearly.
const TENTH: usize = 6 * FRAME;

#[test]
fn silence_asks_for_nothing_and_finishes() {
    let mut talk = Talk::default();
    talk.hear("....................");
    assert_eq!(talk.live.next(), Next::Wait);
    talk.end();
    assert_eq!(talk.live.next(), Next::Finished);
    assert_eq!(talk.commits, []);
}

#[test]
fn speculation_in_a_short_silence_is_the_final_result_if_nothing_follows() {
    let mut talk = Talk::default();
    talk.hear(".....#####..");
    let work = talk.work();
    assert_eq!((work.purpose, work.from), (Purpose::Speculation, 5 * TENTH - PRE_ROLL));
    talk.done("hello");
    assert_eq!(talk.live.next(), Next::Wait);
    assert_eq!(talk.live.unstable(), "hello");
    talk.end();
    assert_eq!(talk.live.next(), Next::Finished);
    assert_eq!(talk.texts(), ["hello"]);
}

#[test]
fn speculation_that_runs_when_the_end_comes_is_waited_for() {
    let mut talk = Talk::default();
    talk.hear(".....#####..");
    assert_eq!(talk.work().purpose, Purpose::Speculation);
    talk.hear(".");
    talk.end();
    assert_eq!(talk.running, Running::Wanted);
    assert_eq!(talk.live.next(), Next::Wait);
    talk.done("hello");
    assert_eq!(talk.texts(), ["hello"]);
    assert_eq!(talk.live.next(), Next::Finished);
}

#[test]
fn speech_that_goes_on_makes_speculation_stale() {
    let mut talk = Talk::default();
    talk.hear(".....#####..");
    assert_eq!(talk.work().purpose, Purpose::Speculation);
    talk.hear("#");
    assert_eq!(talk.running, Running::Stale);
    talk.stopped();
    talk.hear("#..");
    let work = talk.work();
    assert_eq!((work.purpose, work.from), (Purpose::Speculation, 5 * TENTH - PRE_ROLL));
}

#[test]
fn end_in_the_middle_of_a_word_recognises_everything_new() {
    let mut talk = Talk::default();
    talk.hear(".....#####");
    talk.end();
    let work = talk.work();
    assert_eq!((work.purpose, work.from, work.to), (Purpose::Segment, 5 * TENTH - PRE_ROLL, 10 * TENTH));
    talk.done("cut");
    assert_eq!(talk.texts(), ["cut"]);
}

#[test]
fn pause_closes_a_segment_and_the_next_one_begins_anew() {
    let mut talk = Talk::default();
    talk.hear("#####..");
    talk.work();
    talk.done("one");
    talk.hear(&".".repeat(20));
    assert_eq!(
        talk.commits,
        [Commit { from: 0, to: 5 * TENTH + TAIL, text: "one".to_owned(), purpose: Purpose::Speculation }]
    );
    talk.hear("....#####");
    talk.end();
    let work = talk.work();
    assert_eq!(work.from, 31 * TENTH - PRE_ROLL);
    talk.done("two");
    assert_eq!(talk.texts(), ["one", "two"]);
    assert_eq!(talk.live.next(), Next::Finished);
}

#[test]
fn slow_recognition_gets_every_segment_in_order() {
    let mut talk = Talk::default();
    let pause = ".".repeat(22);
    talk.hear(&format!("#####{pause}#####{pause}#####"));
    talk.end();
    for text in ["one", "two", "three"] {
        assert_eq!(talk.work().purpose, Purpose::Segment);
        talk.done(text);
    }
    assert_eq!(talk.texts(), ["one", "two", "three"]);
    assert_eq!(talk.live.next(), Next::Finished);
}

#[test]
fn partials_come_while_speech_goes_on_unless_recognition_is_busy() {
    let mut talk = Talk::default();
    talk.hear(&"#".repeat(55));
    assert_eq!(talk.work().purpose, Purpose::Partial);
    talk.done_after("so far", Duration::from_millis(100));
    assert_eq!(talk.live.unstable(), "so far");
    talk.hear(&"#".repeat(55));
    assert_eq!(talk.work().purpose, Purpose::Partial);
    talk.done_after("so far, so good", Duration::from_secs(9));
    talk.hear(&"#".repeat(55));
    assert_eq!(talk.live.next(), Next::Wait);
}

#[test]
fn partials_that_nobody_reads_cost_nothing() {
    let mut talk = Talk { live: Live::new(Pace::default(), Partials::Unwanted), ..Talk::default() };
    talk.hear(&"#".repeat(80));
    assert_eq!(talk.live.next(), Next::Wait);
    talk.hear("..");
    assert_eq!(talk.work().purpose, Purpose::Speculation);
}

#[test]
fn speculation_after_long_speech_waits_for_a_longer_silence() {
    let mut talk = Talk { live: Live::new(Pace::QUICK, Partials::Unwanted), ..Talk::default() };
    talk.hear(&format!("{}..", "#".repeat(180)));
    assert_eq!(talk.live.next(), Next::Wait);
    talk.hear("..");
    assert_eq!(talk.work().purpose, Purpose::Speculation);
}

#[test]
fn speculation_in_vain_makes_the_next_one_wait_longer() {
    let mut talk = Talk::default();
    for _ in 0..3 {
        talk.hear("####..");
        assert_eq!(talk.work().purpose, Purpose::Speculation);
        talk.done_after("so far", Duration::from_millis(200));
    }
    talk.hear("####...");
    assert_eq!(talk.live.next(), Next::Wait);
    talk.hear("....");
    assert_eq!(talk.work().purpose, Purpose::Speculation);
    talk.done_after("all of it", Duration::from_secs(5));
    talk.hear(&".".repeat(20));
    assert_eq!(talk.texts(), ["all of it"]);
    talk.hear("####..");
    assert_eq!(talk.work().purpose, Purpose::Speculation, "much was of use since");
}

#[test]
fn partial_in_vain_is_not_repeated_at_once() {
    let mut talk = Talk::default();
    talk.hear(&"#".repeat(55));
    assert_eq!(talk.work().purpose, Purpose::Partial);
    talk.stopped();
    assert_eq!(talk.live.next(), Next::Wait);
    talk.hear(&"#".repeat(55));
    assert_eq!(talk.work().purpose, Purpose::Partial);
}

#[test]
fn partial_gives_way_to_speculation() {
    let mut talk = Talk::default();
    talk.hear(&"#".repeat(55));
    assert_eq!(talk.work().purpose, Purpose::Partial);
    talk.hear("###");
    assert_eq!(talk.running, Running::Wanted);
    talk.hear("..");
    assert_eq!(talk.running, Running::Stale);
    talk.stopped();
    assert_eq!(talk.work().purpose, Purpose::Speculation);
}

#[test]
fn speech_without_end_is_cut_in_its_longest_clear_gap() {
    let mut talk = Talk::default();
    talk.hear(&format!("{}...{}.{}...{}", "#".repeat(20), "#".repeat(20), "#".repeat(28), "#".repeat(40)));
    let work = talk.work();
    // The gap at 2 s is as long, but too early.
    let middle = 72 * TENTH + 3 * TENTH / 2;
    assert_eq!((work.purpose, work.from, work.to), (Purpose::Segment, 0, middle));
    talk.done("first");
    talk.end();
    let rest = talk.work();
    assert_eq!(rest.from, middle);
    talk.done("second");
    assert_eq!(talk.texts(), ["first", "second"]);
}

#[test]
fn speech_without_a_gap_is_cut_where_the_window_ends() {
    let mut talk = Talk::default();
    talk.hear(&"#".repeat(280));
    assert_eq!(talk.work().purpose, Purpose::Partial);
    talk.done("so far");
    talk.hear(&"#".repeat(20));
    let work = talk.work();
    assert_eq!((work.purpose, work.from, work.to), (Purpose::Segment, 0, LONGEST));
}

#[test]
fn needed_audio_is_bounded_by_what_is_not_committed() {
    let mut talk = Talk::default();
    talk.hear(&".".repeat(100));
    assert_eq!(talk.live.needed_from(), 100 * TENTH - PRE_ROLL);
    talk.hear("#####");
    assert_eq!(talk.live.needed_from(), 100 * TENTH - PRE_ROLL);
    talk.hear(&".".repeat(22));
    talk.work();
    talk.done("one");
    assert_eq!(talk.live.needed_from(), 127 * TENTH - PRE_ROLL);
}

#[test]
fn any_talk_is_committed_in_order_without_overlap_and_without_a_gap_in_its_speech() {
    let mut random = 4_711_u32;
    let mut any = move |below: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) % below
    };
    for _ in 0..300 {
        let mut talk = Talk::default();
        let mut voiced = Vec::new();
        for _ in 0..any(40) {
            let voice = if any(2) == 0 { Voice::Silent } else { Voice::Speaking };
            let longest = if any(10) == 0 { 2000 } else { 60 };
            for _ in 0..any(longest) {
                if voice == Voice::Speaking {
                    voiced.push(talk.live.now);
                }
                talk.frame(voice);
                match talk.work_if_any() {
                    Some(work) => assert!(work.to - work.from <= LONGEST + FRAME, "{work:?}"),
                    None if talk.live.running.is_none() => {}
                    None if talk.running == Running::Stale => talk.stopped(),
                    None if any(30) == 0 => {
                        if any(3) == 0 {
                            talk.doubtful("x");
                        } else {
                            talk.done("x");
                        }
                    }
                    None => {}
                }
            }
        }
        talk.end();
        while talk.live.next() != Next::Finished {
            talk.done("x");
        }
        assert!(talk.commits.iter().all(|commit| commit.from < commit.to));
        assert!(talk.commits.windows(2).all(|pair| pair[0].to <= pair[1].from), "{:?}", talk.commits);
        let is_covered = |at: &usize| talk.commits.iter().any(|commit| (commit.from..commit.to).contains(at));
        assert_eq!(voiced.iter().find(|at| !is_covered(at)), None, "{:?}", talk.commits);
    }
}

struct Talk {
    live: Live,
    running: Running,
    commits: Vec<Commit>,
}

impl Default for Talk {
    fn default() -> Self {
        Self { live: Live::new(Pace::default(), Partials::Wanted), running: Running::Wanted, commits: Vec::new() }
    }
}

impl Talk {
    fn hear(&mut self, script: &str) {
        for tenth in script.chars() {
            let voice = if tenth == '#' { Voice::Speaking } else { Voice::Silent };
            (0..TENTH / FRAME).for_each(|_| self.frame(voice));
        }
    }

    fn frame(&mut self, voice: Voice) {
        let level = if voice == Voice::Speaking { 0.9 } else { 0.1 };
        let (running, commits) = self.live.hear(Heard { voice, level });
        self.running = running;
        self.commits.extend(commits);
    }

    fn end(&mut self) {
        let (running, commits) = self.live.end();
        self.running = running;
        self.commits.extend(commits);
    }

    fn work(&mut self) -> Work {
        let work = self.work_if_any().expect("work is due");
        assert_eq!(work.presence, Presence::Sure);
        work
    }

    fn work_if_any(&mut self) -> Option<Work> {
        match self.live.next() {
            Next::Work(work) => Some(work),
            Next::Wait | Next::Finished => None,
        }
    }

    fn done(&mut self, text: &str) {
        self.done_after(text, Duration::ZERO);
    }

    fn done_after(&mut self, text: &str, took: Duration) {
        self.commits.extend(self.live.done(Some(Found { text: text.to_owned(), doubtful: false }), took));
    }

    fn doubtful(&mut self, text: &str) {
        self.commits.extend(self.live.done(Some(Found { text: text.to_owned(), doubtful: true }), Duration::ZERO));
    }

    fn stopped(&mut self) {
        assert_eq!(self.live.done(None, Duration::ZERO), []);
    }

    fn texts(&self) -> Vec<&str> {
        self.commits.iter().map(|commit| commit.text.as_str()).collect()
    }
}
