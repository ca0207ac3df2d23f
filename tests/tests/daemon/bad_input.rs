//! Files and texts that are not what they should be: the message names the fault, and nothing else is harmed.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;

use hob_protocol::daemon::EngineKind;
use hob_tests::{Daemon, Home, TEXT_MODEL, program, tiny_ggml, tiny_gguf};
use rustix::process::geteuid;
use serde_json::json;

/// What `hob` must say to these arguments: its exit code, and standard error.
#[track_caller]
fn says(daemon: &Daemon, arguments: &[&str], code: i32, expected: &str) {
    assert_eq!(daemon.hob(arguments).complained(), (code, expected.to_owned()), "{arguments:?}");
}

#[test]
fn files_that_are_no_recordings_are_named() {
    const UNDERSTOOD: &str = "hob reads WAV, AIFF, CAF, FLAC, MP3, Ogg Vorbis, M4A/MP4 (AAC, ALAC) and MKV; \
        convert it with `ffmpeg -i IN -ar 16000 -ac 1 OUT.wav`";
    let daemon = Daemon::start();
    let at = |name: &str| daemon.home().path().join(name).into_os_string().into_string().unwrap();
    let whole = fs::read(daemon.home().recording(100)).unwrap();
    fs::write(at("text.wav"), "this is not a recording").unwrap();
    fs::write(at("empty.wav"), "").unwrap();
    fs::write(at("header.wav"), &whole[..44]).unwrap();
    fs::write(at("cut.wav"), &whole[..30]).unwrap();
    for (name, problem, hint) in [
        ("text.wav", "is not an audio file hob can read", UNDERSTOOD),
        ("empty.wav", "the file is empty (0 bytes)", "record it again, or name another file"),
        ("none.wav", "no such file", "check the path; the daemon wants it absolute"),
        ("", "is a directory", "name one audio file"),
    ] {
        let expected = format!("hob: {}: {problem}\nhint: {hint}\n", at(name));
        says(&daemon, &["transcribe", &at(name)], 1, &expected);
        says(&daemon, &["dictate", "--file", &at(name)], 1, &expected);
    }
    for name in ["header.wav", "cut.wav"] {
        let (code, complaint) = daemon.hob(&["transcribe", &at(name)]).complained();
        assert_eq!(code, 1);
        let expected = format!("hob: {}: is damaged or cut off: no sound could be decoded", at(name));
        assert!(complaint.starts_with(&expected), "{complaint}");
    }
    assert_eq!(daemon.hob(&["transcribe", &daemon.home().recording(100)]).printed(), "heard 1600 samples\n");
}

#[test]
fn a_recording_that_may_not_be_read_is_named() {
    let home = Home::new();
    let recording = home.recording(100);
    fs::set_permissions(&recording, Permissions::from_mode(0o000)).unwrap();
    let hobd = program("hobd");
    let command = if geteuid().is_root() {
        // Root without its privileges is held to the permissions like anybody else.
        let mut command = home.command("setpriv");
        command.args(["--inh-caps=-all", "--bounding-set=-all"]).arg(hobd);
        command
    } else {
        home.command(hobd)
    };
    let daemon = Daemon::spawn(home, command);
    let expected = format!(
        "hob: {recording}: no permission to read it\n\
         hint: `ls -l` shows who may read it; the daemon runs as your own user\n"
    );
    says(&daemon, &["transcribe", &recording], 1, &expected);
}

#[test]
fn installed_models_that_were_damaged_are_named() {
    let daemon = Daemon::start();
    let file = daemon.home().models().join(TEXT_MODEL).join("model.gguf");
    let hint = format!("hint: hob models remove {TEXT_MODEL}, then hob models pull {TEXT_MODEL}\n");
    let whole = tiny_gguf();
    for (content, problem) in [
        (&b""[..], "the file is empty".to_owned()),
        (
            &whole[..whole.len() / 2],
            format!("the file is truncated: at least {} bytes are needed, there are {}", whole.len(), whole.len() / 2),
        ),
    ] {
        fs::write(&file, content).unwrap();
        let expected = format!("hob: model `{TEXT_MODEL}` ({}): {problem}\n{hint}", file.display());
        says(&daemon, &["run", "fix", "a text", "--model", TEXT_MODEL], 1, &expected);
    }
    let none = "hob: no text model is installed\nhint: hob models pull smollm2-135m\n";
    says(&daemon, &["run", "fix", "a text"], 5, none);
    assert_eq!(daemon.engine(EngineKind::Text).restarts, 0, "no engine has seen it");
}

#[test]
fn a_users_own_model_files_are_looked_at_first() {
    let daemon = Daemon::start();
    let recording = daemon.home().recording(100);
    let model = |name: &str, content: &[u8]| {
        let path = daemon.home().path().join(name);
        fs::write(&path, content).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let again = "get the file again, or choose a model from `hob models list`";
    let (empty, short) = (model("empty.bin", b""), model("short.bin", &tiny_ggml()[..100]));
    let (page, text_model) = (model("page.bin", b"<!DOCTYPE html>"), model("text.gguf", &tiny_gguf()));
    let wrong = "speech needs a ggml Whisper model, text a GGUF; `hob models list` shows models to pull";
    for (path, problem, hint) in [
        (&empty, "the file is empty", again),
        (&short, "the file is truncated: at least 860 bytes are needed, there are 100", again),
        (&page, "the file is a web page, but ggml whisper or GGUF is expected", wrong),
    ] {
        let expected = format!("hob: model `{path}` ({path}): {problem}\nhint: {hint}\n");
        says(&daemon, &["transcribe", &recording, "--model", path], 1, &expected);
    }
    let expected =
        "hob: option `model`: `text.gguf` is a text model\nhint: `man hob` lists the options and their values\n";
    says(&daemon, &["transcribe", &recording, "--model", &text_model], 1, expected);
    assert_eq!(daemon.engine(EngineKind::Speech).pid, None, "no engine was started for any of them");
    let sound = model("sound.bin", &tiny_ggml());
    assert_eq!(daemon.hob(&["transcribe", &recording, "--model", &sound]).printed(), "heard 1600 samples\n");
}

#[test]
fn a_model_beyond_the_free_room_is_not_copied() {
    let daemon = Daemon::start();
    // Eight terabytes that take no room: a header, and a hole where the weights should be.
    let huge = daemon.home().path().join("huge.gguf");
    let elements = 1_u64 << 40;
    let mut header = tiny_gguf();
    header.truncate(header.len() - 32);
    let name = header.windows(12).position(|bytes| bytes == b"blk.0.weight").unwrap() + 12;
    header[name + 4..name + 12].copy_from_slice(&elements.to_le_bytes());
    // 64-bit floats.
    header[name + 12..name + 16].copy_from_slice(&28_u32.to_le_bytes());
    fs::write(&huge, &header).unwrap();
    File::options().append(true).open(&huge).unwrap().set_len(header.len() as u64 + elements * 8).unwrap();

    let room = format!("not enough room in {}: 8.8 TB needed, ", daemon.home().models().display());
    let hint = "free some room, or keep models elsewhere: HOB_MODELS=/another/folder";
    let reply = daemon.ask("dev.hob.Models.Import", json!({"path": huge, "name": "huge"}));
    assert_eq!((&reply["error"], &reply["parameters"]["hint"]), (&json!("dev.hob.Models.ModelStore"), &json!(hint)));
    let problem = reply["parameters"]["problem"].as_str().unwrap();
    assert!(problem.starts_with(&room) && problem.ends_with(" free"), "{problem}");
    let (code, complaint) = daemon.hob(&["models", "import", huge.to_str().unwrap()]).complained();
    assert_eq!(code, 1);
    assert!(
        complaint.starts_with(&format!("hob: {room}")) && complaint.ends_with(&format!("\nhint: {hint}\n")),
        "{complaint}"
    );
    let info = daemon.ask("dev.hob.Models.Info", json!({"name": "huge"}));
    assert_eq!(info["error"], "dev.hob.Models.ModelNotFound", "{info}");
}

#[test]
fn a_text_beyond_the_context_names_the_limit_and_the_way_out() {
    let daemon = Home::new().with_config("[text]\ncontext_tokens = 256\n").start();
    let text = "word ".repeat(300);
    let text = text.trim();
    // The scripted engine counts words.
    let expected = "hob: the text has 300 tokens, and 256 fit this model\n\
                    hint: send less, or let it be shortened: `--truncate`\n";
    says(&daemon, &["run", "explain", text], 1, expected);
    let ran = daemon.hob(&["run", "explain", text, "--truncate"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "hob: the text was too long for the model and was shortened\n"));
    assert!(ran.stdout.len() < text.len(), "{}", ran.stdout);
    assert_eq!(daemon.hob(&["run", "fix", text]).printed().trim(), text, "an edit is done piece by piece");
}

#[test]
fn options_that_make_no_sense_are_named() {
    let daemon = Daemon::start();
    for (arguments, expected) in [
        (&["run", "rewrite", "a text", "--tone", "loud"][..], "hob: option `tone`: "),
        (&["run", "translate", "a text"], "hob: option `language`: "),
        (&["run", "ask", "a text"], "hob: option `question`: "),
        (&["dictate", "start", "--action", "zzz"], "hob: no action `zzz`\nhint: "),
    ] {
        let (code, complaint) = daemon.hob(arguments).complained();
        assert_eq!(code, 1, "{complaint}");
        assert!(complaint.starts_with(expected), "{complaint}");
    }
}

#[test]
fn a_relative_path_is_refused_by_the_daemon() {
    let reply = Daemon::start().ask("dev.hob.Speech.Transcribe", json!({"path": "talk.wav"}));
    let expected = json!({"error": "dev.hob.Speech.AudioUnreadable", "parameters": {
        "path": "talk.wav",
        "problem": "not an absolute path",
        "hint": "the daemon does not know your working folder: send the whole path",
    }});
    assert_eq!(reply, expected);
}
