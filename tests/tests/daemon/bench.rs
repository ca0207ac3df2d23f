//! `hob bench` over the real daemon, scripted engines and rivals written in shell and Python.

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
    assert!(complaint.contains("holds no recordings\nhint: "), "{complaint}");
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
        ("exec no-such-program 2>&-", "hob: the rival has ended (exit status: 127) before it answered\nhint: "),
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
fn a_rival_that_ends_at_a_recording_is_started_again_for_the_next() {
    let daemon = Daemon::start();
    let row = |id: &str| format!("{id}\t0.1\ten\tread\tgold\t{id}.wav\theard 1600 samples");
    let rows = ["good", "bad", "worse", "fine"].map(row);
    record(daemon.home(), &rows.each_ref().map(String::as_str));
    let rival = r#"echo '{}'; while read -r path; do
        case $path in
            */bad.wav) exit 3;;
            */worse.wav) echo '{"error": "no sound"}';;
            *) echo '{"text": "heard 1600 samples"}';;
        esac
    done"#;
    let ran = bench(&daemon, &["--rival", rival]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, "hob: 2 of 12 measurements failed\n"), "{}", ran.stdout);
    for expected in ["text for it: it ended (exit status: 3)", "text for it: \"no sound\"", "all English"] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    let right = ran.stdout.lines().filter(|line| line.contains("rival") && line.trim_end().ends_with("0 of 3 wrong"));
    assert_eq!(right.count(), 2, "{}", ran.stdout);
}

#[test]
fn a_folder_need_not_be_made_for_this() {
    let daemon = Daemon::start();
    let folder = daemon.home().path().join("recordings");
    fs::create_dir_all(folder.join("été 1")).unwrap();
    for name in ["a b.wav", "été 1/é.wav", "été 1/cut.wav", "untold.WAV"] {
        write_recording(&folder.join(name), 100);
    }
    fs::write(folder.join("a b.txt"), "heard 1600 samples").unwrap();
    fs::write(folder.join("été 1/list.txt"), "é Heard 1600 samples.\n").unwrap();
    let whole = fs::read(folder.join("été 1/cut.wav")).unwrap();
    fs::write(folder.join("été 1/cut.wav"), &whole[..whole.len() / 2]).unwrap();
    fs::write(folder.join("00 empty.wav"), "").unwrap();
    fs::write(folder.join("00 header.wav"), &whole[..30]).unwrap();
    fs::write(folder.join("voice.opus"), "OggS").unwrap();

    let ran = bench(&daemon, &["--texts"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, "hob: 6 of 14 measurements failed\n"), "{}", ran.stdout);
    let line = |start: &str| ran.stdout.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("a b").contains("0 of 3 wrong"), "{}", ran.stdout);
    assert!(line("été 1/é").contains("0 of 3 wrong"), "{}", ran.stdout);
    assert!(line("untold").contains("not counted"), "{}", ran.stdout);
    assert!(line("été 1/cut").contains("not counted"), "{}", ran.stdout);
    for start in ["00 empty", "00 header", "voice"] {
        assert!(line(start).contains("failed"), "{start}: {}", ran.stdout);
    }
    assert!(ran.stdout.contains("the file is empty (0 bytes)"), "{}", ran.stdout);
    assert!(ran.stdout.contains("English up to 30 s: 7"), "{}", ran.stdout);
    assert!(ran.stdout.contains("nothing says which language is spoken: English is taken"), "{}", ran.stdout);

    let one = folder.join("untold.WAV");
    let ran = daemon.hob(&["bench", "dictation", one.to_str().unwrap(), "--language", "en"]);
    assert!(ran.printed().contains("English up to 30 s: 1"));
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

/// A llama-server that has the same answer for everything.
const SERVER: &str = r#"
import http.server, json, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["temperature"] == 0 and asked["stream"] and asked["messages"][-1]["content"].endswith("</text>")
        self.send_response(200)
        self.end_headers()
        for text, reason in [(None, None), ("Always", None), (" this.", None), (None, "stop")]:
            event = {"choices": [{"delta": {"content": text}, "finish_reason": reason}]}
            if reason:
                event["timings"] = {"cache_n": 5, "prompt_n": 2, "predicted_n": 3}
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

port = int(sys.argv[sys.argv.index("--port") + 1])
server = http.server.HTTPServer((sys.argv[sys.argv.index("--host") + 1], port), Answer)
print("listening", flush=True)
server.serve_forever()
"#;

#[test]
fn a_text_model_is_measured_beside_a_server() {
    let daemon = Daemon::start();
    let folder = daemon.home().path().join("texts");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("one.txt"), "this are a short text\n").unwrap();
    fs::write(folder.join("two.txt"), "and this is an other one ".repeat(20)).unwrap();
    let server = daemon.home().path().join("server.py");
    fs::write(&server, SERVER).unwrap();
    let rival = format!("python3 {}", server.display());
    let saved = daemon.home().path().join("results.jsonl");
    let (folder, saved) = (folder.to_str().unwrap(), saved.to_str().unwrap());

    let lines = lines(daemon.hob(&["bench", "text", folder, "--rival", &rival, "--repeat", "2", "--json", saved]));
    has(&lines, "hobd 0.1.0, model tiny-text, engine build native");
    for start in ["one 5 words hob", "two 120 words hob", "first token, short texts", "whole answer, long texts"] {
        has(&lines, start);
    }
    has(&lines, "the same answer without guesses: 4 of 4");
    has(&lines, "the same answer from the rival: 0 of 4");
    assert!(lines.last().unwrap().ends_with("rival 7 (5 kept)"), "{lines:#?}");
    let singles: Vec<Value> =
        fs::read_to_string(saved).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(singles.len(), 2 * 2 * 3);
    let rival: Vec<_> = singles.iter().filter(|single| single["way"] == "rival").collect();
    assert!(rival.iter().all(|single| single["text"] == "Always this." && single["steps"] == 2), "{rival:?}");
}

#[test]
fn a_server_that_ends_is_told() {
    let daemon = Daemon::start();
    let (code, complaint) = daemon.hob(&["bench", "text", "--rival", "exit 3;"]).complained();
    assert_eq!(code, 1);
    assert!(
        complaint.starts_with("hob: the rival has ended (exit status: 3) before it answered\nhint: "),
        "{complaint}"
    );
}
