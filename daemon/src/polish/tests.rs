//! The rules together, in their order.

use std::time::{Duration, Instant};

use super::{Case, From, Heard, Polish, Replacement, Rules};

fn polish() -> Polish {
    let replacement = |from: &str, to: &str, from_is| Replacement {
        from: from.to_owned(),
        to: to.to_owned(),
        from_is,
        case: Case::Ignored,
    };
    let rules = Rules {
        vocabulary: vec!["Kubernetes".to_owned(), "Grafana Loki".to_owned()],
        replacements: vec![
            replacement("my address", "1 Main Street,\nSpringfield", From::Words),
            replacement(r"issue (\d+)", "#$1", From::Pattern),
        ],
        ..Rules::default()
    };
    Polish::new(rules).unwrap()
}

fn dictated(text: &str) -> String {
    polish().dictated(Heard { text, language: "en", before: None })
}

#[test]
fn the_rules_work_on_each_others_results() {
    for (text, expected) in [
        ("all caps cooper netties end caps is up", "KUBERNETES is up"),
        ("see issue 12 comma kubernets", "see #12, Kubernetes"),
        ("I live at my address.", "I live at 1 Main Street,\nSpringfield."),
        ("grafana low key, new line, my address", "Grafana Loki\n1 Main Street,\nSpringfield"),
    ] {
        assert_eq!(dictated(text), expected);
    }
}

#[test]
fn a_recording_has_no_commands() {
    let text = polish().transcribed(Heard { text: "Say comma and kubernets in issue 3", language: "en", before: None });
    assert_eq!(text, "Say comma and Kubernetes in #3");
}

#[test]
fn the_prompt_holds_the_vocabulary_and_stays_short() {
    let prompt = |polish: &Polish, given: Option<&str>| {
        polish.prompt(given.map(Into::into)).map(hob_protocol::Secret::into_string)
    };
    assert_eq!(prompt(&polish(), None).unwrap(), "Kubernetes, Grafana Loki.");
    assert_eq!(prompt(&polish(), Some("Ada.")).unwrap(), "Kubernetes, Grafana Loki. Ada.");
    let none = Polish::new(Rules::default()).unwrap();
    assert_eq!((prompt(&none, None), prompt(&none, Some("Ada"))), (None, Some("Ada".to_owned())));
    let many = Rules { vocabulary: (0..1000).map(|number| format!("Name{number}")).collect(), ..Rules::default() };
    let many = prompt(&Polish::new(many).unwrap(), None).unwrap();
    assert!(many.starts_with("Name0, Name1, ") && (250..400).contains(&many.len()), "{many}");
}

#[test]
fn a_partial_reads_as_the_result_will() {
    let partial = |stable: &str, unstable: &str| Polish::partial(stable, unstable, dictated);
    for (stable, unstable, expected) in [
        ("", "", ("", "")),
        ("Hello there.", "how are", ("Hello there.", "how are")),
        ("Hello", "comma how are you", ("", "Hello, how are you")),
        ("One. Two.", "scratch that", ("One.", "")),
        ("We run", "kubernets", ("We run", "Kubernetes")),
        ("We run cooper", "netties", ("We run", "Kubernetes")),
        ("One", "new line two", ("One", "\nTwo")),
    ] {
        assert_eq!(partial(stable, unstable), (expected.0.to_owned(), expected.1.to_owned()), "{stable} | {unstable}");
    }
}

#[test]
fn half_an_hour_of_words_takes_ten_times_what_three_minutes_take() {
    let polish = polish();
    let words =
        "well comma I met cooper netties at my address period New line scratch that umm twenty five all caps hello ";
    let least = |count: usize| {
        let text = words.repeat(count / words.split_whitespace().count());
        let once = || {
            let start = Instant::now();
            assert!(!polish.dictated(Heard { text: &text, language: "en", before: None }).is_empty());
            start.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap().max(Duration::from_micros(1))
    };
    let (short, long) = (least(3_000), least(30_000));
    // A hundred times, if anything were quadratic.
    assert!(long < short * 40, "3,000 words take {short:?}, 30,000 {long:?}");
}

#[test]
fn debug_shows_no_words() {
    assert!(!format!("{:?}", polish()).contains("Springfield"));
}

#[test]
fn numbers_and_fillers_are_for_those_who_want_them() {
    let text = "Um, call at twenty five to, uh, nine comma my address";
    let wanted = Rules { fillers: super::Fillers::Removed, numbers: super::Numbers::InDigits, ..polish().rules };
    let wanted = Polish::new(wanted).unwrap();
    let heard = Heard { text, language: "en", before: Some("Please") };
    assert_eq!(wanted.dictated(heard), " call at 25 to nine, 1 Main Street,\nSpringfield");
    assert_eq!(dictated(text), "Um, call at twenty five to, uh, nine, 1 Main Street,\nSpringfield");
}

#[test]
fn names_and_replacements_keep_their_letters_in_a_sentence() {
    for (text, expected) in [
        ("Kubernetes is up", " Kubernetes is up"),
        ("Issue 3 is open", " #3 is open"),
        ("My address is new", " 1 Main Street,\nSpringfield is new"),
        ("The rest", " the rest"),
    ] {
        assert_eq!(polish().dictated(Heard { text, language: "en", before: Some("and") }), expected);
    }
}
