//! Model files the real engines cannot use: refused before an engine opens them where that can be seen, and told by the engine where
//! not. Whatever the file, the next request on a sound model is served.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use hob_protocol::daemon::{EngineKind, EngineState};
use hob_tests::{
    Daemon, Home, REAL_SPEECH_MODEL, REAL_TEXT_MODEL, Recording, program, real_model, run, tiny_ggml, tiny_gguf,
};
use rustix::fs::{CWD, FileType, Mode, mknodat};

const AGAIN: &str = "hint: get the file again, or choose a model from `hob models list`\n";

fn start() -> Daemon {
    Home::real(&[REAL_SPEECH_MODEL, REAL_TEXT_MODEL]).start()
}

/// A path in the daemon's home.
fn at(daemon: &Daemon, name: &str) -> String {
    daemon.home().path().join(name).into_os_string().into_string().unwrap()
}

/// What `hob transcribe` says with this model file.
fn transcribe(daemon: &Daemon, model: &str) -> (i32, String) {
    daemon.hob(&["transcribe", "--model", model, Recording::Fox.path().to_str().unwrap()]).complained()
}

fn fix(daemon: &Daemon, model: &str) -> (i32, String) {
    daemon.hob(&["run", "fix", "--model", model, "a text"]).complained()
}

#[track_caller]
fn assert_speech_is_served(daemon: &Daemon) {
    let fox = Recording::Fox.path();
    let text = daemon.hob(&["transcribe", "--model", REAL_SPEECH_MODEL, fox.to_str().unwrap()]).printed();
    assert_eq!(text.trim().to_lowercase(), "the quick brown fox jumps over the lazy dog.");
}

#[track_caller]
fn assert_text_is_served(daemon: &Daemon) {
    let text = daemon.hob(&["run", "explain", "--model", REAL_TEXT_MODEL, "he go home"]).printed();
    assert!(!text.trim().is_empty());
}

#[test]
fn a_real_model_cut_off_is_refused_at_any_length() {
    let daemon = start();
    for (model, name) in [(REAL_SPEECH_MODEL, "cut.bin"), (REAL_TEXT_MODEL, "cut.gguf")] {
        let path = at(&daemon, name);
        fs::copy(real_model(model), &path).unwrap();
        let whole = fs::metadata(&path).unwrap().len();
        for length in [whole - 1, whole / 2, 100_000, 100, 5, 1] {
            File::options().write(true).open(&path).unwrap().set_len(length).unwrap();
            let (code, complaint) =
                if model == REAL_SPEECH_MODEL { transcribe(&daemon, &path) } else { fix(&daemon, &path) };
            let begin = format!("hob: model `{path}` ({path}): the file is truncated: ");
            assert!(code == 1 && complaint.starts_with(&begin) && complaint.ends_with(AGAIN), "{length}: {complaint}");
            let (code, complaint) = daemon.hob(&["models", "import", &path]).complained();
            let begin = format!("hob: cannot use {path}: the file is truncated: ");
            assert!(code == 1 && complaint.starts_with(&begin) && complaint.ends_with(AGAIN), "{length}: {complaint}");
        }
    }
    assert!(daemon.state().engines.iter().all(|engine| engine.state == EngineState::Stopped), "no engine has seen any");
}

#[test]
fn noise_is_no_model() {
    let daemon = start();
    let path = at(&daemon, "noise.bin");
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(1 << 20)
    .collect();
    fs::write(&path, noise).unwrap();
    let expected = format!("hob: model `{path}` ({path}): the file is not a model\n{AGAIN}");
    assert_eq!(transcribe(&daemon, &path), (1, expected.clone()));
    assert_eq!(fix(&daemon, &path), (1, expected));
}

#[test]
fn a_model_of_the_other_kind_is_named() {
    let daemon = start();
    let hint = "hint: `man hob` lists the options and their values\n";
    let expected = |model, kind| (1, format!("hob: option `model`: `{model}` is a {kind} model\n{hint}"));
    assert_eq!(transcribe(&daemon, REAL_TEXT_MODEL), expected(REAL_TEXT_MODEL, "text"));
    assert_eq!(fix(&daemon, REAL_SPEECH_MODEL), expected(REAL_SPEECH_MODEL, "speech"));
    // Its name does not make a file what it is not.
    let disguised = at(&daemon, "speech.bin");
    fs::copy(real_model(REAL_TEXT_MODEL), &disguised).unwrap();
    assert_eq!(transcribe(&daemon, &disguised), expected("speech.bin", "text"));
    // Nor does the folder it lies in.
    let folder = daemon.home().models().join("swapped");
    fs::create_dir(&folder).unwrap();
    let bytes = fs::copy(real_model(REAL_TEXT_MODEL), folder.join("model.bin")).unwrap();
    let record = format!(
        "name = \"swapped\"\nkind = \"speech\"\nfile = \"model.bin\"\nbytes = {bytes}\nsha256 = \"{}\"\n\
         trust = \"imported\"\nsource = \"a test\"\nlicence = \"unknown\"\n",
        "0".repeat(64)
    );
    fs::write(folder.join("model.toml"), record).unwrap();
    let (code, complaint) = transcribe(&daemon, "swapped");
    assert!(code == 1 && complaint.contains("the file is GGUF, but ggml whisper is expected"), "{complaint}");
    assert!(complaint.ends_with("hint: hob models remove swapped, then hob models pull swapped\n"), "{complaint}");
}

#[test]
fn a_model_only_the_engine_can_judge_is_refused_by_it() {
    let daemon = start();
    // Sound headers, but neither the tensors nor the words a model needs.
    let (speech, text) = (at(&daemon, "hollow.bin"), at(&daemon, "hollow.gguf"));
    fs::write(&speech, tiny_ggml()).unwrap();
    fs::write(&text, tiny_gguf()).unwrap();
    for (path, name, (code, complaint)) in
        [(&speech, "hollow.bin", transcribe(&daemon, &speech)), (&text, "hollow.gguf", fix(&daemon, &text))]
    {
        let begin = format!("hob: model `{name}` ({path}): ");
        assert!(code == 1 && complaint.starts_with(&begin) && complaint.contains("\nhint: "), "{complaint}");
    }
    assert_speech_is_served(&daemon);
    assert_text_is_served(&daemon);
}

#[test]
fn damaged_weights_harm_nobody_else() {
    let daemon = start();
    for (model, name) in [(REAL_SPEECH_MODEL, "damaged.bin"), (REAL_TEXT_MODEL, "damaged.gguf")] {
        let path = at(&daemon, name);
        fs::copy(real_model(model), &path).unwrap();
        // Behind the header and the words; half-precision numbers that are none.
        let mut file = File::options().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(fs::metadata(&path).unwrap().len() / 2)).unwrap();
        file.write_all(&vec![0xff; 4 << 20]).unwrap();
        let ran = match model {
            REAL_SPEECH_MODEL => daemon.hob(&["transcribe", "--model", &path, Recording::Fox.path().to_str().unwrap()]),
            _ => daemon.hob(&["run", "explain", "--max-tokens", "10", "--model", &path, "a ship"]),
        };
        // Nonsense, nothing, or an error: but said, and by an engine that is still there.
        assert!(matches!(ran.code, 0 | 1 | 4), "{ran:?}");
        assert!(ran.code == 0 || ran.stderr.starts_with("hob: "), "{ran:?}");
    }
    assert_speech_is_served(&daemon);
    assert_text_is_served(&daemon);
}

#[test]
fn a_header_that_would_overflow_the_engine_is_refused_also_after_the_installation() {
    let home = Home::real(&[]);
    let model = real_model(REAL_SPEECH_MODEL);
    home.hob(&["models", "import", model.to_str().unwrap(), "--name", "mine"]).printed();
    let daemon = home.start();
    let fox = Recording::Fox.path();
    daemon.hob(&["transcribe", fox.to_str().unwrap()]).printed();
    daemon.hob(&["models", "unload", "speech"]).printed();

    let installed = daemon.home().models().join("mine/model.bin");
    let bytes = fs::read(&installed).unwrap();
    let name = b"decoder.positional_embedding";
    let place = bytes.windows(name.len()).position(|window| window == name).unwrap();
    // Before the name lie its two dimensions, the type, the length of the name, and how many dimensions there are.
    let dimensions = place - 5 * 4;
    assert_eq!(bytes[dimensions], 2);
    let mut file = File::options().write(true).open(&installed).unwrap();
    file.seek(SeekFrom::Start(dimensions as u64)).unwrap();
    file.write_all(&[200]).unwrap();
    drop(file);
    let (code, complaint) = daemon.hob(&["transcribe", fox.to_str().unwrap()]).complained();
    let problem = "the header is not plausible: the number of dimensions of a tensor is 200, not 1 to 4";
    let hint = "hint: hob models remove mine, then hob models pull mine";
    assert_eq!((code, complaint), (1, format!("hob: model `mine` ({}): {problem}\n{hint}\n", installed.display())));
    assert_eq!(daemon.engine(EngineKind::Speech).restarts, 0);
}

#[test]
fn a_pipe_is_no_model_and_does_not_hold_anybody_up() {
    let daemon = start();
    let path = at(&daemon, "pipe.bin");
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    let expected = format!("hob: model `{path}` ({path}): the file is not a model\n{AGAIN}");
    assert_eq!(transcribe(&daemon, &path), (1, expected));
    let (code, complaint) = daemon.hob(&["models", "import", &path]).complained();
    assert_eq!((code, complaint), (1, format!("hob: there is no file {path}\nhint: check the path\n")));
    assert_speech_is_served(&daemon);
}

#[test]
fn a_folder_is_no_model() {
    let daemon = start();
    let path = at(&daemon, "models/");
    let expected = format!("hob: model `{path}` ({path}): the file is not a model\n{AGAIN}");
    assert_eq!(transcribe(&daemon, &path), (1, expected));
}

#[test]
fn an_import_that_the_disk_refuses_leaves_nothing_behind() {
    let home = Home::real(&[]);
    // A limit on the size of files stands for a disk that fills up in the middle of a copy.
    let mut limited = home.command("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$@\"", "sh"]).arg(program("hob"));
    limited.args(["models", "import", "--name", "mine"]).arg(real_model(REAL_SPEECH_MODEL));
    let (code, complaint) = run(&mut limited, b"").complained();
    assert_eq!(code, 1);
    assert!(complaint.starts_with("hob: cannot copy ") && complaint.contains("File too large"), "{complaint}");
    assert!(!home.hob(&["models", "list"]).printed().contains("mine"), "it is not installed");
    assert_eq!(home.hob(&["models", "info", "mine"]).complained().0, 5);

    // Nothing of the attempt is in the way of the next one.
    let model = real_model(REAL_SPEECH_MODEL);
    home.hob(&["models", "import", model.to_str().unwrap(), "--name", "mine"]).printed();
    let copied = home.models().join("mine/model.bin");
    assert_eq!(fs::metadata(copied).unwrap().len(), fs::metadata(model).unwrap().len());
    assert_eq!(left_in(&home.models().join(".partial")), 0);
}

#[test]
fn without_models_the_next_step_is_told() {
    let daemon = Home::real(&[]).start();
    let fox = Recording::Fox.path();
    let transcribed = daemon.hob(&["transcribe", fox.to_str().unwrap()]).complained();
    assert_eq!(transcribed, (5, "hob: no speech model is installed\nhint: hob models pull tiny.en\n".to_owned()));
    let run = daemon.hob(&["run", "fix", "a text"]).complained();
    assert_eq!(run, (5, "hob: no text model is installed\nhint: hob models pull smollm2-135m\n".to_owned()));
    let known = (5, "hob: model `base` is not installed\nhint: hob models pull base\n".to_owned());
    assert_eq!(transcribe(&daemon, "base"), known);
    let (code, complaint) = transcribe(&daemon, "tiny.eb");
    assert_eq!(code, 5);
    assert!(complaint.starts_with("hob: no model `tiny.eb`\nhint: did you mean tiny.en"), "{complaint}");
}

fn left_in(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}
