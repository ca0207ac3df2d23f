//! Pretended engines, which do their duty, or die when a test says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Failure, FromEngine, ToEngine};
use hob_protocol::speech::Transcript;
use hob_protocol::text::{Completion, Embeddings};

use super::World;
use crate::core::{Event, Generation, NextBuild};

/// A process as it would be, from the frames it was sent.
#[derive(Debug, Default)]
pub struct Engine {
    pub generation: Option<Generation>,
    pub greeted: bool,
    pub loading: Option<u64>,
    /// Requests it works on, those that were interrupted last, and whether their audio has ended.
    pub working: VecDeque<(u64, bool)>,
    pub cancelled: BTreeSet<u64>,
    /// Of what is neither a recognition nor a generation.
    pub other_answers: BTreeMap<u64, FromEngine>,
    /// It was told to be silent.
    pub paused: bool,
    pub killed: bool,
}

impl World {
    pub fn engine(&mut self, kind: EngineKind) -> &mut Engine {
        self.engines.get_mut(&kind).expect("there are two engines")
    }

    pub(super) fn told(&mut self, kind: EngineKind, generation: Generation, message: &ToEngine) {
        let engine = self.engine(kind);
        assert_eq!(engine.generation, Some(generation), "{kind} is told something after its end");
        match message {
            ToEngine::Load { id, .. } => {
                assert!(engine.greeted, "{kind} is told something before it said hello");
                engine.loading = Some(*id);
            }
            ToEngine::Recognize { id, listening, .. } => {
                engine.working.push_back((*id, false));
                self.listenings.push(listening.clone());
            }
            // It interrupts what the engine works on.
            ToEngine::Generate { id, request } => {
                engine.working.push_front((*id, true));
                let asked = request.messages.last().map(|message| message.content.as_str().to_owned());
                let asked = asked.unwrap_or_default();
                self.asked_of_model.push(asked.clone());
                self.asked_by_id.insert(*id, asked);
            }
            ToEngine::Prepare { id, request } => {
                engine.working.push_front((*id, true));
                engine.other_answers.insert(*id, FromEngine::Prepared { id: *id, tokens: 0, cached: 0 });
                let last = request.messages.last().map(|message| message.content.as_str().to_owned());
                self.prepared.push(last.unwrap_or_default());
            }
            ToEngine::Embed { id, .. } => {
                engine.working.push_front((*id, true));
                let embeddings = Embeddings::default();
                engine.other_answers.insert(*id, FromEngine::Embedded { id: *id, embeddings });
            }
            ToEngine::Pause => {
                assert!(!engine.paused, "{kind} is paused twice");
                engine.paused = true;
            }
            ToEngine::Resume => {
                assert!(engine.paused, "{kind} goes on although nothing held it up");
                engine.paused = false;
            }
            ToEngine::EndOfAudio { id } => {
                let work = engine.working.iter_mut().find(|(working, _)| working == id);
                work.unwrap_or_else(|| panic!("end of audio for {id}, which is not running")).1 = true;
            }
            ToEngine::Cancel { id } => {
                engine.cancelled.insert(*id);
            }
            ToEngine::Audio { .. } => panic!("audio travels beside the messages"),
        }
        let engine = self.engine(kind);
        let levels = match kind {
            EngineKind::Speech => 1,
            EngineKind::Text => 3,
        };
        assert!(engine.working.len() <= levels, "{kind} works on too many things at once");
    }

    /// The next thing an engine that does its duty would do. Gives whether there was any.
    pub fn step_engine(&mut self, kind: EngineKind) -> bool {
        let engine = self.engine(kind);
        let Some(generation) = engine.generation else { return false };
        let said = |message| Event::EngineSaid { kind, generation, message };
        let event = if engine.killed {
            return self.kill_engine(kind, NextBuild::Same);
        } else if !engine.greeted {
            engine.greeted = true;
            Event::EngineStarted { kind, generation, pid: 1, build: "test".to_owned() }
        } else if let Some(id) = engine.loading.take() {
            said(FromEngine::Loaded { id, load_ms: 1.0, context_tokens: 0 })
        } else {
            let Some(&(id, ended)) = engine.working.front() else { return false };
            let cancelled = engine.cancelled.contains(&id);
            if !cancelled && !ended {
                return false;
            }
            engine.working.pop_front();
            let other = engine.other_answers.remove(&id);
            let answer = match (cancelled, kind) {
                (true, _) => FromEngine::Failed { id, failure: Failure::Cancelled },
                (false, _) if other.is_some() => other.expect("it was looked at just now"),
                (_, EngineKind::Speech) => {
                    let transcript = Transcript { text: "spoken words".into(), ..Transcript::default() };
                    FromEngine::Recognized { id, transcript }
                }
                (_, EngineKind::Text) => FromEngine::Generated { id, completion: self.written(id) },
            };
            said(answer)
        };
        self.event(event);
        true
    }

    /// What the model says: the next of `answers`, else the text it was given, with a full stop.
    fn written(&mut self, id: u64) -> Completion {
        let text = self.answers.pop_front().unwrap_or_else(|| {
            let asked = self.asked_by_id.get(&id).map(String::as_str).unwrap_or_default();
            let text =
                asked.split_once(">\n").and_then(|(_, text)| text.rsplit_once("\n<")).map_or(asked, |(text, _)| text);
            format!("{text}.")
        });
        Completion { text: text.into(), ..Completion::default() }
    }

    pub fn kill_engine(&mut self, kind: EngineKind, next: NextBuild) -> bool {
        let Some(generation) = self.engine(kind).generation.take() else { return false };
        *self.engine(kind) = Engine::default();
        self.event(Event::EngineDied { kind, generation, cause: "SIGSEGV".to_owned(), next });
        true
    }

    /// Until the engine has work.
    pub fn until_working(&mut self, kind: EngineKind) {
        self.find_next_model();
        while self.engine(kind).working.is_empty() {
            assert!(self.step_engine(kind), "{kind} has nothing to do");
        }
    }
}
