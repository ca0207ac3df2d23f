//! What is kept of dictations: through deaths of the engine and of the daemon, on a disk that is full, and no longer than it should.

use std::fs;
use std::path::PathBuf;

use hob_protocol::daemon::Phase;
use hob_protocol::dictation::{Entry, EntryState, History, HistoryReply};
use hob_protocol::method;
use hob_tests::{Daemon, Home, program};
use serde_json::json;

/// Names of what is in the journal's folder beside its books.
fn files(home: &Home) -> Vec<String> {
    let names = fs::read_dir(folder(home)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != "lock" && name != "last-id").collect();
    names.sort();
    names
}

fn folder(home: &Home) -> PathBuf {
    home.path().join("state/hob/journal")
}

fn history(daemon: &Daemon) -> Vec<Entry> {
    let HistoryReply { entries } = daemon.call(method::History, &History::default()).unwrap();
    entries
}

/// A daemon that was killed while somebody spoke, and what is told of it after its start.
fn interrupted() -> (Daemon, Entry) {
    let daemon = Daemon::start();
    record(&daemon);
    let daemon = daemon.kill().start();
    let entry = history(&daemon).remove(0);
    assert_eq!((entry.id, entry.state, &entry.text), (1, EntryState::Interrupted, &None));
    (daemon, entry)
}

/// Speaks until the engine has heard something.
fn record(daemon: &Daemon) {
    let mut watch = daemon.watch();
    daemon.hob(&["dictate", "start", "--file", &daemon.home().recording(60_000)]).printed();
    watch.until(|state| !state.dictation.unstable.is_empty());
}

#[test]
fn a_delivered_text_is_kept_without_its_recording() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(300);
    daemon.hob(&["dictate", "--file", &recording]).printed();
    let [entry] = <[Entry; 1]>::try_from(history(&daemon)).unwrap();
    assert_eq!((entry.id, entry.state, entry.has_audio), (1, EntryState::Delivered, false));
    assert_eq!((entry.text.unwrap().as_str(), entry.file), ("heard 4800 samples", Some(recording)));
    assert!((entry.audio_ms - 300.0).abs() < 0.1);
    assert_eq!(files(daemon.home()), ["1.json"]);
    assert_eq!(daemon.hob(&["history", "1"]).printed(), "heard 4800 samples\n");
    let listing = daemon.hob(&["history"]).printed();
    assert!(listing.starts_with("1  ") && listing.ends_with("  delivered  300 ms  heard 4800 samples\n"), "{listing}");
}

#[test]
fn what_was_said_before_the_daemon_was_killed_is_recognised_later() {
    let (daemon, entry) = interrupted();
    daemon.wait_for_log("1 recording was interrupted");
    assert!(entry.has_audio && entry.audio_ms >= 20.0, "{entry:?}");
    assert_eq!(daemon.state().journal.waiting, 1);
    assert!(daemon.hob(&["status"]).printed().contains("1 recording without its text"));
    let (code, complaint) = daemon.hob(&["history", "1"]).complained();
    assert_eq!((code, complaint.lines().next()), (2, Some("hob: dictation 1 has no text")));

    let samples = entry.audio_ms * 16.0;
    assert_eq!(daemon.hob(&["dictate", "retry"]).printed(), format!("heard {samples} samples\n"));
    assert_eq!(history(&daemon)[0].state, EntryState::Delivered);
    assert_eq!(files(daemon.home()), ["1.json"]);
    assert_eq!(daemon.state().journal.waiting, 0);
    // Ids go on.
    daemon.hob(&["dictate", "--file", &daemon.home().recording(100)]).printed();
    assert_eq!(history(&daemon)[0].id, 2);
}

#[test]
fn a_retry_goes_through_an_action_and_over_the_wire() {
    let (daemon, entry) = interrupted();
    let reply = daemon.ask("dev.hob.Dictation.Retry", json!({"id": 1, "action": "fix"}));
    let text = reply["parameters"]["result"]["text"].as_str().unwrap_or_else(|| panic!("{reply}"));
    assert!(text.ends_with(&format!("heard {} samples", entry.audio_ms * 16.0)), "{text}");
    assert_eq!(history(&daemon)[0].text.as_ref().unwrap().as_str(), text);
}

#[test]
fn an_engine_that_dies_for_good_leaves_the_recording() {
    let home = Home::new().with_script(r#"{"on_request": ["abort", "abort"]}"#);
    let daemon = home.start();
    let recording = daemon.home().recording(300);
    let (code, complaint) = daemon.hob(&["dictate", "--file", &recording]).complained();
    assert_eq!(code, 1);
    assert!(complaint.contains("the speech engine died"), "{complaint}");
    let entry = history(&daemon).remove(0);
    assert_eq!((entry.state, entry.has_audio, entry.audio_ms), (EntryState::Failed, true, 300.0));
    assert!(entry.error.unwrap().starts_with("the speech engine died"));
    let (_, home) = daemon.terminate();
    fs::write(home.path().join("script.json"), "{}").unwrap();
    let daemon = home.start();
    assert_eq!(daemon.hob(&["dictate", "retry", "1"]).printed(), "heard 4800 samples\n");
}

#[test]
fn the_words_before_a_failed_action_can_be_read() {
    let home = Home::new().with_config("[text]\nmodel = 'missing'\n");
    let daemon = home.start();
    let recording = daemon.home().recording(200);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording, "--action", "fix"]).complained().0, 5);
    assert_eq!(daemon.hob(&["history", "1"]).printed(), "heard 3200 samples\n");
    assert_eq!(files(daemon.home()), ["1.json", "1.wav"]);
}

#[test]
fn what_is_thrown_away_and_what_holds_no_speech_leaves_nothing() {
    let daemon = Daemon::start();
    record(&daemon);
    assert_eq!(files(daemon.home()), ["1.json", "1.wav"]);
    daemon.hob(&["dictate", "cancel"]).printed();
    assert_eq!(history(&daemon), []);
    assert_eq!(files(daemon.home()), [] as [&str; 0]);
}

#[test]
fn a_program_that_leaves_in_the_middle_leaves_its_words() {
    let daemon = Daemon::start();
    let mut wire = daemon.wire();
    let parameters = json!({"file": daemon.home().recording(60_000)});
    wire.call(&json!({"method": "dev.hob.Dictation.Start", "parameters": parameters, "more": true}));
    let mut watch = daemon.watch();
    watch.until(|state| !state.dictation.unstable.is_empty());
    drop(wire);
    watch.until(|state| state.dictation.phase == Phase::Idle);
    let entry = history(&daemon).remove(0);
    assert_eq!((entry.state, entry.has_audio), (EntryState::Failed, true));
    assert_eq!(daemon.hob(&["dictate", "retry"]).printed(), format!("heard {} samples\n", entry.audio_ms * 16.0));
}

#[test]
fn a_text_that_nobody_fetched_is_in_the_history() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    daemon.hob(&["dictate", "start", "--file", &daemon.home().recording(100)]).printed();
    watch.until(|state| state.dictation.phase == Phase::Recording);
    watch.until(|state| state.dictation.phase == Phase::Idle);
    assert_eq!(history(&daemon)[0].state, EntryState::Transcribed);
    let daemon = daemon.kill().start();
    assert_eq!(daemon.hob(&["history", "1"]).printed(), "heard 1600 samples\n");
    assert_eq!(daemon.state().journal.waiting, 0, "it is not recognised again for want of being read");
}

#[test]
fn recordings_and_texts_are_kept_as_the_configuration_says() {
    let home = Home::new().with_config("[history]\naudio = true\ntexts = 2\n");
    let daemon = home.start();
    let recording = daemon.home().recording(100);
    for _ in 0..3 {
        daemon.hob(&["dictate", "--file", &recording]).printed();
    }
    assert_eq!(
        history(&daemon).iter().map(|entry| (entry.id, entry.has_audio)).collect::<Vec<_>>(),
        [(3, true), (2, true)]
    );
    daemon.home().write_config("[history]\ntexts = 0\n");
    daemon.hob(&["reload"]).printed();
    daemon.hob(&["dictate", "--file", &recording]).printed();
    assert_eq!(history(&daemon), []);
    assert_eq!(files(daemon.home()), [] as [&str; 0]);
    let (_, home) = daemon.terminate();
    let daemon = home.start();
    daemon.home().write_config("");
    daemon.hob(&["reload"]).printed();
    daemon.hob(&["dictate", "--file", &recording]).printed();
    assert_eq!(history(&daemon)[0].id, 5, "an id is never used again");
}

#[test]
fn forgetting_leaves_no_trace() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(100);
    for _ in 0..3 {
        daemon.hob(&["dictate", "--file", &recording]).printed();
    }
    assert_eq!(daemon.hob(&["history", "--forget", "2", "--json"]).objects(), [json!({"forgotten": 1})]);
    let hint = "hint: `hob history` shows what is kept\n";
    for arguments in [&["history", "--forget", "2"][..], &["history", "2"], &["dictate", "retry", "2"]] {
        let expected = format!("hob: nothing is kept of a dictation 2\n{hint}");
        assert_eq!(daemon.hob(arguments).complained(), (1, expected), "{arguments:?}");
    }
    record(&daemon);
    assert_eq!(daemon.hob(&["history", "--forget", "all", "--json"]).objects(), [json!({"forgotten": 2})]);
    assert_eq!(history(&daemon).iter().map(|entry| entry.state).collect::<Vec<_>>(), [EntryState::Recording]);
    let (code, complaint) = daemon.hob(&["history", "--forget", "4"]).complained();
    assert_eq!((code, complaint.lines().next()), (6, Some("hob: dictation 4 is already running")));
    daemon.hob(&["dictate", "cancel"]).printed();
    assert_eq!(history(&daemon), []);
    assert_eq!(files(daemon.home()), [] as [&str; 0]);
}

#[test]
fn without_a_recording_there_is_nothing_to_retry() {
    let daemon = Daemon::start();
    let nothing = "hob: there is no recording to try again\nhint: `hob history` shows the texts that are kept\n";
    assert_eq!(daemon.hob(&["dictate", "retry"]).complained(), (1, nothing.to_owned()));
    daemon.hob(&["dictate", "--file", &daemon.home().recording(100)]).printed();
    let (code, complaint) = daemon.hob(&["dictate", "retry", "1"]).complained();
    assert_eq!((code, complaint.lines().next()), (1, Some("hob: there is no recording to try again")));
    assert!(complaint.contains("`hob history 1` shows the text"), "{complaint}");
}

#[test]
fn a_folder_that_cannot_be_written_costs_a_warning() {
    let home = Home::new();
    fs::write(home.path().join("state"), "no folder").unwrap();
    let daemon = home.start();
    daemon.wait_for_log("no journal, so dictations are not kept on the disk");
    let recording = daemon.home().recording(300);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "heard 4800 samples\n");
    assert!(daemon.hob(&["status"]).printed().contains("journal    cannot be written: "));
    assert_eq!(history(&daemon), []);
    // What was in the way is gone.
    fs::remove_file(daemon.home().path().join("state")).unwrap();
    daemon.hob(&["dictate", "--file", &recording]).printed();
    assert_eq!(history(&daemon)[0].state, EntryState::Delivered);
    assert_eq!(daemon.state().journal.problem, None);
}

/// A limit on the length of files stands for a disk that gets full while somebody speaks.
#[test]
fn a_full_disk_costs_a_warning_and_no_word() {
    let home = Home::new();
    let mut command = home.command("sh");
    // 512-byte blocks. Without the trap the kernel would kill whoever writes more.
    command.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\"", program("hobd").to_str().unwrap()]);
    let daemon = Daemon::spawn(home, command);
    let recording = daemon.home().recording(600);
    assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "heard 9600 samples\n");
    assert!(daemon.log().contains("dictation 1 goes on from memory alone"), "{}", daemon.log());
    assert_eq!(history(&daemon)[0].text.as_ref().unwrap().as_str(), "heard 9600 samples");
}

#[test]
fn a_disk_on_which_nothing_can_be_written_is_told_until_something_can() {
    let home = Home::new();
    let mut command = home.command("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\"", program("hobd").to_str().unwrap()]);
    let daemon = Daemon::spawn(home, command);
    let recording = daemon.home().recording(300);
    for _ in 0..2 {
        assert_eq!(daemon.hob(&["dictate", "--file", &recording]).printed(), "heard 4800 samples\n");
        assert!(daemon.hob(&["status"]).printed().contains("journal    cannot be written: "));
    }
    assert_eq!(history(&daemon), []);
}

#[test]
fn two_daemons_do_not_share_a_journal() {
    let first = Daemon::start();
    let second = Home::new().with_variable("XDG_STATE_HOME", first.home().path().join("state")).start();
    second.wait_for_log("another hobd keeps its journal there");
    let recording = second.home().recording(100);
    assert_eq!(second.hob(&["dictate", "--file", &recording]).printed(), "heard 1600 samples\n");
    assert_eq!(files(first.home()), [] as [&str; 0]);
}
