//! Folders as people have them, and what is taken of them.

use std::fs;

use super::*;

/// A folder with these files, of which those that are sound are half a second of silence.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if *content == "sound" {
            let spec = hound::WavSpec {
                channels: 1,
                sample_rate: 16_000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            let mut writer = hound::WavWriter::create(path, spec).unwrap();
            (0..8_000).for_each(|_| writer.write_sample(0_i16).unwrap());
            writer.finalize().unwrap();
        } else {
            fs::write(path, content).unwrap();
        }
    }
    folder
}

/// Id, seconds, language, trust and transcript of each.
fn taken(place: &Path, language: Option<&str>) -> Vec<(String, f64, String, String, String)> {
    let all = read(place, language).unwrap().all;
    all.into_iter().map(|one| (one.id, one.seconds, one.language, one.trust, one.transcript)).collect()
}

fn one(id: &str, language: &str, trust: &str, transcript: &str) -> (String, f64, String, String, String) {
    (id.to_owned(), 0.5, language.to_owned(), trust.to_owned(), transcript.to_owned())
}

#[test]
fn a_manifest_tells_everything() {
    let folder = folder(&[
        (
            "manifest.tsv",
            "id\tseconds\tlanguage\tcategory\tspeaker\ttrust\twav\toriginal\ttranscript\n\
             a\t3.5\ten\tread\tx\tgold\twav/a.wav\torig/a.mp3\t\"quoted\" text\n\
             b\t5\tnone\tno-speech\tx\tgold\twav/b.wav\t\t\n\
             c\t5\ten\tformat\tx\tgold\twav/c.wav\torig/c.mp3\tc\n",
        ),
        ("other.tsv", "path\tsentence\nz.wav\tz\n"),
    ]);
    let rows = read(folder.path(), None).unwrap();
    assert!(rows.notes.is_empty());
    let expected = Recording {
        id: "a".into(),
        seconds: 3.5,
        language: "en".into(),
        category: "read".into(),
        trust: "gold".into(),
        path: folder.path().join("wav/a.wav"),
        transcript: "\"quoted\" text".into(),
    };
    assert_eq!(rows.all[0], expected);
    assert!(rows.all[0].is_speech() && !rows.all[1].is_speech());
    assert_eq!(rows.all[2].path, folder.path().join("orig/c.mp3"));
    assert_eq!(rows.all.iter().map(Recording::is_usual).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn other_tables_tell_less_and_the_files_the_rest() {
    let files = [("clips/a.wav", "sound"), ("clips/b.wav", "sound")];
    for (name, table) in [
        ("metadata.csv", "file_name,transcription\na.wav,\"Hello, you\"\nclips/b.wav,\n"),
        ("validated.tsv", "client_id\tpath\tsentence\nx\ta\tHello, you\nx\tb\t\n"),
        (
            "train.jsonl",
            "{\"audio_filepath\": \"/data/a.wav\", \"text\": \"Hello, you\"}\n{\"audio_filepath\": \"b.wav\", \"text\": \"\"}\n",
        ),
        ("manifest.json", "[{\"path\": \"a.wav\", \"text\": \"Hello, you\"}, {\"path\": \"b.wav\"}]"),
    ] {
        let folder =
            folder(&[&files[..], &[(name, table), ("clip_durations.tsv", "clip\tduration\na.wav\t500\n")]].concat());
        let expected = [one("a", "en", "gold", "Hello, you"), one("b", "en", "", "")];
        assert_eq!(taken(folder.path(), None), expected, "{name}");
        assert_eq!(taken(&folder.path().join(name), None), expected, "the table by itself");
        assert_eq!(taken(folder.path(), Some("de"))[0].2, "de");
        assert_eq!(taken(folder.path(), Some("auto"))[0].2, "en");
        assert_eq!(read(folder.path(), None).unwrap().notes.len(), 1);
    }
}

#[test]
fn recordings_need_neither_tables_nor_texts() {
    let folder = folder(&[
        ("a b.wav", "sound"),
        ("a b.txt", "Hello\nyou\n"),
        ("deep/é.WAV", "sound"),
        ("deep/same.wav", "sound"),
        ("deep/same.flac", "no sound"),
        ("silence.wav", "sound"),
        ("silence.txt", ""),
        ("README.md", "a b.wav is a recording"),
    ]);
    let no_sound = ("deep/same.flac".to_owned(), 0.0, "en".to_owned(), String::new(), String::new());
    let expected = [
        one("a b", "en", "gold", "Hello you"),
        no_sound,
        one("deep/same.wav", "en", "", ""),
        one("deep/é", "en", "", ""),
        one("silence", "en", "gold", ""),
    ];
    assert_eq!(taken(folder.path(), None), expected);
    assert_eq!(taken(&folder.path().join("a b.wav"), None), expected[..1], "one recording by itself");
    let all = read(folder.path(), None).unwrap().all;
    assert!(all.iter().all(Recording::is_usual));
    assert_eq!(all.iter().map(Recording::is_speech).collect::<Vec<_>>(), [true, true, true, true, false]);
}

#[test]
fn what_is_wrong_is_told() {
    const HEADER: &str = "id\twav\ttranscript\n";
    let fails = |files: &[(&str, &str)], expected: &str| {
        let folder = folder(files);
        let problem = read(folder.path(), None).unwrap_err().to_string();
        assert!(problem.ends_with(expected), "{problem}");
    };
    fails(&[("notes.txt", "hello")], "holds no recordings");
    fails(&[("manifest.tsv", "")], "manifest.tsv:1: it is empty");
    fails(&[("manifest.csv", "id,text\n")], "manifest.csv:1: there is no column wav, path or file");
    fails(
        &[("manifest.tsv", &format!("{HEADER}a\ta.wav\tx\n\na\tb.wav\ty\n"))],
        "manifest.tsv:4: the id a is that of line 2 already",
    );
    fails(&[("train.tsv", &format!("{HEADER}a\ta.wav\n"))], "train.tsv:2: 2 columns where the first line has 3");
}

#[test]
fn the_choice_is_narrow_unless_asked() {
    let folder = folder(&[("short", ""), ("noise", ""), ("long", ""), ("german", ""), ("unsure", "")]);
    let row = |id: &str, seconds: f64, language: &str, category: &str, trust: &str| {
        let path = folder.path().join(id);
        let [id, language, category, trust] = [id, language, category, trust].map(str::to_owned);
        Recording { id, seconds, language, category, trust, path, transcript: "x".into() }
    };
    let all = vec![
        row("short", 3.0, "en", "read", "gold"),
        row("noise", 3.0, "en", "noise", "silver"),
        row("long", 31.0, "en", "long", "gold"),
        row("german", 3.0, "de", "non-english", "gold"),
        row("unsure", 3.0, "en", "read", "asr"),
    ];
    let chosen = |choice: &Choice| choose(Recordings { all: all.clone(), notes: Vec::new() }, choice);
    let ids = |choice: Choice| -> Vec<String> {
        chosen(&choice).unwrap().all.into_iter().map(|recording| recording.id).collect()
    };
    let category = |name: &str| Choice { categories: vec![name.into()], ..Choice::default() };
    assert_eq!(ids(Choice::default()), ["short", "noise"]);
    assert_eq!(ids(Choice { all: true, ..Choice::default() }).len(), 5);
    assert_eq!(ids(Choice { limit: Some(1), ..Choice::default() }), ["short"]);
    assert_eq!(ids(category("noise")), ["noise"]);
    assert_eq!(ids(Choice { ids: vec!["german".into()], ..Choice::default() }), ["german"]);
    assert_eq!(ids(category("long")), ["long"], "where nothing is usual, all is taken");
    assert_eq!(chosen(&category("long")).unwrap().notes.len(), 1);
    assert!(matches!(chosen(&category("none")), Err(BenchError::NothingChosen)));
    fs::remove_file(folder.path().join("noise")).unwrap();
    assert!(matches!(chosen(&Choice::default()), Err(BenchError::Missing(path)) if path.ends_with("noise")));
}
