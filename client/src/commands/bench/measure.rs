//! Takes one recording through every way, one after the other, so that whatever else the machine does hits all alike.

use std::time::Instant;

use hob_protocol::client::CallError;
use hob_protocol::daemon::{Engine, EngineKind, State};
use hob_protocol::method::{Forget, Nothing, Start, Status, Transcribe};
use hob_protocol::{Error, dictation, speech};

use super::beside::Beside;
use super::error::BenchError;
use super::process;
use super::recordings::Recording;
use super::result::{Answer, Single, Way};
use super::rival::Rival;
use crate::commands::{absolute, ask, follow};
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;

/// Everything that recordings are put through.
pub(super) struct Bench {
    /// In the order in which they are taken.
    ways: Vec<Way>,
    /// In place of the language of each recording.
    language: Option<String>,
    rival: Option<Rival>,
    /// Known once it was warmed up.
    beside: Option<Beside>,
}

impl Bench {
    pub(super) fn new(own: &[Way], language: Option<String>, rival: Option<Rival>) -> Self {
        let ways = own.iter().copied().chain(rival.is_some().then_some(Way::Rival)).collect();
        Self { ways, language, rival, beside: None }
    }

    pub(super) fn ways(&self) -> &[Way] {
        &self.ways
    }

    pub(super) fn beside(&self) -> Option<&Beside> {
        self.beside.as_ref()
    }

    /// Once without counting: the first call loads models and fills caches. With the first recording that is sound; should none be, measuring
    /// says why of each.
    pub(super) fn warm_up(&mut self, recordings: &[Recording]) -> Result<State, Failure> {
        let mut sound = None;
        for recording in recordings {
            if excuse(self.clip(recording))?.is_ok() {
                sound = Some(recording);
                break;
            }
        }
        if self.ways.contains(&Way::Beside) {
            self.beside = Some(Beside::new()?);
        }
        if let (Some(rival), Some(recording)) = (&mut self.rival, sound) {
            rival.transcribe(&recording.path)?;
        }
        state()
    }

    /// The results of all ways.
    pub(super) fn measure(&mut self, pass: u32, recording: &Recording) -> Result<Vec<Single>, Failure> {
        self.ways.clone().into_iter().map(|way| self.measure_way(way, pass, recording)).collect()
    }

    fn measure_way(&mut self, way: Way, pass: u32, recording: &Recording) -> Result<Single, Failure> {
        let before = self.cpu(way)?;
        let answer = match way {
            Way::Dictation => self.dictate(recording),
            Way::Beside => self.dictate_beside(recording),
            Way::Clip => self.clip(recording),
            Way::Rival => self.ask_rival(recording),
        };
        let after = self.cpu(way)?;
        let mut single = Single::new(way, pass, recording, excuse(answer)?);
        // Another process than before has other times.
        single.cpu_s =
            before.zip(after).filter(|(before, after)| before.0 == after.0).map(|(before, after)| after.1 - before.1);
        Ok(single)
    }

    /// The process that does the work, and its processor time so far.
    fn cpu(&self, way: Way) -> Result<Option<(u32, f64)>, Failure> {
        if way == Way::Rival {
            return Ok(self.rival.as_ref().and_then(Rival::cpu_s).map(|cpu_s| (0, cpu_s)));
        }
        let pid = speech_engine(&state()?)?.pid;
        Ok(pid.and_then(|pid| Some((pid, process::cpu_s(pid)?))))
    }

    /// At the speed of speech, through the same path as the microphone.
    fn dictate(&self, recording: &Recording) -> Result<Answer, Failure> {
        let request = dictation::Start {
            file: Some(absolute(&recording.path)?),
            language: self.language_of(recording),
            // As with a held key: nobody reads along.
            partials: Some(false),
            ..dictation::Start::default()
        };
        let mut begun = Instant::now();
        for reply in follow(Start, &request)? {
            let Some(reply) = silence_is_empty(reply)? else {
                // An error carries no timings, so the time is taken here: from where the recording must have ended.
                let ms = (milliseconds(begun) - recording.seconds * 1000.0).max(0.0);
                return Ok(Answer { text: String::new(), ms, timings: None });
            };
            if let Some(outcome) = reply.result {
                forget(reply.id);
                let timings = outcome.timings;
                let text = outcome.text.into_string();
                return Ok(Answer { text, ms: timings.release_to_text_ms, timings: Some(timings) });
            }
            if reply.stable.is_none() && reply.unstable.is_none() {
                // The first reply says that recording has begun.
                begun = Instant::now();
            }
        }
        Err(Failure::NoResult)
    }

    fn dictate_beside(&mut self, recording: &Recording) -> Result<Answer, Failure> {
        let mut beside = self.beside.take().expect("it is there once it was warmed up");
        let answer = beside.during(|| self.dictate(recording));
        self.beside = Some(beside);
        answer
    }

    fn clip(&self, recording: &Recording) -> Result<Answer, Failure> {
        let request = speech::Transcribe {
            path: absolute(&recording.path)?,
            language: self.language_of(recording),
            ..speech::Transcribe::default()
        };
        let mut client = connection::connect()?;
        let begun = Instant::now();
        let text = match silence_is_empty(client.call(Transcribe, &request))? {
            Some(reply) => reply.result.ok_or(Failure::NoResult)?.text.into_string(),
            None => String::new(),
        };
        Ok(Answer { text, ms: milliseconds(begun), timings: None })
    }

    fn ask_rival(&mut self, recording: &Recording) -> Result<Answer, Failure> {
        let rival = self.rival.as_mut().expect("it is asked only if there is one");
        let path = absolute(&recording.path)?;
        let begun = Instant::now();
        match rival.transcribe(path.as_ref()) {
            Ok(text) => Ok(Answer { text, ms: milliseconds(begun), timings: None }),
            // A recording that it cannot stand is not to cost the others.
            Err(BenchError::RivalDied { status }) => {
                rival.start_again()?;
                Err(BenchError::RivalFailed { problem: format!("it ended ({status})") }.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn language_of(&self, recording: &Recording) -> Option<String> {
        let own = || Some(recording.language.clone()).filter(|language| language != "none");
        self.language.clone().or_else(own)
    }
}

/// Nobody said this, so it is not to push what somebody did say out of the history.
fn forget(id: u64) {
    // Where the history keeps nothing there is nothing to forget.
    let _not_kept = ask(Forget, &dictation::Forget { id: Some(id) });
}

pub(super) fn state() -> Result<State, Failure> {
    Ok(ask(Status, &Nothing {})?.state)
}

pub(super) fn speech_engine(state: &State) -> Result<&Engine, Failure> {
    let found = state.engines.iter().find(|engine| engine.name == EngineKind::Speech);
    Ok(found.ok_or(BenchError::NoEngine)?)
}

/// That nothing was heard is an answer: `None`.
fn silence_is_empty<T>(reply: Result<T, CallError>) -> Result<Option<T>, Failure> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(CallError::Refused(Error::NoSpeech { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is wrong with one recording is told with it; only what would go wrong with every other one as well ends the run.
fn excuse(answer: Result<Answer, Failure>) -> Result<Result<Answer, String>, Failure> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(failure @ Failure::Call(CallError::Refused(_))) if failure.exit() == Exit::Failed => {
            Ok(Err(failure.words()))
        }
        Err(failure @ (Failure::PathNotText(_) | Failure::Bench(BenchError::RivalFailed { .. }))) => {
            Ok(Err(failure.words()))
        }
        Err(failure) => Err(failure),
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
