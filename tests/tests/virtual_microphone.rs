//! One dictation after the other through a microphone of a real sound server, from played speech to text: the first and the last
//! word are those that the same recording gives as a file. Once the model is not loaded when the key goes down, and once the
//! default device changes in the middle.
//!
//! `HOB_RECORDINGS` names a folder of recordings (English, 16 kHz mono WAV; `make microphone` takes any 20 of it); two recordings are used
//! otherwise.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

use std::path::{Path, PathBuf};

use hob_protocol::client::CallError;
use hob_protocol::daemon::EngineKind;
use hob_protocol::dictation::{Outcome, Start, StartReply};
use hob_protocol::method::{Nothing, Stop, Unload};
use hob_protocol::{Error, method, models};
use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, Recording, Sound, SoundServer, spoken};

/// Dictations in a row.
const USUAL_COUNT: usize = 4;
const COUNT_WITH_FOLDER: usize = 20;
/// Which of them, counted from 0, find the model unloaded, and another default device in the middle.
const COLD: usize = 1;
const MOVED: usize = 2;

#[test]
fn no_first_or_last_word_is_lost() {
    let recordings = recordings();
    let server = SoundServer::start();
    let daemon = server.with(Home::real(&[REAL_SPEECH_MODEL])).start();
    let mut lost = 0;
    for (index, (name, sound)) in recordings.iter().enumerate() {
        let whole = from_file(&daemon, sound);
        if index % 10 == COLD {
            daemon.call(Unload, &models::Unload { engine: EngineKind::Speech }).unwrap();
        }
        server.follow_default("desk");
        let way = if index % 10 == MOVED { Way::Moved } else { Way::Straight };
        let outcome = from_microphone(&daemon, &server, sound, way);
        let heard = outcome.as_ref().map_or("", |outcome| outcome.text.as_str());
        let (expected, heard) = (spoken(&whole), spoken(heard));
        let timings = outcome.map(|outcome| outcome.timings).unwrap_or_default();
        let ends =
            |text: &str| (text.split(' ').next().map(str::to_owned), text.split(' ').next_back().map(str::to_owned));
        let kept = (ends(&expected).0 == ends(&heard).0, ends(&expected).1 == ends(&heard).1);
        lost += usize::from(!kept.0) + usize::from(!kept.1);
        let words = if expected == heard { "the same words" } else { "other words" };
        println!(
            "{name}: {way:?}{}, {words}, capture {:.0} ms, {:.1} s, release to text {:.0} ms{}",
            if index % 10 == COLD { ", model not loaded" } else { "" },
            timings.capture_ms,
            timings.audio_ms / 1000.0,
            timings.release_to_text_ms,
            if kept == (true, true) { "" } else { "  LOST" }
        );
        if expected != heard {
            println!("  as a file:  {expected}\n  microphone: {heard}");
        }
    }
    println!("{} dictations, {lost} first or last words lost", recordings.len());
    assert_eq!(lost, 0);
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Straight,
    /// To another default device, in a pause.
    Moved,
}

/// `None` if nothing was heard.
fn from_microphone(daemon: &Daemon, server: &SoundServer, sound: &Sound, way: Way) -> Option<Outcome> {
    let mut watch = daemon.watch();
    daemon.call(method::Start, &Start::default()).unwrap();
    match way {
        Way::Straight => server.say("desk", sound),
        Way::Moved => {
            let (before, after) = sound.cut_in_a_pause(sound.seconds() * 0.3..sound.seconds() * 0.7);
            server.say("desk", &before);
            server.follow_default("headset");
            watch.until(|state| state.dictation.notice.is_some());
            server.say("headset", &after);
        }
    }
    match daemon.call(Stop, &Nothing {}) {
        Ok(reply) => Some(reply.result),
        Err(Error::NoSpeech { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Through the same engine in the same way, at the speed of speech, but for the microphone.
fn from_file(daemon: &Daemon, sound: &Sound) -> String {
    let path = daemon.home().path().join("as-a-file.wav");
    Sound::joined(&[Sound::silence(0.3), sound.clone(), Sound::silence(0.3)]).write(&path);
    let file = Some(path.to_str().unwrap().to_owned());
    for reply in daemon.client().stream(method::Start, &Start { file, ..Start::default() }).unwrap() {
        match reply {
            Ok(StartReply { result: Some(outcome), .. }) => return outcome.text.as_str().to_owned(),
            Ok(_) => {}
            Err(CallError::Refused(Error::NoSpeech { .. })) => return String::new(),
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!("the last reply is a result or an error")
}

fn recordings() -> Vec<(String, Sound)> {
    let Some(folder) = std::env::var_os("HOB_RECORDINGS") else {
        let two = [Recording::Fox, Recording::Counting].map(|one| (format!("{one:?}"), one.sound().trimmed()));
        return two.into_iter().cycle().take(USUAL_COUNT).collect();
    };
    let folder = PathBuf::from(folder);
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wav"));
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no .wav files", folder.display());
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let each = paths.iter().cycle().take(COUNT_WITH_FOLDER);
    each.map(|path| (name(path), Sound::read_sixteen_bits(path))).collect()
}
