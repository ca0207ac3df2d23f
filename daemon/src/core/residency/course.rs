//! What follows from a step: which job begins, who makes room, who is to blame for a death, and what is due when.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hob_protocol::Error;
use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{LoadOptions, States, ToEngine};

use super::super::effect::Effect;
use super::super::event::{ModelFile, NextBuild};
use super::super::jobs::{Job, Opening, Priority, Work};
use super::super::settings::Settings;
use super::running::{Afterwards, Running, Stopping};
use super::{End, Finished, Pace, Process, Residency, Rest, Step};

/// A process that has not said hello by then never will: it only has to be mapped into memory.
const HELLO_LIMIT: Duration = Duration::from_secs(30);
/// An engine looks at its cancel flag many times a second; one that does not is stuck.
const CANCEL_LIMIT: Duration = Duration::from_secs(5);
/// A job that engines died of twice would kill the third as well.
const DEATHS_OF_A_JOB: u8 = 2;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Residency {
    pub(super) fn go_on(&mut self, now: Instant, step: &mut Step) {
        loop {
            let Some(first) = self.queue.first() else { return };
            match &self.process {
                Process::Stopped if self.rest == Rest::Resting => return,
                Process::Stopped if self.not_before.is_some_and(|moment| now < moment) => return,
                Process::Stopped => {
                    self.generation.0 += 1;
                    self.not_before = None;
                    self.sequences = None;
                    self.adapters.clear();
                    self.process = Process::Starting { model: first.model.clone(), since: now };
                    step.effects.push(Effect::StartEngine { kind: self.kind, generation: self.generation });
                    return;
                }
                Process::Starting { .. } | Process::Loading { .. } | Process::Ending => return,
                Process::Ready { .. } if self.running.is_some() => {
                    if !self.interrupt(now, step) {
                        return self.make_room(now, step);
                    }
                }
                Process::Ready { model, .. } if *model != first.model => {
                    self.kill(step);
                    return;
                }
                Process::Ready { load_ms, .. } => {
                    let load_ms = *load_ms;
                    let job = self.queue.pop().expect("there is a first job");
                    if matches!(job.work, Work::Load(_)) {
                        let waited = now - job.queued_at;
                        step.finished.push(Finished { job, waited, end: End::Loaded { load_ms } });
                    } else {
                        self.begin(now, job, step);
                    }
                }
            }
        }
    }

    pub(super) fn begin(&mut self, now: Instant, mut job: Job, step: &mut Step) {
        job.rewind();
        if let Some(adapter) = &job.adapter {
            self.adapters.retain(|loaded| loaded != adapter);
            self.adapters.push(adapter.clone());
        }
        for opening in job.opening() {
            match opening {
                Opening::Message(message) => self.tell(message, step),
                Opening::Audio(samples) => step.effects.push(Effect::TellAudio {
                    kind: self.kind,
                    generation: self.generation,
                    job: job.id,
                    samples,
                }),
            }
        }
        self.running = Some(Running { job, since: now, heard: now, stopping: None });
    }

    /// Work on a text goes before less urgent one, which the engine lets lie until then. Whether one did.
    fn interrupt(&mut self, now: Instant, step: &mut Step) -> bool {
        let (Some(first), Some(running)) = (self.queue.first(), &self.running) else { return false };
        let are_on_text = [first, &running.job].into_iter().all(Job::is_on_text);
        let goes_first = first.priority() < running.job.priority() && first.model == running.job.model;
        if !are_on_text || !goes_first || running.stopping.is_some() {
            return false;
        }
        self.beneath.extend(self.running.take());
        let job = self.queue.pop().expect("there is a first job");
        self.begin(now, job, step);
        true
    }

    /// A dictation does not wait for a clip, or for a generation by another model.
    pub(super) fn make_room(&mut self, now: Instant, step: &mut Step) {
        let dictation_waits = self.queue.first().is_some_and(|job| job.priority() == Priority::Keyboard);
        let may_begin_again = self
            .running
            .as_ref()
            .is_some_and(|running| running.job.priority() > Priority::Keyboard && !running.job.spoke);
        if dictation_waits && may_begin_again {
            self.stop_running(now, Afterwards::BeginAgain, step);
        }
    }

    pub(super) fn stop_running(&mut self, now: Instant, afterwards: Afterwards, step: &mut Step) {
        let Some(running) = &mut self.running else { return };
        let id = running.job.id.0;
        match &mut running.stopping {
            // Whoever made room and is then cancelled must not begin again.
            Some(stopping) if afterwards == Afterwards::Forget => stopping.afterwards = Afterwards::Forget,
            Some(_) => {}
            None => {
                running.stopping = Some(Stopping { since: now, afterwards });
                self.tell(ToEngine::Cancel { id }, step);
            }
        }
    }

    pub(super) fn let_go(&mut self, now: Instant, id: u64) -> Option<Job> {
        if let Process::Ready { idle_since, .. } = &mut self.process {
            *idle_since = now;
        }
        if let Some(place) = self.beneath.iter().position(|running| running.job.id.0 == id) {
            return Some(self.beneath.remove(place).job);
        }
        let ended = self.running.take_if(|running| running.job.id.0 == id)?;
        // What it interrupted goes on, and is only now expected to say something.
        self.running = self.beneath.pop().map(|running| Running {
            heard: now,
            stopping: running.stopping.map(|stopping| Stopping { since: now, ..stopping }),
            ..running
        });
        Some(ended.job)
    }

    /// The job that ran, or the one the process was started for, has one more death on its account.
    pub(super) fn blame(&mut self, now: Instant, cause: &str, next: NextBuild, step: &mut Step) {
        let blamed = match self.running.take() {
            Some(running) if running.is_forgotten() => None,
            Some(running) => Some(running.job),
            None => self.queue.pop(),
        };
        // They did nothing at the time.
        for interrupted in self.beneath.drain(..).filter(|running| !running.is_forgotten()).collect::<Vec<_>>() {
            self.begin_again_or_fail(now, interrupted.job, cause, step);
        }
        let Some(mut job) = blamed else { return };
        if next == NextBuild::Same {
            job.deaths += 1;
        }
        self.begin_again_or_fail(now, job, cause, step);
    }

    fn begin_again_or_fail(&mut self, now: Instant, job: Job, cause: &str, step: &mut Step) {
        if job.deaths < DEATHS_OF_A_JOB && !job.spoke {
            return self.queue.push_again(job);
        }
        let error = Error::EngineDied {
            engine: self.kind,
            cause: cause.to_owned(),
            hint: "try again; `hob status` shows the engines, the log (`journalctl --user -u hobd`) says more"
                .to_owned(),
        };
        let waited = now - job.queued_at;
        step.finished.push(Finished { job, waited, end: End::Failed(error) });
    }

    pub(super) fn give_up(&mut self, now: Instant, cause: &str, step: &mut Step) {
        step.effects.push(Effect::KillEngine { kind: self.kind, generation: self.generation });
        self.restarts += 1;
        self.last_death = Some(cause.to_owned());
        self.deaths += 1;
        self.not_before = Some(now + pause_after(self.deaths));
        self.process = Process::Ending;
        self.blame(now, cause, NextBuild::Same, step);
    }

    pub(super) fn kill(&mut self, step: &mut Step) {
        step.effects.push(Effect::KillEngine { kind: self.kind, generation: self.generation });
        self.process = Process::Ending;
        self.not_before = None;
    }

    pub(super) fn deadline_of_process(&self, settings: &Settings) -> Option<Instant> {
        match (&self.process, &self.running) {
            (Process::Stopped | Process::Ending, _) => None,
            (Process::Starting { since, .. }, _) => Some(*since + HELLO_LIMIT),
            (Process::Loading { since, .. }, _) => Some(*since + settings.silence),
            (Process::Ready { model, .. }, None) if settings.is_pinned(&model.name) => None,
            (Process::Ready { idle_since, .. }, None) => settings.idle.map(|idle| *idle_since + idle),
            (Process::Ready { .. }, Some(running)) => match running.stopping {
                Some(stopping) => Some(stopping.since + CANCEL_LIMIT),
                None if self.pace == Pace::Paused => None,
                None => running.job.owes_an_answer().then(|| running.heard + settings.silence),
            },
        }
    }

    pub(super) fn load_options(&self, settings: &Settings) -> LoadOptions {
        let threads = |usual: u16| match (settings.economy, settings.battery_threads) {
            (true, few) if few > 0 && (usual == 0 || few < usual) => few,
            _ => usual,
        };
        match self.kind {
            EngineKind::Speech => LoadOptions { threads: threads(settings.speech.threads), ..LoadOptions::default() },
            EngineKind::Text => {
                let states =
                    settings.text.states.as_ref().zip(self.model()).and_then(|(states, model)| kept(states, model));
                let context_tokens = settings.text.context_tokens;
                LoadOptions { threads: threads(settings.text.threads), context_tokens, states }
            }
        }
    }

    pub(super) fn tell(&self, message: ToEngine, step: &mut Step) {
        step.effects.push(Effect::Tell { kind: self.kind, generation: self.generation, message });
    }
}

/// Nothing after the first death, then half a second, doubling.
pub(super) fn pause_after(deaths: u32) -> Duration {
    match deaths {
        0 | 1 => Duration::ZERO,
        _ => LONGEST_PAUSE.min(Duration::from_millis(250) * 2u32.saturating_pow((deaths - 1).min(16))),
    }
}

/// Only for a file whose checksum is known: another one under the same name must not get the states of this one.
fn kept((folder, most_bytes): &(PathBuf, u64), model: &ModelFile) -> Option<States> {
    Some(States { folder: folder.clone(), sha256: model.sha256.clone()?, most_bytes: *most_bytes })
}
