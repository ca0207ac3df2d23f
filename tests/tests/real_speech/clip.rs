//! Recordings transcribed whole.

use std::path::Path;

use hob_tests::{Daemon, Recording, Sound, plain_noises};

use crate::{assert_says, start};

#[track_caller]
fn transcribed(daemon: &Daemon, path: &Path) -> String {
    daemon.hob(&["transcribe", path.to_str().unwrap()]).printed()
}

#[test]
fn recordings_become_their_text() {
    let daemon = start();
    for recording in [Recording::Fox, Recording::Counting] {
        assert_says(&transcribed(&daemon, &recording.path()), &[recording]);
    }
}

#[test]
fn the_way_a_recording_is_written_does_not_matter() {
    let daemon = start();
    let sound = Recording::Fox.sound();
    let path = |name| daemon.home().path().join(name);
    let telephone = path("telephone.wav");
    sound.write_as(&telephone, 8000, 1);
    let disc = path("disc.wav");
    sound.write_as(&disc, 44_100, 2);
    let flac = path("sound.flac");
    sound.write_flac(&flac);
    // Its name says nothing: what is in a file counts.
    let unnamed = path("sound");
    std::fs::copy(&flac, &unnamed).unwrap();
    for file in [telephone, disc, flac, unnamed] {
        assert_says(&transcribed(&daemon, &file), &[Recording::Fox]);
    }
}

#[test]
fn no_word_is_cut_at_either_end() {
    let daemon = start();
    let path = daemon.home().path().join("trimmed.wav");
    for recording in [Recording::Fox, Recording::Counting] {
        recording.sound().trimmed().write(&path);
        assert_says(&transcribed(&daemon, &path), &[recording]);
    }
}

#[test]
fn where_nobody_speaks_there_is_no_text() {
    let daemon = start();
    let path = daemon.home().path().join("quiet.wav");
    let quiet = [Sound::silence(5.0), Sound::noise(5.0), Sound::silence(0.05)];
    let quiet = quiet.map(|sound| ("quiet".to_owned(), sound)).into_iter().chain(plain_noises(4.0));
    let heard = quiet.filter_map(|(name, sound)| {
        sound.write(&path);
        let ran = daemon.hob(&["transcribe", path.to_str().unwrap()]);
        // What was recognised so far may have been told before all of it was taken back.
        let is_none = ran.code == 4 && ran.stdout.is_empty() && ran.stderr.ends_with("hob: no speech heard\n");
        (!is_none).then_some((name, ran.stdout, ran.stderr))
    });
    assert_eq!(heard.collect::<Vec<_>>(), []);
}

#[test]
fn json_tells_the_times() {
    let daemon = start();
    let path = daemon.home().path().join("two.wav");
    let fox = Recording::Fox.sound();
    let whole = Sound::joined(&[fox.clone(), Sound::silence(3.0), fox.clone()]);
    whole.write(&path);
    let objects = daemon.hob(&["transcribe", "--json", path.to_str().unwrap()]).objects();
    let result = &objects[0]["result"];
    assert_says(result["text"].as_str().unwrap(), &[Recording::Fox; 2]);
    assert_eq!((objects.len(), result["language"].as_str()), (1, Some("en")));
    let segments = result["segments"].as_array().unwrap();
    let time = |index: usize, field: &str| segments[index][field].as_f64().unwrap();
    assert_eq!(segments.len(), 2, "{segments:?}");
    // Times are estimated from the voice, so they are good to about a second.
    assert!(time(0, "start_s") < 1.0 && time(0, "end_s") < fox.seconds() + 1.0, "{segments:?}");
    assert!(time(1, "start_s") > fox.seconds() + 2.0 && time(1, "end_s") <= whole.seconds(), "{segments:?}");
    assert!((result["audio_s"].as_f64().unwrap() - whole.seconds()).abs() < 0.05, "{result}");
    assert!(result["recognition_ms"].as_f64().unwrap() > 1.0, "{result}");
}

#[test]
fn an_english_model_refuses_other_languages() {
    let daemon = start();
    let fox = Recording::Fox.path();
    let in_language = |code| daemon.hob(&["transcribe", "--language", code, fox.to_str().unwrap()]);
    for code in ["de", "xx"] {
        let (exit, complaint) = in_language(code).complained();
        assert_eq!(
            (exit, complaint.contains("option `language`"), complaint.contains(code)),
            (1, true, true),
            "{complaint}"
        );
    }
    assert_says(&in_language("en").printed(), &[Recording::Fox]);
}
