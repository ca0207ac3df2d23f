//! The rules about dictated text, from the configuration to what `hob` prints.

use hob_tests::{Daemon, Home, program, run};

const RULES: &str = "\
[speech]
vocabulary = ['Kubernetes']

[[replacements]]
from = 'issue (\\d+)'
to = '#$1'
regex = true
";

#[test]
fn rules_can_be_tried_and_are_put_in_force_by_a_reload() {
    let daemon = Home::new().with_config(RULES).start();
    let polish = |text: &str| daemon.hob(&["polish", text]).printed();
    assert_eq!(polish("see issue 12 comma cooper netties"), "see #12, Kubernetes\n");
    assert_eq!(polish("the comma is missing"), "the comma is missing\n");
    daemon.home().write_config("[polish]\ncommands = 'off'\n");
    let changed = "changed: polish.commands, replacements, speech.vocabulary\n";
    assert_eq!(daemon.hob(&["reload"]).printed(), changed);
    assert_eq!(polish("see issue 12 comma cooper netties"), "see issue 12 comma cooper netties\n");
}

#[test]
fn a_pipe_is_polished_without_the_end_of_its_last_line() {
    let daemon = Daemon::start();
    let mut hob = std::process::Command::new(program("hob"));
    hob.arg("polish").env("HOB_SOCKET", daemon.home().socket());
    assert_eq!(run(&mut hob, b"one comma two\n").printed(), "one, two\n");
}

#[test]
fn a_dictation_gets_the_rules_and_a_recording_those_about_words() {
    let daemon = Home::new().with_config("[[replacements]]\nfrom = 'heard'\nto = 'counted'\n").start();
    let recording = daemon.home().recording(300);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "counted 4800 samples\n");
    assert_eq!(daemon.hob(&["transcribe", &recording]).printed(), "counted 4800 samples\n");
}

#[test]
fn a_pattern_that_is_none_is_refused_with_its_line() {
    let home = Home::new().with_config(&RULES.replace("(\\d+)", "(\\d+"));
    let expected = format!(
        "hobd: {}:5: `replacements[0].from` cannot be the regular expression `issue (\\d+`: unclosed group\n\
         hint: it takes a regular expression in single quotes, such as '(\\d+) percent'; without `regex = true` it is plain words\n",
        home.config_file().display()
    );
    assert_eq!(home.run_hobd().complained(), (1, expected));
}
