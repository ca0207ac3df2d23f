//! `hob bench dictation` over the real daemon, scripted engines and a rival written in shell.

use std::fs;
use std::path::PathBuf;

use hob_tests::{Daemon, Home, Ran, write_recording};
use serde_json::Value;

const HEADER: &str = "id\tseconds\tlanguage\tcategory\ttrust\twav\ttranscript\n";
/// Knows every recording but gets one word of it wrong.
const RIVAL: &str = r#"echo '{"ready": true}'; while read -r path; do echo '{"text": "Heard lots samples."}'; done"#;

/// A folder `recordings` in the home, with a manifest and a file of 100 ms for every row.
fn record(home: &Home, rows: &[&str]) -> PathBuf {
    let folder = home.path().join("recordings");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("manifest.tsv"), format!("{HEADER}{}\n", rows.join("\n"))).unwrap();
    for row in rows {
        write_recording(&folder.join(row.split('\t').nth(5).unwrap()), 100);
    }
    folder
}

#[track_caller]
fn bench(daemon: &Daemon, arguments: &[&str]) -> Ran {
    let folder = daemon.home().path().join("recordings");
    daemon.hob(&[&["bench", "dictation", folder.to_str().unwrap()], arguments].concat())
}

/// The lines of a run that went well, without runs of blanks.
#[track_caller]
fn lines(ran: Ran) -> Vec<String> {
    ran.printed().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[track_caller]
fn has(lines: &[String], start: &str) {
    assert!(lines.iter().any(|line| line.starts_with(start)), "{start}: {lines:#?}");
}

#[test]
fn every_way_is_measured_and_compared() {
    let daemon = Daemon::start();
    record(
        daemon.home(),
        &[
            "right\t0.1\ten\tread\tgold\ta.wav\tHeard one thousand six hundred samples!",
            "wrong\t0.1\ten\tnoise\tsilver\tb.wav\theard no samples",
            "silent\t0.1\tnone\tno-speech\tgold\tc.wav\t",
            "unsure\t0.1\ten\tread\tasr\td.wav\twhatever",
            "long\t31\ten\tread\tgold\te.wav\twhatever",
        ],
    );
    let saved = daemon.home().path().join("results.jsonl");
    let arguments = ["--rival", RIVAL, "--repeat", "2", "--texts", "--json", saved.to_str().unwrap()];
    let lines = lines(bench(&daemon, &arguments));
    has(&lines, "hobd 0.1.0, model tiny-speech, engine build native");
    let of = |id: &str| lines.iter().filter(|line| line.starts_with(id)).cloned().collect::<Vec<_>>();
    assert_eq!(of("right").len(), 2, "once in each repetition: {lines:#?}");
    assert!(of("right")[0].contains("0 of 3 wrong clip"), "{lines:#?}");
    assert!(of("right")[0].ends_with("1 of 3 wrong"), "the rival: {lines:#?}");
    assert!(of("wrong")[0].contains("1 of 3 wrong"), "{lines:#?}");
    assert!(of("silent")[0].contains("3 ghosts"), "{lines:#?}");
    assert!(of("unsure").is_empty() && of("long").is_empty(), "{lines:#?}");
    has(&lines, "said heard no samples");
    has(&lines, "rival Heard lots samples.");
    has(&lines, "English up to 30 s: 2");
    has(&lines, "time p95");
    has(&lines, "read 0.00 0.00 33.33 3");
    has(&lines, "noise 33.33 33.33 33.33 3");
    has(&lines, "all English 16.67 16.67 33.33 6");
    has(&lines, "ghosts of dictation: words in 2 of 2 recordings in which nobody speaks");
    has(&lines, "silent: heard 1600 samples");
    has(
        &lines,
        "text there at the end: 6 of 6; 0 speculations, 0 used; 0 results redone; 1.00 s decoded per s of voice",
    );
    has(&lines, "peak memory: engine ");
    assert_eq!(daemon.hob(&["history"]).printed(), "", "nobody said any of this");

    let results = fs::read_to_string(saved).unwrap();
    let results: Vec<Value> = results.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(results.len(), 3 * 3 * 2, "recordings, ways, repetitions");
    let first = &results[0];
    assert_eq!([&first["way"], &first["id"], &first["text"]], ["dictation", "right", "heard 1600 samples"]);
    assert_eq!(first["timings"]["release_to_text_ms"], first["ms"]);
    assert!(first["cpu_s"].as_f64().is_some_and(|cpu_s| cpu_s >= 0.0), "{first}");
    assert_eq!(results[2]["mistakes"]["wrong"], 1, "{}", results[2]);
}

#[test]
fn what_is_measured_can_be_chosen() {
    let daemon = Daemon::start();
    record(
        daemon.home(),
        &[
            "a\t0.1\ten\tread\tgold\ta.wav\theard 1600 samples",
            "b\t0.1\tde\tnon-english\tgold\tb.wav\theard 1600 samples",
            "c\t0.1\ten\tnoise\tgold\tc.wav\theard 1600 samples",
        ],
    );
    let ids = |arguments: &[&str]| -> String {
        let lines = lines(bench(&daemon, arguments));
        lines.iter().skip(1).take_while(|line| !line.is_empty()).map(|line| &line[..1]).collect()
    };
    assert_eq!(ids(&[]), "ac");
    assert_eq!(ids(&["--all"]), "abc");
    assert_eq!(ids(&["--limit", "1"]), "a");
    assert_eq!(ids(&["--category", "noise"]), "c");
    assert_eq!(ids(&["--only", "b", "--only", "c"]), "bc");
    let (code, complaint) = bench(&daemon, &["--category", "none"]).complained();
    assert_eq!((code, complaint.lines().next()), (2, Some("hob: no recording is left to measure")));
}

#[test]
fn texts_beside_recordings_will_do() {
    let daemon = Daemon::start();
    let folder = daemon.home().path().join("recordings");
    fs::create_dir(&folder).unwrap();
    let (code, complaint) = bench(&daemon, &[]).complained();
    assert_eq!(code, 1);
    assert!(complaint.contains("holds no recordings with transcripts\nhint: "), "{complaint}");
    write_recording(&folder.join("a.wav"), 100);
    write_recording(&folder.join("without text.wav"), 100);
    fs::write(folder.join("a.txt"), "heard 1600 samples\n").unwrap();
    let lines = lines(bench(&daemon, &[]));
    has(&lines, "a 0.1 s dictation");
    has(&lines, "all English 0.00 0.00 3");
}

#[test]
fn one_bad_recording_does_not_end_the_run() {
    let daemon = Daemon::start();
    let rows =
        ["a\t0.1\ten\tread\tgold\ta.wav\theard 1600 samples", "b\t0.1\ten\tread\tgold\tb.wav\theard 1600 samples"];
    let folder = record(daemon.home(), &rows);
    fs::write(folder.join("b.wav"), "no sound").unwrap();
    let ran = bench(&daemon, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, "hob: 2 of 4 measurements failed\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("is not an audio file"), "{}", ran.stdout);
    assert!(ran.stdout.contains("English up to 30 s: 2"), "{}", ran.stdout);
}

#[test]
fn mistakes_are_named_before_anything_is_measured() {
    let daemon = Daemon::start();
    let folder = daemon.home().path().join("recordings");
    let path = folder.display();
    let complains = |arguments: &[&str], expected: &str| {
        let (_, complaint) = bench(&daemon, arguments).complained();
        assert!(complaint.starts_with(&format!("hob: {expected}")), "{complaint}");
        assert_eq!(complaint.matches("hint: ").count(), usize::from(!expected.contains("cannot write")), "{complaint}");
    };
    complains(&[], &format!("cannot read the folder {path}: No such file"));
    record(daemon.home(), &["a\t0.1\ten\tread\tgold\ta.wav\ttext"]);
    let none = folder.join("none/results");
    complains(&["--json", none.to_str().unwrap()], &format!("cannot write {}: ", none.display()));
    fs::remove_file(folder.join("a.wav")).unwrap();
    complains(&[], &format!("the recording {path}/a.wav is missing\n"));
    fs::write(folder.join("manifest.tsv"), format!("{HEADER}a\tsoon\ten\tread\tgold\ta.wav\ttext\n")).unwrap();
    complains(&[], &format!("{path}/manifest.tsv:2: `soon` is no number of seconds\n"));
}

#[test]
fn a_rival_that_fails_ends_the_run_and_leaves_no_file() {
    let daemon = Daemon::start();
    record(daemon.home(), &["a\t0.1\ten\tread\tgold\ta.wav\ttext"]);
    let saved = daemon.home().path().join("results.jsonl");
    for (rival, expected) in [
        ("exit 7", "hob: the rival has ended (exit status: 7) before it answered\nhint: "),
        ("echo '{}'; read path; exit 7", "hob: the rival has ended (exit status: 7) before it answered\nhint: "),
        ("echo Loading...; cat", "hob: the rival answers what cannot be read: Loading...\nhint: "),
        ("echo '{}'; cat", "hob: the rival answers what cannot be read: "),
        // Well until it counts.
        (
            r#"echo '{}'; read a; echo '{"text": ""}'; read b"#,
            "hob: the rival has ended (exit status: 0) before it answered",
        ),
    ] {
        let ran = bench(&daemon, &["--rival", rival, "--json", saved.to_str().unwrap()]);
        assert_eq!(ran.code, 1, "{rival}");
        assert!(ran.stderr.starts_with(expected), "{rival}: {}", ran.stderr);
        assert!(!saved.exists(), "{rival}");
    }
    let left: Vec<_> = fs::read_dir(daemon.home().path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".tmp")), "{left:?}");
}

#[test]
fn recordings_are_transcribed_as_fast_as_it_goes() {
    let daemon = Daemon::start();
    let folder = record(daemon.home(), &["a\t0.1\ten\tread\tgold\ta.wav\theard 1600 samples"]);
    // A minute of sound in a moment.
    write_recording(&folder.join("a.wav"), 60_000);
    let ran = daemon.hob(&["bench", "transcription", folder.to_str().unwrap(), "--rival", RIVAL]);
    let lines = lines(ran);
    has(&lines, "a 0.1 s clip");
    assert!(lines.iter().any(|line| line == "clip rival clip / rival"), "{lines:#?}");
    has(&lines, "all English 33.33 33.33 3");
}

#[test]
fn a_dictation_is_compared_with_one_beside_a_generated_text() {
    let daemon = Daemon::start();
    record(daemon.home(), &["a\t0.1\ten\tread\tgold\ta.wav\theard 1600 samples"]);
    let lines = lines(bench(&daemon, &["--beside-generation", "--repeat", "2"]));
    assert!(lines.iter().any(|line| line == "dictation beside clip dictation / beside dictation / clip"), "{lines:#?}");
    has(&lines, "beside a text in the background, time p95 is ");
    let written = lines.iter().find(|line| line.starts_with("beside: 2 texts of ")).expect("they are counted");
    assert!(written.ends_with("in the background, 0 of them other than undisturbed"), "{written}");
}
