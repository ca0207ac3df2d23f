//! No word is lost: while somebody dictates, the engine and then the daemon are killed, at random moments, again and again. The text
//! has come, or `hob dictate retry` brings it.
//!
//! `HOB_CRASHES` says how often (6 if unset; `make crashes` does 50), `HOB_CRASH_SEED` repeats the moments of an earlier run.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hob_protocol::daemon::EngineKind;
use hob_protocol::dictation::{Entry, EntryState, History, Outcome, Retry, Start, StartReply};
use hob_protocol::method;
use hob_protocol::speech::Transcribe;
use hob_protocol::{Error, Secret};
use hob_tests::{Daemon, Home, REAL_SPEECH_MODEL, Random, Recording, Sound, spoken};
use rustix::process::{Pid, Signal, kill_process};

const USUAL_CRASHES: u32 = 6;
/// Crashes that are brought about side by side; most of the time is spent listening.
const AT_ONCE: u32 = 2;
/// Speech that may be on its way from the source to the disk when the power to think is taken away: a piece of 20 ms that is being
/// spoken, one that is being written, and what a busy machine lets wait. It is printed how much it was at most.
const IN_FLIGHT: Duration = Duration::from_millis(150);

/// A sample is brought to 16 bits twice: in the recording that is played, and in the journal.
const ROUNDING: f32 = 3.0 / 32_768.0;

#[test]
fn kills_at_random_moments_cost_no_word() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let crashes = number("HOB_CRASHES").map_or(USUAL_CRASHES, |count| u32::try_from(count).unwrap());
    let seed = number("HOB_CRASH_SEED")
        .unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros().try_into().unwrap());
    println!("HOB_CRASH_SEED={seed}");
    let next = AtomicU32::new(0);
    let ends: Vec<_> = thread::scope(|scope| {
        let workers = (0..AT_ONCE).map(|_| {
            scope.spawn(|| {
                let mine = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                mine.take_while(|index| *index < crashes).map(|index| crash(index, seed)).collect::<Vec<_>>()
            })
        });
        workers.collect::<Vec<_>>().into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let count = |end: fn(&End) -> bool| ends.iter().filter(|crash| end(&crash.end)).count();
    let delivered = count(|end| matches!(end, End::Delivered));
    let recovered = count(|end| matches!(end, End::Recovered));
    let lost: Vec<_> = ends.iter().filter(|crash| matches!(crash.end, End::Lost(_))).collect();
    let most = ends.iter().map(|crash| crash.in_flight).max().unwrap_or_default();
    println!("in flight at most {} ms", most.as_millis());
    println!("killed {crashes} times: delivered {delivered}, recovered {recovered}, lost {}", lost.len());
    assert!(lost.is_empty(), "HOB_CRASH_SEED={seed}: {lost:#?}");
    assert!(delivered + recovered > 0);
}

#[derive(Debug)]
struct Crash {
    /// When the engine and the daemon were killed, after the first sample.
    #[expect(dead_code, reason = "shown when the test fails")]
    moments: (Duration, Duration),
    /// Speech that was spoken and is not in the journal.
    in_flight: Duration,
    end: End,
}

#[derive(Debug)]
enum End {
    /// The text had come before the daemon died.
    Delivered,
    Recovered,
    Lost(#[expect(dead_code, reason = "shown when the test fails")] String),
}

/// One dictation: first its engine is killed, then its daemon.
fn crash(index: u32, seed: u64) -> Crash {
    let sound = Sound::joined(&[Recording::Fox.sound(), Recording::Counting.sound()]);
    let mut random = Random::new(seed, u64::from(index));
    let engine_at = random.within(Duration::ZERO, Duration::from_secs_f64(sound.seconds() + 0.5));
    let daemon_at = random.within(engine_at, Duration::from_secs_f64(sound.seconds() + 2.0));
    let home = Home::real(&[REAL_SPEECH_MODEL]);
    let path = home.path().join("spoken.wav");
    sound.write(&path);
    let daemon = home.start();
    if random.below(2) == 0 {
        daemon.hob(&["models", "load", REAL_SPEECH_MODEL]).printed();
    }

    let (began, replies) = dictate(&daemon, path.to_str().unwrap());
    let mut text = text_until(&replies, began + engine_at);
    // There is none yet if it is still being started.
    if let Some(engine) = daemon.engine(EngineKind::Speech).pid {
        let _gone_already =
            kill_process(Pid::from_raw(engine.cast_signed()).expect("no process has the number 0"), Signal::KILL);
    }
    text = text.or_else(|| text_until(&replies, began + daemon_at));
    let spoken_until = began.elapsed().min(Duration::from_secs_f64(sound.seconds()));
    let daemon = daemon.kill().start();

    let entry = daemon.call(method::History, &History::default()).unwrap().entries.pop();
    let recorded = entry.as_ref().map_or(Duration::ZERO, |entry| Duration::from_secs_f64(entry.audio_ms / 1000.0));
    let in_flight = spoken_until.saturating_sub(recorded);
    let end = match text {
        Some(text) => delivered(&text, entry),
        None => recovered(&daemon, &sound, entry).map_or_else(End::Lost, |()| End::Recovered),
    };
    let end = if in_flight > IN_FLIGHT { End::Lost(format!("{in_flight:?} of speech, {end:?}")) } else { end };
    Crash { moments: (engine_at, daemon_at), in_flight, end }
}

/// Starts a dictation. Its replies come until the daemon is gone.
fn dictate(daemon: &Daemon, file: &str) -> (Instant, mpsc::Receiver<StartReply>) {
    let request = Start { file: Some(file.to_owned()), ..Start::default() };
    let replies = daemon.client().stream(method::Start, &request).unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for reply in replies.map_while(Result::ok) {
            if tell.send(reply).is_err() {
                return;
            }
        }
    });
    told.recv().expect("the dictation begins");
    (Instant::now(), told)
}

/// The text, if it comes before this moment.
fn text_until(replies: &mpsc::Receiver<StartReply>, moment: Instant) -> Option<Secret> {
    loop {
        match replies.recv_timeout(moment.saturating_duration_since(Instant::now())) {
            Ok(StartReply { result: Some(Outcome { text, .. }), .. }) => return Some(text),
            Ok(_) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => return None,
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the dictation failed before the daemon was killed"),
        }
    }
}

/// The text has all the words, and is still in the history.
fn delivered(text: &Secret, entry: Option<Entry>) -> End {
    let expected = spoken(&format!("{} {}", Recording::Fox.text(), Recording::Counting.text()));
    let kept = entry.and_then(|entry| entry.text);
    if spoken(text.as_str()) == expected && kept.as_ref() == Some(text) {
        return End::Delivered;
    }
    End::Lost(format!("{:?} was delivered, {:?} is kept", text.as_str(), kept.as_ref().map(Secret::as_str)))
}

/// What is in the journal is what was spoken, sample by sample, and a retry makes of it what the engine makes of a recording that
/// nothing has happened to.
fn recovered(daemon: &Daemon, sound: &Sound, entry: Option<Entry>) -> Result<(), String> {
    // The crash came before the first piece.
    let Some(entry) = entry else { return Ok(()) };
    if !matches!(entry.state, EntryState::Interrupted | EntryState::Transcribed | EntryState::Delivered) {
        return Err(format!("it is {:?}", entry.state));
    }
    let journal = daemon.home().path().join("state/hob/journal").join(format!("{}.wav", entry.id));
    let kept = Sound::read_sixteen_bits(&journal);
    let prefix = Sound(sound.0[..kept.0.len().min(sound.0.len())].to_vec());
    let error = |(kept, spoken): (&f32, &f32)| (kept - spoken).abs();
    if kept.0.len() > sound.0.len() || kept.0.iter().zip(&prefix.0).map(error).fold(0.0, f32::max) > ROUNDING {
        return Err("the journal holds other samples than were spoken".to_owned());
    }

    let undisturbed = daemon.home().path().join("undisturbed.wav");
    prefix.write(&undisturbed);
    let request = Transcribe { path: undisturbed.to_str().unwrap().to_owned(), ..Transcribe::default() };
    let expected = words_of(daemon.call(method::Transcribe, &request).map(|reply| reply.result.unwrap().text))?;
    let retried = words_of(daemon.call(method::Retry, &Retry::default()).map(|reply| reply.result.text))?;
    if retried != expected {
        return Err(format!("{retried:?} was recovered of {expected:?}"));
    }
    let kept = daemon.call(method::History, &History { id: Some(entry.id), limit: None });
    match kept.map(|reply| reply.entries[0].text.as_ref().map(|text| spoken(text.as_str()))) {
        Ok(Some(kept)) if kept == retried => Ok(()),
        // Where nothing can be heard the recording stays for another try.
        Ok(None) if retried.is_empty() => Ok(()),
        other => Err(format!("{other:?} is kept of {retried:?}")),
    }
}

/// Nothing heard is no words: a crash may come before the first of them.
fn words_of(text: Result<Secret, Error>) -> Result<String, String> {
    match text {
        Ok(text) => Ok(spoken(text.as_str())),
        Err(Error::NoSpeech { .. }) => Ok(String::new()),
        Err(error) => Err(error.to_string()),
    }
}
